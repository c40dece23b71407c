//! The connection, and how it is.
//!
//! One connection for questions and messages; the client library makes a new one by itself when it is lost. `heart.rs` sees
//! how it is, and takes another one where the library stays with one that is no use.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, PushInfo, RedisResult};
use tokio::task::AbortHandle;

use super::address::Address;
use super::clock::Offset;
use super::doubts::Doubts;
use super::fleet::Fleet;
use super::hearing::{Feeds, Life};
use super::keys::Keys;
use super::trouble::{Trouble, What};
use super::vitals::{Counts, Vitals};
use super::{heart, sign_ins};
use crate::clock::{Clock, SystemClock, Timestamp};

/// How long the server may take for a change that the caller is to know of.
pub(super) const IN_TIME: Duration = Duration::from_millis(100);
/// How long an answer is waited for: with what a change may take on the server, there is time left for the way.
pub(super) const ANSWER: Duration = Duration::from_millis(180);
/// How long a connection may take to come about.
pub(super) const CONNECT: Duration = Duration::from_millis(500);
/// How long the first one may take: a host that has to be looked up, TLS.
const FIRST_CONNECT: Duration = Duration::from_secs(5);
/// The time between two tries to connect.
const AGAIN: Duration = Duration::from_millis(50);

/// How the connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// The server answers.
    Well {
        /// How long its last answer took.
        took: Duration,
        /// How far its clock is ahead of this machine's, in milliseconds.
        ahead: i64,
    },
    /// It does not answer: what is in memory goes on, and changes are refused.
    Away {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: String,
    },
}

/// What a process does on a server where nobody was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// It leaves the mark of its fleet.
    Settles,
    /// It looks, and leaves nothing.
    Visits,
}

/// The connection of this process. `Debug` shows where it goes and how it is, and nothing of the client library, so that no
/// later version of that can show a password.
pub(super) struct Link {
    address: Address,
    fleet: Fleet,
    pub(super) stay: Stay,
    pub(super) manager: ArcSwap<ConnectionManager>,
    feeds: Arc<Feeds>,
    offset: Arc<Offset>,
    health: Mutex<Health>,
    /// Who had written what stood under the name of the fleet at the last heartbeat.
    pub(super) marked: Mutex<Option<String>>,
    pub(super) doubts: Doubts,
    /// What was learned of a failure is not kept yet: whoever follows is asked for all that it knows.
    pub(super) owing: AtomicBool,
    pub(super) sign_ins: sign_ins::Here,
    next: AtomicU64,
    heart: Mutex<Option<AbortHandle>>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Link");
        shown.field("address", &self.address);
        shown.field("health", &self.health()).finish_non_exhaustive()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let heart = self.heart.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(heart) = heart.take() {
            heart.abort();
        }
    }
}

impl Link {
    pub(super) async fn connect(address: Address, fleet: Fleet, stay: Stay) -> Result<Arc<Self>, Trouble> {
        let at = address.clone();
        let connected = Self::connected(address, fleet, stay).await;
        connected.map_err(|what| what.at(&at))
    }

    async fn connected(address: Address, fleet: Fleet, stay: Stay) -> Result<Arc<Self>, What> {
        let keys = Keys::new(address.prefix(), fleet.tenant());
        let feeds = Arc::new(Feeds::new(keys));
        let manager = managed(&address, &feeds, feeds.life(), FIRST_CONNECT).await?;
        let link = Arc::new(Self {
            address,
            fleet,
            stay,
            manager: ArcSwap::from_pointee(manager),
            feeds,
            offset: Arc::default(),
            health: Mutex::new(Health::Away {
                since: SystemClock.now(),
                why: "nothing was asked yet".to_owned(),
            }),
            marked: Mutex::new(None),
            doubts: Doubts::default(),
            owing: AtomicBool::new(false),
            sign_ins: sign_ins::Here::default(),
            next: AtomicU64::new(1),
            heart: Mutex::new(None),
        });
        link.beat().await?;
        let heart = tokio::spawn(heart::beats(Arc::downgrade(&link))).abort_handle();
        *link.heart.lock().unwrap_or_else(PoisonError::into_inner) = Some(heart);
        Ok(link)
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub(super) fn keys(&self) -> &Keys {
        self.feeds.keys()
    }

    pub(super) fn feeds(&self) -> &Arc<Feeds> {
        &self.feeds
    }

    pub(super) fn offset(&self) -> &Arc<Offset> {
        &self.offset
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.feeds.counts
    }

    pub(super) fn vitals(&self) -> Vitals {
        self.feeds.counts.vitals(self.doubts.count())
    }

    /// Who we are in messages: one's own are known already.
    pub(super) fn origin(&self) -> &str {
        self.feeds.origin()
    }

    /// A name for one change, which no other one has.
    pub(super) fn next_change(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number:x}", self.origin())
    }

    /// A connection to ask on.
    pub(super) fn manager(&self) -> ConnectionManager {
        ConnectionManager::clone(&self.manager.load())
    }

    pub(super) fn health(&self) -> Health {
        self.healthy().clone()
    }

    /// Until when the server may make a change that is sent now, by its own clock in milliseconds.
    pub(super) fn deadline(&self) -> i64 {
        let now = SystemClock.now().after(IN_TIME).as_millis();
        now.saturating_add(self.offset.ahead())
    }

    /// Something that was learned of a failure could not be kept, and is to be told again when that is possible.
    pub(super) fn owes(&self) {
        self.owing.store(true, Ordering::Relaxed);
    }

    /// Waits for an answer as long as one may take.
    pub(super) async fn asked<T>(&self, question: impl Future<Output = RedisResult<T>>) -> Result<T, What> {
        self.asked_by(answer_by(), question).await
    }

    /// The same for one of several questions, which may take as long together.
    pub(super) async fn asked_by<T>(
        &self,
        by: tokio::time::Instant,
        question: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, What> {
        match tokio::time::timeout_at(by, question).await {
            Ok(answer) => answer.map_err(|wrong| match What::of(&wrong) {
                What::Away(_) if wrong.is_timeout() => What::slow(),
                what => what,
            }),
            Err(_) => Err(What::slow()),
        }
    }

    /// Refuses at once while the server is known to be away.
    pub(super) fn is_there(&self) -> Result<(), What> {
        match &*self.healthy() {
            Health::Well { .. } => Ok(()),
            Health::Away { why, .. } => Err(What::Away(why.clone())),
        }
    }

    pub(super) fn healthy(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when an answer is waited for that is asked for now.
pub(super) fn answer_by() -> tokio::time::Instant {
    tokio::time::Instant::now() + ANSWER
}

/// A connection that comes again by itself.
pub(super) async fn managed(
    address: &Address,
    feeds: &Arc<Feeds>,
    life: Life,
    patience: Duration,
) -> Result<ConnectionManager, What> {
    let said = |wrong: redis::RedisError| What::of(&wrong);
    let client = Client::open(address.connection().map_err(said)?).map_err(said)?;
    let hearing = Arc::clone(feeds);
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_min_delay(AGAIN)
        .set_max_delay(AGAIN)
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER))
        .set_push_sender(move |told: PushInfo| {
            hearing.hear(life, &told);
            Ok::<(), ()>(())
        })
        .set_automatic_resubscription();
    let connecting = ConnectionManager::new_with_config(client, config);
    match tokio::time::timeout(patience, connecting).await {
        Ok(manager) => manager.map_err(said),
        Err(_) => Err(What::Slow(patience.as_millis())),
    }
}
