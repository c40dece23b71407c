//! How a request looks on the wire, row by row, and what the events of each API say.

use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use modelpin::classify::{Answer, classify};
use modelpin::credential::Credential;
use modelpin::endpoint::{Api, Endpoint, KeyHeader};
use modelpin::model::ProviderId;
use modelpin::secret::Secret;
use modelpin::wire::{Decoder, Fault, Piece, Role, SseEvent, Turn, WireError, present, request};
use serde_json::{Value, json};

use crate::classify::corpus::corpus;

const CANARY: &str = "sk-ant-oat01-EXAMPLE-canary";

fn key(text: &str) -> Credential {
    Credential::ApiKey {
        key: Secret::new(text.to_owned()),
    }
}

fn token() -> Credential {
    Credential::Token {
        token: Secret::new(CANARY.to_owned()),
        expires: None,
    }
}

fn oauth(account: Option<&str>) -> Credential {
    Credential::OAuth {
        access: Secret::new(CANARY.to_owned()),
        expires: None,
        account: account.map(str::to_owned),
    }
}

fn endpoint(api: Api) -> Endpoint {
    Endpoint::new("https://example.org", api)
}

/// What a caller sends along of its own.
fn callers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer caller-secret"),
        ("x-api-key", "caller-secret"),
        ("cookie", "caller-secret"),
        ("proxy-authorization", "caller-secret"),
        ("chatgpt-account-id", "caller-secret"),
        ("user-agent", "bot/1"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

/// All headers after `present`, sorted, as `name: value`.
fn sent(provider: &str, endpoint: &Endpoint, credential: &Credential, mut headers: HeaderMap) -> Vec<String> {
    present(&ProviderId::new(provider), endpoint, credential, &mut headers).expect("presentable");
    assert!(
        !format!("{headers:?}").contains("EXAMPLE"),
        "secrets are marked sensitive"
    );
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .collect();
    lines.sort();
    lines
}

fn refused(provider: &str, endpoint: &Endpoint, credential: &Credential) -> WireError {
    let mut headers = callers();
    let error = present(&ProviderId::new(provider), endpoint, credential, &mut headers)
        .expect_err("cannot be presented");
    assert_eq!(headers, callers(), "headers are as they were");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("EXAMPLE") && !shown.contains("canary"), "{shown}");
    }
    error
}

#[test]
fn each_row_is_presented_as_the_page_has_it() {
    let anthropic = endpoint(Api::AnthropicMessages);
    let bearer = format!("authorization: Bearer {CANARY}");
    let version = "anthropic-version: 2023-06-01";
    let beta = "anthropic-beta: oauth-2025-04-20";
    assert_eq!(
        sent("anthropic", &anthropic, &key(CANARY), callers()),
        [version, "user-agent: bot/1", &format!("x-api-key: {CANARY}")],
        "the kind decides, not what the text looks like"
    );
    for subscription in [token(), oauth(None)] {
        assert_eq!(
            sent("anthropic", &anthropic, &subscription, callers()),
            [beta, version, &bearer, "user-agent: bot/1"]
        );
    }
    for api in [Api::OpenAiCompletions, Api::OpenAiResponses] {
        for credential in [key(CANARY), token(), oauth(Some("acct"))] {
            assert_eq!(
                sent("openai", &endpoint(api), &credential, callers()),
                [&bearer, "user-agent: bot/1"]
            );
        }
    }
    assert_eq!(
        sent(
            "openai-codex",
            &endpoint(Api::OpenAiResponses),
            &oauth(Some("acct-7")),
            callers()
        ),
        [&bearer, "chatgpt-account-id: acct-7", "user-agent: bot/1"]
    );
    let own = Endpoint {
        key_header: KeyHeader::Bearer,
        headers: vec![("X-Team".into(), "blue".into())],
        ..anthropic
    };
    assert_eq!(
        sent("mine", &own, &key(CANARY), callers()),
        [version, &bearer, "user-agent: bot/1", "x-team: blue"]
    );
}

#[test]
fn a_request_without_a_user_agent_gets_ours() {
    let mut headers = HeaderMap::new();
    let endpoint = endpoint(Api::OpenAiCompletions);
    present(&ProviderId::new("openai"), &endpoint, &key(CANARY), &mut headers).expect("presentable");
    assert_eq!(
        headers[USER_AGENT],
        concat!("modelpin/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(headers.len(), 2);
}

#[test]
fn betas_of_the_caller_and_the_config_stay_and_none_stands_twice() {
    let mut headers = HeaderMap::new();
    headers.append(
        "anthropic-beta",
        HeaderValue::from_static("a, oauth-2025-04-20 ,b"),
    );
    headers.append("anthropic-beta", HeaderValue::from_static("a,c"));
    let mut endpoint = endpoint(Api::AnthropicMessages);
    endpoint.headers.push(("Anthropic-Beta".into(), "d,b".into()));
    let lines = sent("anthropic", &endpoint, &token(), headers.clone());
    assert!(
        lines.contains(&"anthropic-beta: a,oauth-2025-04-20,b,c,d".to_owned()),
        "{lines:?}"
    );
    headers.remove("anthropic-beta");
    let lines = sent("anthropic", &endpoint, &key(CANARY), headers);
    assert!(lines.contains(&"anthropic-beta: d,b".to_owned()), "{lines:?}");
}

#[test]
fn a_credential_that_no_header_takes_is_refused_unnamed() {
    let endpoint = endpoint(Api::AnthropicMessages);
    for end in ["\n", "\r\nx-evil: 1", "\0", "\u{7f}", "é", "\u{2028}", "\t"] {
        let error = refused("anthropic", &endpoint, &key(&format!("{CANARY}{end}")));
        assert!(matches!(error, WireError::UnusableCredential { .. }));
    }
    let error = refused("anthropic", &endpoint, &key("  "));
    assert!(matches!(error, WireError::BlankCredential { .. }));
    for account in [None, Some(" "), Some("EXAMPLE\n")] {
        let error = refused("openai-codex", &endpoint, &oauth(account));
        assert!(matches!(error, WireError::NoAccount { .. }));
    }
}

#[test]
fn a_configured_header_never_takes_the_place_of_the_credential() {
    for (api, name) in [
        (Api::AnthropicMessages, "X-Api-Key"),
        (Api::AnthropicMessages, "authorization"),
        (Api::OpenAiCompletions, "Authorization"),
    ] {
        let mut endpoint = endpoint(api);
        endpoint.headers.push((name.into(), "EXAMPLE".into()));
        let error = refused("mine", &endpoint, &token());
        assert!(matches!(error, WireError::CredentialHeader { .. }));
    }
    for (name, value) in [("a b", "EXAMPLE"), ("x-a", "EXAMPLE\n")] {
        let mut endpoint = endpoint(Api::OpenAiCompletions);
        endpoint.headers.push((name.into(), value.into()));
        let error = refused("mine", &endpoint, &token());
        assert!(matches!(error, WireError::BadHeader { number: 1, .. }));
    }
}

fn turns() -> Vec<Turn> {
    [(Role::User, "hi"), (Role::Assistant, "yes?"), (Role::User, "go")]
        .map(|(role, text)| Turn {
            role,
            text: text.into(),
        })
        .to_vec()
}

#[test]
fn a_chat_is_asked_in_the_words_of_each_api() {
    let messages = json!([
        { "role": "user", "content": "hi" },
        { "role": "assistant", "content": "yes?" },
        { "role": "user", "content": "go" },
    ]);
    for (base, api, url, limit) in [
        (
            "https://x.org/",
            Api::AnthropicMessages,
            "https://x.org/v1/messages",
            "max_tokens",
        ),
        (
            "http://x/v1",
            Api::OpenAiCompletions,
            "http://x/v1/chat/completions",
            "max_tokens",
        ),
        (
            "https://api.openai.com/v1",
            Api::OpenAiCompletions,
            "https://api.openai.com/v1/chat/completions",
            "max_completion_tokens",
        ),
    ] {
        let request = request(&Endpoint::new(base, api), "m/1", &turns(), 64).expect("a request");
        assert_eq!(request.uri().to_string(), url);
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert!(!request.headers().contains_key(AUTHORIZATION));
        let body: Value = serde_json::from_slice(request.body()).expect("JSON");
        assert_eq!(
            body,
            json!({ "model": "m/1", limit: 64, "stream": true, "messages": messages })
        );
    }
    let responses = Endpoint::new("https://x.org/v1", Api::OpenAiResponses);
    let request = request(&responses, "m", &turns(), 64).expect("a request");
    assert_eq!(request.uri().path(), "/v1/responses");
    let body: Value = serde_json::from_slice(request.body()).expect("JSON");
    assert_eq!(body["input"][1]["content"][0]["type"], "output_text");
    assert_eq!(body["store"], false);
}

#[test]
fn a_base_url_that_is_none_is_refused() {
    for base in [
        "",
        "x.org",
        "ftp://x.org",
        "https://",
        "https://a b",
        "file:///etc",
    ] {
        let asked = request(&Endpoint::new(base, Api::OpenAiCompletions), "m", &turns(), 1);
        assert_eq!(asked.expect_err(base), WireError::BadUrl);
    }
}

fn read(api: Api, events: &[Value]) -> Vec<Result<Piece, Fault>> {
    let mut decoder = Decoder::new(api);
    let mut pieces = Vec::new();
    for data in events {
        let data = data.as_str().map_or_else(|| data.to_string(), str::to_owned);
        let event = SseEvent {
            event: "message".into(),
            data,
        };
        pieces.extend(decoder.read(&event).transpose());
    }
    pieces.extend(decoder.end().map(Ok));
    pieces
}

fn text(text: &str) -> Result<Piece, Fault> {
    Ok(Piece::Text(text.into()))
}

fn done(stop: &str) -> Result<Piece, Fault> {
    Ok(Piece::Done {
        stop: Some(stop.into()),
    })
}

#[test]
fn the_events_of_each_api_are_read() {
    let anthropic = [
        json!({ "type": "message_start", "message": { "content": [] } }),
        json!({ "type": "content_block_delta", "delta": { "type": "thinking_delta", "thinking": "hm" } }),
        json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": "a" } }),
        json!({ "type": "ping" }),
        json!({ "type": "something_new" }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "max_tokens" } }),
        json!({ "type": "message_stop" }),
    ];
    assert_eq!(
        read(Api::AnthropicMessages, &anthropic),
        [text("a"), done("max_tokens")]
    );
    let completions = [
        json!({ "choices": [{ "delta": { "role": "assistant", "content": "" } }] }),
        json!({ "choices": [{ "delta": { "content": "a" } }], "error": null }),
        json!({ "choices": [{ "delta": { "content": "b" }, "finish_reason": "stop" }] }),
        json!({ "choices": [], "usage": {} }),
        json!("[DONE]"),
    ];
    let said = [text("a"), text("b"), done("stop")];
    assert_eq!(read(Api::OpenAiCompletions, &completions), said);
    assert_eq!(
        read(Api::OpenAiCompletions, &completions[..4]),
        said,
        "[DONE] may be missing"
    );
    assert_eq!(
        read(Api::OpenAiCompletions, &completions[..2]),
        [text("a")],
        "cut off is not done"
    );
    let responses = [
        json!({ "type": "response.created", "response": {} }),
        json!({ "type": "response.output_text.delta", "delta": "a" }),
        json!({ "type": "response.completed", "response": {} }),
    ];
    assert_eq!(
        read(Api::OpenAiResponses, &responses),
        [text("a"), done("completed")]
    );
}

#[test]
fn an_error_event_has_the_status_that_it_stands_for() {
    let status = |api, event: Value| match read(api, &[event]).remove(0) {
        Err(Fault::Refused { status, body }) => (status, body),
        other => panic!("{other:?}"),
    };
    let overloaded =
        json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    let (code, body) = status(Api::AnthropicMessages, overloaded);
    assert_eq!(code, 529);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["error"]["type"], "overloaded_error");
    for (event, code) in [
        (json!({ "error": { "code": 502, "message": "x" } }), 502),
        (
            json!({ "error": { "code": "insufficient_quota", "type": "x" } }),
            429,
        ),
        (json!({ "error": { "code": 7, "message": "x" } }), 500),
        (json!({ "error": "x" }), 500),
    ] {
        assert_eq!(status(Api::OpenAiCompletions, event).0, code);
    }
    let failed =
        json!({ "type": "response.failed", "response": { "error": { "code": "rate_limit_exceeded" } } });
    assert_eq!(status(Api::OpenAiResponses, failed).0, 429);
    let bare = json!({ "error": { "type": "overloaded_error", "message": "Overloaded" } });
    assert_eq!(status(Api::AnthropicMessages, bare).0, 529);
    let beside = json!({ "type": "error", "status_code": 429, "error": { "type": "new" } });
    assert_eq!(status(Api::OpenAiResponses, beside).0, 429);
    let garbled = read(Api::AnthropicMessages, &[json!("<html>")]);
    assert_eq!(garbled, [Err(Fault::Garbled)]);
}

#[test]
fn an_error_event_means_what_the_failed_answer_would_have_meant() {
    let mut seen = 0;
    for case in corpus() {
        let api = match &*case.provider {
            "anthropic" => Api::AnthropicMessages,
            "google" | "openrouter" => Api::OpenAiCompletions,
            "openai-codex" => Api::OpenAiResponses,
            _ => continue,
        };
        let mut event: Value = serde_json::from_str(&case.body()).expect("JSON");
        if event["error"].is_null() && event[0]["error"].is_null() {
            // Without an error inside it is no event.
            continue;
        }
        if api == Api::OpenAiResponses {
            event["type"] = "error".into();
        }
        let Err(Fault::Refused { status, body }) = read(api, &[event]).remove(0) else {
            panic!("{} is no error", case.name);
        };
        let verdict = classify(
            &Answer {
                provider: &ProviderId::new(&case.provider),
                status,
                headers: &HeaderMap::new(),
                body: body.as_bytes(),
            },
            case.now(),
        );
        let class = verdict.map(|verdict| verdict.class.as_str());
        assert_eq!(class, Some(case.class()), "{} as {status}", case.name);
        seen += 1;
    }
    assert!(seen >= 50, "{seen}");
}
