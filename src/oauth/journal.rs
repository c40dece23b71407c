//! What was under way when a process died: one note a profile, on disk before a refresh token leaves.
//!
//! The notes of `auth-profiles.json` are files beside it, `auth-profiles.json.refresh-<12 letters>` (mode 0600), one for each
//! profile, so that two renewals never write the same file. Whoever writes one holds its lock, which is a lock of the
//! renewal and not of the store: others may write the store while a token endpoint takes its time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::generation::{Generation, file_name_of};
use super::machine::Note;
use super::seen::Seen;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::config::Reuse;
use crate::credentials::AuthStore;
use crate::files::{
    Holder, Lock, LockError, LockState, Previous, Reach, WriteError, left_over, lock_state, replace,
};
use crate::profile::ProfileId;

/// The largest note that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// How the renewal of a sign-in stands, as far as the disk tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is in the way of the next renewal.
    Quiet,
    /// A process is at it.
    UnderWay(Holder),
    /// Its refresh token was sent, and what came of it is not known: sign in again.
    Unclear,
    /// The provider does not accept its refresh token any more: sign in again.
    Refused,
}

/// A note that cannot be read or written.
#[derive(Debug, Error)]
pub enum JournalError {
    /// It cannot be read.
    #[error("cannot read the journal {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It is there, and is no note. What it said may have been that a token must not be sent again.
    #[error("{} is no journal of a renewal; sign in again, then remove the file", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A renewal is under way.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// How the renewal of a profile stands. Reads the store and the journal, waits for nobody, changes nothing.
///
/// A note about tokens that the store does not hold any more says nothing. Blocks its thread.
///
/// # Errors
/// [`JournalError`] if the note cannot be read. A store that cannot be read is for whoever reads it to tell: it counts as
/// [`Standing::Quiet`] here.
pub fn state(store: &Path, profile: &ProfileId, reuse: Reuse) -> Result<Standing, JournalError> {
    let journal = Journal::of(store, profile);
    let note = journal.read()?;
    if let Ok(LockState::Held(holder)) = lock_state(&journal.path) {
        return Ok(Standing::UnderWay(holder));
    }
    let stored = AuthStore::read(store).ok().flatten();
    let seen = stored.as_ref().map(|store| Seen::of(store, profile));
    let Some(Ok(Seen { generation: now, .. })) = seen else {
        return Ok(Standing::Quiet);
    };
    Ok(match note {
        Some(Note::Posted(of) | Note::Ambiguous(of)) if of == now && reuse == Reuse::Unsafe => {
            Standing::Unclear
        }
        Some(Note::Refused(of)) if of == now => Standing::Refused,
        _ => Standing::Quiet,
    })
}

/// The right to give a profile another id; it ends when this is dropped.
#[derive(Debug)]
pub struct Renaming {
    _lock: Lock,
}

/// Brings the note of a profile under its new name, and keeps renewals of the old one out until the store has the new name
/// too. Whoever renames a profile begins with this: a refresh token that may be used up is then known as such under either
/// name. Blocks its thread, at most [`PATIENCE`](crate::files::PATIENCE) for a renewal that is under way.
///
/// # Errors
/// [`JournalError`]; then the note is where it was.
pub fn rename(store: &Path, old: &ProfileId, new: &ProfileId) -> Result<Renaming, JournalError> {
    let from = Journal::of(store, old);
    let lock = from.lock(crate::files::PATIENCE)?;
    if let Some(note) = from.read()? {
        // The old one stays: if the profile keeps its name after all, it is still needed, and otherwise it does no harm.
        Journal::of(store, new).write(note, SystemClock.now())?;
    }
    Ok(Renaming { _lock: lock })
}

/// The note of one profile.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    path: PathBuf,
    profile: ProfileId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    version: u32,
    profile: String,
    state: Word,
    generation: String,
    pid: u32,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
    Claimed,
    Posted,
    Refused,
    Ambiguous,
}

impl Journal {
    pub(super) fn of(store: &Path, profile: &ProfileId) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".refresh-");
        name.push(file_name_of(profile.as_str()));
        Self {
            path: store.with_file_name(name),
            profile: profile.clone(),
        }
    }

    /// The right to renew this profile, against every thread and process of this program. Blocks its thread.
    pub(super) fn lock(&self, patience: std::time::Duration) -> Result<Lock, LockError> {
        let lock = Lock::take_within(&self.path, patience)?;
        for killed in left_over(&self.path) {
            let _gone = fs::remove_file(killed);
        }
        Ok(lock)
    }

    pub(super) fn read(&self) -> Result<Option<Note<Generation>>, JournalError> {
        use io::Read;
        let unreadable = |source| JournalError::Unreadable {
            path: self.path.clone(),
            source,
        };
        let broken = || JournalError::Broken {
            path: self.path.clone(),
        };
        let file = match fs::File::open(&self.path) {
            Ok(file) => file,
            Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text).map_err(unreadable)?;
        let written: Written = serde_json::from_slice(&text).map_err(|_| broken())?;
        let generation = Generation::from_hex(&written.generation)
            .filter(|_| written.version == 1 && written.profile == self.profile.as_str())
            .ok_or_else(broken)?;
        Ok(Some(match written.state {
            Word::Claimed => Note::Claimed(generation),
            Word::Posted => Note::Posted(generation),
            Word::Refused => Note::Refused(generation),
            Word::Ambiguous => Note::Ambiguous(generation),
        }))
    }

    /// Returns when the note is on disk.
    pub(super) fn write(&self, note: Note<Generation>, at: Timestamp) -> Result<(), JournalError> {
        let state = match note {
            Note::Claimed(_) => Word::Claimed,
            Note::Posted(_) => Word::Posted,
            Note::Refused(_) => Word::Refused,
            Note::Ambiguous(_) => Word::Ambiguous,
        };
        let written = Written {
            version: 1,
            profile: self.profile.as_str().to_owned(),
            state,
            generation: note.generation().to_hex(),
            pid: std::process::id(),
            at,
        };
        let text = serde_json::to_vec(&written).unwrap_or_default();
        Ok(replace(&self.path, &text, Previous::Dropped, Reach::Owner)?)
    }

    /// A note that stays, because it cannot be removed, is about tokens that are gone.
    pub(super) fn forget(&self) {
        match fs::remove_file(&self.path) {
            Err(wrong) if wrong.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.path.display(), %wrong, "the journal of a renewal cannot be removed");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const NOW: Timestamp = Timestamp::from_millis(1);

    fn place() -> (tempfile::TempDir, PathBuf, ProfileId, Generation) {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("auth-profiles.json");
        let text = r#"{"profiles":{"a:x":{"type":"oauth","provider":"a","access":"CANARY-access","refresh":"CANARY-refresh"}}}"#;
        fs::write(&store, text).unwrap();
        let generation = Generation::of(&Secret::new("CANARY-refresh".into()));
        (dir, store, ProfileId::new("a:x"), generation)
    }

    #[test]
    fn a_note_counts_for_its_token_alone_and_holds_none() {
        let (_dir, store, id, generation) = place();
        let journal = Journal::of(&store, &id);
        let other = Generation::of(&Secret::new("another".into()));
        for (note, standing) in [
            (Note::Claimed(generation), Standing::Quiet),
            (Note::Posted(generation), Standing::Unclear),
            (Note::Ambiguous(generation), Standing::Unclear),
            (Note::Refused(generation), Standing::Refused),
            (Note::Ambiguous(other), Standing::Quiet),
        ] {
            journal.write(note, NOW).unwrap();
            assert_eq!(journal.read().unwrap(), Some(note));
            assert_eq!(state(&store, &id, Reuse::Unsafe).unwrap(), standing);
            assert!(!fs::read_to_string(&journal.path).unwrap().contains("CANARY"));
        }
        journal.write(Note::Ambiguous(generation), NOW).unwrap();
        assert_eq!(state(&store, &id, Reuse::Safe).unwrap(), Standing::Quiet);
        let _held = journal.lock(std::time::Duration::ZERO).unwrap();
        let standing = state(&store, &id, Reuse::Unsafe).unwrap();
        assert_eq!(standing, Standing::UnderWay(Holder::Process(std::process::id())));
    }

    #[test]
    fn a_note_goes_with_its_profile_and_never_for_another() {
        let (_dir, store, id, generation) = place();
        Journal::of(&store, &id)
            .write(Note::Posted(generation), NOW)
            .unwrap();
        let new = ProfileId::new("a:y");
        drop(rename(&store, &id, &new).unwrap());
        assert_eq!(
            Journal::of(&store, &new).read().unwrap(),
            Some(Note::Posted(generation))
        );
        drop(rename(&store, &ProfileId::new("a:none"), &new).unwrap());
        fs::copy(&Journal::of(&store, &id).path, &Journal::of(&store, &new).path).unwrap();
        assert!(matches!(
            Journal::of(&store, &new).read(),
            Err(JournalError::Broken { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_note_is_for_its_owner_and_a_torn_one_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, store, id, generation) = place();
        let journal = Journal::of(&store, &id);
        journal.write(Note::Claimed(generation), NOW).unwrap();
        let mode = fs::metadata(&journal.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&journal.path, "{").unwrap();
        let told = state(&store, &id, Reuse::Unsafe).unwrap_err().to_string();
        assert!(told.contains("sign in again, then remove the file"), "{told}");
    }
}
