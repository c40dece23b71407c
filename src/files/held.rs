//! What stands at the place of a lock, and whether whoever made it still means it.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::{Value, json};

/// A lock that was not renewed for so long is nobody's.
const STALE: Duration = Duration::from_secs(30);
/// The largest lock file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;
/// Who made the locks of this program: such a lock is only ever there while the kernel's lock is held too.
const BY: &str = "modelpin";

/// Who holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// This process id.
    Process(u32),
    /// An old program, which locks with a folder and does not say who it is.
    Folder,
    /// Somebody who does not say who it is.
    Unknown,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(pid) => write!(f, "process {pid}"),
            Self::Folder => f.write_str("another program, which made a folder of that name"),
            Self::Unknown => f.write_str("another program"),
        }
    }
}

/// What was found at the place of a lock.
pub(super) enum Found {
    /// Nothing any more.
    Nothing,
    /// A lock that is meant.
    Held(Holder),
    /// A lock that its maker left behind.
    Left,
}

/// The content of our own lock files, in the form that OpenClaw reads.
pub(super) fn record() -> Vec<u8> {
    let record = json!({
        "pid": std::process::id(),
        "createdAt": Timestamp::now().to_string(),
        "by": BY,
    });
    record.to_string().into_bytes()
}

/// Looks at what is there. The caller holds the kernel's lock, so that nobody else of this program holds the file.
pub(super) fn look(path: &Path) -> io::Result<Found> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(other) => return Err(other),
    };
    let renewed = about.modified()?;
    // A time to come is a clock that was set back: it is taken for now.
    let old = SystemTime::now().duration_since(renewed).unwrap_or_default() >= STALE;
    let left_if = |left: bool, holder| if left { Found::Left } else { Found::Held(holder) };
    if about.is_dir() {
        return Ok(left_if(old, Holder::Folder));
    }
    if about.len() > LONGEST {
        return Ok(left_if(old, Holder::Unknown));
    }
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(other) => return Err(other),
    };
    let record: Value = serde_json::from_slice(&text).unwrap_or_default();
    let pid = record["pid"]
        .as_u64()
        .and_then(|pid| u32::try_from(pid).ok())
        .filter(|pid| *pid > 0);
    let Some(pid) = pid else {
        return Ok(left_if(old, Holder::Unknown));
    };
    // Whoever renews a lock of this form writes its record anew. A record that does not say when is as old as its file.
    let long_ago = match created(&record["createdAt"]) {
        Some(at) => Timestamp::now().duration_since(at).as_millis() >= STALE.as_millis() as i128,
        None => old,
    };
    let ours = record["by"] == BY;
    let left = ours || is_gone(pid) || long_ago;
    Ok(left_if(left, Holder::Process(pid)))
}

/// Who holds the kernel's lock, as far as the lock file tells.
pub(super) fn holder(path: &Path) -> Holder {
    let record: Value = fs::read(path)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let pid = record["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
    pid.map_or(Holder::Unknown, Holder::Process)
}

/// RFC 3339, or milliseconds since the epoch.
fn created(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => Timestamp::from_millisecond(value.as_i64()?).ok(),
    }
}

#[cfg(unix)]
fn is_gone(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    // Only "no such process" says so: a process of another user is there, and may not be signalled.
    pid.is_none_or(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_gone(_: u32) -> bool {
    false
}
