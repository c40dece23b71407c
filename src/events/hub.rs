//! The hub.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::broadcast;

use super::news::Told;
use super::outlet::Outlet;
use super::target::Target;
use crate::clock::Clock;
use crate::event::{Event, Key, KindName};

/// How many events a listener may be behind before it loses the oldest of them.
const BEHIND: usize = 256;

/// Whether an event was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It was: to the log, to who listens, to the command and the webhook.
    Told,
    /// The same was told a short while ago, and nothing came between.
    Known,
}

/// Why there is no hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventsError {
    /// There is nothing that could run the deliveries.
    #[error("events can be delivered from within a tokio runtime only: call this from an async function")]
    NoRuntime,
}

/// Tells of events: each piece of news once, to everybody.
///
/// The same event (see [`Event::key`]) is no news for an hour, and for a day where nothing but a person can help
/// ([`KindName::Expiring`], [`KindName::NeedsSignIn`]); [`settle`](Self::settle) ends that time.
///
/// No call waits for a delivery or a listener. Dropping the hub ends its deliveries, also one that is under way, with the
/// command that it runs.
#[derive(Debug)]
pub struct Events {
    clock: Arc<dyn Clock>,
    told: Mutex<Told>,
    /// Whether nothing is told.
    quiet: AtomicBool,
    listeners: broadcast::Sender<Arc<Event>>,
    kinds: Vec<KindName>,
    outlets: Vec<Outlet>,
}

impl Events {
    /// A hub that tells the log and who listens, and delivers nothing.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            told: Mutex::default(),
            quiet: AtomicBool::new(true),
            listeners: broadcast::Sender::new(BEHIND),
            kinds: Vec::new(),
            outlets: Vec::new(),
        }
    }

    /// A hub that also delivers events of these kinds to these targets, each at its own pace. A
    /// [`Kind::Test`](crate::event::Kind::Test) is delivered in any case.
    ///
    /// # Errors
    /// [`EventsError::NoRuntime`] outside of a tokio runtime.
    pub fn delivering(
        clock: Arc<dyn Clock>,
        kinds: &[KindName],
        targets: Vec<Target>,
    ) -> Result<Self, EventsError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| EventsError::NoRuntime)?;
        let outlets = targets
            .into_iter()
            .map(|target| Outlet::open(target, &runtime))
            .collect();
        Ok(Self {
            kinds: kinds.to_vec(),
            outlets,
            ..Self::new(clock)
        })
    }

    /// Something happened.
    pub fn happened(&self, event: Event) -> News {
        let now = self.clock.now();
        let news = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            // Before it can be heard: whoever hears of it may say that it is over.
            self.quiet.store(false, Ordering::Release);
            told.tell(event.key(), now)
        };
        if !news {
            return News::Known;
        }
        log(&event);
        let event = Arc::new(event);
        let kind = event.kind.name();
        if kind == KindName::Test || self.kinds.contains(&kind) {
            for outlet in &self.outlets {
                outlet.put(Arc::clone(&event));
            }
        }
        // Nobody needs to listen.
        let _ = self.listeners.send(event);
        News::Told
    }

    /// Whether nothing was told that could be over now. An event that is told at the same moment may not be counted yet.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::Acquire)
    }

    /// What an event told of is over: the credential was renewed, a profile is back. The next one is news again.
    pub fn settle(&self, key: &Key) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.settle(key);
        self.quiet.store(told.is_empty(), Ordering::Release);
    }

    /// Waits until all that was told so far was delivered, or could not be: for a program that is about to end, since
    /// dropping the hub ends its deliveries.
    ///
    /// It has no limit of its own: one event may take the command 10 s, and the webhook three times that.
    pub async fn delivered(&self) {
        for outlet in &self.outlets {
            outlet.delivered().await;
        }
    }

    /// Listens from now on.
    ///
    /// A listener that is more than 256 events behind is told how many it has lost
    /// ([`RecvError::Lagged`](broadcast::error::RecvError::Lagged)), and goes on with the oldest that is left.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Event>> {
        self.listeners.subscribe()
    }
}

fn log(event: &Event) {
    let (kind, text) = (event.kind.as_str(), event.text());
    match event.kind.name() {
        KindName::FenceCrossed | KindName::Test => tracing::info!(event = kind, "{text}"),
        KindName::Expiring | KindName::RefreshFailed | KindName::NeedsSignIn | KindName::AllResting => {
            tracing::warn!(event = kind, "{text}");
        }
    }
}
