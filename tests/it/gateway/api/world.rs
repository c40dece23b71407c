//! A gateway for bots, and what is held of everything that it answers.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::gateway::served::{KEYS, Served, Told, config};
use crate::gateway::upstream::{Upstream, whole};

/// The tokens of two callers.
pub(super) const A: &str = "EXAMPLE-token-CANARY-of-a";
pub(super) const B: &str = "EXAMPLE-token-CANARY-of-b";

/// What the gateway says of itself.
pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let text = std::fs::read_to_string(path).expect("docs/openapi.json can be read");
    serde_json::from_str(&text).expect("docs/openapi.json is JSON")
});

/// A gateway, and the provider behind it.
pub(super) struct World {
    pub(super) served: Served,
    pub(super) provider: Upstream,
}

impl World {
    /// Whoever is on this machine may ask.
    pub(super) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with changes of the configuration.
    pub(super) async fn with(change: impl FnOnce(&mut Value)) -> Self {
        let provider = Upstream::start(|_| whole("hello")).await;
        let mut config = config(provider.address, provider.address);
        change(&mut config);
        let served = Served::start(&config).await;
        Self { served, provider }
    }

    /// Callers have tokens.
    pub(super) async fn with_tokens() -> Self {
        let provider = Upstream::start(|_| whole("hello")).await;
        let served = Served::with(&config(provider.address, provider.address), |options, files| {
            let file = files.path().join("tokens");
            std::fs::write(&file, format!("bot-a {A}\nbot-b {B}\n")).expect("written");
            options.token_file = Some(file);
        })
        .await;
        Self { served, provider }
    }

    pub(super) async fn get(&self, path: &str) -> Told {
        Told::of(self.served.get(path).send().await.expect("an answer")).await
    }

    pub(super) async fn get_as(&self, token: &str, path: &str) -> Told {
        let request = self.served.get(path).bearer_auth(token);
        Told::of(request.send().await.expect("an answer")).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Told {
        let request = self.served.post(path).body(body.to_string());
        Told::of(request.send().await.expect("an answer")).await
    }

    /// A message of `ann` in a chat, as whoever has the token; an empty one is none.
    pub(super) async fn says(&self, token: &str, session: &str, text: &str) -> Value {
        let mut request = self.served.post("/v1/chat/handle");
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let told = request.body(message(session, text).to_string()).send().await;
        let told = Told::of(told.expect("an answer")).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let answer = told.json();
        fits("Answer", &answer);
        answer
    }

    /// The model and the profile that a request in a chat gets.
    pub(super) async fn serves(&self, token: &str, session: &str) -> (String, String) {
        let body = json!({ "model": "x", "max_tokens": 1, "messages": [] }).to_string();
        let mut request = self
            .served
            .post("/v1/messages")
            .header("x-modelpin-session", session);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let told = Told::of(request.body(body).send().await.expect("an answer")).await;
        (
            told.header("x-modelpin-model").to_owned(),
            told.header("x-modelpin-profile").to_owned(),
        )
    }
}

pub(super) fn message(session: &str, text: &str) -> Value {
    json!({ "session": session, "actor": "ann", "surface": "text", "text": text })
}

/// Holds an answer to the shape that `docs/openapi.json` gives it, and to that it tells no secret.
pub(super) fn fits(shape: &str, answer: &Value) {
    let schemas = &DOCUMENT["components"]["schemas"];
    assert!(schemas[shape].is_object(), "{shape} is described");
    let whole = json!({
        "$ref": format!("#/components/schemas/{shape}"),
        "components": { "schemas": schemas },
    });
    let validator = jsonschema::validator_for(&whole).expect("a schema");
    let wrong: Vec<String> = validator
        .iter_errors(answer)
        .map(|wrong| format!("{}: {wrong}", wrong.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{shape}: {wrong:?} in {answer}");
    let text = answer.to_string();
    for secret in KEYS.iter().copied().chain([A, B]) {
        assert!(!text.contains(&secret[secret.len() - 8..]), "a secret in {text}");
    }
}

/// Holds an answer to that it is an error of this kind, at this place.
pub(super) fn refused(told: &Told, status: u16, code: &str, param: Option<&str>) {
    let answer = told.json();
    fits("ErrorAnswer", &answer);
    let error = &answer["error"];
    assert_eq!(
        (told.status, error["code"].as_str(), error["param"].as_str()),
        (status, Some(code), param),
        "{}",
        told.text
    );
    let message = error["message"].as_str().expect("a message");
    assert!(message.len() > 20, "it says what to do: {message}");
}
