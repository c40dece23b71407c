//! What Matrix says of a message, and what we promise of it.

use std::sync::LazyLock;

use jsonschema::Validator;
use modelpin::render::matrix::{CONTENT_BYTES, EVENT_BYTES, ID_BYTES, MESSAGE_BYTES};
use serde_json::{Value, json};

use super::html;

/// The specification's own schemas, see the README beside them.
static NOTICE: LazyLock<Validator> = LazyLock::new(|| {
    schema(include_str!(
        "../../../../fixtures/matrix-spec/m.room.message.m.notice.json"
    ))
});
static REACTION: LazyLock<Validator> =
    LazyLock::new(|| schema(include_str!("../../../../fixtures/matrix-spec/m.reaction.json")));
static MENTIONS: LazyLock<Validator> =
    LazyLock::new(|| schema(include_str!("../../../../fixtures/matrix-spec/m.mentions.json")));

fn schema(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// An event as large as a homeserver makes it.
fn event(kind: &str, content: &Value) -> Value {
    let id = |sigil: &str| format!("{sigil}{}", "x".repeat(ID_BYTES - 1));
    json!({
        "auth_events": vec![id("$"); 10].iter().map(|_| "$".repeat(44)).collect::<Vec<_>>(),
        "content": content,
        "depth": u64::MAX,
        "event_id": id("$"),
        "hashes": { "sha256": "x".repeat(44) },
        "origin_server_ts": 1_770_724_800_000_i64,
        "prev_events": vec!["$".repeat(44); 20],
        "room_id": id("!"),
        "sender": id("@"),
        "signatures": { "x".repeat(230): { "ed25519:xxxxxx": "x".repeat(88) } },
        "type": kind,
    })
}

fn held(validator: &Validator, event: &Value) -> Result<(), String> {
    validator.validate(event).map_err(|error| error.to_string())
}

/// Whether a reaction is one.
pub(crate) fn checked_reaction(content: &Value) -> Result<(), String> {
    held(&REACTION, &event("m.reaction", content))
}

/// Whether a message, and an edit that makes another one into it, is as Matrix wants it, notifies nobody, and says the same
/// in its text and its HTML.
pub(crate) fn checked(content: &Value) -> Result<(), String> {
    let of = |key: &str| content[key].as_str().ok_or(format!("{key} is no text"));
    held(&NOTICE, &event("m.room.message", content))?;
    held(&MENTIONS, &content["m.mentions"])?;
    if content["m.mentions"] != json!({}) {
        return Err("it notifies".to_owned());
    }
    if of("format")? != "org.matrix.custom.html" {
        return Err("its format is unknown".to_owned());
    }
    let bytes = content.to_string().len();
    if bytes > MESSAGE_BYTES {
        return Err(format!("{bytes} bytes"));
    }
    let edit = edited(content);
    let bytes = edit.to_string().len();
    let whole = event("m.room.message", &edit).to_string().len();
    if bytes > CONTENT_BYTES || whole > EVENT_BYTES {
        return Err(format!("an edit of {bytes} bytes, an event of {whole}"));
    }
    let lines = |text: &str| -> Vec<String> {
        let bare = |line: &str| {
            let line = line.strip_prefix("- ").unwrap_or(line).replace(['“', '”'], "");
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        text.split('\n')
            .map(bare)
            .filter(|line| !line.is_empty())
            .collect()
    };
    let (text, html) = (lines(of("body")?), lines(&html::read(of("formatted_body")?)?));
    if text.is_empty() {
        return Err("it says nothing".to_owned());
    }
    if text != html {
        return Err(format!("its texts differ:\n{text:?}\n{html:?}"));
    }
    Ok(())
}

/// The content of an edit, as [`Content::replacing`](modelpin::render::matrix::Content::replacing) makes it.
fn edited(content: &Value) -> Value {
    let mut edit = content.clone();
    for key in ["body", "formatted_body"] {
        edit[key] = format!("* {}", content[key].as_str().unwrap_or_default()).into();
    }
    edit["m.new_content"] = content.clone();
    edit["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": "$".repeat(ID_BYTES) });
    edit
}

#[test]
fn what_is_wrong_is_found() {
    let good = || {
        json!({
            "body": "a <b>", "format": "org.matrix.custom.html", "formatted_body": "<p>a &lt;b&gt;</p>",
            "m.mentions": {}, "msgtype": "m.notice",
        })
    };
    assert_eq!(checked(&good()), Ok(()));
    let with = |key: &str, value: Value| {
        let mut content = good();
        content[key] = value;
        content
    };
    for broken in [
        with("msgtype", json!("m.text")),
        with("body", json!(null)),
        with("m.mentions", json!({ "room": true })),
        with("m.mentions", json!({ "user_ids": "@a:b" })),
        with("formatted_body", json!("<p>a <b></p>")),
        with("formatted_body", json!("<p>a</p>")),
        with("formatted_body", json!("<p onclick=\"x\">a &lt;b&gt;</p>")),
        with("formatted_body", json!("<script>a &lt;b&gt;</script>")),
        with("padding", json!("x".repeat(MESSAGE_BYTES))),
    ] {
        assert!(checked(&broken).is_err(), "{broken}");
    }
    assert_eq!(
        checked_reaction(&json!({ "m.relates_to": { "rel_type": "m.annotation" } })),
        Ok(())
    );
    assert!(checked_reaction(&json!({ "m.relates_to": { "rel_type": "m.replace" } })).is_err());
}
