//! What is written is read again, and what is no record is refused.

use super::super::record::tests::{changed, refused, served_by_the_second};
use super::*;

const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-aUd1tQx7";

fn operator() -> Record {
    Record {
        id: Arc::from("o-1"),
        at: Timestamp::from_millis(0),
        kind: Kind::Operator(Operator {
            what: Code::new("cooldown-cleared"),
            profile: Some(ProfileId::new("a b\n\"c")),
            agent: None,
        }),
    }
}

#[test]
fn what_is_written_in_one_line_is_read_back_the_same() {
    for record in [served_by_the_second(), refused(), changed(), operator()] {
        let line = record.to_json();
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(
            Record::from_json(&line).expect("it is a record"),
            record,
            "{line}"
        );
    }
}

#[test]
fn the_names_in_the_json_are_the_documented_ones() {
    let line: serde_json::Value = serde_json::from_str(&served_by_the_second().to_json()).expect("JSON");
    let wanted = serde_json::json!({
        "id": "d-1",
        "at": 1_770_724_800_000_i64,
        "kind": "decision",
        "agent": "main",
        "session": "telegram:42",
        "requested": { "model": "anthropic/opus", "profile": "anthropic:work", "pinned": "session" },
        "chosen": { "model": "anthropic/opus", "profile": "anthropic:work" },
        "attempts": [
            { "model": "anthropic/opus", "profile": "anthropic:work", "outcome": "failed",
              "class": "rate_limit", "retryAt": 1_770_725_100_000_i64 },
            { "model": "anthropic/opus", "profile": "anthropic:old", "outcome": "passed-over",
              "reason": "expired" },
            { "model": "anthropic/opus", "profile": "anthropic:home", "outcome": "answered" },
        ],
        "served": { "model": "anthropic/opus", "profile": "anthropic:home" },
        "crossing": { "from": "anthropic:work", "to": "anthropic:home", "allowedBy": "rule" },
    });
    assert_eq!(line, wanted);
}

#[test]
fn a_key_that_was_pasted_as_a_name_is_in_no_record() {
    let mut record = served_by_the_second();
    let Kind::Decision(decision) = &mut record.kind else {
        panic!("it is a decision")
    };
    decision.requested.profile = Some(ProfileId::new(KEY));
    decision.requested.model = Some(ModelRef::new(ProviderId::new("x"), KEY));
    decision.attempts[0].profile = ProfileId::new(&format!("anthropic:{KEY}"));
    let line = record.to_json();
    assert!(!line.contains("CANARY"), "{line}");
    let told: String = super::super::told(&record)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(!told.contains("CANARY"), "{told}");
    assert!(
        !super::super::told(&record)
            .iter()
            .map(ToString::to_string)
            .collect::<String>()
            .contains("CANARY")
    );
}

#[test]
fn what_is_no_record_is_refused_and_not_repeated() {
    let good = served_by_the_second().to_json();
    for (from, to) in [
        ("decision", KEY),
        ("\"rate_limit\"", &format!("\"{KEY}\"")),
        ("\"rule\"", &format!("\"{}\"", "x".repeat(65))),
        ("\"main\"", "\"../../x\""),
        ("anthropic/opus", "opus"),
        ("passed-over", "vanished"),
        ("}", ""),
    ] {
        let bad = good.replace(from, to);
        let wrong = Record::from_json(&bad).expect_err("it is no record").to_string();
        assert!(!wrong.contains("CANARY"), "{wrong}");
    }
    let newer = good.replacen('{', "{\"later\":[1],", 1);
    Record::from_json(&newer).expect("a newer program may add keys");
}
