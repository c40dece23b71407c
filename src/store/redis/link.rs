//! The connection, and how it is.
//!
//! One connection for questions and messages; the client library makes a new one by itself when it is lost, and subscribes
//! again. A heartbeat four times a second tells how the server is, what time it has, and whether it still knows us: a
//! connection on which nothing comes any more is known as such within half a second.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, PushInfo, PushKind, RedisResult, Script, Value};
use tokio::task::AbortHandle;

use super::address::Address;
use super::clock::Offset;
use super::doubts::Doubts;
use super::feed::Feed;
use super::fleet::Fleet;
use super::keys::Keys;
use super::trouble::{Trouble, What};
use super::vitals::{Counts, Vitals};
use super::{ledger, pins, sign_ins};
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::cooldown::{Cell, CellKey};
use crate::pin::{Record, ScopeKey};
use crate::store::SignInName;

static MARK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("mark.lua")));

/// The time between two heartbeats.
const BEAT: Duration = Duration::from_millis(250);
/// How long the server may take for a change that the caller is to know of.
pub(super) const IN_TIME: Duration = Duration::from_millis(100);
/// How long an answer is waited for: with what a change may take on the server, there is time left for the way.
pub(super) const ANSWER: Duration = Duration::from_millis(200);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_millis(500);
/// How long the first one may take: a host that has to be looked up, TLS.
const FIRST_CONNECT: Duration = Duration::from_secs(5);
/// Every so many heartbeats a message to oneself tells whether news are heard, and how fast.
const PULSE: u32 = 4;
/// After how many heartbeats without an answer another connection is tried.
const RENEW: u32 = 6;
/// How many channels are listened to.
const CHANNELS: i64 = 4;
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

/// What others change.
#[derive(Debug)]
pub(super) struct Feeds {
    pub(super) pins: Feed<ScopeKey, Record>,
    pub(super) ledger: Feed<CellKey, Cell>,
    pub(super) counts: Counts,
    pub(super) sign_ins: Feed<SignInName, ()>,
    keys: Keys,
    origin: String,
    /// Whether messages come over the connection that there is now, as far as is known.
    listening: AtomicBool,
}

/// The connection of this process.
#[derive(Debug)]
pub(super) struct Link {
    address: Address,
    fleet: Fleet,
    stay: Stay,
    manager: ArcSwap<ConnectionManager>,
    feeds: Arc<Feeds>,
    offset: Arc<Offset>,
    health: Mutex<Health>,
    /// Who had written what stood under the name of the fleet at the last heartbeat.
    marked: Mutex<Option<String>>,
    pub(super) doubts: Doubts,
    /// What was learned of a failure is not kept yet: whoever follows is asked for all that it knows.
    owing: AtomicBool,
    pub(super) sign_ins: sign_ins::Here,
    next: AtomicU64,
    heart: Mutex<Option<AbortHandle>>,
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
        let feeds = Arc::new(Feeds {
            pins: Feed::new(),
            ledger: Feed::new(),
            counts: Counts::default(),
            sign_ins: Feed::new(),
            keys: keys.clone(),
            origin: origin(),
            listening: AtomicBool::new(false),
        });
        let manager = managed(&address, &feeds, FIRST_CONNECT).await?;
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
        let heart = tokio::spawn(beats(Arc::downgrade(&link))).abort_handle();
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
        &self.feeds.keys
    }

    pub(super) fn feeds(&self) -> &Feeds {
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
        &self.feeds.origin
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

    /// Asks how the server is, what time it has, and whether it knows us.
    async fn beat(&self) -> Result<(), What> {
        let beat = self.beat_once().await;
        let mut health = self.healthy();
        match &beat {
            Ok(took) => {
                if matches!(*health, Health::Away { .. }) {
                    // Messages that were sent meanwhile are lost.
                    self.feeds.lost();
                }
                *health = Health::Well {
                    took: *took,
                    ahead: self.offset.ahead(),
                };
            }
            Err(wrong) => {
                let since = match &*health {
                    Health::Away { since, .. } => *since,
                    Health::Well { .. } => {
                        tracing::warn!(store = %self.address, "the store is away: {wrong}");
                        SystemClock.now()
                    }
                };
                *health = Health::Away {
                    since,
                    why: wrong.to_string(),
                };
            }
        }
        beat.map(drop)
    }

    async fn beat_once(&self) -> Result<Duration, What> {
        let (asked, began) = (SystemClock.now(), Instant::now());
        let name = self.keys().fleet();
        let mut manager = self.manager();
        let mut questions = redis::pipe();
        questions.cmd("TIME").cmd("GET").arg(&name);
        let answer = self.asked(questions.query_async(&mut manager));
        let ((seconds, micros), written): ((i64, i64), Option<String>) = answer.await?;
        let took = began.elapsed();
        let server = Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(micros / 1000));
        self.offset.learn(server, asked, SystemClock.now());
        self.listen().await?;
        let written = match written {
            Some(written) => written,
            None if self.stay == Stay::Visits => return Ok(took),
            None => {
                // Nobody was here before, or everything was lost.
                let mut mark = redis::cmd("SET");
                mark.arg(&name)
                    .arg(self.fleet.marker(&self.next_change()))
                    .arg("NX");
                let _mine_or_theirs: Option<String> = self.asked(mark.query_async(&mut manager)).await?;
                let mut get = redis::cmd("GET");
                get.arg(&name);
                let written: Option<String> = self.asked(get.query_async(&mut manager)).await?;
                written.unwrap_or_default()
            }
        };
        let marker = self.fleet.admits(&name, &written)?;
        if self.stay == Stay::Settles
            && let Some(joined) = self.fleet.joined(&marker)
        {
            let mut mark = MARK.prepare_invoke();
            mark.key(&name).arg(&written).arg(joined);
            // If somebody was faster, or the server takes no changes, the next heartbeat does it.
            let _done: Result<i64, What> = self.asked(mark.invoke_async(&mut manager)).await;
        }
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.as_deref() != Some(marker.made()) {
            // Another server, or an emptied one.
            self.feeds.lost();
            *marked = Some(marker.made().to_owned());
        }
        Ok(took)
    }

    /// Sees that messages come. The client library subscribes again by itself on a new connection, and passes over it in
    /// silence if that is refused or not answered in time: <https://github.com/redis-rs/redis-rs>, `connection_manager.rs`.
    async fn listen(&self) -> Result<(), What> {
        if self.feeds.listening.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut manager = self.manager();
        self.asked(manager.subscribe(&self.feeds.channels()[..])).await
    }

    /// Takes a connection of another make. The client library connects again when a connection breaks; but it stays with a
    /// server that did not let it in once, and with a connection on which nothing comes any more.
    async fn renew(&self) {
        // Nobody is let in still: that is what the next heartbeat tells.
        if let Ok(manager) = managed(&self.address, &self.feeds, CONNECT).await {
            self.feeds.listening.store(false, Ordering::SeqCst);
            self.manager.store(Arc::new(manager));
        }
    }

    fn healthy(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when an answer is waited for that is asked for now.
pub(super) fn answer_by() -> tokio::time::Instant {
    tokio::time::Instant::now() + ANSWER
}

/// A connection that comes again by itself.
async fn managed(
    address: &Address,
    feeds: &Arc<Feeds>,
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
            hearing.hear(&told);
            Ok::<(), ()>(())
        })
        .set_automatic_resubscription();
    let connecting = ConnectionManager::new_with_config(client, config);
    match tokio::time::timeout(patience, connecting).await {
        Ok(manager) => manager.map_err(said),
        Err(_) => Err(What::Slow(patience.as_millis())),
    }
}

/// Beats until the link is dropped.
async fn beats(link: Weak<Link>) {
    let mut failed = 0u32;
    for beat in (0..PULSE).cycle() {
        tokio::time::sleep(BEAT).await;
        let Some(link) = link.upgrade() else { return };
        if let Err(wrong) = link.beat().await {
            failed = failed.saturating_add(1);
            if wrong.is_final() || failed.is_multiple_of(RENEW) {
                link.renew().await;
            }
        } else {
            failed = 0;
            if beat == 0 {
                pulse(&link).await;
            }
            pins::settle_doubts(&link).await;
            if link.owing.swap(false, Ordering::Relaxed) {
                link.feeds.ledger.lost();
            }
            sign_ins::settle_doubts(&link).await;
        }
    }
}

/// Sends a message to this process alone: what comes of it is counted when it is heard.
pub(super) async fn pulse(link: &Link) {
    let mut publish = redis::cmd("PUBLISH");
    let channel = link.keys().pulse(link.origin());
    publish.arg(channel).arg(link.counts().sent());
    let mut manager = link.manager();
    // That nobody hears it is what is counted.
    let _listeners: Result<u64, What> = link.asked(publish.query_async(&mut manager)).await;
}

impl Feeds {
    /// A message, or that there will be none for a while.
    fn hear(&self, told: &PushInfo) {
        match told.kind {
            PushKind::Disconnection => {
                self.listening.store(false, Ordering::SeqCst);
                self.lost();
            }
            // With the first channel a connection begins to listen: what was told before is not known.
            PushKind::Subscribe => match &*told.data {
                [_, Value::Int(1)] => self.lost(),
                [_, Value::Int(CHANNELS)] => self.listening.store(true, Ordering::SeqCst),
                _ => {}
            },
            PushKind::Message => {
                let [Value::BulkString(channel), Value::BulkString(message)] = &*told.data else {
                    return;
                };
                if *channel == self.keys.pin_news().into_bytes() {
                    pins::hear(self, message);
                } else if *channel == self.keys.ledger_news().into_bytes() {
                    ledger::hear(self, message);
                } else if *channel == self.keys.pulse(&self.origin).into_bytes() {
                    let number = std::str::from_utf8(message)
                        .ok()
                        .and_then(|number| number.parse().ok());
                    number.into_iter().for_each(|number| self.counts.heard(number));
                } else if *channel == self.keys.sign_in_news().into_bytes() {
                    sign_ins::hear(self, message);
                }
            }
            _ => {}
        }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// What is listened to.
    fn channels(&self) -> [String; CHANNELS as usize] {
        let keys = &self.keys;
        [
            keys.pin_news(),
            keys.ledger_news(),
            keys.sign_in_news(),
            keys.pulse(&self.origin),
        ]
    }

    fn lost(&self) {
        self.pins.lost();
        self.ledger.lost();
        self.sign_ins.lost();
    }
}

/// A name that no other process has: 64 bits of chance.
fn origin() -> String {
    let mut bytes = [0; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => format!("{:x}-{:x}", std::process::id(), SystemClock.now().as_millis()),
    }
}
