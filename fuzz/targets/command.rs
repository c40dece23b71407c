#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| modelpin_fuzz::check("command", data));
