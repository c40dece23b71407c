//! Requests that a lease fills: body, betas and length, for each kind of credential.

use bytes::Bytes;
use http::Request;
use modelpin::resolver::FillError;
use modelpin::retention::Retention;
use modelpin::wire::body::{BodyError, Outline};
use modelpin::{Actor, Lease, ModelPin, SessionKey};
use serde_json::{Value, json};

const KEY: &str = "sk-ant-api03-EXAMPLE-fIlL3dCaNa";
const TOKEN: &str = "sk-ant-oat01-EXAMPLE-t0k3nCaNaR";
const HOUR: &str = "extended-cache-ttl-2025-04-11";

/// The model's entry in the catalogue, the provider's, and its only profile.
async fn lease(params: &Value, provider: &Value, profile: &Value) -> Lease {
    let dir = tempfile::tempdir().expect("a directory");
    let config = json!({
        "agents": { "defaults": { "model": "p/new", "models": { "p/new": { "params": params } } } },
        "models": { "providers": { "p": provider } },
    });
    let agent = dir.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    std::fs::write(dir.path().join("modelpin.json"), config.to_string()).expect("written");
    let store = json!({ "version": 1, "profiles": { "p:a": profile } });
    std::fs::write(agent.join("auth-profiles.json"), store.to_string()).expect("written");
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .build()
        .await
        .expect("built");
    let (session, actor) = (SessionKey::new("s"), Actor::member("a"));
    modelpin.resolve(&session, &actor).await.expect("a lease")
}

fn anthropic() -> Value {
    json!({ "baseUrl": "http://127.0.0.1:9/base", "api": "anthropic-messages" })
}

fn key() -> Value {
    json!({ "type": "api_key", "provider": "p", "key": KEY })
}

const BODY: &str = r#"{ "model":"old", "system" : "Sé brief", "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}], "n": 1e400 }"#;

fn request(body: &str) -> Request<Bytes> {
    Request::post("/v1/messages")
        .header("content-length", body.len())
        .header("anthropic-beta", "mine")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .expect("a request")
}

fn text(request: &Request<Bytes>) -> &str {
    std::str::from_utf8(request.body()).expect("UTF-8")
}

fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Vec<&'r str> {
    let values = request.headers().get_all(name).iter();
    values.map(|value| value.to_str().expect("text")).collect()
}

fn with_marks(mark: &str) -> String {
    format!(
        r#"{{ "model":"new", "system" : [{{"type":"text","text":"Sé brief","cache_control":{mark}}}], "messages":[{{"role":"user","content":[{{"type":"text","text":"hi","cache_control":{mark}}}]}}], "n": 1e400 }}"#
    )
}

#[tokio::test]
async fn an_api_key_has_its_prompt_kept_as_the_configuration_says() {
    let (short, long) = (
        with_marks(r#"{"type":"ephemeral"}"#),
        with_marks(r#"{"type":"ephemeral","ttl":"1h"}"#),
    );
    let none = BODY.replace("old", "new");
    for (params, body, beta) in [
        (json!({}), &short, "mine".to_owned()),
        (json!({ "cacheRetention": "short" }), &short, "mine".to_owned()),
        (
            json!({ "cacheRetention": "none", "cacheControlTtl": "1h" }),
            &none,
            "mine".to_owned(),
        ),
        (json!({ "cacheRetention": "long" }), &long, format!("mine,{HOUR}")),
        (json!({ "cacheControlTtl": "5m" }), &short, "mine".to_owned()),
        (json!({ "cacheControlTtl": "1h" }), &long, format!("mine,{HOUR}")),
        (
            json!({ "cacheRetention": "for ever", "cacheControlTtl": "1h" }),
            &long,
            format!("mine,{HOUR}"),
        ),
        (
            json!({ "cacheRetention": 7, "cacheControlTtl": "2h" }),
            &short,
            "mine".to_owned(),
        ),
    ] {
        let lease = lease(&params, &anthropic(), &key()).await;
        let filled = lease.fill(request(BODY)).expect("filled");
        assert_eq!(text(&filled), body, "{params}");
        assert_eq!(header(&filled, "anthropic-beta"), [beta], "{params}");
        assert_eq!(header(&filled, "content-length"), [body.len().to_string()]);
        assert_eq!(header(&filled, "x-api-key"), [KEY]);
        assert_eq!(filled.uri(), "http://127.0.0.1:9/base/v1/messages");
        assert!(!format!("{filled:?}").contains("CaNa"));
    }
}

#[tokio::test]
async fn a_subscription_has_nothing_added_but_its_model() {
    for profile in [
        json!({ "type": "token", "provider": "p", "token": TOKEN }),
        json!({ "type": "oauth", "provider": "p", "access": TOKEN, "refresh": "ref-EXAMPLE", "expires": 9_770_724_800_000_i64 }),
        // The kind decides, not what the text looks like.
        json!({ "type": "token", "provider": "p", "token": KEY }),
    ] {
        for params in [
            json!({}),
            json!({ "cacheRetention": "long" }),
            json!({ "cacheControlTtl": "1h" }),
        ] {
            let lease = lease(&params, &anthropic(), &profile).await;
            assert_eq!(lease.retention(), Retention::None);
            let filled = lease.fill(request(BODY)).expect("filled");
            assert_eq!(text(&filled), BODY.replace("old", "new"));
            assert_eq!(header(&filled, "anthropic-beta"), ["mine,oauth-2025-04-20"]);
        }
    }
    let looks_like_a_token = json!({ "type": "api_key", "provider": "p", "key": TOKEN });
    let lease = lease(&json!({}), &anthropic(), &looks_like_a_token).await;
    assert_eq!(lease.retention(), Retention::Short);
}

#[tokio::test]
async fn other_apis_have_nothing_added_but_their_model() {
    for api in ["openai-completions", "openai-responses"] {
        let provider = json!({ "baseUrl": "http://127.0.0.1:9", "api": api });
        let lease = lease(&json!({ "cacheRetention": "long" }), &provider, &key()).await;
        let filled = lease.fill(request(BODY)).expect("filled");
        assert_eq!(text(&filled), BODY.replace("old", "new"));
        assert_eq!(header(&filled, "anthropic-beta"), ["mine"]);
    }
    let lease = lease(&json!({ "cacheRetention": "long" }), &anthropic(), &key()).await;
    for (path, marks) in [
        ("/v1/messages?beta=true", 2),
        ("/v1/messages/count_tokens", 2),
        ("/v1/chat/completions", 0),
    ] {
        let mut asked = request(BODY);
        *asked.uri_mut() = path.parse().expect("a path");
        let filled = lease.fill(asked).expect("filled");
        assert_eq!(text(&filled).matches("cache_control").count(), marks, "{path}");
        let betas = header(&filled, "anthropic-beta").concat();
        assert_eq!(betas.contains(HOUR), marks > 0, "{path}");
    }
}

#[tokio::test]
async fn the_beta_of_the_hour_comes_only_with_a_mark_and_beside_all_others() {
    let provider = json!({
        "baseUrl": "http://127.0.0.1:9", "api": "anthropic-messages", "headers": { "anthropic-beta": "configured,mine" },
    });
    let lease = lease(&json!({ "cacheRetention": "long" }), &provider, &key()).await;
    let filled = lease.fill(request(BODY)).expect("filled");
    let all = format!("mine,configured,{HOUR}");
    assert_eq!(header(&filled, "anthropic-beta"), [all.as_str()]);
    let mut asked = request(BODY);
    asked
        .headers_mut()
        .insert("anthropic-beta", HOUR.parse().expect("a value"));
    let filled = lease.fill(asked).expect("filled");
    assert_eq!(
        header(&filled, "anthropic-beta"),
        [format!("{HOUR},configured,mine")]
    );
    for unmarked in [
        r#"{"model":"new","messages":[{"role":"user","content":" "}]}"#,
        r#"{"model":"new","messages":[{"role":"user","content":"hi"}],"tools":[{"cache_control":{"type":"ephemeral"}}]}"#,
    ] {
        let filled = lease.fill(request(unmarked)).expect("filled");
        assert_eq!(text(&filled), unmarked);
        assert_eq!(header(&filled, "anthropic-beta"), ["mine,configured"]);
    }
}

#[tokio::test]
async fn a_body_that_was_read_once_serves_every_lease() {
    let body = Bytes::from_static(br#"{"model":"new","messages":[{"role":"user","content":"hi"}]}"#);
    let outline = Outline::read(&body).expect("JSON");
    let head = || Request::post("/v1/messages").body(()).expect("a request");
    let key = lease(&json!({}), &anthropic(), &key()).await;
    let first = key.fill_with(&outline, head()).expect("filled");
    assert_eq!(
        text(&first),
        r#"{"model":"new","messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}"#
    );
    let token = json!({ "type": "token", "provider": "p", "token": TOKEN });
    let token = lease(&json!({}), &anthropic(), &token).await;
    let second = token.fill_with(&outline, head()).expect("filled");
    assert_eq!(
        second.body().as_ptr(),
        body.as_ptr(),
        "no copy where nothing changes"
    );
    assert_eq!(header(&second, "content-length"), [body.len().to_string()]);
}

#[tokio::test]
async fn an_agent_has_its_own_retention_or_that_of_the_defaults() {
    let config = |own: &str| {
        let text = format!(
            "{{ agents: {{ defaults: {{ models: {{ 'p/a': {{ params: {{ cacheRetention: 'long' }} }} }} }}, list: [{{ id: 'x', models: {{ {own} }} }}] }} }}"
        );
        let (config, warnings) = modelpin::config::Config::parse(&text, "modelpin.json").expect("parses");
        assert!(warnings.is_empty(), "{warnings:?}");
        let agent = modelpin::AgentId::new("x").expect("an id");
        let agent = config.agent(&agent).expect("is there");
        agent.retentions().map(|(_, retention)| retention).last()
    };
    assert_eq!(config(""), Some(Retention::Long));
    assert_eq!(config("'p/a': {}"), Some(Retention::Long));
    assert_eq!(
        config("'p/a': { params: { cacheControlTtl: '5m' } }"),
        Some(Retention::Short)
    );
    assert_eq!(
        config("'p/a': { params: { cacheRetention: 'none' } }"),
        Some(Retention::None)
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_before_anything_is_sent() {
    let lease = lease(&json!({}), &anthropic(), &key()).await;
    let error = lease
        .fill(request("{\"model\": sk-ant-api03-EXAMPLE}"))
        .expect_err("no JSON");
    assert_eq!(
        error,
        FillError::Body(BodyError::NotJson {
            at: 10,
            expected: "a value"
        })
    );
    assert_eq!(
        error.to_string(),
        "the request body is not JSON at byte 10: expected a value"
    );
}
