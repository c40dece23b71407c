//! Whether a file of sentences says what replies need: for whoever writes one.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::file::{self, Fault};
use super::say::ENGLISH;
use super::weigh;
use crate::similar::nearest;

/// The key of the whole help of a chat, which English has elsewhere.
const HELP: &str = "help";

/// What a file of sentences is like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// What has to be repaired.
    pub faults: Vec<Fault>,
    /// The sentences that the file does not have: they are said as they are said without it.
    pub missing: Vec<String>,
    /// How many sentences it has of those that there are.
    pub has: usize,
}

/// Looks through a file of sentences. It may have a few only; none has to name all that is put in.
#[must_use]
pub fn check(file: &str) -> Checked {
    let (resource, mut faults) = file::read(file);
    let Some(resource) = resource else {
        return Checked {
            faults,
            ..Checked::default()
        };
    };
    let english = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut known = variables(&english);
    known.insert(HELP, BTreeSet::new());
    let found = variables(&resource);
    for (key, names) in &found {
        let line = file::line_of(file, key);
        let Some(given) = known.get(key) else {
            let what = match nearest(key, known.keys().copied(), 1).first() {
                Some(near) => format!("there is no sentence {key}; did you mean {near}?"),
                None => format!("there is no sentence {key}"),
            };
            faults.push(Fault { line, what });
            continue;
        };
        for name in names.difference(given) {
            let given: Vec<String> = given.iter().map(|name| format!("${name}")).collect();
            let given = if given.is_empty() {
                "nothing".to_owned()
            } else {
                given.join(", ")
            };
            let what = format!("{key} is not given ${name}: it is given {given}");
            faults.push(Fault { line, what });
        }
    }
    let heavy = weigh::too_heavy(std::slice::from_ref(&resource));
    faults.extend(heavy.iter().map(|key| Fault::too_heavy(file, key)));
    faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    let missing: Vec<String> = known
        .keys()
        .filter(|key| !found.contains_key(*key))
        .map(|key| (*key).to_owned())
        .collect();
    Checked {
        has: known.len() - missing.len(),
        faults,
        missing,
    }
}

/// Each sentence with the names of what it puts in.
fn variables(file: &FluentResource) -> BTreeMap<&str, BTreeSet<&str>> {
    let messages = file.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .filter_map(|message| {
            let mut names = BTreeSet::new();
            of_pattern(message.value.as_ref()?, &mut names);
            Some((message.id.name, names))
        })
        .collect()
}

fn of_pattern<'r>(pattern: &'r Pattern<&'r str>, names: &mut BTreeSet<&'r str>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, names);
        }
    }
}

fn of_expression<'r>(expression: &'r Expression<&'r str>, names: &mut BTreeSet<&'r str>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, names),
        Expression::Select { selector, variants } => {
            of_inline(selector, names);
            for variant in variants {
                of_pattern(&variant.value, names);
            }
        }
    }
}

fn of_inline<'r>(inline: &'r InlineExpression<&'r str>, names: &mut BTreeSet<&'r str>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            names.insert(id.name);
        }
        InlineExpression::Placeable { expression } => of_expression(expression, names),
        InlineExpression::FunctionReference { arguments, .. } => of_arguments(arguments, names),
        InlineExpression::TermReference {
            arguments: Some(arguments),
            ..
        } => of_arguments(arguments, names),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { arguments: None, .. } => {}
    }
}

fn of_arguments<'r>(arguments: &'r CallArguments<&'r str>, names: &mut BTreeSet<&'r str>) {
    let named = arguments.named.iter().map(|argument| &argument.value);
    for argument in arguments.positional.iter().chain(named) {
        of_inline(argument, names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_its_faults_and_what_it_lacks() {
        let told = check("button-nxt = Tới\n\nwas = , { $nme }\nwhat\nbutton-next = Sau\n");
        let faults: Vec<String> = told.faults.iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert_eq!(
            faults[0],
            "line 1: there is no sentence button-nxt; did you mean button-next?"
        );
        assert_eq!(faults[1], "line 3: was is not given $nme: it is given $name");
        assert!(faults[2].starts_with("line 4: "), "{faults:?}");
        assert!(told.missing.iter().any(|key| key == "button-back"));
        assert_eq!(told.has, 2);
    }

    #[test]
    fn a_file_of_keys_that_was_named_by_mistake_is_not_repeated() {
        let told = check("sk-ant-api03-EXAMPLEcanary1234 = sk-ant-api03-EXAMPLEcanary1234\n");
        let faults: String = told.faults.iter().map(ToString::to_string).collect();
        assert!(!faults.is_empty() && !faults.contains("canary"), "{faults}");
    }

    #[test]
    fn what_goes_in_a_circle_or_grows_without_end_is_a_fault() {
        let mut laughs = "a0 = ha\n".to_owned();
        for n in 1..10 {
            laughs += &format!("a{n} = {}\n", format!("{{ a{} }}", n - 1).repeat(10));
        }
        for (file, key) in [
            ("was = { as-before }\nas-before = { was }\n".to_owned(), "was"),
            (format!("{laughs}was = {{ a9 }}\n"), "was"),
            (format!("was = {}\n", "ha ".repeat(20_000)), "was"),
        ] {
            let told = check(&file);
            let wanted = format!("{key} is too long with all that it refers to, or refers to itself");
            assert!(
                told.faults.iter().any(|fault| fault.what == wanted),
                "{:?}",
                told.faults
            );
        }
    }
}
