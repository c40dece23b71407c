//! Opening the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

/// Marks the file as ours (`PRAGMA application_id`): `mpin`.
const OURS: i32 = 0x6d70_696e;
/// The forms of the tables (`PRAGMA user_version`), each as the step from the one before it. A form that was released
/// stays as it is; the next one is a step behind it, and a file under `fixtures/store/`.
const FORMS: [&str; 2] = [FORM_1, FORM_2];
/// How long a writer of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

const FORM_1: &str = "
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

const FORM_2: &str = "
CREATE TABLE ledger (
    account    TEXT NOT NULL,
    generation TEXT NOT NULL,
    model      TEXT NOT NULL,
    class      TEXT NOT NULL,
    changed    INTEGER NOT NULL,
    ends       INTEGER NOT NULL,
    cell       TEXT NOT NULL,
    PRIMARY KEY (account, generation, model, class)
) WITHOUT ROWID;
CREATE INDEX ledger_changed ON ledger (changed);
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    at      INTEGER NOT NULL,
    agent   TEXT NOT NULL,
    session TEXT,
    record  TEXT NOT NULL
);
CREATE INDEX audit_session ON audit (session, number);
CREATE TABLE audit_count (count INTEGER NOT NULL);
INSERT INTO audit_count VALUES (0);
CREATE TRIGGER audit_more AFTER INSERT ON audit BEGIN UPDATE audit_count SET count = count + 1; END;
CREATE TRIGGER audit_less AFTER DELETE ON audit BEGIN UPDATE audit_count SET count = count - 1; END;
";

/// What goes wrong with the file.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    #[error("it is a database of another program")]
    Foreign,
    #[error("it goes on changing while it is read")]
    Restless,
    #[error("it was written by a newer modelpin (form {0}; this one knows up to {known})", known = FORMS.len())]
    Newer(usize),
    #[error("a record in it cannot be read: {0}")]
    Record(&'static str),
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
    /// What to do about it.
    fn remedy(&self) -> &'static str {
        use rusqlite::ErrorCode as Code;
        let code = match self {
            Self::Sqlite(wrong) => wrong.sqlite_error_code(),
            _ => None,
        };
        match (self, code) {
            (Self::Newer(_), _) => "use that modelpin, or move the file aside and begin without pins",
            (Self::Restless, _) | (_, Some(Code::DatabaseBusy | Code::DatabaseLocked)) => {
                "another process is writing: try again"
            }
            (_, Some(Code::DiskFull)) => "make room on the disk",
            (Self::Io(_), _) | (_, Some(Code::CannotOpen | Code::ReadOnly | Code::SystemIoFailure)) => {
                "see that its owner can read and write the file and its folder"
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

/// Asks the file a question; `None` if there is none, or nothing in it yet. Asking leaves no file behind.
pub(super) fn ask<T>(
    path: &Path,
    question: impl Fn(&Connection) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    for _ in 0..TRIES {
        let before = Stamp::of(path);
        let (reading, answer) = match read_only(path) {
            Ok(None) => return Ok(None),
            Ok(Some((file, reading))) => (reading, question(&file)),
            Err(trouble) => (Reading::AsItStands, Err(trouble)),
        };
        // Nothing holds writers off from a file that is read as it stands.
        let sure = reading == Reading::Guarded && answer.is_ok();
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
    let log = log_of(path).exists();
    match fs::metadata(path) {
        Ok(about) if about.len() == 0 && !log => return Ok(None),
        Ok(_) => {}
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(other.into()),
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    // While nobody has the file open there is no log beside it. It is then read as it stands, so that asking leaves no
    // file behind (https://sqlite.org/wal.html#read_only_databases).
    let (reading, immutable) = if log {
        (Reading::Guarded, "")
    } else {
        (Reading::AsItStands, "&immutable=1")
    };
    let file = Connection::open_with_flags(format!("file:{}?mode=ro{immutable}", escaped(path)), flags)?;
    file.busy_timeout(PATIENCE)?;
    match form(&file)? {
        0 => Ok(None),
        _ => Ok(Some((file, reading))),
    }
}

/// The file, open for writing.
pub(super) struct Open {
    pub(super) file: Connection,
    identity: Option<Identity>,
}

impl Open {
    /// Whether the path still leads to this file: what is written to a file that was moved away is lost to all who come
    /// later.
    pub(super) fn is_still_at(&self, path: &Path) -> bool {
        self.identity == Identity::of(path)
    }
}

/// Opens the file for writing, and makes it if it is not there.
pub(super) fn read_write(path: &Path) -> Result<Open, Trouble> {
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
    let making = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in FORMS.iter().skip(form(&making)?) {
        making.execute_batch(step)?;
        making.pragma_update(None, "application_id", OURS)?;
        making.pragma_update(
            None,
            "user_version",
            i32::try_from(FORMS.len()).unwrap_or(i32::MAX),
        )?;
    }
    making.commit()?;
    Ok(Open {
        file,
        identity: Identity::of(path),
    })
}

/// The form of the tables; 0 for an empty file.
pub(super) fn form(file: &Connection) -> Result<usize, Trouble> {
    let pragma = |name| file.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 = file.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (
        pragma("application_id")?,
        usize::try_from(pragma("user_version")?),
    ) {
        (OURS, Ok(form)) if form > FORMS.len() => Err(Trouble::Newer(form)),
        (OURS, Ok(form)) if form > 0 => Ok(form),
        (0, Ok(0)) if tables == 0 => Ok(0),
        _ => Err(Trouble::Foreign),
    }
}

/// Tells a file from another one that has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let about = fs::metadata(path).ok()?;
        Some(Self(about.dev(), about.ino()))
    }

    /// Elsewhere a file that is open cannot be moved.
    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<Self> {
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
