//! What holds for every message, whatever it is.

use modelpin::command::{Parsed, Syntax};
use proptest::prelude::*;

use super::messages::messages;

fn syntax() -> Syntax {
    Syntax::new()
        .bot("mybot")
        .bot_id("42")
        .alias("opus")
        .alias("gpt")
        .prefix("!")
}

/// Reports whether `rest` is the end of `message` itself, not a copy.
fn is_tail(message: &str, rest: &str) -> bool {
    message.as_bytes().as_ptr_range().end == rest.as_bytes().as_ptr_range().end && message.ends_with(rest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rest_is_the_end_of_the_message_byte_for_byte(message in messages()) {
        let syntax = syntax();
        let parsed = syntax.parse(&message);
        let rest = match &parsed {
            Parsed::Command { rest, .. } => *rest,
            Parsed::Invalid(fault) => fault.rest(),
            Parsed::Text | Parsed::Ignored => None,
        };
        if let Some(rest) = rest {
            prop_assert!(is_tail(&message, rest));
            prop_assert!(!rest.trim().is_empty());
        }
    }

    #[test]
    fn diagnostics_point_into_the_message_in_order(message in messages()) {
        let syntax = syntax();
        if let Parsed::Invalid(fault) = syntax.parse(&message) {
            let told = fault.diagnostics();
            prop_assert!(!told.is_empty());
            for told in told {
                prop_assert!(message.get(told.span.clone()).is_some_and(|text| !text.is_empty()), "{:?}", told);
            }
            prop_assert!(told.is_sorted_by_key(|told| (told.span.start, told.span.end)));
            let drawn = fault.draw();
            prop_assert!(drawn.contains('^'));
            prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}

#[test]
fn faults_of_one_line_are_all_told_in_order() {
    let codes = |message: &str| match syntax().parse(message) {
        Parsed::Invalid(fault) => fault
            .diagnostics()
            .iter()
            .map(|told| format!("{} {:?}", told.code, told.span))
            .collect::<Vec<_>>()
            .join(", "),
        other => panic!("{message:?} is {other:?}"),
    };
    for (message, expected) in [
        (
            "/model opus --once --for 3weeks",
            "conflicting-options 19..24, bad-duration 25..31",
        ),
        (
            "/model status -s --for",
            "not-allowed-here 14..16, missing-value 17..22, not-allowed-here 17..22",
        ),
        (
            "/model list@\"a\\q\"",
            "not-allowed-here 11..17, bad-escape 14..16",
        ),
        ("/model list@", "missing-profile 11..12"),
        ("/model list \"\"", "unexpected-argument 12..14"),
        ("/opus@\"a\"b", "unexpected-argument 9..10"),
        ("/opus \"a b\"@work x", "unexpected-argument 6..16"),
        ("/model --profile", "missing-value 7..16"),
        ("/model --for \"2h\"x opus", "unexpected-argument 17..18"),
    ] {
        assert_eq!(codes(message), expected, "{message}");
    }
}

#[test]
fn the_limit_counts_from_the_prefix_to_the_last_token() {
    let at = |length: usize, before: &str, behind: &str| {
        let line = format!("/model opus{}-s", " ".repeat(length - 13));
        matches!(
            syntax().parse(&format!("{before}{line}{behind}")),
            Parsed::Command { .. }
        )
    };
    assert!(at(4096, "", ""));
    assert!(!at(4097, "", ""));
    assert!(at(4096, "@mybot ", "   "));
    assert!(at(4096, "", "    -- and a prompt"));
}
