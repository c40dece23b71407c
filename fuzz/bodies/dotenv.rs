//! Any text in the place of a `.env`: its names are names, and no value shows.

use std::path::Path;

use modelpin::credentials::DotEnv;

use super::fields::text;

/// The text.
pub(crate) fn check(data: &[u8]) {
    let text = text(data);
    let read = DotEnv::parse(&text, Path::new("f"));
    if let Err(wrong) = &read {
        let said = wrong.to_string();
        assert!(!said.contains("EXAMPLEcanary") && said.len() < 300, "{said}");
    }
    let shown = format!("{read:?}");
    // What stands behind the first `=` of its line is a value.
    let value_only = text.lines().all(|line| {
        line.split('=')
            .next()
            .is_some_and(|name| !name.contains("EXAMPLEcanary"))
    });
    assert!(!value_only || !shown.contains("EXAMPLEcanary"), "{shown}");
    let again = DotEnv::parse(&text, Path::new("f"));
    assert_eq!(read.is_ok(), again.is_ok());
}
