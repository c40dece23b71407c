//! The borders between classes: beside each answer one that is nearly the same and means something else.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{NOW, class, error, verdict};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).expect("a value");
    pairs
        .iter()
        .map(|(name, text)| (HeaderName::from_static(name), value(text)))
        .collect()
}

/// Seconds until it may be tried again.
fn wait(status: u16, told: &[(&'static str, &str)], body: &str) -> Option<u64> {
    let verdict = verdict(status, &headers(told), body).expect("a failure");
    verdict.retry_at.map(|at| at.since(NOW).as_secs())
}

#[test]
fn a_window_takes_a_word_for_a_limit_and_one_for_a_time() {
    for words in [
        "h limit",
        "happy hour limit",
        "limit of 5 dollars",
        "24h support",
        "call us within 5 hours",
        "spending limit reached",
        "daily news",
    ] {
        assert_eq!(class(402, &error("", words)), "billing", "{words}");
    }
    for words in ["24h limit", "5 hour quota", "5-hours usage", "daily limit"] {
        assert_eq!(class(402, &error("", words)), "rate_limit", "{words}");
    }
}

#[test]
fn what_the_provider_says_of_itself_is_not_said_of_the_account() {
    for (code, words) in [
        ("", "The engine is overloaded"),
        ("insufficient_quota", "no"),
        ("", "context window"),
        ("invalid_grant", "no"),
        ("model_not_found", "no"),
    ] {
        assert_eq!(class(500, &error(code, words)), "server_error", "{code} {words}");
    }
    assert_eq!(class(403, &error("", "context window")), "auth");
    assert_eq!(class(401, &error("token_revoked", "no")), "auth_permanent");
    assert_eq!(class(400, &error("token_revoked", "no")), "auth_permanent");
    assert_eq!(class(400, &error("invalid_api_key", "no")), "auth");
    assert_eq!(
        class(400, &error("", "x is not a valid model ID")),
        "model_not_found"
    );
    assert_eq!(class(400, &error("", "this model is slow")), "format");
    assert_eq!(
        class(400, &error("context_length_exceeded", "no")),
        "context_overflow"
    );
    assert_eq!(class(400, &error("insufficient_quota", "no")), "billing");
    assert_eq!(class(404, &error("insufficient_quota", "no")), "format");
}

#[test]
fn an_error_that_blames_the_model_is_about_the_model() {
    let blames =
        |param: &str| serde_json::json!({ "error": { "message": "no", "param": param } }).to_string();
    assert_eq!(class(404, &blames("model")), "model_not_found");
    assert_eq!(class(410, &blames("model")), "model_not_found");
    assert_eq!(class(404, &blames("tools")), "format");
    let filtered = r#"{"error":{"message":"no","metadata":{"flagged_input":"x"}}}"#;
    assert_eq!(class(403, filtered), "format");
    assert_eq!(class(403, r#"{"error":{"message":"no","metadata":{}}}"#), "auth");
}

#[test]
fn a_page_for_browsers_is_known_by_its_header_too() {
    let of = |kind: &str| {
        let verdict = verdict(403, &headers(&[("content-type", kind)]), "blocked").expect("a failure");
        verdict.class.as_str()
    };
    assert_eq!(of(" Text/HTML; charset=utf-8"), "server_error");
    assert_eq!(of("text/plain"), "auth");
    let named = headers(&[("x-amzn-errortype", "ThrottlingException:http://example.com/")]);
    let verdict = verdict(400, &named, "").expect("a failure");
    assert_eq!(verdict.class.as_str(), "rate_limit");
}

#[test]
fn a_body_is_read_up_to_64_kib() {
    let padded = |body: &str, length: usize| body.to_owned() + &" ".repeat(length - body.len());
    let body = error("insufficient_quota", "no");
    assert_eq!(class(400, &padded(&body, 65_536)), "billing");
    assert_eq!(class(400, &padded(&body, 65_537)), "format");
    assert_eq!(class(403, &padded("<html>", 65_537)), "server_error");
}

#[test]
fn deadlines_in_a_body_are_numbers_or_texts() {
    for body in [
        r#"{"error":{"retry_after":12}}"#,
        r#"{"error":{"retry_after":"12"}}"#,
        r#"{"error":{"resets_at":"12s"}}"#,
        r#"{"error":{"details":[{"retryDelay":"12s"}]}}"#,
        r#"{"error":{"metadata":{"headers":{"Retry-After":12}}}}"#,
        r#"{"error":{"metadata":{"headers":{"Retry-After":"12"}}}}"#,
    ] {
        assert_eq!(wait(429, &[], body), Some(12), "{body}");
    }
    assert_eq!(wait(429, &[], r#"{"error":{"retry_after":[12]}}"#), None);
    assert_eq!(
        wait(
            429,
            &[],
            r#"{"error":{"metadata":{"headers":{"Retry-After":[12]}}}}"#
        ),
        None
    );
}

#[test]
fn only_what_tells_the_end_of_a_window_is_its_end() {
    for name in [
        "content-length",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-limit",
        "x-next-reset",
        "x-ratelimit-remaining",
    ] {
        assert_eq!(wait(429, &[(name, "60")], ""), None, "{name}");
    }
    let roomy = [
        ("anthropic-ratelimit-requests-reset", "60"),
        ("anthropic-ratelimit-requests-remaining", "5"),
    ];
    assert_eq!((wait(429, &roomy, ""), wait(503, &roomy, "")), (Some(60), None));
    let status = |status| {
        [
            ("anthropic-ratelimit-tokens-reset", "60"),
            ("anthropic-ratelimit-tokens-status", status),
            ("anthropic-ratelimit-tokens-remaining", "0"),
        ]
    };
    assert_eq!(wait(503, &status("rejected"), ""), Some(60));
    assert_eq!(wait(503, &status("allowed"), ""), None);
    let week = 7 * 24 * 60 * 60;
    assert_eq!(wait(429, &[("retry-after", "99999999")], ""), Some(week));
}
