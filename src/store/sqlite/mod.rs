//! Pins, rests and the audit, which outlive the process, in `modelpin.sqlite`.
//!
//! Several processes may have the file open. A save returns when it is on disk; saves that wait at the same time are
//! committed together. Reading makes no file: where none is, there are no pins. The file is made at the first save, with
//! mode 0600. A file of another program, or of a newer modelpin, is refused and left alone. A file that takes the place
//! of one in use is written from then on; what running processes hold in memory stays until they start again.
//!
//! Read `writer.rs` first; `stored.rs` is the form in which records are kept for ever.

mod audit;
mod cells;
mod file;
mod stored;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use self::file::{Stamp, Trouble, ask};
use self::writer::Writer;
use super::{
    AuditStore, AuditStoreError, CellNews, Claimed, LedgerStore, LedgerStoreError, News, PinStore,
    PinStoreError, Row,
};
use crate::clock::Timestamp;
use crate::cooldown::Changed;
use crate::pin::{Record, ScopeKey, Version};

/// A store in an SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: OnceLock<Writer>,
    seen: Arc<Mutex<Option<Seen>>>,
    seen_cells: Arc<Mutex<Option<Seen>>>,
    most_audited: u64,
}

/// How many audit rows are kept, if nobody says otherwise.
const MOST_AUDITED: u64 = 100_000;

impl SqliteStore {
    /// The store in this file, which need not be there yet. Nothing is opened before the first question.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            writer: OnceLock::new(),
            seen: Arc::default(),
            seen_cells: Arc::default(),
            most_audited: MOST_AUDITED,
        }
    }

    /// The same, which keeps so many audit rows; 100,000 otherwise.
    #[must_use]
    pub fn auditing(mut self, most: std::num::NonZeroUsize) -> Self {
        self.most_audited = most.get() as u64;
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads everything once, for a report on the file. Blocks; nothing is written.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] says what is wrong with the file, and what to do.
    pub fn check(&self) -> Result<(), PinStoreError> {
        match ask(&self.path, |file| records(file, 0).map(drop)) {
            Ok(_) => Ok(()),
            Err(trouble) => Err(unavailable(trouble.at(&self.path))),
        }
    }

    fn writer(&self) -> &Writer {
        self.writer
            .get_or_init(|| Writer::start(self.path.clone(), self.most_audited))
    }

    /// Asks only if the file was written since it was asked last; `None` if not.
    async fn when_changed<T: Send + 'static>(
        &self,
        seen: &Arc<Mutex<Option<Seen>>>,
        question: impl Fn(&rusqlite::Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<Option<T>, PinStoreError> {
        let seen = Arc::clone(seen);
        let path = self.path.clone();
        let work = tokio::task::spawn_blocking(move || {
            let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let stamp = Stamp::of(&path);
            let before = seen.take();
            let known = before.filter(|before| before.stamp == stamp);
            if known.is_some_and(|known| known.trust == Trust::Settled) {
                *seen = known;
                return Ok(None);
            }
            let found = ask(&path, question)?;
            let trust = if known.is_some() {
                Trust::Settled
            } else {
                Trust::Fresh
            };
            *seen = Some(Seen { stamp, trust });
            Ok(found)
        });
        let found: Result<_, Trouble> = work.await.map_err(unavailable)?;
        found.map_err(|trouble| unavailable(trouble.at(&self.path)))
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&rusqlite::Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<Option<T>, PinStoreError> {
        let path = self.path.clone();
        let work = tokio::task::spawn_blocking(move || ask(&path, question));
        let answer: Result<_, Trouble> = work.await.map_err(unavailable)?;
        answer.map_err(|trouble| unavailable(trouble.at(&self.path)))
    }
}

#[async_trait]
impl PinStore for SqliteStore {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        let (scope, agent, session) = stored::columns(key);
        let query = "SELECT version, record FROM pins WHERE scope = ?1 AND agent = ?2 AND session = ?3";
        let found = self.read(move |file| {
            let row = file.query_row(query, params![scope, agent, session], |row| {
                Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?))
            });
            let row = row.optional()?;
            row.map(|(version, text)| stored::record(version, &text))
                .transpose()
        });
        Ok(found.await?.flatten())
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        let all = self.read(|file| records(file, 0).map(|(records, _)| records));
        Ok(all.await?.unwrap_or_default())
    }

    async fn save(&self, key: &ScopeKey, from: Version, record: &Record) -> Result<(), PinStoreError> {
        self.writer().save(key, from, record).await
    }

    async fn news(&self, since: u64) -> Result<News, PinStoreError> {
        let found = self
            .when_changed(&self.seen, move |file| records(file, since))
            .await?;
        let (records, mark) = found.unwrap_or_else(|| (Vec::new(), since));
        Ok(News { records, mark })
    }
}

#[async_trait]
impl LedgerStore for SqliteStore {
    fn keep(&self, cells: Changed) {
        if !cells.is_empty() {
            self.writer().keep(cells);
        }
    }

    async fn settled(&self) {
        if let Some(writer) = self.writer.get() {
            writer.settled().await;
        }
    }

    async fn claim(
        &self,
        cells: Changed,
        now: Timestamp,
        window: Duration,
    ) -> Result<Claimed, LedgerStoreError> {
        self.writer().claim(cells, now, window).await
    }

    async fn cells_since(&self, since: u64) -> Result<CellNews, LedgerStoreError> {
        let question = move |file: &rusqlite::Connection| cells::since(file, since);
        let found = match since {
            0 => self.read(question).await,
            _ => self.when_changed(&self.seen_cells, question).await,
        };
        let found = found.map_err(|broken| LedgerStoreError(Box::new(broken)))?;
        Ok(found.unwrap_or(CellNews {
            cells: Changed::new(),
            mark: since,
        }))
    }
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.writer().append(rows).await
    }

    async fn latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        let found = self.read(move |file| audit::latest(file, most)).await;
        Ok(found.map_err(unasked)?.unwrap_or_default())
    }

    async fn find(&self, id: &str) -> Result<Option<Row>, AuditStoreError> {
        let id = id.to_owned();
        let found = self.read(move |file| audit::find(file, &id)).await;
        Ok(found.map_err(unasked)?.flatten())
    }

    async fn of_session(&self, agent: &str, session: &str, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        let (agent, session) = (agent.to_owned(), session.to_owned());
        let found = self.read(move |file| audit::of_session(file, &agent, &session, most));
        Ok(found.await.map_err(unasked)?.unwrap_or_default())
    }
}

fn unasked(broken: PinStoreError) -> AuditStoreError {
    AuditStoreError(Box::new(broken))
}

/// How the file stood when it was last read for news.
#[derive(Debug, Clone, Copy)]
struct Seen {
    stamp: Stamp,
    trust: Trust,
}

/// Whether the same stamp means the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Not yet: a change right behind the one that was seen may have left the same time.
    Fresh,
    /// It was the same twice.
    Settled,
}

/// The records that were changed after `since`, and the mark of the last of them.
fn records(file: &rusqlite::Connection, since: u64) -> Result<(Vec<(ScopeKey, Record)>, u64), Trouble> {
    let query = "SELECT scope, agent, session, version, record, changed FROM pins WHERE changed > ?1";
    let mut query = file.prepare(query)?;
    let mut rows = query.query(params![since])?;
    let mut found = Vec::new();
    let mut mark = since;
    while let Some(row) = rows.next()? {
        let key = stored::key(
            &row.get::<_, String>(0)?,
            &row.get::<_, String>(1)?,
            &row.get::<_, String>(2)?,
        )?;
        let record = stored::record(row.get(3)?, &row.get::<_, String>(4)?)?;
        mark = mark.max(row.get(5)?);
        found.push((key, record));
    }
    Ok((found, mark))
}

fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> PinStoreError {
    PinStoreError::Unavailable(Box::new(cause))
}
