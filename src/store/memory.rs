//! State that lives as long as the process: pins and the ledger here, audit rows in `memory_audit.rs`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

pub use super::memory_audit::MemoryAudit;
pub use super::memory_sign_ins::MemorySignIns;
use super::{Claim, Claimed, LedgerStore, LedgerUnavailable, PinStore, PinStoreError};
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, Changed};
use crate::pin::{Record, ScopeKey, Version};

/// A pin store in memory. Nothing survives the process; the versions are kept as strictly as on disk.
#[derive(Debug, Default)]
pub struct MemoryPins {
    records: DashMap<ScopeKey, Record>,
}

#[async_trait]
impl PinStore for MemoryPins {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        Ok(self.records.get(key).map(|record| record.clone()))
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        let copy = |item: dashmap::mapref::multiple::RefMulti<'_, ScopeKey, Record>| {
            (item.key().clone(), item.value().clone())
        };
        Ok(self.records.iter().map(copy).collect())
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        match self.records.entry(key.clone()) {
            Entry::Occupied(kept) if kept.get().version != from.version => {
                Err(PinStoreError::Conflict(kept.get().version))
            }
            Entry::Occupied(mut kept) => {
                kept.insert(record.clone());
                Ok(())
            }
            Entry::Vacant(_) if from.version != Version::default() => {
                Err(PinStoreError::Conflict(Version::default()))
            }
            Entry::Vacant(place) => {
                place.insert(record.clone());
                Ok(())
            }
        }
    }
}

/// A ledger store in memory. Nothing survives the process, and no other process sees it.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    cells: Mutex<HashMap<CellKey, Cell>>,
}

impl MemoryLedger {
    fn cells(&self) -> MutexGuard<'_, HashMap<CellKey, Cell>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl LedgerStore for MemoryLedger {
    async fn load_all(&self) -> Result<Changed, LedgerUnavailable> {
        Ok(self
            .cells()
            .iter()
            .map(|(key, cell)| (key.clone(), *cell))
            .collect())
    }

    async fn merge(&self, cells: Changed) -> Result<Changed, LedgerUnavailable> {
        let mut kept = self.cells();
        let join = |(key, cell): (CellKey, Cell)| {
            let place = kept.entry(key.clone()).or_default();
            *place = place.join(cell);
            (key, *place)
        };
        Ok(cells.into_iter().map(join).collect())
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerUnavailable> {
        let mut kept = self.cells();
        let there: Vec<_> = claim
            .cells
            .iter()
            .map(|(key, _)| kept.get(key).copied())
            .collect();
        let claimed = claim.decide(&there);
        if let Claimed::Yes(cells) = &claimed {
            kept.extend(cells.iter().cloned());
        }
        Ok(claimed)
    }

    async fn sweep(&self, now: Timestamp, window: Duration) -> Result<usize, LedgerUnavailable> {
        let mut kept = self.cells();
        let before = kept.len();
        kept.retain(|_, cell| !cell.is_swept(now, window));
        Ok(before - kept.len())
    }
}
