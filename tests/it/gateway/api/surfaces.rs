//! Replies for platforms: the payload stands beside the text, in the language of the sender, and its buttons hold.

use serde_json::{Value, json};

use super::world::{World, fits, message};

/// The tokens of buttons that stand anywhere in a payload.
fn tokens(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map.values().flat_map(tokens).collect(),
        Value::Array(list) => list.iter().flat_map(tokens).collect(),
        Value::String(text) if text.starts_with("mp1-") => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_platform_gets_its_own_payload_whose_buttons_hold() {
    let world = World::with(|_| {}).await;
    for platform in ["telegram", "discord", "slack"] {
        let session = format!("{platform}:1");
        let mut body = message(&session, "/model");
        body["surface"] = platform.into();
        let told = world.post("/v1/chat/handle", &body).await.json();
        fits("Answer", &told);
        let payload = &told["reply"][platform];
        assert!(payload.as_array().is_some_and(|all| !all.is_empty()), "{told}");
        let tokens = tokens(payload);
        let token = tokens.first().unwrap_or_else(|| panic!("a button: {payload}"));
        let press = json!({ "session": session, "actor": "ann", "surface": platform, "token": token });
        let pressed = world.post("/v1/chat/press", &press).await.json();
        assert_eq!(pressed["reply"]["view"]["kind"], "changed", "{pressed}");
        assert!(pressed["reply"][platform].is_array(), "{pressed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_gets_numbers_to_type() {
    let world = World::with(|_| {}).await;
    let mut body = message("matrix:1", "/model");
    body["surface"] = "matrix".into();
    let told = world.post("/v1/chat/handle", &body).await.json();
    let payload = &told["reply"]["matrix"][0];
    assert_eq!(payload["msgtype"], "m.notice", "{told}");
    assert!(
        payload["body"].as_str().is_some_and(|text| text.contains("1. ")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_in_the_language_that_the_message_names() {
    let world = World::with(|_| {}).await;
    let mut said = Vec::new();
    for locale in ["en", "vi", "zh-CN", "th", "tlh"] {
        let mut body = message("t:1", "/model undo");
        body["locale"] = locale.into();
        let told = world.post("/v1/chat/handle", &body).await.json();
        said.push(told["reply"]["text"].as_str().expect("a text").to_owned());
    }
    assert_eq!(said[0], "There is no change to take back for this chat.");
    assert_eq!(said[0], said[4]);
    let different: std::collections::BTreeSet<&String> = said.iter().collect();
    assert_eq!(different.len(), 4, "{said:?}");
}
