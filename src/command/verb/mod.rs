//! From tokens to a command: which verb it is, and whether everything on the line goes with it.
//!
//! Reads tokens and the table in [`spec`](super::spec); does not look at characters. Begin with [`command`]; the
//! verbs that have arguments of their own have a file each.

mod choose;
mod list;
mod terms;

use super::ast::{Choose, ModelCommand, Wanted};
use super::code::Code;
use super::faults::Faults;
use super::head::Name;
use super::line::Token;
use super::reference::Reference;
use super::spec::{self, Verb, VerbSpec};
use super::token::{Behind, Flag, Word};
use terms::Terms;

/// Understands the tokens of a line; what is wrong goes to `faults`, and then the command means nothing.
pub(super) fn command(
    message: &str,
    name: &Name<'_>,
    behind: Option<&Behind>,
    tokens: &[Token],
    faults: &mut Faults,
) -> Option<ModelCommand> {
    let terms = Terms::read(message, flags(tokens), faults);
    let word = tokens.iter().find_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    let verb = match name {
        Name::Models => spec::find_verb("list"),
        _ => word.and_then(|word| verb_of(message, word)),
    };
    if let Some(verb) = verb {
        if let Some(behind) = word.and_then(|word| word.profile.as_ref()) {
            refuse_profile(message, verb, behind, faults);
        }
        return run(message, verb, tokens, &terms, faults);
    }
    nothing_more(tokens, faults);
    let what = match (name, word) {
        (Name::Alias(alias), _) => choose::alias(message, alias, behind, &terms, faults),
        (_, Some(word)) => choose::word(message, word, &terms, faults),
        (_, None) if terms.names_profile() => terms.profile().map(Wanted::Profile),
        (_, None) => {
            terms.allow(&[], "", faults);
            return Some(ModelCommand::Picker);
        }
    };
    Some(ModelCommand::Choose(Choose {
        what: what?,
        scope: terms.scope(),
        mode: terms.mode(),
        lifetime: terms.lifetime(),
    }))
}

/// The verb that a word is, if it is one: unquoted, and what stands before its `@`.
fn verb_of(message: &str, word: &Word) -> Option<&'static VerbSpec> {
    spec::find_verb(word.model.raw(message)).filter(|_| word.model.is_plain())
}

fn refuse_profile(message: &str, verb: &VerbSpec, behind: &Behind, faults: &mut Faults) {
    match &behind.profile {
        Some(profile) if !profile.is_empty() => {
            faults.add_about(Code::NotAllowedHere, behind.at.start..profile.span.end, verb.name);
            choose::profile(message, behind, faults);
        }
        _ => faults.add(Code::MissingProfile, behind.at.clone()),
    }
}

fn run(
    message: &str,
    verb: &VerbSpec,
    tokens: &[Token],
    terms: &Terms,
    faults: &mut Faults,
) -> Option<ModelCommand> {
    terms.allow(verb.allows, verb.name, faults);
    if verb.verb != Verb::List {
        nothing_more(tokens, faults);
    }
    Some(match verb.verb {
        Verb::List => list::arguments(message, tokens, faults),
        Verb::Status => ModelCommand::Status,
        Verb::Default => ModelCommand::Default { scope: terms.scope() },
        Verb::Why => ModelCommand::Why,
        Verb::Undo => ModelCommand::Undo { scope: terms.scope() },
        Verb::Help => ModelCommand::Help,
    })
}

fn flags(tokens: &[Token]) -> impl Iterator<Item = &Flag> {
    tokens.iter().filter_map(|token| match token {
        Token::Flag(flag) => Some(flag),
        _ => None,
    })
}

/// Notes the first argument, where none is taken.
fn nothing_more(tokens: &[Token], faults: &mut Faults) {
    for token in tokens {
        if let Token::Argument { span, .. } = token {
            faults.unexpected(span.clone());
            return;
        }
    }
}
