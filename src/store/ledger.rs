//! Keeping what is known of failures.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;
use tokio::sync::Notify;

use super::Extent;
use crate::clock::Timestamp;
use crate::cooldown::{Alone, Cell, CellKey, Changed, Standing, is_transient};

/// Keeps the cells of a [`CooldownLedger`](crate::cooldown::CooldownLedger).
///
/// Callers hold the truth in a ledger in front of it. Cells are joined, so the order in which processes write does not
/// matter, nor whether one writes twice; a trial is claimed here, so that of many processes one gets it.
#[async_trait]
pub trait LedgerStore: fmt::Debug + Send + Sync {
    /// Every cell, in no order.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the store cannot be asked.
    async fn load_all(&self) -> Result<Changed, LedgerUnavailable>;

    /// Joins each cell with the one that is kept, all in one step, and returns what is kept now, in the same order.
    ///
    /// It returns when the cells are as safe as this store makes them. Cancelling the call leaves all of them joined or
    /// none. Of a store that is full the cells that were changed longest ago are dropped.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the cells were not kept.
    async fn merge(&self, cells: Changed) -> Result<Changed, LedgerUnavailable>;

    /// Takes a trial for one request, if no other process was faster.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the store cannot be asked; nobody knows then who else tries.
    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerUnavailable>;

    /// What was changed after `since`, which is the mark of the last answer; 0 before the first one. A caller's own
    /// changes may be among it.
    ///
    /// A store that no other process can reach has no news. The call is cheap where nothing was changed.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the store cannot be asked.
    async fn news(&self, since: u64) -> Result<LedgerNews, LedgerUnavailable> {
        Ok(LedgerNews {
            mark: since,
            ..LedgerNews::default()
        })
    }

    /// Drops the cells that count for nothing any more; failures count for as long as `window`. Returns how many.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the store cannot be asked.
    async fn sweep(&self, now: Timestamp, window: Duration) -> Result<usize, LedgerUnavailable>;

    /// What rings when there may be [`news`](Self::news), so that nobody has to look for them again and again; rings that
    /// nobody waited for are one. A store that does not know when another process changes it has none.
    fn bell(&self) -> Option<Arc<Notify>> {
        None
    }
}

/// What changed in a store.
#[derive(Debug, Clone, Default)]
pub struct LedgerNews {
    /// The cells as they are now.
    pub cells: Changed,
    /// Whether these are all the cells that the store has.
    pub extent: Extent,
    /// Where the next question goes on.
    pub mark: u64,
}

/// The ledger's store cannot be asked, or did not keep what it was given.
#[derive(Debug, Error)]
#[error("the store of failures and rests is not available")]
pub struct LedgerUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Which trial is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// The one that is due after a rest, or that a person asked for.
    Due,
    /// One before the end of a rest, because nobody else can serve.
    Early,
}

/// A request that wants a trial.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The cells as the ledger of this process has them with the trial noted: what
    /// [`CooldownLedger::claim`](crate::cooldown::CooldownLedger::claim) or `claim_early` returned.
    pub cells: Changed,
    /// Which trial.
    pub trial: Trial,
    /// Whether anybody else could serve.
    pub alone: Alone,
    /// When the request begins.
    pub now: Timestamp,
    /// How long failures count.
    pub window: Duration,
}

/// Who got the trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// This request; the cells as they are kept now.
    Yes(Changed),
    /// Another one, or a failure came in between; the cells as they are kept, from which the caller learns of it.
    No(Changed),
}

impl Claim {
    /// Decides, given what is kept of each cell, in the order of [`cells`](Self::cells). A store does this and writes
    /// the cells of a yes in one step. A no changes nothing.
    #[must_use]
    pub fn decide(&self, kept: &[Option<Cell>]) -> Claimed {
        let kept = kept.iter().copied().chain(std::iter::repeat(None));
        let mut taken = false;
        let mut after = Changed::new();
        let mut before = Changed::new();
        for ((key, cell), kept) in self.cells.iter().zip(kept) {
            let known = self.without_trial(*cell).join(kept.unwrap_or_default());
            let is_free = match self.trial {
                Trial::Due => self.is_due(key, known),
                Trial::Early if known.until.is_ahead(self.now) => known.may_be_tried_early(self.now),
                Trial::Early => true,
            };
            taken |= !is_free;
            after.push((key.clone(), known.join(*cell)));
            before.extend(kept.map(|kept| (key.clone(), kept)));
        }
        if taken {
            Claimed::No(before)
        } else {
            Claimed::Yes(after)
        }
    }

    /// The caller has noted its own trial; whether there is another one is told by what is kept.
    fn without_trial(&self, cell: Cell) -> Cell {
        match self.trial {
            Trial::Due => Cell { trial: None, ..cell },
            Trial::Early => Cell { early: None, ..cell },
        }
    }

    /// Where a success has cleared the cell in between, there is nothing to take, and the request may go.
    fn is_due(&self, key: &CellKey, cell: Cell) -> bool {
        let alone = if is_transient(key.class) {
            self.alone
        } else {
            Alone::No
        };
        let standing = cell.standing(self.now, self.window, alone);
        matches!(standing, Standing::Due | Standing::Clear)
    }
}
