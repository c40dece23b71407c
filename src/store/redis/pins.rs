//! Pins on the server.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use async_trait::async_trait;
use redis::Script;
use tokio::sync::Notify;

use super::clock::ServerClock;
use super::doubts::Doubt;
use super::feed::New;
use super::link::{Link, answer_by};
use super::pace::Pace;
use super::trouble::What;
use super::written::{NOBODY, broken, ends, message, newer, read, written};
use crate::clock::Clock as _;
use crate::pin::{PinTable, Record, ScopeKey, Version};
use crate::store::{Extent, News, PinStore, PinStoreError, WhenOlder};

static SAVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("save.lua")));
static RESTORE: LazyLock<Script> = LazyLock::new(|| Script::new(RESTORE_TEXT));
static TAKE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take_back.lua")));

const RESTORE_TEXT: &str = include_str!("restore.lua");

/// The most records that are brought back in one question: everybody is told of each.
const AT_ONCE: usize = 200;

/// A pin store on a server that several machines share.
#[derive(Debug)]
pub struct RedisPins(Arc<Link>);

impl RedisPins {
    pub(super) fn on(link: Arc<Link>) -> Self {
        Self(link)
    }
}

#[async_trait]
impl PinStore for RedisPins {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.loaded(key).await.map_err(|what| self.unavailable(what))
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.all().await.map_err(|what| self.unavailable(what))
    }

    async fn fill(&self, table: &Arc<PinTable>) -> Result<u64, PinStoreError> {
        if let Err(away) = self.0.is_there() {
            return Err(self.unavailable(away));
        }
        let (_everything, mark) = self.0.feeds().pins.take(0);
        match self.each(|key, record| table.put(key, record)).await {
            Ok(()) => {
                self.0.counts().resynced();
                Ok(mark)
            }
            Err(what) => Err(self.unavailable(what)),
        }
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        match self.saved(key, from, record).await {
            Ok(saved) => saved.map_err(PinStoreError::Conflict),
            Err(what) => {
                self.0.counts().refused();
                Err(self.unavailable(what))
            }
        }
    }

    async fn news(&self, since: u64) -> Result<News, PinStoreError> {
        let feed = &self.0.feeds().pins;
        if let Err(away) = self.0.is_there() {
            return Err(self.unavailable(away));
        }
        let (new, mark) = feed.take(since);
        let (records, extent) = match new {
            New::Changes(records) => (records, Extent::Changes),
            // If that fails, the next question comes with an older mark.
            New::Unknown => match self.all().await {
                Ok(records) => {
                    self.0.counts().resynced();
                    (records, Extent::Everything)
                }
                Err(what) => return Err(self.unavailable(what)),
            },
        };
        Ok(News {
            records,
            extent,
            mark,
        })
    }

    fn when_older(&self) -> WhenOlder {
        WhenOlder::WasLost
    }

    fn least_version(&self) -> Version {
        let now = ServerClock(Arc::clone(self.0.offset())).now().as_millis();
        Version(u64::try_from(now).unwrap_or_default())
    }

    async fn bring_back(&self, lost: &[(ScopeKey, Record)]) -> Result<(), PinStoreError> {
        self.brought_back(lost)
            .await
            .map_err(|what| self.unavailable(what))
    }

    fn bell(&self) -> Option<Arc<Notify>> {
        Some(self.0.feeds().pins.bell())
    }
}

impl RedisPins {
    async fn loaded(&self, key: &ScopeKey) -> Result<Option<Record>, What> {
        self.0.is_there()?;
        settle(&self.0, Some(key)).await?;
        let name = self.0.keys().pin(key);
        let mut manager = self.0.manager();
        let found: Option<String> = self
            .0
            .asked(redis::cmd("GET").arg(&name).query_async(&mut manager))
            .await?;
        found.map(|kept| read(&name, &kept)).transpose()
    }

    async fn all(&self) -> Result<Vec<(ScopeKey, Record)>, What> {
        let mut found = HashMap::new();
        self.each(|key, record| drop(found.insert(key, record))).await?;
        Ok(found.into_iter().collect())
    }

    /// Walks over all names, at a pace that leaves the server room for others. Some are told twice. Records that are
    /// changed meanwhile are told as news, too.
    async fn each(&self, mut tell: impl FnMut(ScopeKey, Record) + Send) -> Result<(), What> {
        let (mut cursor, mut pace) = (0, Pace::default());
        loop {
            self.0.is_there()?;
            let began = Instant::now();
            let names = self.names(cursor, pace.count()).await;
            let took = began.elapsed();
            let some = match names {
                Ok((next, names)) => self.records(&names).await.map(|records| (next, records)),
                Err(what) => Err(what),
            };
            let wait = match some {
                Ok((next, records)) => {
                    for (key, record) in records {
                        tell(key, record);
                    }
                    if next == 0 {
                        return Ok(());
                    }
                    cursor = next;
                    pace.took(took)
                }
                // A walk goes on where it stood.
                Err(what @ What::Slow(_)) => pace.was_unanswered(began.elapsed()).ok_or(what)?,
                Err(what) => return Err(what),
            };
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn names(&self, cursor: u64, count: usize) -> Result<(u64, Vec<String>), What> {
        let mut manager = self.0.manager();
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(self.0.keys().every_pin());
        scan.arg("COUNT").arg(count);
        self.0.asked(scan.query_async(&mut manager)).await
    }

    async fn records(&self, names: &[String]) -> Result<Vec<(ScopeKey, Record)>, What> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut gets = redis::pipe();
        for name in names {
            gets.cmd("GET").arg(name);
        }
        let mut manager = self.0.manager();
        let kept: Vec<Option<String>> = self.0.asked(gets.query_async(&mut manager)).await?;
        let mut records = Vec::with_capacity(names.len());
        for (name, kept) in names.iter().zip(kept) {
            if let (Some(key), Some(kept)) = (self.0.keys().scope(name), kept) {
                records.push((key, read(name, &kept)?));
            }
        }
        Ok(records)
    }

    async fn saved(
        &self,
        key: &ScopeKey,
        from: &Record,
        record: &Record,
    ) -> Result<Result<(), Version>, What> {
        let link = &self.0;
        link.is_there()?;
        // Both together take no longer than one question may. What is not settled then stays in doubt.
        let by = answer_by();
        let settled = tokio::time::timeout_at(by, settle(link, Some(key))).await;
        settled.unwrap_or_else(|_| Err(What::slow()))?;
        let change = link.next_change();
        let name = link.keys().pin(key);
        let kept = written(record, &change);
        let message = message(link.origin(), &name, &kept);
        let ends = ends(record).map(|end| end.to_string()).unwrap_or_default();
        let mut script = SAVE.prepare_invoke();
        script
            .key(&name)
            .arg(from.version.0)
            .arg(&kept)
            .arg(link.deadline())
            .arg(ends);
        script.arg(link.keys().pin_news()).arg(message);
        let mut manager = link.manager();
        let answer: Result<(String, String), What> =
            link.asked_by(by, script.invoke_async(&mut manager)).await;
        let (answer, more) = match answer {
            Ok(answer) => answer,
            Err(what) => {
                if !what.is_an_answer() {
                    link.doubts.add(Doubt {
                        change,
                        key: key.clone(),
                        before: Record {
                            version: Version(record.version.0.saturating_add(1)),
                            ..from.clone()
                        },
                    });
                }
                return Err(what);
            }
        };
        match &*answer {
            "kept" => {}
            "unheard" => tracing::warn!("other machines are not told of changes: {more}"),
            "conflict" => {
                return match more.parse() {
                    Ok(version) => Ok(Err(Version(version))),
                    Err(_) => Err(broken(&name, "its version is no number")),
                };
            }
            "late" => return Err(What::Late),
            _ => return Err(broken(&name, "it has no version")),
        }
        link.feeds().pins.heard(key.clone(), record.clone(), newer);
        Ok(Ok(()))
    }

    /// Nothing of this is ever in doubt: what was brought back may be brought back again.
    async fn brought_back(&self, lost: &[(ScopeKey, Record)]) -> Result<(), What> {
        let now = ServerClock(Arc::clone(self.0.offset())).now().as_millis();
        // What is over was not lost.
        let standing = |(_, record): &&(ScopeKey, Record)| ends(record).is_none_or(|end| end > now);
        let standing: Vec<_> = lost.iter().filter(standing).collect();
        let (mut left, mut pace) = (&*standing, Pace::default());
        while !left.is_empty() {
            self.0.is_there()?;
            let (some, later) = left.split_at(pace.count().min(AT_ONCE).min(left.len()));
            let began = Instant::now();
            let wait = match self.told_again(some).await {
                Ok(()) => {
                    left = later;
                    pace.took(began.elapsed())
                }
                Err(what @ What::Slow(_)) => pace.was_unanswered(began.elapsed()).ok_or(what)?,
                Err(what) => return Err(what),
            };
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
        Ok(())
    }

    async fn told_again(&self, some: &[&(ScopeKey, Record)]) -> Result<(), What> {
        let link = &self.0;
        let mut scripts = redis::pipe();
        scripts.cmd("SCRIPT").arg("LOAD").arg(RESTORE_TEXT).ignore();
        for (key, record) in some {
            let name = link.keys().pin(key);
            let kept = written(record, &link.next_change());
            let message = message(link.origin(), &name, &kept);
            let ends = ends(record).map(|end| end.to_string()).unwrap_or_default();
            let script = scripts.cmd("EVALSHA").arg(RESTORE.get_hash()).arg(1).arg(name);
            script.arg(record.version.0).arg(kept).arg(ends);
            script.arg(link.keys().pin_news()).arg(message);
        }
        let mut manager = link.manager();
        let answers: Vec<String> = link.asked(scripts.query_async(&mut manager)).await?;
        if let Some(at) = answers.iter().position(|answer| answer == "broken") {
            let name = some.get(at).map(|(key, _)| link.keys().pin(key));
            return Err(broken(&name.unwrap_or_default(), "it has no version"));
        }
        Ok(())
    }

    fn unavailable(&self, what: What) -> PinStoreError {
        PinStoreError::Unavailable(Box::new(what.at(self.0.address())))
    }
}

/// Finds out about every change that nobody answered, as far as the server can be asked.
pub(super) async fn settle_doubts(link: &Link) {
    // What goes wrong here is met again at the next heartbeat.
    let _later = settle(link, None).await;
}

/// Takes back what may have been made, of `key` or of all.
async fn settle(link: &Link, key: Option<&ScopeKey>) -> Result<(), What> {
    while let Some(doubt) = link.doubts.next(key) {
        let name = link.keys().pin(&doubt.key);
        let kept = written(&doubt.before, &link.next_change());
        let mut script = TAKE_BACK.prepare_invoke();
        script.key(&name).arg(&doubt.change).arg(&kept);
        // It is a message to ourselves, too: what is taken back may have been read meanwhile, and the answer may be lost.
        script
            .arg(link.keys().pin_news())
            .arg(message(NOBODY, &name, &kept));
        let mut manager = link.manager();
        let answer: String = link.asked(script.invoke_async(&mut manager)).await?;
        link.doubts.settled(&doubt.change);
        if answer == "taken back" {
            link.counts().taken_back();
            tracing::warn!("a change of a pin that was refused had been made; it was taken back");
            link.feeds().pins.heard(doubt.key, doubt.before, newer);
        }
    }
    Ok(())
}
