//! Runs commands of operators and holds them to: no secret comes out, and none is in any file but the store.

use std::fs;
use std::process::Command;

use super::home::{Home, Ran, assert_no_secret, run};

/// Runs a command with this input; then looks for the secrets in its output and in all files but stores.
pub(super) fn ran(home: &Home, command: &mut Command, input: &str, secrets: &[&str]) -> Ran {
    let told = run(command.arg("-vvv"), input.as_bytes());
    assert_no_secret(&told.all(), secrets);
    only_in_stores(home, secrets);
    told
}

/// No part of a secret is in a file of the home, but in `auth-profiles.json` and its copies.
pub(super) fn only_in_stores(home: &Home, secrets: &[&str]) {
    for (path, ..) in home.listing() {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_file() && !name.contains("auth-profiles.json") {
            let text = fs::read(&path).unwrap_or_default();
            assert_no_secret(&String::from_utf8_lossy(&text), secrets);
        }
    }
}

/// A command in the state directory of the home.
pub(super) fn modelpin(home: &Home, args: &[&str], input: &str, secrets: &[&str]) -> Ran {
    ran(home, &mut home.modelpin(args), input, secrets)
}
