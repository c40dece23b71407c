//! A pin store that notes what is kept, and whether a command was under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::pin::{Record, ScopeKey};
use crate::store::memory::MemoryPins;
use crate::store::{PinStore, PinStoreError};

use super::log::{By, PinKept, Pins};

/// Pins in memory, watched.
#[derive(Debug, Default)]
pub(super) struct WatchedPins {
    pins: MemoryPins,
    commanded: AtomicBool,
    kept: Mutex<Vec<PinKept>>,
}

impl WatchedPins {
    /// Says what makes the pins that are kept from now on.
    pub(super) fn now_by(&self, by: By) {
        self.commanded.store(by == By::Command, Ordering::SeqCst);
    }

    /// What was kept since this was asked last.
    pub(super) fn take(&self) -> Vec<PinKept> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl PinStore for WatchedPins {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.pins.load(key).await
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.pins.load_all().await
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        let before = self.pins.load(key).await?.unwrap_or_default();
        self.pins.save(key, from, record).await?;
        let is_new = |pin| !before.layers.pins().any(|old| old == pin);
        let more = record.layers.pins().any(is_new);
        let kept = PinKept {
            by: if self.commanded.load(Ordering::SeqCst) {
                By::Command
            } else {
                By::Other
            },
            pins: if more { Pins::More } else { Pins::Fewer },
        };
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(kept);
        Ok(())
    }
}
