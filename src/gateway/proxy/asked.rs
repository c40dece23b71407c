//! The body of a request, taken in whole: the model's name may stand at its end.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::Refused;
use crate::gateway::dialect::Kind;
use crate::gateway::limits::Limits;

/// Reads it, up to the limit.
pub(super) async fn read(mut body: Incoming, headers: &HeaderMap, limits: Limits) -> Result<Bytes, Refused> {
    let told = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|told| told > limits.body) {
        return Err(too_long(limits));
    }
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding.as_bytes() != b"identity")
    {
        return Err(Refused::of(
            Kind::Invalid,
            "content-encoding",
            "the body is compressed, and the model that it names cannot be read: send it as it is",
        ));
    }
    let mut whole = BytesMut::new();
    let mut first = None;
    loop {
        let frame = match timeout(limits.upload, body.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => {
                return Err(Refused::of(
                    Kind::Invalid,
                    "broken-body",
                    "the body of the request broke off, or is not as its head says",
                ));
            }
            Err(_) => {
                return Err(Refused::of(
                    Kind::Timeout,
                    "slow-body",
                    "the body of the request did not come in time",
                ));
            }
        };
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + first.as_ref().map_or(0, Bytes::len) + data.len() > limits.body {
            return Err(too_long(limits));
        }
        // Most bodies come in one piece, which need not be copied.
        match first.take() {
            None if whole.is_empty() => first = Some(data),
            one => {
                if let Some(one) = one {
                    whole.reserve(told.unwrap_or(0).max(one.len() + data.len()));
                    whole.extend_from_slice(&one);
                }
                whole.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| whole.freeze()))
}

fn too_long(limits: Limits) -> Refused {
    Refused::of(
        Kind::TooLarge,
        "body-too-long",
        &format!("the body of the request is over {} bytes", limits.body),
    )
}
