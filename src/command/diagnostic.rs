//! What is wrong with a command: a stable code, the place, and words for the person who typed it.

use std::ops::Range;

use super::code::{Code, Found};
use super::limits::{LINE_LIMIT, TEXT_LIMIT};
use super::shown::shown;
use super::spec;
use crate::echo::discreet;
use crate::similar::nearest;

/// One fault of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of fault.
    pub code: Code,
    /// Where: byte offsets in the original message, on character boundaries, the end exclusive.
    pub span: Range<usize>,
    /// What is wrong: one line, at most [`WORDS_LIMIT`] characters.
    pub message: String,
    /// What to do about it, where something is known: one line, at most [`WORDS_LIMIT`] characters.
    pub help: Option<String>,
}

/// The longest message or help line, in characters.
pub const WORDS_LIMIT: usize = 120;

/// How many characters of a person's own text a message repeats.
const ECHO_LIMIT: usize = 40;

/// Puts a fault into words.
pub(super) fn explain(message: &str, found: &Found) -> Diagnostic {
    let text = message.get(found.span.clone()).unwrap_or_default();
    let it = echo(text);
    let (message, help) = match found.code {
        Code::UnexpectedArgument => (
            format!("`{it}` is one word too many"),
            Some("a prompt goes on the next line, or behind ` -- `".to_owned()),
        ),
        Code::UnknownOption => (format!("`{it}` is not an option"), suggestion(text)),
        Code::MissingValue => (
            format!("`{it}` needs a value behind it"),
            Some(match found.about {
                "duration" => "for example `--for 2h`".to_owned(),
                _ => "for example `--profile work`".to_owned(),
            }),
        ),
        Code::BadDuration => (
            format!("`{it}` is not a duration from 1 minute to 30 days"),
            Some("write it like `90m`, `1h30m` or `2d`: days, hours, minutes, in this order".to_owned()),
        ),
        Code::BadPage => (
            format!("`{it}` is not a page"),
            Some("pages are numbers from 1 to 9999, behind the provider".to_owned()),
        ),
        Code::ConflictingOptions => (
            format!("`{it}` gives the {} a second time", found.about),
            Some("keep one of the two".to_owned()),
        ),
        Code::MissingProfile => (
            format!(
                "there is no profile behind `{}`",
                if found.about.is_empty() { &it } else { found.about }
            ),
            Some("name one, like `@work`, or `@auto` for automatic choice".to_owned()),
        ),
        Code::MissingModel => (
            "there is no model between the quotes".to_owned(),
            Some("`/model list` shows the models".to_owned()),
        ),
        Code::UnterminatedQuote => (
            "this quote is not closed".to_owned(),
            Some("close it on the same line; a quote in quotes is written `\\\"`".to_owned()),
        ),
        Code::BadEscape => (
            format!("`{it}` is not an escape"),
            Some("there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits".to_owned()),
        ),
        Code::NotAllowedHere => (
            match found.about {
                "" => format!("`{it}` needs a model, a number or a profile to apply to"),
                verb => format!("`{verb}` does not take `{it}`"),
            },
            Some(match found.about {
                "" => "name one, as in `/model opus --for 2h`".to_owned(),
                _ => format!(
                    "leave it out; a model of that name goes in quotes: \"{}\"",
                    found.about
                ),
            }),
        ),
        Code::TooLong if found.about.is_empty() => (
            format!("this is {} bytes long; {TEXT_LIMIT} is the limit", text.len()),
            None,
        ),
        Code::TooLong => (
            format!(
                "the command line is {} bytes long; {LINE_LIMIT} is the limit",
                text.len()
            ),
            Some("a prompt goes on the next line, or behind ` -- `".to_owned()),
        ),
    };
    Diagnostic {
        code: found.code,
        span: found.span.clone(),
        message,
        help,
    }
}

/// The option that a person may have meant.
fn suggestion(written: &str) -> Option<String> {
    let name = written.split('=').next().unwrap_or_default();
    if let Some(option) = spec::find_option(name) {
        return Some(format!("`{}` takes no value", option.long));
    }
    let name: String = name.replace(['—', '–'], "--").chars().take(ECHO_LIMIT).collect();
    let known = spec::options().iter().map(|option| option.long);
    match nearest(&name, known, 1).first() {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None => Some("a name that begins with `-` goes in quotes; a prompt behind ` -- `".to_owned()),
    }
}

/// A person's own text for a message: short, on one line, without control characters, a pasted key blotted out.
fn echo(text: &str) -> String {
    let text = discreet(text);
    let mut chars = text.chars();
    let mut out: String = chars
        .by_ref()
        .take(ECHO_LIMIT)
        .map(|c| if c == '`' { '\'' } else { shown(c) })
        .collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(code: Code, text: &str, about: &'static str) -> Diagnostic {
        explain(
            text,
            &Found {
                code,
                span: 0..text.len(),
                about,
            },
        )
    }

    #[test]
    fn a_near_option_is_offered() {
        let help = |text| explained(Code::UnknownOption, text, "").help.unwrap_or_default();
        assert_eq!(help("--sesion"), "did you mean `--session`?");
        assert_eq!(help("—stric=1"), "did you mean `--strict`?");
        assert_eq!(help("--session=x"), "`--session` takes no value");
    }

    #[test]
    fn words_are_one_short_clean_line() {
        let long = "x\u{7}`\u{202e}🦀é\n".repeat(700);
        for code in Code::ALL {
            for about in ["", "default", "lifetime"] {
                let told = explained(*code, &long, about);
                for line in [Some(told.message), told.help].into_iter().flatten() {
                    assert!(line.chars().count() <= WORDS_LIMIT, "{line}");
                    assert!(
                        !line.chars().any(|c| c.is_control() || c == '\u{202e}'),
                        "{line:?}"
                    );
                }
            }
        }
    }
}
