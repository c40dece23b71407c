//! The pins in memory, before whatever store keeps them.

use std::sync::Arc;

use dashmap::DashMap;

use super::key::{ScopeKey, scopes};
use super::merge::{Effective, effective};
use super::record::Record;
use crate::clock::Timestamp;
use crate::session::{AgentId, SessionKey};

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
