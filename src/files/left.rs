//! What killed writers leave behind.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::held::{Found, Holder, look};
use super::lock::beside;

/// A temporary file of so long ago is nobody's.
const OLD: Duration = Duration::from_secs(60);

/// What stands at the place of a file's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// Nothing.
    Free,
    /// A lock that somebody means.
    Held(Holder),
    /// A lock that was left behind; the next writer takes it over.
    Left,
}

/// Looks at the lock of a file, and changes nothing.
///
/// # Errors
/// If it cannot be looked at.
pub fn lock_state(file: &Path) -> io::Result<LockState> {
    let path = beside(file, "", ".lock");
    let found = look(&path)?;
    // Locks of this program are only meant while the kernel's lock is held.
    let in_use = File::open(beside(file, ".", ".guard")).is_ok_and(|guard| guard.try_lock().is_err());
    Ok(match found {
        Found::Nothing => LockState::Free,
        Found::Left if in_use => LockState::Held(super::held::holder(&path)),
        Found::Left => LockState::Left,
        Found::Held(holder) => LockState::Held(holder),
    })
}

/// The temporary files beside a file that a killed writer left, older than a minute.
#[must_use]
pub fn left_over(file: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(OsStr::to_str)) else {
        return Vec::new();
    };
    let is_ours = |entry: &fs::DirEntry| {
        let entry_name = entry.file_name();
        let name = entry_name
            .to_str()
            .and_then(|is| is.strip_prefix('.')?.strip_prefix(name)?.strip_prefix('.'));
        let random = |name: &str| name.len() == 6 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let age = entry
            .metadata()
            .and_then(|about| about.modified())
            .map(|at| SystemTime::now().duration_since(at));
        name.is_some_and(random) && matches!(age, Ok(Ok(age)) if age >= OLD)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.filter(is_ours).map(|entry| entry.path()).collect();
    found.sort();
    found
}
