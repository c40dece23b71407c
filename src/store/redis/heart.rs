//! How the server is, again and again.
//!
//! A heartbeat four times a second asks what time it has and whether it still knows us, and sees that messages come: a
//! connection on which nothing comes any more is known as such within half a second. When the server can be asked again, what
//! was left open meanwhile is settled.

use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use redis::Script;

use super::link::{CONNECT, Health, Link, Stay, managed};
use super::trouble::What;
use super::{pins, sign_ins};
use crate::clock::{Clock, SystemClock, Timestamp};

static MARK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("mark.lua")));

/// The time between two heartbeats.
const BEAT: Duration = Duration::from_millis(250);
/// Every so many heartbeats a message to oneself tells whether news are heard, and how fast.
const PULSE: u32 = 4;
/// After how many heartbeats without an answer another connection is tried.
const RENEW: u32 = 6;

/// Beats until the link is dropped.
pub(super) async fn beats(link: Weak<Link>) {
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
                if !link.counts().is_heard() {
                    // The next heartbeat asks for messages again.
                    link.feeds().is_deaf();
                }
                pulse(&link).await;
            }
            pins::settle_doubts(&link).await;
            if link.owing.swap(false, Ordering::Relaxed) {
                link.feeds().ledger.lost();
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

impl Link {
    /// Asks how the server is, what time it has, and whether it knows us.
    pub(super) async fn beat(&self) -> Result<(), What> {
        let beat = self.beat_once().await;
        let mut health = self.healthy();
        match &beat {
            Ok(took) => {
                if matches!(*health, Health::Away { .. }) {
                    // Messages that were sent meanwhile are lost.
                    self.feeds().lost();
                }
                *health = Health::Well {
                    took: *took,
                    ahead: self.offset().ahead(),
                };
            }
            Err(wrong) => {
                let since = match &*health {
                    Health::Away { since, .. } => *since,
                    Health::Well { .. } => {
                        tracing::warn!(store = %self.address(), "the store is away: {wrong}");
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
        self.offset().learn(server, asked, SystemClock.now());
        self.listen().await?;
        let written = match written {
            Some(written) => written,
            None if self.stay == Stay::Visits => return Ok(took),
            None => {
                // Nobody was here before, or everything was lost.
                let mut mark = redis::cmd("SET");
                mark.arg(&name)
                    .arg(self.fleet().marker(&self.next_change()))
                    .arg("NX");
                let _mine_or_theirs: Option<String> = self.asked(mark.query_async(&mut manager)).await?;
                let mut get = redis::cmd("GET");
                get.arg(&name);
                let written: Option<String> = self.asked(get.query_async(&mut manager)).await?;
                written.unwrap_or_default()
            }
        };
        let marker = self.fleet().admits(&name, &written)?;
        if self.stay == Stay::Settles
            && let Some(joined) = self.fleet().joined(&marker)
        {
            let mut mark = MARK.prepare_invoke();
            mark.key(&name).arg(&written).arg(joined);
            // If somebody was faster, or the server takes no changes, the next heartbeat does it.
            let _done: Result<i64, What> = self.asked(mark.invoke_async(&mut manager)).await;
        }
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.as_deref() != Some(marker.made()) {
            // Another server, or an emptied one.
            self.feeds().lost();
            *marked = Some(marker.made().to_owned());
        }
        Ok(took)
    }

    /// Sees that messages come. The client library subscribes again by itself on a new connection, and passes over it in
    /// silence if that is refused or not answered in time: <https://github.com/redis-rs/redis-rs>, `connection_manager.rs`.
    async fn listen(&self) -> Result<(), What> {
        if self.feeds().listens() {
            return Ok(());
        }
        let mut manager = self.manager();
        self.asked(manager.subscribe(&self.feeds().channels()[..])).await
    }

    /// Takes a connection of another make. The client library connects again when a connection breaks; but it stays with a
    /// server that did not let it in once, and with a connection on which nothing comes any more.
    async fn renew(&self) {
        // Nobody is let in still: that is what the next heartbeat tells.
        let life = self.feeds().life().next();
        if let Ok(manager) = managed(self.address(), self.feeds(), life, CONNECT).await {
            self.feeds().begins(life);
            self.manager.store(Arc::new(manager));
        }
    }
}
