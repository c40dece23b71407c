//! A lock that every neighbour knows.
//!
//! Three kinds of writers may want one file. Threads and processes of this program exclude each other by a lock of the
//! kernel, which ends with its process, on a file of its own (`.<file>.guard`). Whoever has that makes
//! `<file>.lock`, exclusively, for OpenClaw, which makes the same file. Its older versions made a *folder* of that name.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::held::{Found, Holder, holder, look, record};
use super::replace::{WriteError, make_folder};

/// How long a lock is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is tried.
const STEP: Duration = Duration::from_millis(5);

/// The right to replace a file; it ends when this is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    record: Vec<u8>,
    /// The kernel's lock goes after the file: fields are dropped in order, and `Drop` goes before them.
    _guard: File,
}

/// A lock that could not be had. Nothing was written.
#[derive(Debug, Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error(
        "{} is held by {holder}, and was not free within {} s; nothing was changed",
        path.display(),
        waited.as_secs()
    )]
    Held {
        /// The lock.
        path: PathBuf,
        /// Who has it.
        holder: Holder,
        /// How long it was waited for.
        waited: Duration,
    },
    /// It cannot be made at all.
    #[error("cannot make the lock {}; nothing was changed", path.display())]
    Impossible {
        /// The lock.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Its folder cannot be made.
    #[error(transparent)]
    Folder(#[from] WriteError),
}

impl Lock {
    /// Waits until the file may be replaced, at most [`PATIENCE`]. Blocks its thread.
    ///
    /// A lock that a dead process left, or that was not renewed for 30 s, is taken over.
    ///
    /// # Errors
    /// [`LockError::Held`] names who holds it.
    pub fn take(file: &Path) -> Result<Self, LockError> {
        Self::take_within(file, PATIENCE)
    }

    /// The same, with another patience.
    ///
    /// # Errors
    /// As [`Lock::take`].
    pub fn take_within(file: &Path, patience: Duration) -> Result<Self, LockError> {
        if let Some(folder) = file.parent() {
            make_folder(folder)?;
        }
        let start = Instant::now();
        let path = beside(file, "", ".lock");
        let impossible = |source| LockError::Impossible {
            path: path.clone(),
            source,
        };
        let wait = |holder| {
            if start.elapsed() >= patience {
                return Err(LockError::Held {
                    path: path.clone(),
                    holder,
                    waited: patience,
                });
            }
            thread::sleep(STEP);
            Ok(())
        };
        let guard = open_guard(&beside(file, ".", ".guard")).map_err(impossible)?;
        let guard = queue(guard, patience).map_err(impossible)?;
        let guard = guard.ok_or_else(|| LockError::Held {
            path: path.clone(),
            holder: holder(&path),
            waited: patience,
        })?;
        let record = record();
        loop {
            if make(&path, &record).map_err(impossible)? {
                return Ok(Self {
                    path,
                    record,
                    _guard: guard,
                });
            }
            match look(&path).map_err(impossible)? {
                Found::Nothing => {}
                Found::Left => take_away(&path).map_err(impossible)?,
                Found::Held(holder) => wait(holder)?,
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Somebody who took ours for dead may have made another one in its place: that one stays.
        if fs::read(&self.path).is_ok_and(|there| there == self.record) {
            let _gone = fs::remove_file(&self.path);
        }
    }
}

/// Waits for the kernel's lock in its queue, so that among many waiters nobody is forgotten; `None` if it takes too long.
///
/// The queue has no time limit of its own: a thread waits in it. If nobody takes the lock from that thread any more, it
/// ends together with the thread.
fn queue(guard: File, patience: Duration) -> io::Result<Option<File>> {
    match guard.try_lock() {
        Ok(()) => return Ok(Some(guard)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(source)) => return Err(source),
    }
    let (hand_over, wait) = mpsc::sync_channel(0);
    thread::spawn(move || {
        let locked = guard.lock().map(|()| guard);
        drop(hand_over.send(locked));
    });
    match wait.recv_timeout(patience) {
        Ok(locked) => locked.map(Some),
        Err(_) => Ok(None),
    }
}

pub(super) fn beside(file: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(before);
    name.push(file.file_name().unwrap_or_default());
    name.push(after);
    file.with_file_name(name)
}

fn private() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn open_guard(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}

/// Makes the lock file with its content at once, so that nobody ever sees an empty one; `false` if there is one.
fn make(path: &Path, record: &[u8]) -> io::Result<bool> {
    let draft = path.with_extension(format!("lock.{}", std::process::id()));
    let mut file = private().create(true).truncate(true).open(&draft)?;
    let linked = file.write_all(record).and_then(|()| fs::hard_link(&draft, path));
    let _gone = fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(true),
        Err(there) if there.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(other) => Err(other),
    }
}

/// Takes a lock away that was left behind. It goes by a rename, so that a lock that somebody makes meanwhile stays.
fn take_away(path: &Path) -> io::Result<()> {
    let aside = path.with_extension(format!("lock.left-{}", std::process::id()));
    tracing::info!(path = %path.display(), "a lock that was left behind is taken over");
    match fs::rename(path, &aside) {
        Ok(()) if aside.is_dir() => fs::remove_dir_all(&aside),
        Ok(()) => fs::remove_file(&aside),
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    fn place() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("auth-profiles.json");
        let lock = dir.path().join("auth-profiles.json.lock");
        (dir, file, lock)
    }

    #[test]
    fn one_holder_at_a_time_and_nothing_is_left_but_the_guard() {
        let (dir, file, lock) = place();
        let held = Lock::take(&file).unwrap();
        let told = Lock::take_within(&file, AT_ONCE).unwrap_err().to_string();
        assert!(
            told.contains(&format!("process {}", std::process::id())),
            "{told}"
        );
        drop(held);
        assert!(!lock.exists());
        drop(Lock::take_within(&file, AT_ONCE).unwrap());
        let left: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
            .collect();
        assert_eq!(left, [".auth-profiles.json.guard"]);
    }

    #[test]
    fn a_living_neighbour_is_waited_for_and_named() {
        let (_dir, file, lock) = place();
        let record = json!({ "pid": 1, "createdAt": Timestamp::now().to_string() });
        fs::write(&lock, record.to_string()).unwrap();
        let told = Lock::take_within(&file, AT_ONCE).unwrap_err().to_string();
        assert!(told.contains("is held by process 1"), "{told}");
        fs::remove_file(&lock).unwrap();
        fs::create_dir(&lock).unwrap();
        let told = Lock::take_within(&file, AT_ONCE).unwrap_err().to_string();
        assert!(told.contains("folder"), "{told}");
        assert!(lock.is_dir());
    }

    #[test]
    fn what_the_dead_left_is_taken_over() {
        let (_dir, file, lock) = place();
        let gone = std::process::Command::new("true").spawn().unwrap();
        let pid = gone.id();
        gone.wait_with_output().unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(40);
        let age = |path: &Path| File::open(path).unwrap().set_modified(long_ago).unwrap();
        let now = Timestamp::now().as_millisecond();
        fs::write(&lock, json!({ "pid": pid, "createdAt": now }).to_string()).unwrap();
        drop(Lock::take_within(&file, AT_ONCE).unwrap());
        // A process of that id lives, but it has not renewed its lock.
        let record = |age: i64| json!({ "pid": 1, "createdAt": now - age }).to_string();
        fs::write(&lock, record(29_000)).unwrap();
        assert!(Lock::take_within(&file, AT_ONCE).is_err());
        fs::write(&lock, record(40_000)).unwrap();
        drop(Lock::take_within(&file, AT_ONCE).unwrap());
        for torn in ["", "{", "[]"] {
            fs::write(&lock, torn).unwrap();
            assert!(Lock::take_within(&file, AT_ONCE).is_err());
            age(&lock);
            drop(Lock::take_within(&file, AT_ONCE).unwrap());
        }
        fs::create_dir(&lock).unwrap();
        age(&lock);
        drop(Lock::take_within(&file, AT_ONCE).unwrap());
        assert!(!lock.exists());
    }

    use jiff::Timestamp;
}
