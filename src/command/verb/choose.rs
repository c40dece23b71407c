//! A model, a number or a profile.

use super::super::ast::Wanted;
use super::super::code::Code;
use super::super::faults::Faults;
use super::super::limits::TEXT_LIMIT;
use super::super::token::{Behind, Split, Word, Written};
use super::{Reference, Terms};

/// What a word chooses; `None` where a fault leaves that open.
pub(super) fn word(message: &str, word: &Word, terms: &Terms, faults: &mut Faults) -> Option<Wanted> {
    if word.split == Split::ByRule && !word.model.is_empty() && !terms.names_profile() {
        return bare(message, word, faults);
    }
    let glued = both(message, word.profile.as_ref(), terms, faults);
    if word.model.is_empty() {
        if word.model.is_plain() {
            return glued?.map(Wanted::Profile);
        }
        faults.add(Code::MissingModel, word.model.span.clone());
        return None;
    }
    limit(&word.model, faults);
    let profile = glued?;
    let raw = word.model.raw(message);
    if let Some(index) = index(raw).filter(|_| word.model.is_plain()) {
        return Some(Wanted::Number { index, profile });
    }
    let model = word.model.meaning(message);
    Some(Wanted::Model(Reference::Exact { model, profile }))
}

/// What a word chooses that has no quotes in it, and no option beside it that says more.
fn bare(message: &str, word: &Word, faults: &mut Faults) -> Option<Wanted> {
    limit(&word.model, faults);
    let behind = match &word.profile {
        Some(behind) => Some(named(behind, faults)?),
        None => None,
    };
    if let Some(index) = index(word.model.raw(message)) {
        let profile = behind.map(|profile| profile.meaning(message));
        return Some(Wanted::Number { index, profile });
    }
    let text = word.model.meaning_with(behind.unwrap_or(&word.model), message);
    Some(Wanted::Model(if text.contains('@') {
        Reference::Bare(text)
    } else {
        Reference::Exact {
            model: text,
            profile: None,
        }
    }))
}

/// What an alias command chooses.
pub(super) fn alias(
    message: &str,
    alias: &str,
    behind: Option<&Behind>,
    terms: &Terms,
    faults: &mut Faults,
) -> Option<Wanted> {
    let profile = both(message, behind, terms, faults)?;
    Some(Wanted::Model(Reference::Exact {
        model: alias.to_owned(),
        profile,
    }))
}

/// The profile behind an `@`, or else that of `--profile`; the outer `None` where a fault leaves it open.
fn both(
    message: &str,
    behind: Option<&Behind>,
    terms: &Terms,
    faults: &mut Faults,
) -> Option<Option<String>> {
    let Some(behind) = behind else {
        return Some(terms.profile());
    };
    let glued = profile(message, behind, faults)?;
    terms.profile_is_given(faults);
    Some(Some(glued))
}

/// The profile behind an `@`.
pub(super) fn profile(message: &str, behind: &Behind, faults: &mut Faults) -> Option<String> {
    Some(named(behind, faults)?.meaning(message))
}

fn named<'w>(behind: &'w Behind, faults: &mut Faults) -> Option<&'w Written> {
    let Some(named) = behind.named() else {
        faults.add(Code::MissingProfile, behind.at.clone());
        return None;
    };
    limit(named, faults);
    Some(named)
}

fn limit(text: &Written, faults: &mut Faults) {
    if text.span.len() > TEXT_LIMIT {
        faults.add(Code::TooLong, text.span.clone());
    }
}

/// The number of a picker's entry: `[1-9][0-9]{0,3}`.
fn index(raw: &str) -> Option<u16> {
    let digits = raw.bytes().all(|b| b.is_ascii_digit()) && !raw.starts_with('0') && raw.len() <= 4;
    raw.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Choose, ModelCommand, Parsed, Syntax};

    fn wanted(message: &str) -> Wanted {
        match Syntax::new().alias("Opus").parse(message) {
            Parsed::Command {
                command: ModelCommand::Choose(Choose { what, .. }),
                ..
            } => what,
            other => panic!("{message:?} is {other:?}"),
        }
    }

    #[test]
    fn a_catalogue_may_split_only_what_the_author_left_open() {
        for open in ["opus@work", "a/b@20250929", "openrouter/@preset/x"] {
            let bare = Wanted::Model(Reference::Bare(open.to_owned()));
            assert_eq!(wanted(&format!("/model {open}")), bare);
            assert_eq!(wanted(&format!("/model {}", open.replace('@', "＠"))), bare);
        }
        for (message, model, profile) in [
            ("/model opus", "opus", None),
            ("/model \"a@b\"", "a@b", None),
            ("/model \"a\"@work", "a", Some("work")),
            ("/model a@b@\"w\"", "a@b", Some("w")),
            ("/model a@20250929 --profile w", "a@20250929", Some("w")),
            ("/opus@work", "Opus", Some("work")),
        ] {
            let exact = Reference::Exact {
                model: model.to_owned(),
                profile: profile.map(str::to_owned),
            };
            assert_eq!(wanted(message), Wanted::Model(exact), "{message}");
        }
    }

    #[test]
    fn a_number_is_one_to_four_digits_without_quotes() {
        let number = |index, profile: Option<&str>| Wanted::Number {
            index,
            profile: profile.map(str::to_owned),
        };
        assert_eq!(wanted("/model 9999"), number(9999, None));
        assert_eq!(wanted("/model 3@\"a b\""), number(3, Some("a b")));
        for model in ["10000", "03", "\"3\"", "3@20250929"] {
            assert!(
                matches!(wanted(&format!("/model {model}")), Wanted::Model(_)),
                "{model}"
            );
        }
    }
}
