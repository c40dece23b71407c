//! The first event of a stream: an error there is a failed answer, and another credential may still be asked.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::endpoint::Api;
use crate::wire::{Broken, Decoder, Failure, Fault, Passing, SseDecoder};

/// What is read of a stream before it is let pass, at most; an event that is longer is no error.
const MOST: usize = 64 * 1024;

/// A stream of events by its type.
fn is_stream(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Reads up to the first event that says something, and returns what was read; nothing, where there is no stream. Each part
/// may take as long as `patience`.
///
/// # Errors
/// [`Failure`] if it is an error, or if the stream ends before it has said anything.
pub(super) async fn read(
    answer: &mut Response<Passing>,
    api: Api,
    patience: Duration,
) -> Result<Vec<Bytes>, Failure> {
    if !is_stream(answer.headers()) {
        return Ok(Vec::new());
    }
    let (mut events, mut decoder) = (SseDecoder::new(), Decoder::new(api));
    let mut read = Vec::new();
    let mut size = 0;
    loop {
        let frame = match timeout(patience, answer.body_mut().frame()).await {
            Ok(Some(frame)) => frame?,
            Ok(None) if size == 0 => return Err(broken(Broken::CutOff)),
            Ok(None) => return Ok(read),
            Err(_) => return Err(broken(Broken::NoAnswer)),
        };
        let Ok(data) = frame.into_data() else { continue };
        size += data.len();
        events.push(&data);
        read.push(data);
        while let Some(event) = events.pop() {
            let Ok(event) = event else { return Ok(read) };
            if event.data.is_empty() || event.event == "ping" {
                continue;
            }
            return match decoder.read(&event) {
                Err(Fault::Refused { status, body }) => Err(Failure::Refused {
                    status,
                    headers: answer.headers().clone(),
                    body: body.into_bytes(),
                }),
                // What we do not understand is not ours to judge.
                Err(Fault::Garbled) | Ok(_) => Ok(read),
            };
        }
        if size > MOST {
            return Ok(read);
        }
    }
}

fn broken(broken: Broken) -> Failure {
    Failure::Transport { broken, source: None }
}
