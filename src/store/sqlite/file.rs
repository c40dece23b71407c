//! Opening the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

/// Marks the file as ours (`PRAGMA application_id`): `mpin`.
const OURS: i32 = 0x6d70_696e;
/// The form of the tables (`PRAGMA user_version`).
const FORM: i32 = 1;
/// How long a writer of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE pins (
    scope   TEXT NOT NULL,
    agent   TEXT NOT NULL,
    session TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (scope, agent, session)
) WITHOUT ROWID;
CREATE INDEX pins_changed ON pins (changed);
";

/// What goes wrong with the file.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    #[error("it is a database of another program")]
    Foreign,
    #[error("it was written by a newer modelpin (form {0}; this one knows up to {FORM})")]
    Newer(i32),
    #[error("a pin in it cannot be read: {0}")]
    Record(&'static str),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A trouble, and the file that it is with.
#[derive(Debug, Error)]
#[error("{}: {trouble}; nothing in it was changed", path.display())]
pub(super) struct TroubleAt {
    path: PathBuf,
    trouble: Trouble,
}

impl Trouble {
    pub(super) fn at(self, path: &Path) -> TroubleAt {
        TroubleAt {
            path: path.to_owned(),
            trouble: self,
        }
    }
}

/// Opens the file for one question; `None` if there is none, or nothing in it yet.
pub(super) fn read_only(path: &Path) -> Result<Option<Connection>, Trouble> {
    match fs::metadata(path) {
        Ok(about) if about.len() == 0 && !log_of(path).exists() => return Ok(None),
        Ok(_) => {}
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(other.into()),
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    // While nobody has the file open there is no log beside it. It is then read as it stands, so that asking leaves no
    // file behind (https://sqlite.org/wal.html#read_only_databases).
    let immutable = if log_of(path).exists() { "" } else { "&immutable=1" };
    let file = Connection::open_with_flags(format!("file:{}?mode=ro{immutable}", escaped(path)), flags)?;
    file.busy_timeout(PATIENCE)?;
    match form(&file)? {
        0 => Ok(None),
        _ => Ok(Some(file)),
    }
}

/// Opens the file for writing, and makes it if it is not there.
pub(super) fn read_write(path: &Path) -> Result<Connection, Trouble> {
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
    let making = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if form(&making)? == 0 {
        making.execute_batch(TABLES)?;
        making.pragma_update(None, "application_id", OURS)?;
        making.pragma_update(None, "user_version", FORM)?;
    }
    making.commit()?;
    Ok(file)
}

/// The form of the tables; 0 for an empty file.
fn form(file: &Connection) -> Result<i32, Trouble> {
    let pragma = |name| file.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 = file.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (pragma("application_id")?, pragma("user_version")?) {
        (OURS, form) if form > FORM => Err(Trouble::Newer(form)),
        (OURS, form) => Ok(form),
        (0, 0) if tables == 0 => Ok(0),
        _ => Err(Trouble::Foreign),
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
        Self([of(path), of(&log_of(path))])
    }
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// A path within a `file:` URI (https://sqlite.org/uri.html).
fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
