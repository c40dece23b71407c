//! Every sentence is there in every language, with the same names in it, and is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::Entry;
use fluent_syntax::parser::parse;
use modelpin::words::{built_in, check};

use super::replies::TAGS;

/// Each sentence of a language with the names of what it puts in, as they are written: `$model`.
fn sentences(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
    let file = built_in(tag).expect("it is built in");
    let parsed = parse(file).unwrap_or_else(|(_, wrong)| panic!("{tag}: {wrong:?}"));
    let mut found = BTreeMap::new();
    for entry in parsed.body {
        if let Entry::Message(message) = entry {
            let written = format!("{:?}", message.value.expect("a sentence"));
            // Where the tree of a sentence names a variable.
            let names = written
                .split("VariableReference { id: Identifier { name: \"")
                .skip(1);
            let names = names.filter_map(|behind| behind.split('"').next());
            let names = names.map(str::to_owned).collect();
            let before = found.insert(message.id.name.to_owned(), names);
            assert!(before.is_none(), "{tag}: {} is there twice", message.id.name);
        }
    }
    found
}

#[test]
fn every_language_has_every_sentence_with_the_same_names_in_it() {
    let english = sentences("en");
    assert!(english.len() > 150 && english["model-now"].len() == 4);
    for tag in TAGS {
        let mut own = sentences(tag);
        assert!(own.remove("help").is_some(), "{tag} has the help");
        assert_eq!(own, english, "{tag}");
    }
}

#[test]
fn no_built_in_file_has_a_fault() {
    for tag in TAGS {
        let told = check(built_in(tag).expect("it is built in"));
        assert_eq!((told.faults, told.missing), (Vec::new(), Vec::new()), "{tag}");
    }
    assert_eq!(check(built_in("en").expect("it is built in")).missing, ["help"]);
}

fn read_all(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, code);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let file = std::fs::read_to_string(&path).expect("a file");
            // Tests may name sentences that there are not.
            let file = file.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let lines = file.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.extend(lines.flat_map(|line| [line, "\n"]));
        }
    }
}

#[test]
fn every_sentence_is_said_somewhere_and_what_is_said_is_there() {
    let mut code = String::new();
    read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    let english = sentences("en");
    for key in english.keys() {
        assert!(code.contains(&format!("\"{key}\"")), "nothing says {key}");
    }
    let mut said = 0;
    for behind in code.split("say!(").skip(1) {
        let arguments = behind.split([')', ';']).next().unwrap_or_default();
        let mut arguments = arguments.split(',').map(str::trim);
        let key = arguments
            .nth(1)
            .and_then(|key| key.strip_prefix('"')?.strip_suffix('"'));
        if let Some(key) = key {
            said += 1;
            assert!(
                english.contains_key(key) || key == "help",
                "{key} is said, and is no sentence"
            );
        }
    }
    assert!(said > 100, "{said}");
}
