//! Pins in memory, and the store behind them.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::pin::{Change, PinTable, Record, ScopeKey};
use crate::store::{PinStore, PinStoreError};

/// How often a change is made again from a newer record before it is given up.
const TRIES: usize = 32;

/// The pin table and the store that keeps it.
#[derive(Debug)]
pub struct Pins {
    table: PinTable,
    store: Arc<dyn PinStore>,
}

impl Pins {
    /// Loads all pins that the store has.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store cannot be read.
    pub async fn load(store: Arc<dyn PinStore>) -> Result<Self, PinStoreError> {
        let table = PinTable::default();
        for (key, record) in store.load_all().await? {
            table.put(key, record);
        }
        Ok(Self { table, store })
    }

    /// The pins in memory.
    #[must_use]
    pub fn table(&self) -> &PinTable {
        &self.table
    }

    /// Carries a change out: the store first, the table after it, so that no reader sees what may yet be lost.
    ///
    /// Returns the record after the change, or `None` if there was nothing to change. Of two racing changes each is
    /// made from the other's result. Cancelled, the change is in the store or not; a table that missed it is corrected
    /// at the next change of that scope.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store did not keep it; then nothing has changed.
    pub async fn commit(
        &self,
        key: &ScopeKey,
        change: &Change,
        now: Timestamp,
    ) -> Result<Option<Record>, PinStoreError> {
        let mut record = self
            .table
            .record(key)
            .map(|record| (*record).clone())
            .unwrap_or_default();
        let mut last = None;
        for _ in 0..TRIES {
            let Some(next) = change.apply(&record, key.scope(), now) else {
                return Ok(None);
            };
            match self.store.save(key, record.version, &next).await {
                Ok(()) => {
                    self.table.put(key.clone(), next.clone());
                    return Ok(Some(next));
                }
                Err(conflict @ PinStoreError::Conflict(_)) => {
                    record = self.store.load(key).await?.unwrap_or_default();
                    self.table.put(key.clone(), record.clone());
                    last = Some(conflict);
                }
                Err(broken) => return Err(broken),
            }
        }
        Err(last.unwrap_or(PinStoreError::Conflict(record.version)))
    }
}
