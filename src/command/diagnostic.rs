//! What is wrong with a command: a stable code, the place, and words for the person who typed it.

use std::ops::Range;

use super::code::{Code, Found};
use super::limits::{LINE_LIMIT, TEXT_LIMIT};
use super::shown::shown;
use super::spec;
use crate::echo::discreet;
use crate::similar::nearest;
use crate::words::{Words, say};

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
    /// The word besides that the fault needs to be told.
    pub(super) about: &'static str,
}

/// The longest message or help line, in characters.
pub const WORDS_LIMIT: usize = 120;

/// How many characters of a person's own text a message repeats.
const ECHO_LIMIT: usize = 40;

/// Puts a fault into English words.
pub(super) fn explain(message: &str, found: &Found) -> Diagnostic {
    explain_in(&Words::english(), message, found)
}

/// Puts a fault into words.
pub(super) fn explain_in(words: &Words, message: &str, found: &Found) -> Diagnostic {
    let text = message.get(found.span.clone()).unwrap_or_default();
    let (message, help) = told(words, found, text);
    Diagnostic {
        code: found.code,
        span: found.span.clone(),
        message: one_line(&message),
        help: help.as_deref().map(one_line),
        about: found.about,
    }
}

fn told(words: &Words, found: &Found, text: &str) -> (String, Option<String>) {
    let it = echo(text);
    let about = found.about;
    let help = |key| Some(say!(words, key));
    match found.code {
        Code::UnexpectedArgument => (
            say!(words, "fault-unexpected", it = it),
            help("fault-prompt-help"),
        ),
        Code::UnknownOption => (
            say!(words, "fault-unknown-option", it = it),
            Some(suggestion(words, text)),
        ),
        Code::MissingValue => (
            say!(words, "fault-missing-value", it = it),
            Some(match about {
                "duration" => say!(words, "fault-example", example = "--for 2h"),
                _ => say!(words, "fault-example", example = "--profile work"),
            }),
        ),
        Code::BadDuration => (
            say!(words, "fault-bad-duration", it = it),
            help("fault-bad-duration-help"),
        ),
        Code::BadPage => (
            say!(words, "fault-bad-page", it = it),
            help("fault-bad-page-help"),
        ),
        Code::ConflictingOptions => {
            let noun = match about {
                "scope" => say!(words, "noun-scope"),
                "lifetime" => say!(words, "noun-lifetime"),
                "mode" => say!(words, "noun-mode"),
                _ => say!(words, "noun-profile"),
            };
            (
                say!(words, "fault-conflicting", it = it, what = noun),
                help("fault-conflicting-help"),
            )
        }
        Code::MissingProfile => {
            let it = if about.is_empty() { it.as_str() } else { about };
            (
                say!(words, "fault-missing-profile", it = it),
                help("fault-missing-profile-help"),
            )
        }
        Code::MissingModel => (
            say!(words, "fault-missing-model"),
            help("fault-missing-model-help"),
        ),
        Code::UnterminatedQuote => (say!(words, "fault-open-quote"), help("fault-open-quote-help")),
        Code::BadEscape => (
            say!(words, "fault-bad-escape", it = it),
            help("fault-bad-escape-help"),
        ),
        Code::NotAllowedHere if about.is_empty() => (
            say!(words, "fault-needs-choice", it = it),
            help("fault-needs-choice-help"),
        ),
        Code::NotAllowedHere => (
            say!(words, "fault-not-taken", verb = about, it = it),
            Some(say!(words, "fault-not-taken-help", verb = about)),
        ),
        Code::TooLong if about.is_empty() => (
            say!(words, "fault-too-long", bytes = text.len(), limit = TEXT_LIMIT),
            None,
        ),
        Code::TooLong => (
            say!(
                words,
                "fault-line-too-long",
                bytes = text.len(),
                limit = LINE_LIMIT
            ),
            help("fault-prompt-help"),
        ),
    }
}

/// The option that a person may have meant.
fn suggestion(words: &Words, written: &str) -> String {
    let name = written.split('=').next().unwrap_or_default();
    if let Some(option) = spec::find_option(name) {
        return say!(words, "fault-takes-no-value", it = option.long);
    }
    let name: String = name.replace(['—', '–'], "--").chars().take(ECHO_LIMIT).collect();
    let known = spec::options().iter().map(|option| option.long);
    match nearest(&name, known, 1).first() {
        Some(near) => say!(words, "fault-did-you-mean", it = *near),
        None => say!(words, "fault-unknown-option-help"),
    }
}

/// A file of sentences may have longer ones than a drawing has room for.
fn one_line(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    match line.char_indices().nth(WORDS_LIMIT) {
        None => line.to_owned(),
        Some(_) => line.chars().take(WORDS_LIMIT - 1).chain(['…']).collect(),
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
