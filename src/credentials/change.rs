//! Writing `auth-profiles.json`: under its lock, from what is there at that moment, whole or not at all.

use std::path::Path;

use thiserror::Error;

use super::draft::StoreDraft;
use super::file::{AuthStore, StoreError};
use crate::files::{Lock, LockError, Previous, Reach, WriteError, replace};

/// Why a store was not changed. The file is as it was.
#[derive(Debug, Error)]
pub enum ChangeError<E: std::error::Error + 'static> {
    /// Somebody else is writing it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It is there and is no store, or cannot be read: it is never replaced.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The change itself was refused.
    #[error(transparent)]
    Refused(E),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl AuthStore {
    /// Changes the file: takes its lock, reads it, lets `change` edit a draft, and puts the result in its place.
    ///
    /// Returns when the change is on disk. The previous content is kept as `auth-profiles.json.bak`. If the draft was
    /// not changed, nothing is written. Blocks its thread, for the lock at most [`PATIENCE`](crate::files::PATIENCE).
    ///
    /// # Errors
    /// [`ChangeError`]; then nothing was written.
    pub fn change<T, E: std::error::Error + 'static>(
        path: &Path,
        change: impl FnOnce(&mut StoreDraft) -> Result<T, E>,
    ) -> Result<T, ChangeError<E>> {
        let lock = Lock::take(path)?;
        Self::change_under(&lock, path, change)
    }

    /// The same under a lock that was taken before.
    ///
    /// # Errors
    /// [`ChangeError`]; then nothing was written.
    pub fn change_under<T, E: std::error::Error + 'static>(
        _lock: &Lock,
        path: &Path,
        change: impl FnOnce(&mut StoreDraft) -> Result<T, E>,
    ) -> Result<T, ChangeError<E>> {
        let store = Self::read(path)?;
        let mut draft = StoreDraft::of(store.as_ref());
        let answer = change(&mut draft).map_err(ChangeError::Refused)?;
        if draft.is_changed() {
            let text = draft.text();
            // What cannot be read again would be lost to everybody: better to stop here.
            Self::parse(&text, path)?;
            replace(path, text.as_bytes(), Previous::Kept, Reach::Owner)?;
        }
        Ok(answer)
    }
}
