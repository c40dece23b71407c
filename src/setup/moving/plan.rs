//! What is in one store and not in the other one.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::MoveError;
use super::patience::patiently;
use super::secrets::Numbers;
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, Changed};
use crate::pin::{Record, ScopeKey};
use crate::resolver::Stores;
use crate::setup::scope_in_words;
use crate::store::PinStoreError;
use crate::store::redis::ends;

/// How many records are on their way at the same time.
const AT_ONCE: usize = 32;
/// How many cells are joined in one step.
const CELLS: usize = 200;
/// How many scopes are named.
const NAMED: usize = 5;

/// What becomes of a scope that has another record in the other store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clash {
    /// Nothing is moved.
    #[default]
    Refuse,
    /// What is moved takes its place.
    Replace,
    /// It stays.
    Keep,
}

/// What is to be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The records that are copied: scope, what is there, what is to be there.
    pub(super) pins: Vec<(ScopeKey, Record, Record)>,
    /// The cells that are joined.
    pub(super) rests: Changed,
    /// Which scopes have another record there, and nobody said what becomes of it.
    pub clashes: Vec<ScopeKey>,
    /// How many records are there already.
    pub same: usize,
    /// How many other records stay as they are there.
    pub kept: usize,
    /// How many records ended so long ago that they are not copied.
    pub over: usize,
    /// How many scopes are there alone.
    pub only_there: usize,
    /// How many cells are there already.
    pub rests_same: usize,
}

impl Plan {
    /// How many records are to be copied.
    #[must_use]
    pub fn pins(&self) -> usize {
        self.pins.len()
    }

    /// How many cells are to be joined.
    #[must_use]
    pub fn rests(&self) -> usize {
        self.rests.len()
    }

    /// Whether the other store has everything.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.pins.is_empty() && self.rests.is_empty() && self.clashes.is_empty()
    }

    /// The first of the clashes, in words.
    #[must_use]
    pub fn clashing(&self) -> Vec<String> {
        let mut named: Vec<String> = self.clashes.iter().take(NAMED).map(scope_in_words).collect();
        let more = self.clashes.len().saturating_sub(NAMED);
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        named
    }

    pub(super) async fn between(
        from: &Stores,
        to: &Stores,
        numbers: &Numbers,
        clash: Clash,
        now: Timestamp,
    ) -> Result<Self, MoveError> {
        let here = patiently(async || from.pins.load_all().await).await?;
        let there = patiently(async || to.pins.load_all().await).await?;
        let mut there: HashMap<ScopeKey, Record> = there.into_iter().collect();
        let mut plan = Self::default();
        for (key, record) in here {
            let other = there.remove(&key);
            if ends(&record).is_some_and(|end| end <= now.as_millis()) {
                // A server would drop it at once.
                plan.over += 1;
                continue;
            }
            match other {
                None => plan.pins.push((key, Record::default(), record)),
                Some(other) if says_the_same(&other, &record) => plan.same += 1,
                // What says nothing is overwritten without loss: it may be our own, taken back because its answer was lost.
                Some(other) if says_the_same(&other, &Record::default()) => {
                    plan.pins.push(succeeding(key, other, record));
                }
                Some(other) => match clash {
                    Clash::Refuse => plan.clashes.push(key),
                    Clash::Keep => plan.kept += 1,
                    Clash::Replace => plan.pins.push(succeeding(key, other, record)),
                },
            }
        }
        plan.only_there = there.len();
        plan.clashes.sort();
        let known = patiently(async || to.kept.ledger.load_all().await).await?;
        let known: HashMap<CellKey, Cell> = known.into_iter().collect();
        for (key, cell) in patiently(async || from.kept.ledger.load_all().await).await? {
            let key = numbers.there(key);
            let other = known.get(&key).copied();
            if other.is_some_and(|other| other.join(cell) == other) {
                plan.rests_same += 1;
            } else {
                plan.rests.push((key, cell));
            }
        }
        Ok(plan)
    }

    pub(super) async fn copy(self, to: &Stores) -> Result<(), MoveError> {
        let save = |(key, from, record): (ScopeKey, Record, Record)| {
            let pins = &to.pins;
            async move {
                match patiently(async || pins.save(&key, &from, &record).await).await {
                    // Somebody was faster: the next look tells whether that is the same.
                    Ok(()) | Err(PinStoreError::Conflict(_)) => Ok(()),
                    Err(broken) => Err(broken),
                }
            }
        };
        let saving = stream::iter(self.pins.into_iter().map(save)).buffer_unordered(AT_ONCE);
        saving.try_collect::<()>().await?;
        for some in self.rests.chunks(CELLS) {
            patiently(async || to.kept.ledger.merge(some.to_vec()).await).await?;
        }
        Ok(())
    }
}

/// A record in the place of another one. Versions only grow, for those who have it in memory.
fn succeeding(key: ScopeKey, other: Record, mut record: Record) -> (ScopeKey, Record, Record) {
    record.version.0 = record.version.0.max(other.version.0.saturating_add(1));
    (key, other, record)
}

/// Whether two records say the same: their versions count changes, and say nothing.
fn says_the_same(one: &Record, other: &Record) -> bool {
    let version = one.version;
    Record {
        version,
        ..other.clone()
    } == *one
}
