//! State that outlives the process, in `modelpin.sqlite`: pins, failures and rests, and the record of decisions.
//!
//! One file, and in each process one thread that writes it for all kinds of records. Several processes may have the file
//! open. A write returns when it is on disk; writes that wait at the same time are committed together. Reading makes no
//! file: where none is, nothing is kept. The file is made at the first write, with mode 0600. A file of another program,
//! or of a newer modelpin, is refused and left alone. A file that takes the place of one in use is written from then on;
//! what running processes hold in memory stays until they start again.
//!
//! Read `writer.rs` first. `forms.rs` has the tables, `columns.rs` how a scope is written there; `pins.rs`, `ledger.rs` and
//! `audit.rs` are the ports. `filling.rs` reads a million pins at once. `watch.rs` notices what other processes changed,
//! with the connection of `reader.rs`. `aside.rs` puts a damaged file out of the way.

mod aside;
mod audit;
mod columns;
mod file;
mod filling;
mod forms;
mod ledger;
mod pins;
mod reader;
mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;

use self::file::{Trouble, TroubleAt, ask};
use self::reader::Reader;
use self::watch::Watch;
use self::writer::{Haste, Refused, Writer};

pub use aside::{AsideError, Look, SetAside, damage, set_aside};
pub use audit::SqliteAudit;
pub use ledger::SqliteLedger;
pub use pins::SqlitePins;

/// The database of a state directory. Copies are the same one.
///
/// What it hands out shares one writer: take one `Database` for a file, and everything from it.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    reader: Reader,
    writer: OnceLock<Writer>,
}

impl Database {
    /// The database in this file, which need not be there yet. Nothing is opened before the first question.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            reader: Reader::default(),
            writer: OnceLock::new(),
        }))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The pins in it.
    #[must_use]
    pub fn pins(&self) -> SqlitePins {
        SqlitePins::within(self.clone())
    }

    /// The failures and rests in it.
    #[must_use]
    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::within(self.clone())
    }

    /// The record of decisions in it.
    #[must_use]
    pub fn audit(&self) -> SqliteAudit {
        SqliteAudit::within(self.clone())
    }

    fn writer(&self) -> &Writer {
        let start = || Writer::start(self.0.path.clone(), self.0.reader.clone());
        self.0.writer.get_or_init(start)
    }

    /// Carries work out in a transaction, and returns when it is on disk.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Refused> {
        self.writer().carry_out(Haste::Now, work).await
    }

    /// Asks the file; `None` if there is none.
    async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<Option<T>, Unread> {
        self.blocking(move |path| ask(path, question)).await
    }

    /// Asks the file what is new since `watch` last did; `None` if there is nothing.
    async fn look<T: Send + 'static>(
        &self,
        watch: &Watch,
        question: impl Fn(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<Option<T>, Unread> {
        let (watch, reader) = (watch.clone(), self.0.reader.clone());
        self.blocking(move |path| watch.ask(&reader, path, question))
            .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Unread> {
        let own = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let path = own.path();
            work(path).map_err(|trouble| trouble.at(path))
        });
        Ok(work.await??)
    }
}

/// The file was not read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    Trouble(#[from] TroubleAt),
    #[error("the reading was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}
