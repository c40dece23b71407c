//! A queue, and the task that delivers what is in it, one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::target::Target;
use crate::echo::causes;
use crate::event::Event;

/// How many events wait for one target; more are dropped, and the log says so.
pub const QUEUE: usize = 100;

/// What waits in a queue.
#[derive(Debug)]
enum Waiting {
    Event(Arc<Event>),
    /// Somebody wants to know when all before it was delivered.
    Mark(oneshot::Sender<()>),
}

/// A target with its queue. Dropping it ends its task.
#[derive(Debug)]
pub(super) struct Outlet {
    name: &'static str,
    queue: mpsc::Sender<Waiting>,
    /// Whether the last event was dropped, which was told then.
    dropping: AtomicBool,
    task: JoinHandle<()>,
}

impl Outlet {
    pub(super) fn open(target: Target, runtime: &Handle) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Self {
            name: target.name(),
            queue,
            dropping: AtomicBool::new(false),
            task: runtime.spawn(deliver_each(target, waiting)),
        }
    }

    /// Waits until all that is in the queue now was delivered, or could not be.
    pub(super) async fn delivered(&self) {
        let (mark, reached) = oneshot::channel();
        // Both fail only when the task has ended: then there is nothing to wait for.
        if self.queue.send(Waiting::Mark(mark)).await.is_ok() {
            let _ = reached.await;
        }
    }

    /// Puts an event into the queue, or drops it where there is no room.
    pub(super) fn put(&self, event: Arc<Event>) {
        match self.queue.try_send(Waiting::Event(Arc::clone(&event))) {
            Ok(()) => self.dropping.store(false, Ordering::Relaxed),
            Err(TrySendError::Full(_)) => {
                let kind = event.kind.as_str();
                if !self.dropping.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        event = kind,
                        "{QUEUE} events wait for events.{}; until there is room, more are not delivered there",
                        self.name
                    );
                }
            }
            // The runtime has ended, and with it the task: the log and who listens were told.
            Err(TrySendError::Closed(_)) => {}
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn deliver_each(target: Target, mut queue: mpsc::Receiver<Waiting>) {
    let name = target.name();
    let mut failing = false;
    while let Some(waiting) = queue.recv().await {
        let event = match waiting {
            Waiting::Event(event) => event,
            Waiting::Mark(mark) => {
                // Whoever asked may have gone.
                let _ = mark.send(());
                continue;
            }
        };
        match target.deliver(&event).await {
            Ok(()) if failing => {
                failing = false;
                tracing::info!("events.{name} works again");
            }
            Ok(()) => {}
            Err(wrong) if failing => tracing::debug!("events.{name} still fails: {}", causes(&wrong)),
            Err(wrong) => {
                failing = true;
                tracing::warn!(
                    "events.{name} failed, and will be told of again only when it works: {}",
                    causes(&wrong)
                );
            }
        }
    }
}
