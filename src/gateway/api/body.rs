//! The body of a request: JSON, and not too much of it.

use axum::body::{Body, to_bytes};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use super::fault::Fault;
use crate::gateway::limits::Limits;

/// Reads it. It is told what is wrong by line and column; no part of it is repeated.
pub(super) async fn read(request: Request<Body>, limits: Limits) -> Result<Value, Fault> {
    let (head, body) = request.into_parts();
    // A form that a page sends without being asked is never of this type.
    if !is_json(&head.headers) {
        return Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-type",
            "send the body as JSON in UTF-8, with `content-type: application/json`",
        )
        .at("content-type"));
    }
    let encoding = head.headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding.as_bytes() != b"identity") {
        return Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-encoding",
            "the body is compressed: send it as it is",
        )
        .at("content-encoding"));
    }
    let most = limits.message;
    let told = head.headers.get(CONTENT_LENGTH);
    let told = told.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|told| told > most) {
        return Err(too_long(most));
    }
    let read = timeout(limits.upload, to_bytes(body, most)).await.map_err(|_| {
        let message = "the body of the request did not come in time";
        Fault::new(StatusCode::REQUEST_TIMEOUT, "slow-body", message)
    })?;
    let bytes = read.map_err(|broken| {
        if is_of_length(&broken) {
            too_long(most)
        } else {
            let message = "the body of the request broke off, or is not as its head says";
            Fault::bad("broken-body", message)
        }
    })?;
    serde_json::from_slice(&bytes).map_err(|wrong| {
        let what = match wrong.classify() {
            serde_json::error::Category::Eof if bytes.is_empty() => "there is none",
            serde_json::error::Category::Eof => "it ends too early",
            _ => "it is no JSON in UTF-8, or is nested more than 127 deep",
        };
        let (line, column) = (wrong.line(), wrong.column());
        Fault::bad(
            "bad-json",
            format!("the body of the request, line {line}, column {column}: {what}; send one JSON object"),
        )
    })
}

fn too_long(most: usize) -> Fault {
    let message = format!("the body of the request is over {most} bytes: send a shorter message");
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-long", message)
}

/// Whether it is said to be JSON, once, in UTF-8.
fn is_json(headers: &HeaderMap) -> bool {
    let mut told = headers.get_all(CONTENT_TYPE).iter();
    let (Some(one), None) = (told.next(), told.next()) else {
        return false;
    };
    let Ok(one) = one.to_str() else { return false };
    let mut parts = one.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.all(|part| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

fn is_of_length(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_taken_for_json() {
        for (told, is) in [
            (vec!["application/json"], true),
            (vec!["Application/JSON; charset=\"UTF-8\""], true),
            (vec!["application/json; charset=latin-1"], false),
            (vec!["text/plain"], false),
            (vec!["application/x-www-form-urlencoded"], false),
            (vec!["application/jsonp"], false),
            (vec!["text/plain; application/json"], false),
            (vec!["application/json", "text/plain"], false),
            (vec![], false),
        ] {
            let mut headers = HeaderMap::new();
            for one in &told {
                headers.append(CONTENT_TYPE, http::HeaderValue::from_static(one));
            }
            assert_eq!(is_json(&headers), is, "{told:?}");
        }
    }
}
