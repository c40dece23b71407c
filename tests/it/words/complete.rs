//! Each language has each sentence, with the same words to put in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;
use unicode_width::UnicodeWidthStr as _;

/// The languages beside English.
const OTHERS: [&str; 3] = ["vi", "zh-CN", "th"];

fn file(tag: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/words/{tag}.ftl"));
    fs::read_to_string(&path).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()))
}

fn variables(pattern: &Pattern<String>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => variable(inline, found),
            Expression::Select { selector, variants } => {
                variable(selector, found);
                for variant in variants {
                    variables(&variant.value, found);
                }
            }
        }
    }
}

fn variable(inline: &InlineExpression<String>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        found.insert(id.name.clone());
    }
}

/// Each sentence with the words that are put into it.
fn sentences(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = parse(file(tag)).unwrap_or_else(|(_, wrong)| panic!("{tag}.ftl: {wrong:?}"));
    let mut sentences = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else {
            continue;
        };
        let mut found = BTreeSet::new();
        variables(&message.value.expect("a sentence has words"), &mut found);
        let before = sentences.insert(message.id.name.clone(), found);
        assert!(before.is_none(), "{tag}.ftl has {} twice", message.id.name);
    }
    sentences
}

#[test]
fn every_language_has_every_sentence_with_the_same_words_to_put_in() {
    let english = sentences("en");
    for tag in OTHERS {
        let mut own = sentences(tag);
        assert!(own.remove("help").is_some(), "{tag}.ftl has no help");
        let keys = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&own), keys(&english), "{tag}.ftl");
        for (key, wanted) in &english {
            assert_eq!(own.get(key), Some(wanted), "{tag}.ftl: {key}");
        }
    }
}

/// The sources of the library.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_sentence_is_said_somewhere() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    for key in sentences("en").keys() {
        assert!(text.contains(&format!("\"{key}\"")), "nobody says {key}");
    }
}

#[test]
fn the_help_of_a_chat_has_the_same_commands_in_every_language() {
    let english = modelpin::command::help::short();
    let languages = modelpin::words::Languages::default();
    let commands = |line: &str| {
        let command = line.starts_with('/') || line.starts_with('-');
        let end = line
            .find("  ")
            .or_else(|| line.find(" -- "))
            .unwrap_or(line.len());
        command.then(|| line[..end].to_owned())
    };
    let wanted: Vec<String> = english.lines().filter_map(commands).collect();
    for tag in OTHERS {
        let help = modelpin::command::help::short_in(&languages.of(Some(tag)));
        assert_ne!(help, english, "{tag}");
        assert!(help.lines().count() <= 25, "{tag}");
        for line in help.lines() {
            assert!(line.width() <= 78, "{tag}: {} columns: {line}", line.width());
        }
        assert_eq!(
            help.lines().filter_map(commands).collect::<Vec<_>>(),
            wanted,
            "{tag}"
        );
    }
}
