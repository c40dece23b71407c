//! Changes that nobody answered: they may have been made.
//!
//! Whoever asked for one was told that it was refused. So it is taken back as soon as the server can be asked, unless
//! somebody has built upon it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::pin::{Record, ScopeKey};

/// The most that are remembered. More cannot be in doubt than were under way when an answer was lost.
const MOST: usize = 4_096;

/// A change that may have been made.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) change: String,
    pub(super) key: ScopeKey,
    /// The record as it is to be again, in a version that is newer than the change.
    pub(super) before: Record,
}

/// The changes of this process that may have been made.
#[derive(Debug, Default)]
pub(super) struct Doubts(Mutex<Vec<Doubt>>);

impl Doubts {
    pub(super) fn add(&self, doubt: Doubt) {
        let mut doubts = self.doubts();
        if doubts.len() >= MOST {
            let oldest = doubts.remove(0);
            tracing::warn!(scope = ?oldest.key, "a change of a pin that nobody answered may have been made");
        }
        doubts.push(doubt);
    }

    /// The oldest one, of `key` or of any.
    pub(super) fn next(&self, key: Option<&ScopeKey>) -> Option<Doubt> {
        let doubts = self.doubts();
        let of_key = |doubt: &&Doubt| key.is_none_or(|key| doubt.key == *key);
        doubts.iter().find(of_key).cloned()
    }

    pub(super) fn count(&self) -> usize {
        self.doubts().len()
    }

    pub(super) fn settled(&self, change: &str) {
        self.doubts().retain(|doubt| doubt.change != change);
    }

    fn doubts(&self) -> MutexGuard<'_, Vec<Doubt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
