//! The grammar file and the parser say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use abnf::types::Node;
use modelpin::command::{Parsed, Syntax};
use proptest::prelude::*;
use serde_json::Value;

use super::messages::messages;
use super::recogniser::{Bot, GRAMMAR, Grammar, rules};

const BOT: Bot = Bot {
    names: &["mybot"],
    ids: &["42", "4242"],
    aliases: &["opus", "sonnet", "gpt", "kimi-2"],
    prefixes: &["!"],
};

fn syntax() -> Syntax {
    let syntax = BOT
        .aliases
        .iter()
        .fold(Syntax::new(), |syntax, alias| syntax.alias(alias));
    let syntax = BOT.ids.iter().fold(syntax, |syntax, id| syntax.bot_id(id));
    syntax.bot("mybot").prefix("!").alias("list")
}

fn kind(parsed: &Parsed<'_>) -> &'static str {
    match parsed {
        Parsed::Text => "text",
        Parsed::Ignored => "ignored",
        Parsed::Command { .. } => "command",
        Parsed::Invalid(_) => "invalid",
    }
}

#[test]
fn the_grammar_tells_the_kind_of_every_worked_case() {
    let grammar = Grammar::new(BOT);
    let plain = Grammar::new(Bot { prefixes: &[], ..BOT });
    let mut told = 0;
    for case in include_str!("../../../fixtures/command.jsonl").lines() {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        let input = case["input"].as_str().expect("a case has an input");
        // The recogniser takes its time with the few cases that are about length.
        if input.len() > 600 {
            continue;
        }
        let grammar = if case["prefix"].is_null() {
            &plain
        } else {
            &grammar
        };
        assert_eq!(grammar.kind(input), case["expect"]["kind"], "{input:?}");
        told += 1;
    }
    assert!(told > 235, "{told}");
}

#[test]
fn the_parser_agrees_with_the_grammar_on_every_message() {
    let grammar = Grammar::new(BOT);
    let syntax = syntax();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let seen = std::cell::RefCell::new(std::collections::BTreeMap::new());
    runner
        .run(&messages(), |message| {
            let parsed = syntax.parse(&message);
            *seen.borrow_mut().entry(kind(&parsed)).or_insert(0) += 1;
            prop_assert_eq!(kind(&parsed), grammar.kind(&message), "{:?}", parsed);
            Ok(())
        })
        .unwrap_or_else(|difference| panic!("{difference}"));
    let seen = seen.into_inner();
    for kind in ["text", "command", "invalid"] {
        assert!(
            seen.get(kind).is_some_and(|n| *n > 200),
            "too few of {kind}: {seen:?}"
        );
    }
}

#[test]
fn a_colon_may_stand_between_a_call_and_its_dashes() {
    let grammar = Grammar::new(BOT);
    let syntax = syntax();
    for message in ["/gpt@work :-- ", "/gpt@\"a b\" :--x", "/gpt :-- x", "/model :--"] {
        assert_eq!(grammar.kind(message), kind(&syntax.parse(message)), "{message:?}");
    }
}

#[test]
fn every_rule_is_defined_once_and_reached() {
    let rules = rules();
    let defined: BTreeSet<_> = rules.iter().map(|rule| rule.name()).collect();
    assert_eq!(defined.len(), rules.len(), "a rule is defined twice");
    let mut named = BTreeSet::from(["message".to_owned()]);
    for rule in &rules {
        references(rule.node(), &mut named);
    }
    let defined: BTreeSet<_> = defined.into_iter().map(str::to_owned).collect();
    assert_eq!(defined, named);
}

/// Adds the names of all rules that `node` refers to, in prose too.
fn references(node: &Node, named: &mut BTreeSet<String>) {
    match node {
        Node::Alternatives(nodes) | Node::Concatenation(nodes) => {
            nodes.iter().for_each(|node| references(node, named));
        }
        Node::Repetition { node, .. } | Node::Group(node) | Node::Optional(node) => references(node, named),
        Node::Rulename(name) => drop(named.insert(name.clone())),
        Node::Prose(prose) => {
            if let Some((rule, condition)) = prose.split_once(", ") {
                named.insert(rule.to_owned());
                for words in ["but not ", "not before ", "whose meaning is "] {
                    named.extend(condition.strip_prefix(words).map(str::to_owned));
                }
            }
        }
        Node::String(_) | Node::TerminalValues(_) => {}
    }
}

#[test]
fn every_rule_names_the_function_that_implements_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command");
    let mut before = "";
    let mut rules = 0;
    for line in GRAMMAR.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (module, function) = before
                .strip_prefix("; ")
                .and_then(|path| path.split_once("::"))
                .unwrap_or_else(|| {
                    panic!("above `{line}` stands `{before}`, not the function that implements it")
                });
            let places = [
                format!("{module}.rs"),
                format!("verb/{module}.rs"),
                format!("{module}/mod.rs"),
            ];
            let sources: Vec<_> = places
                .iter()
                .filter_map(|place| fs::read_to_string(folder.join(place)).ok())
                .collect();
            assert!(
                sources.iter().any(|source| {
                    source.contains(&format!("fn {function}(")) || source.contains(&format!("fn {function}<"))
                }),
                "{before}: there is no such function"
            );
            rules += 1;
        }
        before = line;
    }
    assert_eq!(rules, self::rules().len());
}
