//! The pins in memory, before whatever store keeps them.

use std::cmp::Reverse;
use std::sync::Arc;

use dashmap::DashMap;

use super::key::{ScopeKey, scopes};
use super::merge::{Effective, effective};
use super::record::Record;
use crate::clock::Timestamp;
use crate::session::{AgentId, SessionKey};

/// A record by rank, by age, and by name so that there is one order.
type Ranked = ((u8, Reverse<Option<Timestamp>>, ScopeKey), Arc<Record>);

/// Every scope's record, shared by all threads. Reads take one shard's read lock and copy a pointer out.
#[derive(Debug, Default)]
pub struct PinTable {
    records: DashMap<ScopeKey, Arc<Record>>,
}

impl PinTable {
    /// The record of one scope.
    #[must_use]
    pub fn record(&self, key: &ScopeKey) -> Option<Arc<Record>> {
        self.records.get(key).map(|record| Arc::clone(&record))
    }

    /// Puts a committed record in place, unless a newer one is there already: commits may arrive out of order.
    pub fn put(&self, key: ScopeKey, record: Record) {
        let record = Arc::new(record);
        self.records
            .entry(key)
            .and_modify(|old| {
                if old.version <= record.version {
                    *old = Arc::clone(&record);
                }
            })
            .or_insert(record);
    }

    /// Puts a record in place, whatever is there: the store behind it was exchanged.
    pub fn replace(&self, key: ScopeKey, record: Record) {
        self.records.insert(key, Arc::new(record));
    }

    /// What is pinned for a chat at `now`.
    #[must_use]
    pub fn effective(&self, session: &SessionKey, agent: &AgentId, now: Timestamp) -> Effective {
        effective(
            scopes(session, agent).filter_map(|key| {
                let record = self.record(&key)?;
                Some((key, record))
            }),
            now,
        )
    }

    /// Every scope that holds a pin at `now`, with its record, in no order. It looks at all there is: one shard is locked
    /// at a time, and only pointers are copied out.
    #[must_use]
    pub fn holding(&self, now: Timestamp) -> Vec<(ScopeKey, Arc<Record>)> {
        let holds = |record: &Record| record.holding(now).any(|pin| !pin.is_empty());
        let there = self.records.iter().filter(|item| holds(item.value()));
        there
            .map(|item| (item.key().clone(), Arc::clone(item.value())))
            .collect()
    }

    /// Scopes that hold a pin at `now`: the first `most` of them by the rank that `rank` gives, and of one rank the newest
    /// first; those without a rank are left out. And how many there are in all.
    ///
    /// It looks at everything there is, which takes a while where that is much; one shard is locked at a time, and no more
    /// is copied out than can be among the first.
    pub fn first(
        &self,
        now: Timestamp,
        most: usize,
        rank: impl Fn(&ScopeKey) -> Option<u8>,
    ) -> (Vec<(ScopeKey, Arc<Record>)>, usize) {
        let mut count = 0;
        let mut found = Vec::new();
        let best = |found: &mut Vec<Ranked>| {
            found.sort_by(|(one, _), (other, _)| one.cmp(other));
            found.truncate(most);
        };
        for item in &self.records {
            let Some(pin) = item.value().holding(now).find(|pin| !pin.is_empty()) else {
                continue;
            };
            let Some(rank) = rank(item.key()) else { continue };
            count += 1;
            let (key, record) = (item.key().clone(), Arc::clone(item.value()));
            found.push(((rank, Reverse(pin.at), key), record));
            if found.len() >= most.saturating_mul(4).max(64) {
                best(&mut found);
            }
        }
        best(&mut found);
        let found = found.into_iter().map(|((_, _, key), record)| (key, record));
        (found.collect(), count)
    }

    /// How many scopes of each kind hold a pin at `now`: sessions, agents, global.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> [usize; 3] {
        let mut counts = [0; 3];
        for item in &self.records {
            if item.value().holding(now).any(|pin| !pin.is_empty()) {
                counts[item.key().scope() as usize] += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::pin::{Layers, Pin, PinnedModel};
    use crate::terms::Mode;

    fn pinned_at(at: i64) -> Record {
        let pin = Pin {
            model: Some(PinnedModel {
                model: ModelRef::new(ProviderId::new("demo"), "opus"),
                mode: Mode::Prefer,
            }),
            at: Some(Timestamp::from_millis(at)),
            ..Pin::default()
        };
        Record {
            layers: Layers {
                lasting: Some(pin),
                passing: Vec::new(),
            },
            ..Record::default()
        }
    }

    #[test]
    fn the_first_scopes_are_those_of_the_best_rank_and_then_the_newest() {
        let table = PinTable::default();
        let chat = |name: &str| ScopeKey::Session(AgentId::main(), Arc::from(name));
        for at in 0..1_000 {
            table.put(chat(&format!("chat-{at}")), pinned_at(at));
        }
        table.put(ScopeKey::Global, pinned_at(0));
        table.put(chat("theirs"), pinned_at(5_000));
        table.put(chat("cleared"), Record::default());
        let rank = |key: &ScopeKey| match key {
            ScopeKey::Session(_, chat) if **chat == *"theirs" => None,
            ScopeKey::Global => Some(0),
            _ => Some(1),
        };
        let (first, count) = table.first(Timestamp::from_millis(10_000), 3, rank);
        let first: Vec<ScopeKey> = first.into_iter().map(|(key, _)| key).collect();
        assert_eq!(first, [ScopeKey::Global, chat("chat-999"), chat("chat-998")]);
        assert_eq!(count, 1_001);
    }
}
