//! What failed answers mean: the worked cases, the corpus, and the borders between classes.

mod borders;
pub(crate) mod corpus;
pub(crate) mod hostile;

use http::{HeaderMap, HeaderName, HeaderValue};
use modelpin::classify::{Answer, Verdict, classify, transport};
use modelpin::clock::Timestamp;
use modelpin::model::ProviderId;
use modelpin::outcome::Cause;
use proptest::prelude::*;
use serde_json::Value;

const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

fn verdict(status: u16, headers: &HeaderMap, body: &str) -> Option<Verdict> {
    let provider = ProviderId::new("anthropic");
    let body = body.as_bytes();
    classify(
        &Answer {
            provider: &provider,
            status,
            headers,
            body,
        },
        NOW,
    )
}

fn class(status: u16, body: &str) -> &'static str {
    verdict(status, &HeaderMap::new(), body).map_or("none", |verdict| verdict.class.as_str())
}

fn error(code: &str, message: &str) -> String {
    serde_json::json!({ "error": { "type": code, "message": message } }).to_string()
}

#[test]
fn every_worked_case_is_classified_as_written() {
    let page: Value = serde_json::from_str(include_str!("../../fixtures/classify.json")).expect("JSON");
    let cases = page["cases"].as_array().expect("a list");
    assert!(cases.len() >= 26);
    for case in cases {
        let mut headers = HeaderMap::new();
        for (name, value) in case["headers"].as_object().expect("an object") {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(value.as_str().expect("a string")).expect("a value"),
            );
        }
        let provider = ProviderId::new(case["provider"].as_str().expect("a provider"));
        let verdict = classify(
            &Answer {
                provider: &provider,
                status: u16::try_from(case["status"].as_u64().expect("a status")).expect("small"),
                headers: &headers,
                body: case["body"].as_str().expect("a body").as_bytes(),
            },
            Timestamp::from_millis(case["now"].as_i64().expect("a time")),
        );
        assert_eq!(
            verdict.map(|verdict| verdict.class.as_str()),
            case["expect_class"].as_str(),
            "{}",
            case["id"]
        );
        let at = verdict.and_then(|verdict| verdict.retry_at);
        assert_eq!(
            at.map(Timestamp::as_millis),
            case["expect_retry_at"].as_i64(),
            "{}",
            case["id"]
        );
    }
}

#[test]
fn a_429_is_a_rate_limit_unless_money_is_missing() {
    let google = "You exceeded your current quota, please check your plan and billing details.";
    assert_eq!(class(429, &error("RESOURCE_EXHAUSTED", google)), "rate_limit");
    assert_eq!(class(429, &error("requests", google)), "billing");
    assert_eq!(class(429, &error("insufficient_quota", "no")), "billing");
    assert_eq!(
        class(
            429,
            &error("tokens", "Request too large for gpt-4o on tokens per min")
        ),
        "rate_limit"
    );
    assert_eq!(
        class(429, "<html><body>Plans &amp; Billing: credit balance"),
        "rate_limit"
    );
    assert_eq!(class(429, "Your credit balance is too low"), "billing");
}

#[test]
fn a_body_of_plain_text_is_the_message_itself() {
    assert_eq!(class(503, "overloaded"), "overloaded");
    assert_eq!(class(503, "upstream connect error"), "server_error");
    assert_eq!(class(403, "API key has been revoked"), "auth_permanent");
    assert_eq!(class(400, "prompt is too long"), "context_overflow");
    assert_eq!(class(404, "The model gpt-9 does not exist"), "model_not_found");
    assert_eq!(
        class(402, "Usage limit reached for this 5-hour window"),
        "rate_limit"
    );
}

#[test]
fn a_window_of_a_402_is_known_in_many_words() {
    for words in [
        "5-hour limit reached",
        "Your 5 hour limit has been reached",
        "5h limit",
        "session limit reached",
        "daily quota exceeded",
        "Your weekly quota is used up",
        "limit reached for this window",
    ] {
        assert_eq!(class(402, &error("", words)), "rate_limit", "{words}");
    }
    assert_eq!(class(402, &error("usage_limit_reached", "no")), "rate_limit");
    assert_eq!(
        class(402, &error("", "Open a new window in your browser to pay")),
        "billing"
    );
}

#[test]
fn a_402_is_billing_unless_it_speaks_of_a_window() {
    assert_eq!(class(402, ""), "billing");
    assert_eq!(class(402, &error("", "Insufficient credits")), "billing");
    assert_eq!(class(402, &error("", "Weekly usage limit reached")), "rate_limit");
    assert_eq!(
        class(
            402,
            &error("", "Usage limit reached: insufficient credits, payment required")
        ),
        "billing"
    );
}

#[test]
fn limits_are_known_by_their_code_whatever_the_status() {
    assert_eq!(
        class(400, &error("ThrottlingException", "Rate exceeded")),
        "rate_limit"
    );
    assert_eq!(class(503, &error("TOO_MANY_REQUESTS", "wait")), "rate_limit");
    assert_eq!(
        class(500, r#"[{"error":{"status":"RESOURCE_EXHAUSTED"}}]"#),
        "rate_limit"
    );
    assert_eq!(class(500, &error("overloaded_error", "Overloaded")), "overloaded");
    assert_eq!(
        class(503, &error("UNAVAILABLE", "The model is overloaded.")),
        "overloaded"
    );
    assert_eq!(class(503, &error("UNAVAILABLE", "try later")), "server_error");
}

#[test]
fn a_refused_credential_is_told_from_a_dead_one() {
    assert_eq!(
        class(401, &error("authentication_error", "invalid x-api-key")),
        "auth"
    );
    assert_eq!(
        class(
            401,
            &error("authentication_error", "OAuth token has been revoked")
        ),
        "auth_permanent"
    );
    assert_eq!(class(403, &error("permission_error", "no access")), "auth");
    assert_eq!(
        class(403, &error("", "User account is deactivated")),
        "auth_permanent"
    );
    assert_eq!(
        class(400, r#"{"error":"invalid_grant","error_description":"x"}"#),
        "auth_permanent"
    );
    let claude_code = "This credential is only authorized for use with Claude Code and cannot be used";
    for status in [400, 401, 403] {
        assert_eq!(
            class(status, &error("invalid_request_error", claude_code)),
            "auth"
        );
    }
    assert_eq!(
        class(400, &error("INVALID_ARGUMENT", "API key not valid.")),
        "auth"
    );
    assert_eq!(
        class(
            400,
            &error("invalid_request_error", "This organization has been disabled.")
        ),
        "auth_permanent"
    );
}

#[test]
fn a_subscription_outside_of_its_own_client_is_known_by_its_words() {
    let cause = |status, body: &str| {
        let verdict = verdict(status, &HeaderMap::new(), body).expect("a failure");
        verdict.cause.map(Cause::as_str)
    };
    let words = "This credential is only authorized for use with Claude Code and cannot be used";
    for status in [400, 401, 403] {
        assert_eq!(
            cause(status, &error("invalid_request_error", words)),
            Some("claude-code-only")
        );
    }
    // Another class has other remedies.
    assert_eq!(cause(429, &error("rate_limit_error", words)), None);
    assert_eq!(
        cause(401, &error("authentication_error", "invalid x-api-key")),
        None
    );
    assert_eq!(
        Cause::ClaudeCodeOnly.to_string(),
        "this subscription token cannot be used here, add an Anthropic API key"
    );
    assert_eq!(Cause::from_word("claude-code-only"), Some(Cause::ClaudeCodeOnly));
}

#[test]
fn a_missing_model_is_told_from_a_missing_page() {
    assert_eq!(
        class(404, &error("not_found_error", "model: claude-9")),
        "model_not_found"
    );
    assert_eq!(
        class(404, &error("", "No endpoints found for a/b.")),
        "model_not_found"
    );
    assert_eq!(
        class(403, &error("model_not_found", "no access to it")),
        "model_not_found"
    );
    assert_eq!(class(404, r#"{"detail":"Not Found"}"#), "format");
    assert_eq!(class(404, "<!DOCTYPE html><title>404</title>"), "server_error");
}

#[test]
fn what_blames_the_request_ends_there() {
    assert_eq!(class(400, ""), "format");
    assert_eq!(
        class(
            400,
            r#"{"detail":[{"msg":"field required","input":"credit balance"}]}"#
        ),
        "format"
    );
    assert_eq!(class(413, "<html>"), "context_overflow");
    assert_eq!(
        class(
            400,
            &error("", "input length and `max_tokens` exceed context limit")
        ),
        "context_overflow"
    );
}

#[test]
fn servers_that_fail_are_server_errors() {
    for status in [0, 100, 302, 307, 500, 502, 503, 504, 520, 522, 524, 599, 999] {
        assert_eq!(class(status, ""), "server_error", "{status}");
    }
    assert_eq!(class(403, "\u{feff} <HTML>blocked"), "server_error");
    assert_eq!(class(408, ""), "timeout");
    assert_eq!(transport().class.as_str(), "timeout");
}

#[test]
fn what_a_model_wrote_is_never_an_error() {
    let generated = r#"{"content":[{"text":"credit balance, context length, revoked"}],"choices":[{"message":{"content":"insufficient_quota"}}]}"#;
    assert_eq!(class(400, generated), "format");
    assert_eq!(class(500, generated), "server_error");
    assert_eq!(class(200, &error("rate_limit_error", "no")), "none");
}

#[test]
fn a_subscription_tells_the_end_of_its_window_in_the_body() {
    let body = r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":90}}"#;
    let verdict = verdict(429, &HeaderMap::new(), body).expect("a failure");
    assert_eq!(verdict.class.as_str(), "rate_limit");
    assert_eq!(verdict.retry_at.map(|at| at.since(NOW).as_secs()), Some(90));
}

proptest! {
    #[test]
    fn no_answer_is_too_strange(status in any::<u16>(), wait in "[ -~]{0,24}", body in any::<Vec<u8>>()) {
        let mut headers = HeaderMap::new();
        for name in ["retry-after", "retry-after-ms", "x-ratelimit-reset", "x-ratelimit-remaining"] {
            headers.insert(name, HeaderValue::from_str(&wait).expect("printable"));
        }
        let provider = ProviderId::new("x");
        let answer = Answer { provider: &provider, status, headers: &headers, body: &body };
        let verdict = classify(&answer, NOW);
        prop_assert_eq!(verdict.is_none(), (200..300).contains(&status));
        if let Some(at) = verdict.and_then(|verdict| verdict.retry_at) {
            prop_assert!(at > NOW && at <= NOW.after(modelpin::classify::LONGEST_WAIT));
        }
    }
}
