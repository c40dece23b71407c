//! Keeping pins.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;
use tokio::sync::Notify;

use crate::pin::{PinTable, Record, ScopeKey, Version};

/// Keeps the pin records of all scopes.
///
/// Callers hold the truth in a [`PinTable`](crate::pin::PinTable) in front of it; a store is asked when the process
/// starts, and at every change.
#[async_trait]
pub trait PinStore: fmt::Debug + Send + Sync {
    /// The record of one scope, or `None` if it has none.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] if the store cannot be asked.
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError>;

    /// Every record, in no order.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] if the store cannot be asked.
    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError>;

    /// Puts every record into `table` as it is read, and returns the mark from which [`news`](Self::news) goes on: where
    /// there are millions, no second copy of them is made. Where it fails, what `table` has is not all.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] if the store cannot be asked.
    async fn fill(&self, table: &Arc<PinTable>) -> Result<u64, PinStoreError> {
        let first = self.news(0).await?;
        // A store without news has no mark either.
        let all = match first.mark {
            0 => self.load_all().await?,
            _ => first.records,
        };
        for (key, record) in all {
            table.put(key, record);
        }
        Ok(first.mark)
    }

    /// Keeps `record`, which was made from `from` (the default one where there was none), and returns when it is as safe
    /// as this store makes it. The version says whether `from` is what is there; the rest of it is what a store may put
    /// back if it cannot tell whether the change was made.
    ///
    /// Cancelling the call leaves the old record or the new one, never anything between.
    ///
    /// # Errors
    /// [`PinStoreError::Conflict`] if another writer was faster: the caller loads, changes, and tries again.
    /// [`PinStoreError::Unavailable`] if the record was not kept.
    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError>;

    /// What other processes changed after `since`, which is the mark of the last answer; 0 before the first one.
    ///
    /// A store that no other process can reach has no news. The call is cheap where nothing was changed.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] if the store cannot be asked.
    async fn news(&self, since: u64) -> Result<News, PinStoreError> {
        Ok(News {
            mark: since,
            ..News::default()
        })
    }

    /// What it means that the store has an older version of a record than this process has.
    fn when_older(&self) -> WhenOlder {
        WhenOlder::Holds
    }

    /// The least version of a record that is changed now. One more than before is enough, unless the store may lose what it
    /// has: then versions go by the time, so that what is made after a loss is newer than all that was lost, whoever made
    /// it and whatever they knew.
    fn least_version(&self) -> Version {
        Version::default()
    }

    /// Gives the store again what it has lost: each record is kept unless one as new is there. Asked twice, or by several,
    /// it is as asked once.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] if it takes no changes; some may have been kept then.
    async fn bring_back(&self, lost: &[(ScopeKey, Record)]) -> Result<(), PinStoreError> {
        for (key, known) in lost {
            loop {
                let there = self.load(key).await?.unwrap_or_default();
                if there.version >= known.version {
                    break;
                }
                match self.save(key, &there, known).await {
                    Ok(()) => break,
                    // Somebody was faster, perhaps with an older one.
                    Err(PinStoreError::Conflict(_)) => {}
                    Err(broken) => return Err(broken),
                }
            }
        }
        Ok(())
    }

    /// What rings when there may be [`news`](Self::news), so that nobody has to look for them again and again; rings that
    /// nobody waited for are one. A store that does not know when another process changes it has none.
    fn bell(&self) -> Option<Arc<Notify>> {
        None
    }
}

/// What changed in a store.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The records as they are now.
    pub records: Vec<(ScopeKey, Record)>,
    /// Whether these are all the records that the store has.
    pub extent: Extent,
    /// Where the next question goes on.
    pub mark: u64,
}

/// What it means that a store has an older version of a record than it had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenOlder {
    /// Somebody has put another store in its place, and what that one says holds.
    Holds,
    /// The store has lost the newer one, and is given it again by those who know it.
    WasLost,
}

/// How much of a store an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// What was changed; all else is as it was.
    #[default]
    Changes,
    /// Everything there is: what is not told is not there, because it was lost or is over.
    Everything,
}

/// Why a pin store did not do what it was asked.
#[derive(Debug, Error)]
pub enum PinStoreError {
    /// Another writer changed the record first; its version now.
    #[error("another writer changed the record first: it is at version {}", .0.0)]
    Conflict(Version),
    /// The store cannot be asked, or did not keep the record.
    #[error("the pin store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
