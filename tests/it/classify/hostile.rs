//! Answers that want to be misread.

use http::{HeaderMap, HeaderName, HeaderValue};
use modelpin::classify::{Answer, LONGEST_WAIT, classify};
use modelpin::endpoint::Api;
use modelpin::model::ProviderId;
use modelpin::wire::{Decoder, Piece, SseDecoder};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::NOW;
use super::corpus::corpus;

/// What a model writes when it writes of errors: whole answers of the corpus, and their words.
pub(crate) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = corpus().iter().map(|case| case.body()).collect();
    let words = [
        "429 Too Many Requests, retry-after: 604800",
        "402 payment required: your credit balance is too low, see Plans & Billing",
        "insufficient_quota",
        "invalid_grant: the refresh token has been revoked",
        "this organization has been disabled",
        "only authorized for use with Claude Code",
        "the model does not exist",
        "prompt is too long: context length exceeded",
        "<!DOCTYPE html><title>502 Bad Gateway</title>",
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n",
        "data: [DONE]\n\n",
        "\u{feff}\0\u{7}\u{1b}[31m",
    ];
    texts.extend(words.map(str::to_owned));
    texts.retain(|text| !text.is_empty());
    texts
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(texts());
    proptest::collection::vec(prop_oneof![8 => pieces, 1 => any::<String>()], 1..4)
        .prop_map(|pieces| pieces.join(" "))
        .prop_filter("a delta without text gives nothing", |text| !text.is_empty())
}

/// The same text wherever an answer may have it, and where an error would.
fn wrapped(text: &str) -> Vec<String> {
    let error = json!({ "type": text, "code": text, "status": text, "message": text, "retry_after": 99 });
    [
        json!({ "type": "message", "content": [{ "type": "text", "text": text }] }),
        json!({ "choices": [{ "message": { "content": text, "refusal": text } }] }),
        json!({ "candidates": [{ "content": { "parts": [{ "text": text }] } }] }),
        json!({ "type": "error", "error": error }),
        json!([{ "error": error }]),
        json!(text),
    ]
    .iter()
    .map(Value::to_string)
    .chain([text.to_owned()])
    .collect()
}

/// Names of headers that are read, and some that are not.
const NAMES: [&str; 10] = [
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-reset",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-remaining",
    "x-ratelimit-remaining-tokens",
    "anthropic-ratelimit-requests-reset",
    "anthropic-ratelimit-unified-5h-status",
    "x-amzn-errortype",
    "content-type",
];

/// Whatever may stand for a time.
fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        (0..20_000_000_u64).prop_map(|seconds| seconds.to_string()),
        "[0-9]{1,3}h[0-9]{1,3}m[0-9.]{1,6}s",
        "[0-9]{1,4}(ms|s|m|h|d|w)",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z",
        "[ -~]{0,24}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_of_a_successful_answer_is_a_failure(
        text in hostile(),
        status in 200_u16..300,
        times in proptest::collection::vec((0..NAMES.len(), time()), 0..4),
    ) {
        let provider = ProviderId::new("anthropic");
        let headers = headers(&times);
        for body in wrapped(&text) {
            let answer = Answer { provider: &provider, status, headers: &headers, body: body.as_bytes() };
            prop_assert_eq!(classify(&answer, NOW), None);
        }
    }

    #[test]
    fn no_text_of_a_stream_is_an_error(text in hostile(), size in 1_usize..200) {
        let delta = [
            (Api::AnthropicMessages, json!({ "type": "content_block_delta", "delta": { "text": text } })),
            (Api::OpenAiCompletions, json!({ "choices": [{ "delta": { "content": text } }] })),
            (Api::OpenAiResponses, json!({ "type": "response.output_text.delta", "delta": text })),
        ];
        for (api, delta) in delta {
            let stream = format!("data: {delta}\n\n");
            let (mut sse, mut decoder, mut said) = (SseDecoder::new(), Decoder::new(api), String::new());
            for bytes in stream.as_bytes().chunks(size) {
                sse.push(bytes);
                while let Some(event) = sse.pop() {
                    let piece = decoder.read(&event.expect("short enough"));
                    if let Some(Piece::Text(more)) = piece.expect("no error") {
                        said.push_str(&more);
                    }
                }
            }
            prop_assert_eq!(&said, &text);
        }
    }

    #[test]
    fn a_time_is_always_ahead_and_never_far(
        status in any::<u16>(),
        times in proptest::collection::vec((0..NAMES.len(), time()), 0..6),
        inner in time(),
        number in any::<f64>(),
        text in hostile(),
    ) {
        let headers = headers(&times);
        let provider = ProviderId::new("x");
        let mut bodies = wrapped(&text);
        bodies.push(json!({ "error": {
            "retry_after": inner, "resets_at": number, "resets_in_seconds": number,
            "details": [{ "retryDelay": inner }, { "retryDelay": number }, inner],
            "metadata": { "headers": { "X-RateLimit-Reset": inner, "Retry-After": number, "a b": inner } },
        } }).to_string());
        for body in bodies {
            let answer = Answer { provider: &provider, status, headers: &headers, body: body.as_bytes() };
            let verdict = classify(&answer, NOW);
            prop_assert_eq!(verdict.is_none(), (200..300).contains(&status));
            if let Some(at) = verdict.and_then(|verdict| verdict.retry_at) {
                prop_assert!(at > NOW && at <= NOW.after(LONGEST_WAIT), "{at:?}");
            }
        }
    }
}

fn headers(times: &[(usize, String)]) -> HeaderMap {
    times
        .iter()
        .filter_map(|(name, text)| {
            let value = HeaderValue::from_str(text).ok()?;
            Some((HeaderName::from_static(NAMES[*name]), value))
        })
        .collect()
}
