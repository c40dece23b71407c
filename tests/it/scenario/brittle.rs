//! A pin store that can be told to fail.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use modelpin::pin::{Record, ScopeKey};
use modelpin::store::memory::MemoryPins;
use modelpin::store::{PinStore, PinStoreError};

/// Keeps pins in memory, or says that it cannot.
#[derive(Debug, Default)]
pub(super) struct Brittle {
    pins: MemoryPins,
    fails: AtomicBool,
}

impl Brittle {
    /// Whether it fails from now on.
    pub(super) fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    fn stands(&self) -> Result<(), PinStoreError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(PinStoreError::Unavailable("disk full".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl PinStore for Brittle {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.stands()?;
        self.pins.load(key).await
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.stands()?;
        self.pins.load_all().await
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        self.stands()?;
        self.pins.save(key, from, record).await
    }
}
