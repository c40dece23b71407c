//! What has to hold for any bytes, subject by subject.
//!
//! Each file has one `check`, which panics where a claim does not hold. The fuzzer calls it with bytes that it makes up,
//! `tests/it/corpus.rs` with those that it once found worth keeping.
//!
//! An input is made of fields, so that a fuzzer gets deep: `fields.rs` says how.

mod audit;
mod body;
mod choice_token;
mod classify;
mod command;
mod config_edit;
mod config_read;
mod dotenv;
mod fields;
mod json5_comments;
mod room;
mod sse;
mod store_read;
mod words;

/// Checks what has to hold for these bytes.
pub(crate) type Check = fn(&[u8]);

/// The subjects: each has a folder of this name in `fuzz/corpus`, and a binary in `fuzz/targets`.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("audit", audit::check),
    ("body", body::check),
    ("choice_token", choice_token::check),
    ("classify", classify::check),
    ("command", command::check),
    ("config_edit", config_edit::check),
    ("config_read", config_read::check),
    ("dotenv", dotenv::check),
    ("room", room::check),
    ("sse", sse::check),
    ("store_read", store_read::check),
    ("words", words::check),
];
