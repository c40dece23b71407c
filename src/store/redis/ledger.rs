//! Failures and rests on the server.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use indexmap::IndexMap;
use redis::Script;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::feed::New;
use super::hearing::Feeds;
use super::link::Link;
use super::trouble::What;
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, Changed};
use crate::outcome::FailureClass;
use crate::profile::AccountId;
use crate::store::{Claim, Claimed, Extent, LedgerNews, LedgerStore, LedgerUnavailable};

static JOIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("join.lua")));
static DROP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("drop.lua")));

/// The most cells that are kept.
const MOST: usize = 50_000;
/// How often a join is made again because another process was faster.
const TRIES: usize = 256;

/// A ledger store on a server that several machines share.
#[derive(Debug)]
pub struct RedisLedger(Arc<Link>);

impl RedisLedger {
    pub(super) fn on(link: Arc<Link>) -> Self {
        Self(link)
    }
}

/// The name of a cell within the hash: account, generation, model, class.
#[derive(Serialize, Deserialize)]
struct Name(String, String, Option<String>, String);

/// What is told of a change: names and cells.
#[derive(Serialize, Deserialize)]
struct Message<'a> {
    from: &'a str,
    cells: Vec<(String, String)>,
}

#[async_trait]
impl LedgerStore for RedisLedger {
    async fn load_all(&self) -> Result<Changed, LedgerUnavailable> {
        self.all().await.map_err(|what| self.unavailable(what))
    }

    async fn merge(&self, cells: Changed) -> Result<Changed, LedgerUnavailable> {
        if cells.is_empty() {
            return Ok(cells);
        }
        let mut once: IndexMap<CellKey, Cell> = IndexMap::new();
        for (key, cell) in &cells {
            let both = once.entry(key.clone()).or_default();
            *both = both.join(*cell);
        }
        let once_told: Changed = once.iter().map(|(key, cell)| (key.clone(), *cell)).collect();
        let joined = self.changed(names(&once_told), When::Whenever, |there| {
            let both = once_told.iter().zip(there);
            let both = both.map(|((key, cell), there)| (key.clone(), there.unwrap_or_default().join(*cell)));
            Decision::Write(both.collect())
        });
        let (Decision::Write(joined) | Decision::Leave(joined)) = joined.await.map_err(|what| {
            self.0.owes();
            self.unavailable(what)
        })?;
        once.extend(joined);
        let told = |(key, cell): (CellKey, Cell)| {
            let kept = once.get(&key).copied().unwrap_or(cell);
            (key, kept)
        };
        Ok(cells.into_iter().map(told).collect())
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerUnavailable> {
        if claim.cells.is_empty() {
            return Ok(Claimed::Yes(Changed::new()));
        }
        let claimed = self.changed(names(&claim.cells), When::InTime, |there| {
            match claim.decide(there) {
                Claimed::Yes(cells) => Decision::Write(cells),
                Claimed::No(cells) => Decision::Leave(cells),
            }
        });
        Ok(match claimed.await.map_err(|what| self.unavailable(what))? {
            Decision::Write(cells) => Claimed::Yes(cells),
            Decision::Leave(cells) => Claimed::No(cells),
        })
    }

    async fn news(&self, since: u64) -> Result<LedgerNews, LedgerUnavailable> {
        let feed = &self.0.feeds().ledger;
        if let Err(away) = self.0.is_there() {
            return Err(self.unavailable(away));
        }
        let (new, mark) = feed.take(since);
        let (cells, extent) = match new {
            New::Changes(cells) => (cells, Extent::Changes),
            // If that fails, the next question comes with an older mark.
            New::Unknown => match self.all().await {
                Ok(cells) => (cells, Extent::Everything),
                Err(what) => return Err(self.unavailable(what)),
            },
        };
        Ok(LedgerNews { cells, extent, mark })
    }

    fn bell(&self) -> Option<Arc<Notify>> {
        Some(self.0.feeds().ledger.bell())
    }

    async fn sweep(&self, now: Timestamp, window: Duration) -> Result<usize, LedgerUnavailable> {
        let swept = self.dropped(|cells| cells.retain(|(_, _, cell)| cell.is_swept(now, window)));
        swept.await.map_err(|what| self.unavailable(what))
    }
}

/// What becomes of cells.
enum Decision {
    /// They are written.
    Write(Changed),
    /// They are told, and nothing is written.
    Leave(Changed),
}

/// Until when a change may be made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// A join that comes late does no harm.
    Whenever,
    /// While somebody waits for the answer.
    InTime,
}

/// A cell as it is kept: its name, its text, and what that says.
type Kept = (String, String, Cell);

impl RedisLedger {
    /// Reads cells, decides, and writes if nothing has changed in between; else again.
    async fn changed(
        &self,
        names: Vec<String>,
        when: When,
        decide: impl Fn(&[Option<Cell>]) -> Decision,
    ) -> Result<Decision, What> {
        let link = &self.0;
        link.is_there()?;
        let mut manager = link.manager();
        let hash = link.keys().ledger();
        let mut ask = redis::cmd("HMGET");
        ask.arg(&hash).arg(&names);
        let found: Vec<Option<String>> = link.asked(ask.query_async(&mut manager)).await?;
        let mut there: Vec<String> = found.into_iter().map(Option::unwrap_or_default).collect();
        for _ in 0..TRIES {
            let cells: Result<Vec<_>, What> = there.iter().map(|text| cell(text)).collect();
            let cells = match decide(&cells?) {
                Decision::Write(cells) => cells,
                leave @ Decision::Leave(_) => return Ok(leave),
            };
            let text = |(_, cell): &(CellKey, Cell)| serde_json::to_string(cell).unwrap_or_default();
            let texts: Vec<String> = cells.iter().map(text).collect();
            if texts == there {
                return Ok(Decision::Write(cells));
            }
            let message = message(link, &names, &texts);
            let deadline = match when {
                When::Whenever => String::new(),
                When::InTime => link.deadline().to_string(),
            };
            let mut script = JOIN.prepare_invoke();
            script
                .key(&hash)
                .arg(deadline)
                .arg(link.keys().ledger_news())
                .arg(message);
            for ((name, text), before) in names.iter().zip(&texts).zip(&there) {
                script.arg(name).arg(before).arg(text);
            }
            let mut answer: Vec<String> = link.asked(script.invoke_async(&mut manager)).await?;
            if answer.is_empty() {
                return Err(What::Said("nothing, where a word was awaited".to_owned()));
            }
            match &*answer.remove(0) {
                "kept" => {
                    for (key, cell) in &cells {
                        link.feeds().ledger.heard(key.clone(), *cell, Cell::join);
                    }
                    let count = answer.first().and_then(|count| count.parse::<usize>().ok());
                    if count.is_some_and(|count| count > MOST) {
                        self.dropped(the_oldest).await?;
                    }
                    return Ok(Decision::Write(cells));
                }
                "late" => return Err(What::Late),
                _ if answer.len() == names.len() => there = answer,
                _ => {
                    return Err(What::Said(
                        "another number of cells than was asked for".to_owned(),
                    ));
                }
            }
        }
        Err(What::Said("others were faster, again and again".to_owned()))
    }

    /// Drops the cells that `which` leaves, unless they change meanwhile. Returns how many were dropped.
    async fn dropped(&self, which: impl Fn(&mut Vec<Kept>)) -> Result<usize, What> {
        let link = &self.0;
        link.is_there()?;
        let mut cells = self.kept().await?;
        which(&mut cells);
        let mut dropped = 0;
        for some in cells.chunks(1_000) {
            let mut script = DROP.prepare_invoke();
            script.key(link.keys().ledger());
            for (name, text, _) in some {
                script.arg(name).arg(text);
            }
            let mut manager = link.manager();
            let gone: usize = link.asked(script.invoke_async(&mut manager)).await?;
            dropped += gone;
        }
        Ok(dropped)
    }

    async fn all(&self) -> Result<Changed, What> {
        let kept = self.kept().await?;
        kept.into_iter()
            .map(|(name, _, cell)| Ok((key(&name)?, cell)))
            .collect()
    }

    async fn kept(&self) -> Result<Vec<Kept>, What> {
        let link = &self.0;
        let mut manager = link.manager();
        let mut found = HashMap::new();
        let mut cursor = 0u64;
        loop {
            let mut scan = redis::cmd("HSCAN");
            scan.arg(link.keys().ledger()).arg(cursor).arg("COUNT").arg(1_000);
            let (next, some): (u64, Vec<(String, String)>) =
                link.asked(scan.query_async(&mut manager)).await?;
            found.extend(some);
            if next == 0 {
                break;
            }
            cursor = next;
        }
        let read = |(name, text): (String, String)| {
            let cell = cell(&text)?.unwrap_or_default();
            Ok((name, text, cell))
        };
        found.into_iter().map(read).collect()
    }

    fn unavailable(&self, what: What) -> LedgerUnavailable {
        LedgerUnavailable(Box::new(what.at(self.0.address())))
    }
}

/// Leaves what was changed longest ago, as far as it is too much.
fn the_oldest(cells: &mut Vec<Kept>) {
    let last = |cell: &Cell| cell.failed_at.map_or(0, Timestamp::as_millis).max(cell.epoch);
    cells.sort_by_key(|(_, _, cell)| last(cell));
    cells.truncate(cells.len().saturating_sub(MOST));
}

/// A message from another process.
pub(super) fn hear(feeds: &Feeds, message: &[u8]) {
    let Ok(message) = serde_json::from_slice::<Message<'_>>(message) else {
        feeds.ledger.lost();
        return;
    };
    if message.from == feeds.origin() {
        return;
    }
    for (name, text) in &message.cells {
        match (key(name), cell(text)) {
            (Ok(key), Ok(Some(cell))) => feeds.ledger.heard(key, cell, Cell::join),
            _ => feeds.ledger.lost(),
        }
    }
}

fn message(link: &Link, names: &[String], texts: &[String]) -> String {
    let message = Message {
        from: link.origin(),
        cells: names.iter().cloned().zip(texts.iter().cloned()).collect(),
    };
    serde_json::to_string(&message).unwrap_or_default()
}

fn names(cells: &Changed) -> Vec<String> {
    cells.iter().map(|(key, _)| name(key)).collect()
}

fn name(key: &CellKey) -> String {
    let name = Name(
        key.account.as_str().to_owned(),
        key.generation.to_string(),
        key.model.as_deref().map(str::to_owned),
        key.class.as_str().to_owned(),
    );
    serde_json::to_string(&name).unwrap_or_default()
}

fn key(name: &str) -> Result<CellKey, What> {
    let broken = |why: &str| What::Broken {
        key: crate::echo::discreet(name).into_owned(),
        why: why.to_owned(),
    };
    let Name(account, generation, model, class) =
        serde_json::from_str(name).map_err(|_| broken("it names no cell"))?;
    Ok(CellKey {
        account: AccountId::kept(&account),
        generation: generation
            .parse()
            .map_err(|_| broken("its generation is no number"))?,
        model: model.map(Box::from),
        class: FailureClass::from_word(&class).ok_or_else(|| broken("its class is not known"))?,
    })
}

fn cell(text: &str) -> Result<Option<Cell>, What> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|_| What::Broken {
        key: "a cell of failures".to_owned(),
        why: "it is none".to_owned(),
    })
}
