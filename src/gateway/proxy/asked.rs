//! The body of a request, taken in whole: the model's name may stand at its end.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::gateway::dialect::Kind;
use crate::gateway::limits::{Limits, ROOM};
use crate::gateway::refused::Refused;

/// The most that is made ready for a body because of the length that it is said to have, in bytes.
const MUCH: usize = 2 * ROOM;

/// A body, and the room that it takes until it is dropped.
pub(super) struct Asked {
    pub(super) body: Bytes,
    _room: Vec<OwnedSemaphorePermit>,
}

/// Reads it, up to the limit. Where there is no room for its next part it waits, and with it whoever sends it.
pub(super) async fn read(
    mut body: Incoming,
    headers: &HeaderMap,
    limits: Limits,
    room: &Arc<Semaphore>,
) -> Result<Asked, Refused> {
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
    let mut taken = Vec::new();
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
        let length = whole.len() + first.as_ref().map_or(0, Bytes::len) + data.len();
        if length > limits.body {
            return Err(too_long(limits));
        }
        let pieces = (length / ROOM).saturating_sub(taken.len());
        if pieces > 0 {
            let more = make_room(room, pieces);
            let more = timeout(limits.upload, more).await.map_err(|_| no_room())?;
            taken.extend(more);
        }
        // Most bodies come in one piece, which need not be copied.
        match first.take() {
            None if whole.is_empty() => first = Some(data),
            one => {
                if let Some(one) = one {
                    // As long as it is said to be, if that is not much: who says so has sent little yet.
                    whole.reserve(told.unwrap_or(0).min(MUCH).max(one.len() + data.len()));
                    whole.extend_from_slice(&one);
                }
                whole.extend_from_slice(&data);
            }
        }
    }
    Ok(Asked {
        body: first.unwrap_or_else(|| whole.freeze()),
        _room: taken,
    })
}

/// Room for so many pieces, one by one.
async fn make_room(room: &Arc<Semaphore>, pieces: usize) -> Vec<OwnedSemaphorePermit> {
    let mut taken = Vec::with_capacity(pieces);
    for _ in 0..pieces {
        // It is never closed.
        taken.extend(Arc::clone(room).acquire_owned().await);
    }
    taken
}

fn no_room() -> Refused {
    Refused::of(
        Kind::Overloaded,
        "no-room",
        "too many long bodies are under way in this gateway; try again in a moment",
    )
    .with_status(StatusCode::SERVICE_UNAVAILABLE)
    .waiting(1)
}

fn too_long(limits: Limits) -> Refused {
    Refused::of(
        Kind::TooLarge,
        "body-too-long",
        &format!("the body of the request is over {} bytes", limits.body),
    )
}
