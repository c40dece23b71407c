//! One watcher: looks, compares, and sends what is another than before.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::{HeaderMap, Method};
use tokio::time::{Instant, sleep};

use super::state::Board;
use crate::gateway::asking::Asking;
use crate::gateway::callers::Caller;
use crate::gateway::gate::Gate;
use crate::gateway::watchers::Place;

/// Between two looks, at least.
const LOOK: Duration = Duration::from_millis(250);
/// Between two looks, at least so many times as long as the look took: with very many pins a watcher still costs a
/// twentieth of a processor at most.
const REST_OF_A_LOOK: u32 = 20;
/// A comment is sent after so long without an event, for what stands between and closes what is quiet.
const QUIET: Duration = Duration::from_secs(15);

/// A watcher.
pub(super) struct Watching {
    gate: Arc<Gate>,
    caller: Caller,
    asking: Asking,
    headers: HeaderMap,
    place: Place,
    shown: Option<Board>,
    sent: Instant,
}

impl Watching {
    pub(super) fn new(
        gate: Arc<Gate>,
        caller: Caller,
        asking: Asking,
        headers: HeaderMap,
        place: Place,
    ) -> Self {
        Self {
            gate,
            caller,
            asking,
            headers,
            place,
            shown: None,
            sent: Instant::now(),
        }
    }

    /// The events. Nothing is looked at unless the watcher takes what was sent; dropping the stream ends it all.
    pub(super) fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        stream::unfold(self, |mut watching| async move {
            let event = watching.next().await?;
            Some((Ok(event), watching))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        let mut pause = self.shown.as_ref().map(|_| LOOK);
        loop {
            if let Some(pause) = pause {
                tokio::select! {
                    () = sleep(pause) => {}
                    () = self.place.is_over() => return None,
                }
            }
            if !self.is_still_welcome() {
                return None;
            }
            let begun = Instant::now();
            let board = Board::look(&self.gate, &self.caller, &self.asking).await;
            let event = (self.shown.as_ref() != Some(&board)).then(|| board.event(self.now()));
            pause = Some(LOOK.max(begun.elapsed() * REST_OF_A_LOOK));
            if let Some(event) = event {
                self.shown = Some(board);
                self.sent = Instant::now();
                return Some(event);
            }
            if self.sent.elapsed() >= QUIET {
                self.sent = Instant::now();
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
    }

    fn now(&self) -> i64 {
        self.gate.modelpin.resolver().now().as_millis()
    }

    /// A token that was taken out of the file shows nothing any more.
    fn is_still_welcome(&self) -> bool {
        let caller = self.gate.guard.caller(&Method::GET, &self.headers);
        caller.as_ref() == Ok(&self.caller)
    }
}
