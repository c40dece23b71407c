//! What is said about a command line that is not understood, without what somebody may have typed in the place of a key.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Write;

use crate::echo::{discreet, legible};

/// From how many characters on an argument that reads like no word is taken for a key.
const SHORTEST_KEY: usize = 16;

/// Tells it on standard error: briefly, if there was no command at all.
pub(super) fn tell(told: &clap::Error, arguments: &[impl AsRef<OsStr>]) -> std::io::Result<()> {
    let mut err = anstream::stderr();
    if arguments.is_empty() {
        return err.write_all(super::help::SHORT.as_bytes());
    }
    err.write_all(without_keys(&told.render().ansi().to_string(), arguments).as_bytes())
}

fn without_keys(text: &str, arguments: &[impl AsRef<OsStr>]) -> String {
    let mut text = text.to_owned();
    for argument in arguments {
        let argument = argument.as_ref().to_string_lossy();
        // `--option=value` is told by the option, or by the value.
        let value = match argument.split_once('=') {
            Some((name, value)) if name.starts_with('-') => value,
            _ => &argument,
        };
        if may_be_a_key(value) {
            text = text.replace(value, "…");
        } else if let Cow::Owned(shown) = legible(value) {
            text = text.replace(value, &shown);
        }
    }
    discreet(&text).into_owned()
}

/// Long, in one piece, with digits in it: names of commands, options and files are otherwise.
fn may_be_a_key(value: &str) -> bool {
    let of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '.');
    value.len() >= SHORTEST_KEY && value.contains(|c: char| c.is_ascii_digit()) && value.chars().all(of_key)
        || matches!(discreet(value), Cow::Owned(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_key_is_not_repeated() {
        for (text, arguments, shown) in [
            (
                "argument 'sk-ant-api03-EXAMPLE-0123456789'",
                &["sk-ant-api03-EXAMPLE-0123456789"][..],
                "argument '…'",
            ),
            (
                "value 'a1b2c3d4e5f6a7b8c9'",
                &["--x=a1b2c3d4e5f6a7b8c9"],
                "value '…'",
            ),
            (
                "argument '--expires-within-days'",
                &["--expires-within-days"],
                "argument '--expires-within-days'",
            ),
            (
                "command 'statsu', model 'anthropic/claude-opus-4-5'",
                &["statsu", "anthropic/claude-opus-4-5"],
                "command 'statsu', model 'anthropic/claude-opus-4-5'",
            ),
            (
                "argument 'a\u{1b}[31m'",
                &["a\u{1b}[31m"],
                "argument 'a\u{fffd}[31m'",
            ),
        ] {
            assert_eq!(without_keys(text, arguments), shown);
        }
    }
}
