//! Who gets in.

use modelpin::gateway::{Gateway, GatewayError, Options};
use serde_json::json;

use super::served::{Served, Told, config};
use super::upstream::{Upstream, whole};

const TOKENS: &str = "# who may ask\nbot-a EXAMPLE-token-CANARY-of-a\nbot-b EXAMPLE-token-CANARY-of-b\n";

async fn with_tokens(one: &Upstream) -> Served {
    Served::with(&config(one.address, one.address), |options, files| {
        let file = files.path().join("tokens");
        std::fs::write(&file, TOKENS).expect("written");
        options.token_file = Some(file);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_others_reach_needs_tokens() {
    let options = Options {
        bind: "0.0.0.0:0".parse().expect("an address"),
        ..Options::default()
    };
    let refused = Gateway::open(options).await;
    assert!(matches!(refused, Err(GatewayError::NoTokens(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tokens_nobody_gets_in_without_one() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = with_tokens(&one).await;
    let body = json!({ "model": "big", "messages": [] }).to_string();
    for (name, value, status) in [
        ("x-nothing", "x", 401),
        ("x-api-key", "EXAMPLE-token-CANARY-of-", 401),
        ("x-api-key", "EXAMPLE-token-CANARY-of-a ", 200),
        ("authorization", "Bearer EXAMPLE-token-CANARY-of-a", 200),
        ("authorization", "Basic EXAMPLE-token-CANARY-of-a", 401),
        ("x-modelpin-token", "EXAMPLE-token-CANARY-of-b", 200),
    ] {
        let request = served.post("/v1/messages").header(name, value).body(body.clone());
        let told = Told::of(request.send().await.expect("an answer")).await;
        assert_eq!(told.status, status, "{name}: {value}: {}", told.text);
        assert!(!told.text.contains("CANARY"), "{}", told.text);
    }
    assert_eq!(
        served.get("/v1/models").send().await.expect("an answer").status(),
        401
    );
    assert_eq!(
        served.get("/healthz").send().await.expect("an answer").status(),
        200
    );
    for asked in one.asked() {
        assert!(
            asked
                .headers
                .values()
                .all(|value| !value.as_bytes().windows(6).any(|part| part == b"CANARY")
                    || value.as_bytes().starts_with(b"sk-")),
            "{:?}",
            asked.headers
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_with_the_same_session_do_not_share_a_pin() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = with_tokens(&one).await;
    served.command("bot-a/room", "/model small@one:b").await;
    let ask = |token: &'static str| {
        let request = served.post("/v1/messages").header("x-modelpin-token", token);
        let request = request.header("x-modelpin-session", "room");
        let body = json!({ "messages": [] }).to_string();
        async move { Told::of(request.body(body).send().await.expect("an answer")).await }
    };
    let told = ask("EXAMPLE-token-CANARY-of-a").await;
    assert_eq!(told.header("x-modelpin-profile"), "one:b");
    assert_eq!(told.header("x-modelpin-model"), "one/small");
    assert_eq!(
        ask("EXAMPLE-token-CANARY-of-b").await.header("x-modelpin-model"),
        "one/big"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_names_and_foreign_pages_are_turned_away_and_no_page_is_told_to_ask() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    let body = json!({ "messages": [] }).to_string();
    for (name, value, status) in [
        ("host", "evil.example", 421),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
    ] {
        let request = served.post("/v1/messages").header(name, value).body(body.clone());
        let told = Told::of(request.send().await.expect("an answer")).await;
        assert_eq!(told.status, status, "{name}: {value}");
        assert!(
            told.headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control"))
        );
    }
    assert!(one.asked().is_empty());
    let preflight = served.client.request(
        http::Method::OPTIONS,
        format!("http://{}/v1/messages", served.address),
    );
    let told = Told::of(
        preflight
            .header("origin", "https://evil.example")
            .send()
            .await
            .expect("an answer"),
    )
    .await;
    assert_eq!(told.status, 403);
}
