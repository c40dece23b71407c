//! An answer on its way to the client.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::wire::Passing;

/// What was read already, and then what comes. A provider that says nothing for too long ends it, with a broken connection,
/// so that no client takes it for whole.
pub(super) struct Answer {
    read: VecDeque<Bytes>,
    rest: Passing,
    idle: Duration,
    silence: Option<Silence>,
    decision: String,
    /// The request is under way until the answer is over.
    _place: OwnedSemaphorePermit,
}

/// Since when nothing has come. The timer is put forward only when it rings: events come faster than it does, and to move
/// a timer for each costs more than to look at the clock.
struct Silence {
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Silence {
    fn begin(idle: Duration) -> Self {
        let since = Instant::now();
        Self {
            since,
            timer: Box::pin(sleep_until(since + idle)),
        }
    }

    /// Whether it has lasted as long as `idle`.
    fn poll(&mut self, idle: Duration, task: &mut Context<'_>) -> Poll<()> {
        while self.timer.as_mut().poll(task).is_ready() {
            if self.since.elapsed() >= idle {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.since + idle);
        }
        Poll::Pending
    }
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
                    silence.since = Instant::now();
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
                let silence = this.silence.get_or_insert_with(|| Silence::begin(idle));
                if silence.poll(idle, task).is_pending() {
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
