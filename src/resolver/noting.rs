//! Writing down what was decided: in memory at once, in the store without waiting.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::sync::watch;

use crate::audit::{Change, Code, Kind, Record, Setting};
use crate::echo::causes;
use crate::pin::{End, Layers, ProfileChoice, Record as Pinned, ScopeKey};
use crate::session::{Actor, AgentId};
use crate::store::{AuditStoreError, Row};

use super::engine::Resolver;
use super::learning::Learning;

/// How long the delivery of an event is waited for.
const DELIVERY: Duration = Duration::from_secs(10);

/// The most records that wait for a store that is slow. What is older is then in memory only.
pub(super) const MOST_WAITING: usize = 10_000;

impl Learning {
    /// Writes a record down, and waits for no store. The first of several is handed to it before this returns; those that
    /// come while it is busy follow together.
    pub(super) fn note(&self, record: Record) {
        self.write_down(Some(record));
    }

    /// Keeps records in memory and puts them on their way; if nobody carries them yet, the caller has to
    /// ([`carry`](Self::carry)), and whoever waits for all writes waits for that too.
    pub(super) fn take_in(&self, records: impl Iterator<Item = Record>) -> Option<Pending> {
        let mut to_carry = false;
        for record in records {
            to_carry |= self.writes.waiting.put(self.audit.record(record));
        }
        to_carry.then(|| self.writes.one_more())
    }

    /// Carries to the store what is on its way.
    pub(super) fn carry(&self, pending: Pending) {
        let store = Arc::clone(&self.kept.audit);
        let mut turn = Turn {
            waiting: Arc::clone(&self.writes.waiting),
            over: false,
        };
        self.writes.begin(pending, async move {
            while let Some(records) = turn.take() {
                let rows = records.iter().map(|record| Row::from(&**record)).collect();
                if let Err(broken) = store.append(rows).await {
                    told_once(&broken);
                }
            }
        });
    }
}

/// Says so once: it will be so for many requests.
pub(super) fn too_slow() {
    static TOLD: std::sync::Once = std::sync::Once::new();
    TOLD.call_once(|| tracing::warn!("the store is too slow: not every record is written down"));
}

/// Records on their way to the store.
#[derive(Debug, Default)]
struct Waiting(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    records: VecDeque<Arc<Record>>,
    /// Somebody carries them.
    carried: bool,
}

impl Waiting {
    /// Adds one; `true` if nobody carries them yet, and the caller has to.
    fn put(&self, record: Arc<Record>) -> bool {
        let mut queue = self.queue();
        if queue.records.len() >= MOST_WAITING {
            too_slow();
            queue.records.pop_front();
        }
        queue.records.push_back(record);
        !std::mem::replace(&mut queue.carried, true)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose turn it is to carry. It ends when nothing is left, or when it is dropped in the middle.
struct Turn {
    waiting: Arc<Waiting>,
    over: bool,
}

impl Turn {
    fn take(&mut self) -> Option<VecDeque<Arc<Record>>> {
        let mut queue = self.waiting.queue();
        let records = std::mem::take(&mut queue.records);
        self.over = records.is_empty();
        queue.carried = !self.over;
        queue.carried.then_some(records)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            self.waiting.queue().carried = false;
        }
    }
}

/// Writes that nobody waits for.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    waiting: Arc<Waiting>,
    pending: Arc<watch::Sender<usize>>,
}

impl Writes {
    /// Begins one. A store has what it is given at the first look; what is left is waited for elsewhere, if there is an
    /// elsewhere.
    pub(super) fn begin(&self, pending: Pending, write: impl Future<Output = ()> + Send + 'static) {
        let mut write = Box::pin(write);
        let mut nobody = Context::from_waker(Waker::noop());
        if write.as_mut().poll(&mut nobody).is_ready() {
            return;
        }
        let Ok(tasks) = tokio::runtime::Handle::try_current() else {
            return;
        };
        tasks.spawn(async move {
            write.await;
            drop(pending);
        });
    }

    /// One is about to begin.
    pub(super) fn one_more(&self) -> Pending {
        self.pending.send_modify(|pending| *pending += 1);
        Pending(Arc::clone(&self.pending))
    }

    /// Returns when all are done.
    async fn done(&self) {
        let mut pending = self.pending.subscribe();
        // The sender is here: it cannot be gone.
        let _done = pending.wait_for(|pending| *pending == 0).await;
    }
}

/// A write that is under way, until it is done or given up with the runtime in which it waited.
#[derive(Debug)]
pub(super) struct Pending(Arc<watch::Sender<usize>>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.send_modify(|pending| *pending -= 1);
    }
}

/// A store that is broken stays so for many requests: one line is enough.
fn told_once(broken: &AuditStoreError) {
    static TOLD: std::sync::Once = std::sync::Once::new();
    TOLD.call_once(
        || tracing::warn!(error = %causes(broken), "what is decided is written down in memory only"),
    );
}

impl Resolver {
    /// Returns when nothing is under way that would be lost with the process: a sign-in that is being renewed, events and
    /// records on their way. A delivery is waited for at most ten seconds.
    pub async fn finished(&self) {
        if let Some(refresher) = self.snapshot().refresher() {
            refresher.finished().await;
        }
        let late = tokio::time::timeout(DELIVERY, self.events().delivered()).await;
        if late.is_err() {
            tracing::warn!("an event is still being delivered; it is left alone");
        }
        self.learning().catch_up();
        self.learning().writes.done().await;
    }

    /// The last request of a chat, as this process knows it.
    #[must_use]
    pub fn last_request(&self, agent: &AgentId, chat: &str) -> Option<Arc<Record>> {
        let records = self.learning().known().of_session(agent, chat, 32);
        records
            .into_iter()
            .find(|record| matches!(record.kind, Kind::Decision(_)))
    }

    /// The last `most` records of all chats, the newest first, as this process knows them.
    #[must_use]
    pub fn latest(&self, most: usize) -> Vec<Arc<Record>> {
        self.learning().known().latest(most)
    }

    /// The record of a decision or a change, as this process knows it.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<Arc<Record>> {
        self.learning().known().get(id)
    }

    /// Writes down who changed a pin.
    pub fn note_change(&self, actor: &Actor, key: &ScopeKey, what: &'static str, pinned: &Pinned) {
        let now = self.now();
        let (agent, session) = match key {
            ScopeKey::Session(agent, chat) => (Some(agent.clone()), Some(Arc::clone(chat))),
            ScopeKey::Agent(agent) => (Some(agent.clone()), None),
            ScopeKey::Global => (None, None),
        };
        let change = Change {
            who: Arc::from(actor.id()),
            scope: key.scope(),
            agent,
            session,
            what: Code::new(what),
            from: pinned.history.last().and_then(setting),
            to: setting(&pinned.layers),
        };
        self.learning().note(Record {
            id: Arc::clone(self.next_decision_id(now).text()),
            at: now,
            kind: Kind::Change(Box::new(change)),
        });
    }
}

/// What holds, of a pin and those that pass.
fn setting(layers: &Layers) -> Option<Setting> {
    let pin = layers.passing.last().or(layers.lasting.as_ref())?;
    let pinned = pin.profiles.iter().find_map(|choice| match choice {
        ProfileChoice::Pinned(pinned) => Some(pinned),
        ProfileChoice::Auto(_) => None,
    });
    Some(Setting {
        model: pin.model.as_ref().map(|pinned| pinned.model.clone()),
        profile: pinned.map(|pinned| pinned.id.clone()),
        mode: pinned.map(|pinned| pinned.mode),
        until: match pin.end {
            End::At(at) => Some(at),
            _ => None,
        },
    })
}
