//! Opening the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::forms::{NEWEST, bring_up_to_date, form};
use crate::store::stored::Unreadable;

/// How long a writer of another process is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The time between two tries to make it.
const PAUSE: Duration = Duration::from_millis(5);

/// What the log is named behind the file's name (<https://sqlite.org/wal.html>).
const LOG: &str = "-wal";

/// What goes wrong with the file.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    #[error("it is a database of another program")]
    Foreign,
    #[error("it goes on changing while it is read")]
    Restless,
    #[error("it was written by a newer modelpin (form {0}; this one knows up to {known})", known = NEWEST)]
    Newer(usize),
    #[error(transparent)]
    Record(#[from] Unreadable),
    #[error("what it tells of a failure cannot be read: {0}")]
    Cell(&'static str),
    #[error("it is damaged: {0}")]
    Broken(String),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A trouble, and the file that it is with.
#[derive(Debug, Error)]
#[error("{}: {trouble}; nothing in it was changed; {}", path.display(), trouble.remedy())]
pub(super) struct TroubleAt {
    path: PathBuf,
    trouble: Trouble,
}

impl Trouble {
    /// Whether all but one row can be read.
    pub(super) fn is_of_one_row(&self) -> bool {
        use rusqlite::Error as Wrong;
        match self {
            Self::Record(_) | Self::Cell(_) => true,
            Self::Sqlite(wrong) => matches!(
                wrong,
                Wrong::FromSqlConversionFailure(..)
                    | Wrong::IntegralValueOutOfRange(..)
                    | Wrong::InvalidColumnType(..)
                    | Wrong::Utf8Error(..)
            ),
            _ => false,
        }
    }

    /// Whether the file is no database, or one of ours that is broken.
    pub(super) fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        // Our questions are always the same: where one has no meaning, the tables are not as we made them.
        let of_code = matches!(
            self.code(),
            Some(Code::DatabaseCorrupt | Code::NotADatabase | Code::Unknown)
        );
        of_code || self.is_of_one_row() || matches!(self, Self::Broken(_))
    }

    fn code(&self) -> Option<rusqlite::ErrorCode> {
        match self {
            Self::Sqlite(wrong) => wrong.sqlite_error_code(),
            _ => None,
        }
    }

    fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        matches!(self.code(), Some(Code::DatabaseBusy | Code::DatabaseLocked))
    }

    /// What to do about it.
    fn remedy(&self) -> &'static str {
        use rusqlite::ErrorCode as Code;
        match (self, self.code()) {
            (Self::Newer(_), _) => "use that modelpin, or move the file aside and begin without pins",
            (Self::Restless, _) | (_, Some(Code::DatabaseBusy | Code::DatabaseLocked)) => {
                "another process is writing: try again"
            }
            (_, Some(Code::DiskFull)) => "make room on the disk",
            (Self::Io(_), _) | (_, Some(Code::CannotOpen | Code::ReadOnly | Code::SystemIoFailure)) => {
                "see that its owner can read and write the file and its folder"
            }
            _ if self.is_damage() => {
                "put a copy that is whole in its place, or move it aside and begin without pins: `modelpin doctor --fix` does"
            }
            _ => "put a copy that is whole in its place, or move it aside and begin without pins",
        }
    }

    pub(super) fn at(self, path: &Path) -> TroubleAt {
        TroubleAt {
            path: path.to_owned(),
            trouble: self,
        }
    }
}

/// How often a question is asked again because the file changed under it.
const TRIES: usize = 16;
/// How often a file that was just written is looked at again before it is called a strange one.
const DOUBTS: usize = 10;

/// Asks the file a question; `None` if there is none, or nothing in it yet. Asking leaves no file behind.
pub(super) fn ask<T>(
    path: &Path,
    question: impl Fn(&Connection) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    for tried in 0..TRIES {
        let before = Stamp::of(path);
        let (reading, answer) = match read_only(path) {
            Ok(None) => return Ok(None),
            Ok(Some((file, reading))) => (reading, question(&file)),
            Err(trouble) => (Reading::AsItStands, Err(trouble)),
        };
        // Nothing holds writers off from a file that is read as it stands.
        let sure = reading == Reading::Guarded && answer.is_ok();
        // A file that was written a moment ago may be one that is being made: its time does not tell such moments apart.
        let in_the_making = answer.is_err() && tried < DOUBTS && before.is_of_just_now();
        if in_the_making {
            std::thread::sleep(PAUSE);
            continue;
        }
        if sure || Stamp::of(path) == before {
            return answer.map(Some);
        }
    }
    Err(Trouble::Restless)
}

/// What holds writers off while the file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// SQLite's own locks.
    Guarded,
    /// Nothing: there was no writer.
    AsItStands,
}

/// Opens the file for one question; `None` if there is none, or nothing in it yet.
fn read_only(path: &Path) -> Result<Option<(Connection, Reading)>, Trouble> {
    let log = beside(&resolved(path), LOG).exists();
    match fs::metadata(path) {
        Ok(about) if about.len() == 0 && !log => return Ok(None),
        Ok(_) => {}
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(other.into()),
    }
    let (file, reading) = connect_to_read(path)?;
    match form(&file)? {
        0 => Ok(None),
        _ => Ok(Some((file, reading))),
    }
}

/// Opens a file that somebody has open for writing, to be asked more than once; `None` if there is nothing to ask, or
/// nobody has it open.
pub(super) fn read_beside(path: &Path) -> Result<Option<Connection>, Trouble> {
    let (file, reading) = connect_to_read(path)?;
    let is_ours = reading == Reading::Guarded && form(&file)? > 0;
    Ok(is_ours.then_some(file))
}

/// A connection that changes nothing.
fn connect_to_read(path: &Path) -> Result<(Connection, Reading), Trouble> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    // While nobody has the file open there is no log beside it. It is then read as it stands, so that asking leaves no
    // file behind (https://sqlite.org/wal.html#read_only_databases).
    let (reading, immutable) = if beside(&resolved(path), LOG).exists() {
        (Reading::Guarded, "")
    } else {
        (Reading::AsItStands, "&immutable=1")
    };
    let file = Connection::open_with_flags(format!("file:{}?mode=ro{immutable}", escaped(path)), flags)?;
    file.busy_timeout(PATIENCE)?;
    Ok((file, reading))
}

/// The file, open for writing.
pub(super) struct Open {
    pub(super) file: Connection,
    identity: Option<Identity>,
}

impl Open {
    /// Which file it is.
    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Whether the path still leads to this file: what is written to a file that was moved away is lost to all who come
    /// later.
    pub(super) fn is_still_at(&self, path: &Path) -> bool {
        self.identity == Identity::of(path)
    }
}

/// Opens the file for writing, and makes it if it is not there.
pub(super) fn read_write(path: &Path) -> Result<Open, Trouble> {
    let patient_until = Instant::now() + PATIENCE;
    loop {
        match open_to_write(path) {
            // Of several that make a file at once, SQLite sends all but one away without letting them wait.
            Err(trouble) if trouble.is_busy() && Instant::now() < patient_until => {
                std::thread::sleep(PAUSE);
            }
            opened => return opened,
        }
    }
}

fn open_to_write(path: &Path) -> Result<Open, Trouble> {
    // To open a file for writing may change it: first, whether it is ours.
    ask(path, |_| Ok(()))?;
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path)?);
    let mut file = Connection::open(path)?;
    file.busy_timeout(PATIENCE)?;
    file.pragma_update(None, "journal_mode", "WAL")?;
    file.pragma_update(None, "synchronous", "FULL")?;
    bring_up_to_date(&mut file)?;
    Ok(Open {
        file,
        identity: Identity::of(path),
    })
}

/// Tells a file from another one that has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    pub(super) fn of(path: &Path) -> Option<Self> {
        Self::told(&fs::metadata(path).ok()?)
    }

    pub(super) fn of_open(file: &fs::File) -> Option<Self> {
        Self::told(&file.metadata().ok()?)
    }

    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
    fn told(about: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self(about.dev(), about.ino()))
    }

    /// Elsewhere a file that is open cannot be moved.
    #[cfg(not(unix))]
    fn told(_: &fs::Metadata) -> Option<Self> {
        None
    }
}

/// When the file and its log were last written. It tells a change without opening either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, SystemTime)>; 2]);

impl Stamp {
    pub(super) fn of(path: &Path) -> Self {
        let of = |path: &Path| {
            let about = fs::metadata(path).ok()?;
            Some((about.len(), about.modified().ok()?))
        };
        Self([of(path), of(&beside(&resolved(path), LOG))])
    }

    /// Whether the file or its log was written within the last two seconds.
    fn is_of_just_now(&self) -> bool {
        let just_now = |(_, written): &(u64, SystemTime)| {
            // A time to come is one of a clock that was set: it says nothing.
            written.elapsed().is_ok_and(|ago| ago < Duration::from_secs(2))
        };
        self.0.iter().flatten().any(just_now)
    }
}

/// Where the path leads: what stands beside a file is named after that.
pub(super) fn resolved(path: &Path) -> PathBuf {
    // Links on the way there change nothing about what is beside it.
    let is_link = fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    let led = is_link.then(|| fs::canonicalize(path).ok()).flatten();
    led.unwrap_or_else(|| path.to_owned())
}

/// The path with something behind its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A path within a `file:` URI (https://sqlite.org/uri.html).
fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
