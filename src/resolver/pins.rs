//! Pins in memory, and the store behind them.

use std::fmt;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::pin::{Change, PinTable, Record, ScopeKey};
use crate::store::{PinStore, PinStoreError};

use super::follow::{Followed, follow};

/// How often a change is made again from a newer record before it is given up.
const TRIES: usize = 32;

/// The pin table and the store that keeps it.
#[derive(Debug, Clone)]
pub struct Pins {
    table: Arc<PinTable>,
    store: Arc<dyn PinStore>,
    mark: u64,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It was kept; the record after it.
    Changed(Record),
    /// There was nothing to change.
    Nothing,
    /// The caller's own question about the record was answered with no.
    Forbidden,
}

/// A question about a record, asked again whenever another writer was faster.
pub type Permit = Box<dyn Fn(&Record) -> bool + Send + Sync>;

impl Pins {
    /// Loads all pins that the store has.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store cannot be read.
    pub async fn load(store: Arc<dyn PinStore>) -> Result<Self, PinStoreError> {
        let table = Arc::new(PinTable::default());
        let mark = store.fill(&table).await?;
        Ok(Self { table, store, mark })
    }

    /// Takes over what other processes change, a moment after they did, until the last copy of these pins is dropped.
    ///
    /// Must be called within a Tokio runtime that has a timer; without a runtime nothing is followed.
    pub fn follow(&self) {
        let (table, store) = (Arc::downgrade(&self.table), Arc::downgrade(&self.store));
        follow("pins", self.mark, move |mark| {
            let both = table.upgrade().zip(store.upgrade());
            async move {
                let Some((table, store)) = both else {
                    return Ok((mark, Followed::Over));
                };
                let told = store.news(mark).await?;
                for (key, record) in told.records {
                    table.put(key, record);
                }
                Ok::<_, PinStoreError>((told.mark, Followed::On))
            }
        });
    }

    /// The pins in memory.
    #[must_use]
    pub fn table(&self) -> &PinTable {
        &self.table
    }

    /// Carries a change out: the store first, the table after it, so that no reader sees what may yet be lost.
    ///
    /// `permit` looks at the record from which the change is made. Of two racing changes each is made from the other's
    /// result. The work runs in a task of its own: a caller that goes away leaves it whole, in the store and in the
    /// table. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`PinStoreError`] if the store did not keep it; then nothing has changed.
    pub async fn commit(
        &self,
        key: ScopeKey,
        change: Change,
        permit: Permit,
        now: Timestamp,
    ) -> Result<Committed, PinStoreError> {
        let pins = self.clone();
        let work = tokio::spawn(async move { pins.carry_out(&key, &change, &permit, now).await });
        work.await
            .unwrap_or_else(|ended| Err(PinStoreError::Unavailable(Box::new(ended))))
    }

    async fn carry_out(
        &self,
        key: &ScopeKey,
        change: &Change,
        permit: &Permit,
        now: Timestamp,
    ) -> Result<Committed, PinStoreError> {
        let mut record = self.record(key);
        for _ in 0..TRIES {
            if !permit(&record) {
                return Ok(Committed::Forbidden);
            }
            let Some(next) = change.apply(&record, key.scope(), now) else {
                return Ok(Committed::Nothing);
            };
            match self.store.save(key, record.version, &next).await {
                Ok(()) => {
                    self.table.put(key.clone(), next.clone());
                    return Ok(Committed::Changed(next));
                }
                Err(PinStoreError::Conflict(there)) => {
                    let tried = record.version;
                    record = self.store.load(key).await?.unwrap_or_default();
                    if there < tried {
                        // Versions only grow: the store is another one than before, and what it says holds.
                        self.table.replace(key.clone(), record.clone());
                    } else {
                        self.table.put(key.clone(), record.clone());
                    }
                }
                Err(broken) => return Err(broken),
            }
        }
        Err(PinStoreError::Conflict(record.version))
    }

    /// Makes a change in memory alone, because the store cannot be reached: better than to refuse a request.
    pub(super) fn change_in_memory(&self, key: &ScopeKey, change: &Change, now: Timestamp) {
        if let Some(next) = change.apply(&self.record(key), key.scope(), now) {
            self.table.put(key.clone(), next);
        }
    }

    fn record(&self, key: &ScopeKey) -> Record {
        self.table
            .record(key)
            .map(|record| (*record).clone())
            .unwrap_or_default()
    }
}

/// A permit that asks nothing.
#[must_use]
pub fn freely() -> Permit {
    Box::new(|_| true)
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed(_) => "changed",
            Self::Nothing => "nothing to change",
            Self::Forbidden => "forbidden",
        })
    }
}
