//! A store that cannot be read any more: set aside, never overwritten, and the last good copy put in its place.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::file::{AuthStore, StoreError};
use crate::files::{Lock, LockError, Previous, Reach, WriteError, backup_of, replace};

/// What was done for a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rescued {
    /// It reads well; nothing was done.
    NothingToDo,
    /// The file was set aside, and the last good copy stands in its place.
    Restored {
        /// Where the file is now.
        aside: PathBuf,
    },
    /// The file was set aside; there is no good copy, and no store any more.
    SetAside {
        /// Where the file is now.
        aside: PathBuf,
    },
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum RescueError {
    /// Somebody is writing the store.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The file cannot be read for another reason than its content, which rescuing would not mend.
    #[error(transparent)]
    Unreadable(StoreError),
    /// The file cannot be set aside.
    #[error("cannot set {} aside", path.display())]
    Rename {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The copy cannot be put in place; the file is set aside.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl AuthStore {
    /// Sets a broken file aside as `auth-profiles.json.corrupt-<time>` and puts the backup in its place, if that reads
    /// well. A file that reads well is left alone. `time` is for the name. Blocks its thread.
    ///
    /// # Errors
    /// [`RescueError`].
    pub fn rescue(path: &Path, time: &str) -> Result<Rescued, RescueError> {
        let _lock = Lock::take(path)?;
        match Self::read(path) {
            Ok(_) => return Ok(Rescued::NothingToDo),
            Err(StoreError::Broken { .. }) => {}
            Err(other) => return Err(RescueError::Unreadable(other)),
        }
        let backup = backup_of(path);
        let good = matches!(Self::read(&backup), Ok(Some(_)));
        let copy = if good { fs::read(&backup).ok() } else { None };
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".corrupt-{time}"));
        let aside = PathBuf::from(aside);
        fs::rename(path, &aside).map_err(|source| RescueError::Rename {
            path: path.to_owned(),
            source,
        })?;
        let Some(copy) = copy else {
            return Ok(Rescued::SetAside { aside });
        };
        replace(path, &copy, Previous::Dropped, Reach::Owner)?;
        Ok(Rescued::Restored { aside })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_file_is_set_aside_and_the_good_copy_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("auth-profiles.json");
        fs::write(&path, "{\"version\":1,\"prof").unwrap();
        fs::write(backup_of(&path), "{\"version\":1,\"profiles\":{}}").unwrap();
        let aside = dir.path().join("auth-profiles.json.corrupt-now");
        let rescued = AuthStore::rescue(&path, "now").unwrap();
        assert_eq!(rescued, Rescued::Restored { aside: aside.clone() });
        assert_eq!(fs::read(&aside).unwrap(), b"{\"version\":1,\"prof");
        assert_eq!(AuthStore::rescue(&path, "now").unwrap(), Rescued::NothingToDo);
        fs::write(&path, "[]").unwrap();
        fs::write(backup_of(&path), "torn").unwrap();
        assert!(matches!(
            AuthStore::rescue(&path, "later").unwrap(),
            Rescued::SetAside { .. }
        ));
        assert!(!path.exists());
    }
}
