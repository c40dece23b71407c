//! Any failed answer: it has a class, the same one each time, and no wait is past or endless.

use http::{HeaderMap, HeaderName, HeaderValue};
use modelpin::ProviderId;
use modelpin::classify::{Answer, LONGEST_WAIT, classify};
use modelpin::clock::Timestamp;

use super::fields::{fields, text};

/// Fields: the status as digits; headers, a line each; the body.
pub(crate) fn check(data: &[u8]) {
    let [status, lines, body] = fields(data);
    let status = text(status).trim().parse().unwrap_or(429);
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').take(32) {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let name = halves.next().and_then(|name| HeaderName::from_bytes(name).ok());
        let value = halves
            .next()
            .and_then(|value| HeaderValue::from_bytes(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let provider = ProviderId::new("anthropic");
    let answer = Answer {
        provider: &provider,
        status,
        headers: &headers,
        body,
    };
    for now in [0, 1_770_724_800_000, 4_102_444_800_000].map(Timestamp::from_millis) {
        let verdict = classify(&answer, now);
        assert_eq!(verdict, classify(&answer, now), "two opinions of one answer");
        assert_eq!(verdict.is_none(), (200..300).contains(&status), "status {status}");
        if let Some(at) = verdict.and_then(|verdict| verdict.retry_at) {
            assert!(at > now, "{at:?} is past at {now:?}");
            assert!(at <= now.after(LONGEST_WAIT), "{at:?} is too far from {now:?}");
        }
    }
}
