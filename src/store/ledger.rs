//! Keeping what is known of failures.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::clock::Timestamp;
use crate::cooldown::{Alone, Cell, CellKey, Changed, Standing};

/// Keeps the cells of the ledger of failures.
///
/// Cells are joined with what is there, in any order, any number of times; so nobody waits for them to be kept, and
/// nothing is lost when two processes learn something at once.
#[async_trait]
pub trait LedgerStore: fmt::Debug + Send + Sync {
    /// Hands cells over to be kept. Returns at once; they are kept soon, and before the store is dropped.
    ///
    /// What cannot be kept is told in the log: requests go on with what is in memory.
    fn keep(&self, cells: Changed);

    /// Waits until everything that was handed over before is kept, or was given up.
    async fn settled(&self);

    /// Takes the one trial that is due of these cells, whose `trial` is the moment at which the request begins. Of many
    /// processes that ask, one is told [`Claimed::Yes`].
    ///
    /// `window` is how long failures are counted.
    ///
    /// # Errors
    /// [`LedgerStoreError`] if the store cannot be asked.
    async fn claim(
        &self,
        cells: Changed,
        now: Timestamp,
        window: Duration,
    ) -> Result<Claimed, LedgerStoreError>;

    /// The cells that were changed after `since`, which is the mark of the last answer; all of them for 0.
    ///
    /// # Errors
    /// [`LedgerStoreError`] if the store cannot be asked.
    async fn cells_since(&self, since: u64) -> Result<CellNews, LedgerStoreError>;
}

/// Whether a trial was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It was.
    Yes,
    /// Somebody else was faster, or knows more; the cells as they are.
    No(Changed),
}

/// What changed in a ledger.
#[derive(Debug, Clone, Default)]
pub struct CellNews {
    /// The cells as they are now.
    pub cells: Changed,
    /// Where the next question goes on.
    pub mark: u64,
}

/// The ledger cannot be asked.
#[derive(Debug, Error)]
#[error("the ledger is not available")]
pub struct LedgerStoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Whether a trial can be taken, given what is kept: what every backend asks within its own transaction.
#[must_use]
pub fn claimed(
    cells: &Changed,
    there: impl Fn(&CellKey) -> Option<Cell>,
    now: Timestamp,
    window: Duration,
) -> Claimed {
    let known = |(key, cell): &(CellKey, Cell)| {
        let before = Cell { trial: None, ..*cell };
        (key.clone(), there(key).unwrap_or_default().join(before))
    };
    let known: Changed = cells.iter().map(known).collect();
    let is_due = |(_, cell): &(CellKey, Cell)| cell.standing(now, window, Alone::No) == Standing::Due;
    if known.iter().all(is_due) {
        Claimed::Yes
    } else {
        Claimed::No(known)
    }
}
