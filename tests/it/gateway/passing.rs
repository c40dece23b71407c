//! What passes, and what does not.

use serde_json::{Value, json};

use super::served::{KEYS, Served, Told, config};
use super::upstream::{Upstream, error, json_of, whole};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_which_nothing_has_to_change_passes_byte_for_byte() {
    let two = Upstream::start(|_| json_of(200, &json!({ "id": "x", "choices": [] }))).await;
    let served = Served::start(&config(two.address, two.address)).await;
    let body = "{ \"messages\" : [ {\"role\":\"user\",\"content\":\"\\u00e9 \\ud83d\\ude00 é\"} ],\n\t\"n\": 1e400, \"model\":\"gpt\",\"x\":null }\n";
    let request = served.post("/v1/chat/completions?a=b%20c").body(body);
    let told = Told::of(request.send().await.expect("an answer")).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let asked = two.asked().remove(0);
    assert_eq!(asked.body, body.as_bytes());
    assert_eq!(asked.path, "/v1/chat/completions?a=b%20c");
    assert_eq!(asked.key(), KEYS[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_decides_and_a_known_model_only_where_nothing_is_pinned() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    served.command("pinned", "/model small@one:b").await;
    for (session, asked_for, model, profile) in [
        ("free", "one/small", "one/small", "one:a"),
        ("free", "small", "one/small", "one:a"),
        ("free", "claude-of-another-time", "one/big", "one:a"),
        ("pinned", "big", "one/small", "one:b"),
        ("pinned", "claude-of-another-time", "one/small", "one:b"),
    ] {
        let told = served.ask(session, asked_for).await;
        let asked = one.asked().pop().expect("it was asked");
        assert_eq!(told.status, 200, "{}", told.text);
        assert_eq!(
            (told.header("x-modelpin-model"), told.header("x-modelpin-profile")),
            (model, profile),
            "{session} {asked_for}"
        );
        assert_eq!(asked.json()["model"], model.trim_start_matches("one/"));
        assert!(told.header("x-modelpin-decision").starts_with('d'));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_not_allowed_is_refused_and_nobody_is_asked() {
    let one = Upstream::start(|_| whole("hello")).await;
    let mut config = config(one.address, one.address);
    config["models"]["providers"]["one"]["models"] = json!(["big", "small", "secret"]);
    let served = Served::start(&config).await;
    let told = served.ask("free", "one/secret").await;
    assert_eq!(told.status, 403, "{}", told.text);
    assert_eq!(told.json()["error"]["code"], "model-not-allowed");
    assert!(one.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_name_accounts_chats_or_networks_pass_neither_way() {
    let one = Upstream::start(|_| {
        let mut answer = whole("hello");
        for (name, value) in [
            ("anthropic-organization-id", "org-EXAMPLE"),
            ("set-cookie", "session=EXAMPLE"),
            ("request-id", "req_1"),
            ("anthropic-ratelimit-requests-remaining", "7"),
            ("x-modelpin-profile", "forged"),
        ] {
            answer.headers_mut().append(name, value.parse().expect("a value"));
        }
        answer
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let request = served.post("/v1/messages").headers(
        [
            ("x-api-key", "mp-session-room"),
            ("x-modelpin-actor", "telegram:7"),
            ("openai-organization", "org-EXAMPLE"),
            ("cookie", "a=b"),
            ("x-forwarded-for", "192.0.2.1"),
            ("anthropic-beta", "context-1m-2025-08-07"),
            ("user-agent", "Bot/1"),
            ("x-stainless-lang", "python"),
        ]
        .into_iter()
        .map(|(name, value)| {
            (
                name.parse::<http::HeaderName>().expect("a name"),
                value.parse().expect("a value"),
            )
        })
        .collect(),
    );
    let body = json!({ "max_tokens": 1, "messages": [] }).to_string();
    let told = Told::of(request.body(body).send().await.expect("an answer")).await;
    let asked = one.asked().remove(0);
    let mut names: Vec<_> = asked
        .headers
        .keys()
        .map(|name| name.as_str().to_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "anthropic-beta",
            "anthropic-version",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-api-key",
            "x-stainless-lang"
        ]
    );
    assert_eq!(asked.headers["user-agent"], "Bot/1");
    assert_eq!(asked.headers["host"], one.address.to_string());
    assert_eq!(asked.json()["model"], "big");
    assert_eq!(told.header("request-id"), "req_1");
    assert_eq!(told.header("anthropic-ratelimit-requests-remaining"), "7");
    assert_eq!(told.header("x-modelpin-profile"), "one:a");
    assert!(told.headers.get("set-cookie").is_none());
    assert!(told.headers.get("anthropic-organization-id").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_in_the_form_of_the_api_with_a_decision_and_without_the_providers_account() {
    let one = Upstream::start(|asked| {
        if asked.path.starts_with("/v1/messages") {
            error(400, "invalid_request_error", "messages: roles must alternate, ada@example.test")
        } else {
            let body = json!({ "error": { "message": "Rate limit for org-EXAMPLE", "type": "tokens", "code": "rate_limit_exceeded" } });
            let mut answer = json_of(429, &body);
            answer.headers_mut().insert("retry-after", "60".parse().expect("a value"));
            answer
        }
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let told = served.ask("a", "big").await;
    assert_eq!(told.status, 400);
    let body = told.json();
    assert_eq!(body["type"], "error");
    assert_eq!(body["error"]["type"], "invalid_request_error");
    let message = body["error"]["message"].as_str().expect("a message");
    assert!(
        message.contains("roles must alternate") && !message.contains("ada@"),
        "{message}"
    );
    assert_eq!(body["request_id"], told.header("x-modelpin-decision"));
    assert_eq!(
        one.keys().len(),
        1,
        "a request that is to blame itself is sent once"
    );

    let request = served
        .post("/v1/chat/completions")
        .body(json!({ "model": "gpt", "messages": [] }).to_string());
    let told = Told::of(request.send().await.expect("an answer")).await;
    assert_eq!(told.status, 429);
    assert_eq!(told.json()["error"]["type"], "rate_limit_error");
    assert_eq!(told.json()["error"]["param"], Value::Null);
    assert!(!told.text.contains("org-EXAMPLE"), "{}", told.text);
    assert_eq!(told.header("x-should-retry"), "false");
    // The next one is not sent: it rests, and the time is told.
    let request = served
        .post("/v1/chat/completions")
        .body(json!({ "model": "gpt", "messages": [] }).to_string());
    let told = Told::of(request.send().await.expect("an answer")).await;
    assert_eq!(told.status, 429);
    assert!(
        told.header("retry-after")
            .parse::<u64>()
            .is_ok_and(|wait| wait > 0),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_of_another_api_is_told_and_where_to_ask_for_it() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    served.command("pinned", "/model gpt").await;
    let told = served.ask("pinned", "big").await;
    assert_eq!(told.status, 400);
    assert_eq!(told.json()["error"]["code"], "other-api");
    assert!(told.text.contains("/v1/chat/completions"), "{}", told.text);
    assert!(one.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_is_followed_with_a_credential() {
    let away = Upstream::start(|_| whole("stolen")).await;
    let to = format!("http://{}/v1/messages", away.address);
    let one = Upstream::start(move |_| {
        let mut answer = error(307, "x", "go away");
        answer
            .headers_mut()
            .insert("location", to.parse().expect("a value"));
        answer
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let told = served.ask("a", "big").await;
    assert_eq!(told.status, 502, "{}", told.text);
    assert!(away.asked().is_empty());
    assert!(told.headers.get("location").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused_with_its_place() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    for (body, says) in [
        ("", "object"),
        ("[]", "object"),
        ("{\"model\":\"a\",\"model\":\"b\"}", "second"),
        ("{\"model\":7}", "model"),
        ("{\"model\":\"a\"} x", "byte 14"),
    ] {
        let told = Told::of(
            served
                .post("/v1/messages")
                .body(body)
                .send()
                .await
                .expect("an answer"),
        )
        .await;
        assert_eq!(told.status, 400, "{body}");
        assert!(told.text.contains(says), "{body}: {}", told.text);
    }
    assert!(one.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_listed_for_clients_of_both_apis() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    let list = Told::of(served.get("/v1/models").send().await.expect("an answer"))
        .await
        .json();
    let ids: Vec<_> = list["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|model| model["id"].clone())
        .collect();
    assert_eq!(ids, ["one/big", "one/small", "two/gpt"]);
    assert_eq!(
        (&list["object"], &list["has_more"]),
        (&json!("list"), &json!(false))
    );
    for id in ["one%2Fsmall", "one/small", "small"] {
        let model = Told::of(
            served
                .get(&format!("/v1/models/{id}"))
                .send()
                .await
                .expect("an answer"),
        )
        .await;
        assert_eq!(model.json()["id"], "one/small");
    }
    for (version, of) in [(None, "error"), (Some("2023-06-01"), "type")] {
        let mut request = served.get("/v1/models/nope");
        if let Some(version) = version {
            request = request.header("anthropic-version", version);
        }
        let told = Told::of(request.send().await.expect("an answer")).await;
        assert_eq!(told.status, 404);
        assert!(told.json().get(of).is_some(), "{}", told.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_and_counts_go_where_the_provider_has_them() {
    let one = Upstream::start(|_| json_of(200, &json!({ "id": "x" }))).await;
    let served = Served::start(&config(one.address, one.address)).await;
    for (path, model, arrives) in [
        ("/v1/responses", "gpt", "/v1/responses"),
        ("/v1/chat/completions", "gpt", "/v1/chat/completions"),
        (
            "/v1/messages/count_tokens?beta=true",
            "big",
            "/v1/messages/count_tokens?beta=true",
        ),
    ] {
        let body = json!({ "model": model, "input": "hi" }).to_string();
        let told = Told::of(served.post(path).body(body).send().await.expect("an answer")).await;
        assert_eq!(told.status, 200, "{}", told.text);
        assert_eq!(one.asked().pop().expect("it was asked").path, arrives);
    }
}
