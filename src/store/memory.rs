//! Pins that live as long as the process.

use async_trait::async_trait;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

use super::{PinStore, PinStoreError};
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
