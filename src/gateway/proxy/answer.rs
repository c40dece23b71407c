//! An answer on its way to the client.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};

use crate::wire::Passing;

/// What was read already, and then what comes. A provider that says nothing for too long ends it, with a broken connection,
/// so that no client takes it for whole.
pub(super) struct Answer {
    read: VecDeque<Bytes>,
    rest: Passing,
    idle: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    decision: String,
    /// The request is under way until the answer is over.
    _place: OwnedSemaphorePermit,
}

impl Answer {
    pub(super) fn new(
        read: Vec<Bytes>,
        rest: Passing,
        idle: Duration,
        decision: String,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            read: read.into(),
            rest,
            idle,
            silence: None,
            decision,
            _place: place,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if let Some(read) = this.read.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        match Pin::new(&mut this.rest).poll_frame(task) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(silence) = &mut this.silence {
                    silence.as_mut().reset(Instant::now() + this.idle);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(broken))) => {
                tracing::info!(decision = %this.decision, %broken, "an answer broke off");
                Poll::Ready(Some(Err(io::Error::other(broken.to_string()))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let idle = this.idle;
                let silence = this.silence.get_or_insert_with(|| Box::pin(sleep(idle)));
                if silence.as_mut().poll(task).is_pending() {
                    return Poll::Pending;
                }
                tracing::info!(decision = %this.decision, "the provider said nothing for too long");
                Poll::Ready(Some(Err(io::Error::other(
                    "the provider stopped in the middle of its answer",
                ))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let read: u64 = self.read.iter().map(|bytes| bytes.len() as u64).sum();
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + read);
        }
        hint.set_lower(rest.lower() + read);
        hint
    }
}
