//! Putting a damaged file out of the way.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use thiserror::Error;

use super::file::{Identity, PATIENCE, Trouble, TroubleAt, ask, beside, read_write, resolved};
use super::forms::form;
use super::{ledger, pins};
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey};

/// A damaged file that was put out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The name that it had.
    pub was: PathBuf,
    /// The name that it has now. What stood beside it has the same beginning.
    pub now: PathBuf,
    /// What was wrong with it.
    pub damage: String,
    /// How many pins could still be read; they are in the new file.
    pub pins: usize,
    /// How many rests could still be read; they are in the new file.
    pub rests: usize,
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            was,
            now,
            damage,
            pins,
            rests,
        } = self;
        let (was, now) = (was.display(), now.display());
        write!(f, "the database {was} was damaged ({damage}) and is now {now}; ")?;
        match pins {
            0 => f.write_str("no pin could be read from it: pins begin empty")?,
            pins => write!(
                f,
                "pins that could still be read from it, and hold: {pins}; all others are gone"
            )?,
        }
        write!(
            f,
            "; rests: {rests}; credentials are not in it and are as they were"
        )
    }
}

/// A damaged file could not be put out of the way, or what was saved of it could not be kept.
#[derive(Debug, Error)]
pub enum AsideError {
    /// It stands where it stood.
    #[error("{}: it is damaged and cannot be renamed: {cause}", path.display())]
    NotMoved {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It was put out of the way, and nothing could be written in its place.
    #[error("the damaged database is now {}, and what could be read of it was not kept: {cause}", now.display())]
    NotKept {
        /// The name that it has now.
        now: PathBuf,
        /// Why.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How thoroughly a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Pins and rests are read: as long as that takes, something is waiting.
    Quick,
    /// All pages are (<https://sqlite.org/pragma.html#pragma_quick_check>).
    Thorough,
}

/// What is damaged about the file: it is no database, or a broken one. `None` if it is not there, or nothing is, or it is
/// not for us to say: a file of another program, of a newer modelpin, or one that cannot be opened. Changes nothing;
/// blocks its thread.
#[must_use]
pub fn damage(path: &Path, look: Look) -> Option<String> {
    told(ask(path, |file| read(file, look)))
}

fn told<T>(read: Result<T, Trouble>) -> Option<String> {
    let trouble = read.err()?;
    trouble.is_damage().then(|| trouble.to_string())
}

fn read(file: &Connection, look: Look) -> Result<(), Trouble> {
    pins::records(file, 0)?;
    ledger::cells(file, 0)?;
    match look {
        Look::Quick => Ok(()),
        Look::Thorough => check(file),
    }
}

fn check(file: &Connection) -> Result<(), Trouble> {
    let told: String = file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match told.as_str() {
        "ok" => Ok(()),
        _ => Err(Trouble::Broken(told)),
    }
}

/// Renames a [damaged](damage) file to `NAME.corrupt-TIME`, together with what stands beside it, and puts the pins and
/// rests that can still be read into a new one. `None` if nothing is damaged.
///
/// Of several processes that do this at once, one does it. One that still writes the old file goes on in the new one. At
/// every moment the file is where it was, or under its new name. Blocks its thread.
///
/// # Errors
/// [`AsideError`] says where the file is.
pub fn set_aside(path: &Path, look: Look, now: Timestamp) -> Result<Option<SetAside>, AsideError> {
    if damage(path, look).is_none() {
        return Ok(None);
    }
    let path = &*resolved(path);
    let not_moved = |cause| AsideError::NotMoved {
        path: path.to_owned(),
        cause,
    };
    // The lock is on the damaged file itself: whoever waited for it finds another file, or none, under the name.
    let this = match File::open(path) {
        Ok(this) => this,
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(not_moved(cause)),
    };
    this.lock().map_err(not_moved)?;
    if Identity::of(path) != Identity::of_open(&this) {
        return Ok(None);
    }
    let (damage, saved) = match confirmed(path, look) {
        Some(both) => both,
        None => return Ok(None),
    };
    let aside = free_name(path, now);
    let if_there = |done: std::io::Result<()>| match done {
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(not_moved),
    };
    if fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() == 0) {
        // Looking left it behind, and there is nothing in it.
        if_there(fs::remove_file(beside(path, "-shm")))?;
        if_there(fs::remove_file(beside(path, "-wal")))?;
    }
    // The log goes first: a new file must never find the log of an old one.
    for ending in ["-shm", "-wal"] {
        if_there(fs::rename(beside(path, ending), beside(&aside, ending)))?;
    }
    fs::rename(path, &aside).map_err(not_moved)?;
    let (pins, rests) = (saved.pins.len(), saved.cells.len());
    if pins + rests > 0 {
        saved
            .keep(path)
            .map_err(|trouble: TroubleAt| AsideError::NotKept {
                now: aside.clone(),
                cause: Box::new(trouble),
            })?;
    }
    drop(this);
    Ok(Some(SetAside {
        was: path.to_owned(),
        now: aside,
        damage,
        pins,
        rests,
    }))
}

/// Looks again with all writers held off, so that no file is taken for damaged because it changed while it was read, and
/// saves what can be read. What is in the log stays there.
fn confirmed(path: &Path, look: Look) -> Option<(String, Saved)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags).ok()?;
    file.busy_timeout(PATIENCE).ok()?;
    file.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .ok()?;
    let guarded = || -> Result<(), Trouble> {
        let held = file.unchecked_transaction()?;
        match form(&held)? {
            0 => Ok(()),
            _ => read(&held, look),
        }
    };
    let damage = told(guarded())?;
    let saved = Saved::of(&file);
    Some((damage, saved))
}

/// A name beside the file that nothing has.
fn free_name(path: &Path, now: Timestamp) -> PathBuf {
    let time = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    // Colons are no part of a name everywhere.
    let time = time.strftime("%Y-%m-%dT%H-%M-%SZ");
    let named = |turn: u32| match turn {
        1 => beside(path, &format!(".corrupt-{time}")),
        more => beside(path, &format!(".corrupt-{time}-{more}")),
    };
    let taken = |name: &PathBuf| {
        ["", "-wal", "-shm"]
            .iter()
            .any(|ending| beside(name, ending).exists())
    };
    (1..)
        .map(named)
        .find(|name| !taken(name))
        .unwrap_or_else(|| named(u32::MAX))
}

/// What could be read of a damaged file.
#[derive(Default)]
struct Saved {
    pins: BTreeMap<pins::Columns, (u64, String)>,
    cells: BTreeMap<CellKey, Cell>,
}

impl Saved {
    fn of(file: &Connection) -> Self {
        let mut saved = Self::default();
        // From both ends and over another way, each as far as it goes: a broken page ends a walk.
        for order in ["1, 2, 3", "1 DESC, 2 DESC, 3 DESC", "changed"] {
            pins::salvage(file, order, &mut saved.pins);
        }
        for order in ["1, 2, 3, 4", "1 DESC, 2 DESC, 3 DESC, 4 DESC", "changed"] {
            ledger::salvage(file, order, &mut saved.cells);
        }
        saved
    }

    /// Puts it all into the file of that name. What is there already is newer, and stays.
    fn keep(self, path: &Path) -> Result<(), TroubleAt> {
        let keep = || {
            let mut open = read_write(path)?;
            let all = open
                .file
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            pins::put_back(&all, &self.pins)?;
            ledger::put_back(&all, &self.cells)?;
            all.commit()?;
            Ok(())
        };
        keep().map_err(|trouble: Trouble| trouble.at(path))
    }
}
