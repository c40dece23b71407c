//! Records that live as long as the process: pins here, audit rows in `memory_audit.rs`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

pub use super::memory_audit::MemoryAudit;
use super::{CellNews, Claimed, LedgerStore, LedgerStoreError, PinStore, PinStoreError, claimed};
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

    async fn save(&self, key: &ScopeKey, from: Version, record: &Record) -> Result<(), PinStoreError> {
        match self.records.entry(key.clone()) {
            Entry::Occupied(kept) if kept.get().version != from => {
                Err(PinStoreError::Conflict(kept.get().version))
            }
            Entry::Occupied(mut kept) => {
                kept.insert(record.clone());
                Ok(())
            }
            Entry::Vacant(_) if from != Version::default() => {
                Err(PinStoreError::Conflict(Version::default()))
            }
            Entry::Vacant(place) => {
                place.insert(record.clone());
                Ok(())
            }
        }
    }
}

/// A ledger in memory, for tests and for those who want nothing on disk.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kept: Mutex<Cells>,
}

/// The cells, each with the mark of its last change.
#[derive(Debug, Default)]
struct Cells {
    mark: u64,
    cells: HashMap<CellKey, (u64, Cell)>,
}

#[async_trait]
impl LedgerStore for MemoryLedger {
    fn keep(&self, cells: Changed) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, cell) in cells {
            let there = kept.cells.get(&key).map(|(_, there)| *there);
            let joined = there.unwrap_or_default().join(cell);
            if there != Some(joined) {
                kept.mark += 1;
                let mark = kept.mark;
                kept.cells.insert(key, (mark, joined));
            }
        }
    }

    async fn settled(&self) {}

    async fn claim(
        &self,
        cells: Changed,
        now: Timestamp,
        window: Duration,
    ) -> Result<Claimed, LedgerStoreError> {
        let claimed = {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let there = |key: &CellKey| kept.cells.get(key).map(|(_, cell)| *cell);
            claimed(&cells, there, now, window)
        };
        if claimed == Claimed::Yes {
            self.keep(cells);
        }
        Ok(claimed)
    }

    async fn cells_since(&self, since: u64) -> Result<CellNews, LedgerStoreError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let newer = kept.cells.iter().filter(|(_, (mark, _))| *mark > since);
        Ok(CellNews {
            cells: newer.map(|(key, (_, cell))| (key.clone(), *cell)).collect(),
            mark: kept.mark,
        })
    }
}
