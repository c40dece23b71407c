//! Pins in the database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{columns, scope_of};
use super::file::{Trouble, ask};
use super::watch::Watch;
use super::{Database, filling};
use crate::pin::{PinTable, Record, ScopeKey, Version};
use crate::store::{News, PinStore, PinStoreError, stored};

/// A pin store in an SQLite file.
#[derive(Debug)]
pub struct SqlitePins {
    database: Database,
    watch: Watch,
}

impl SqlitePins {
    /// The store in this file, which need not be there yet. Nothing is opened before the first question.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::within(Database::new(path))
    }

    pub(super) fn within(database: Database) -> Self {
        Self {
            database,
            watch: Watch::default(),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// Reads everything once, for a report on the file. Blocks; nothing is written.
    ///
    /// # Errors
    /// [`PinStoreError::Unavailable`] says what is wrong with the file, and what to do.
    pub fn check(&self) -> Result<(), PinStoreError> {
        match ask(self.path(), |file| records(file, 0).map(drop)) {
            Ok(_) => Ok(()),
            Err(trouble) => Err(unavailable(trouble.at(self.path()))),
        }
    }
}

#[async_trait]
impl PinStore for SqlitePins {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        let (scope, agent, session) = columns(key);
        let query = "SELECT version, record FROM pins WHERE scope = ?1 AND agent = ?2 AND session = ?3";
        let found = self.database.read(move |file| {
            let row = file.query_row(query, params![scope, agent, session], |row| {
                Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?))
            });
            let row = row.optional()?;
            Ok(row
                .map(|(version, text)| stored::record(version, &text))
                .transpose()?)
        });
        Ok(found.await.map_err(unavailable)?.flatten())
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        let all = self
            .database
            .read(|file| records(file, 0).map(|(records, _)| records));
        Ok(all.await.map_err(unavailable)?.unwrap_or_default())
    }

    async fn fill(&self, table: &Arc<PinTable>) -> Result<u64, PinStoreError> {
        let table = Arc::clone(table);
        let filled = self.database.look(&self.watch, move |file| {
            // Asked again where the file changed meanwhile: what was read then may be no record of it.
            table.clear();
            filling::fill(file, &table)
        });
        Ok(filled.await.map_err(unavailable)?.unwrap_or_default())
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        let (row, from) = (Row::new(key, record), from.version);
        let saved = self.database.write(move |file| row.save(file, from));
        saved.await.map_err(unavailable)?.map_err(PinStoreError::Conflict)
    }

    async fn news(&self, since: u64) -> Result<News, PinStoreError> {
        let found = self.database.look(&self.watch, move |file| records(file, since));
        let found = found.await.map_err(unavailable)?;
        let (records, mark) = found.unwrap_or_else(|| (Vec::new(), since));
        Ok(News {
            records,
            mark,
            ..News::default()
        })
    }
}

/// A record as the table has it.
struct Row {
    columns: (&'static str, String, String),
    version: Version,
    record: String,
}

impl Row {
    fn new(key: &ScopeKey, record: &Record) -> Self {
        Self {
            columns: columns(key),
            version: record.version,
            record: stored::text(record),
        }
    }

    /// Puts the row in the place of version `from`; else says which version is there.
    fn save(&self, file: &Connection, from: Version) -> Result<Result<(), Version>, Trouble> {
        let (scope, agent, session) = &self.columns;
        // One way to the row instead of a question before it: this is done for every pin of every chat.
        let mut put = file.prepare_cached(match from {
            Version(0) => {
                "INSERT INTO pins (scope, agent, session, version, changed, record)
                 VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(changed), 0) + 1 FROM pins), ?5)
                 ON CONFLICT DO UPDATE
                 SET version = excluded.version, changed = excluded.changed, record = excluded.record
                 WHERE pins.version = ?6"
            }
            _ => {
                "UPDATE pins
                 SET version = ?4, changed = (SELECT coalesce(max(changed), 0) + 1 FROM pins), record = ?5
                 WHERE scope = ?1 AND agent = ?2 AND session = ?3 AND version = ?6"
            }
        })?;
        let rows = put.execute(params![
            scope,
            agent,
            session,
            self.version.0,
            self.record,
            from.0
        ])?;
        if rows == 1 {
            return Ok(Ok(()));
        }
        let query = "SELECT version FROM pins WHERE scope = ?1 AND agent = ?2 AND session = ?3";
        let mut version = file.prepare_cached(query)?;
        let there: Option<u64> = version
            .query_row(params![scope, agent, session], |row| row.get(0))
            .optional()?;
        Ok(Err(Version(there.unwrap_or_default())))
    }
}

/// The records that were changed after `since`, and the mark of the last of them.
pub(super) fn records(file: &Connection, since: u64) -> Result<(Vec<(ScopeKey, Record)>, u64), Trouble> {
    let mut found = Vec::new();
    let mark = each(file, since, |key, record| found.push((key, record)))?;
    Ok((found, mark))
}

/// Hands over the records that were changed after `since`, and returns the mark of the last of them.
///
/// A mark that is not reached yet is one of another file, in whose place this one is: everything is news then.
fn each(file: &Connection, since: u64, mut take: impl FnMut(ScopeKey, Record)) -> Result<u64, Trouble> {
    let newest = "SELECT coalesce(max(changed), 0) FROM pins";
    let newest: u64 = file.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    let since = if newest < since { 0 } else { since };
    // All of them are read as they lie (`+` keeps the index out), a few by the index.
    let changed = if since == 0 { "+changed" } else { "changed" };
    let columns = "scope, agent, session, version, record, changed";
    let mut query = file.prepare_cached(&format!("SELECT {columns} FROM pins WHERE {changed} > ?1"))?;
    let mut rows = query.query(params![since])?;
    let mut mark = since;
    while let Some(row) = rows.next()? {
        let key = scope_of(text(row, 0)?, text(row, 1)?, text(row, 2)?)?;
        let record = stored::record(row.get(3)?, text(row, 4)?)?;
        mark = mark.max(row.get(5)?);
        take(key, record);
    }
    Ok(mark)
}

/// A text where it lies.
pub(super) fn text<'row>(row: &'row rusqlite::Row<'_>, column: usize) -> Result<&'row str, rusqlite::Error> {
    let value = row.get_ref(column)?;
    value.as_str().map_err(|wrong| {
        rusqlite::Error::FromSqlConversionFailure(column, value.data_type(), Box::new(wrong))
    })
}

/// A scope as the table has it.
pub(super) type Columns = (String, String, String);

/// Reads what can be read of a damaged table, in this order, until it ends.
pub(super) fn salvage(file: &Connection, order: &str, found: &mut BTreeMap<Columns, (u64, String)>) {
    let query = format!("SELECT scope, agent, session, version, record FROM pins ORDER BY {order}");
    let Ok(mut query) = file.prepare(&query) else {
        return;
    };
    let Ok(mut rows) = query.query([]) else { return };
    while let Ok(Some(row)) = rows.next() {
        let read =
            || Ok::<_, rusqlite::Error>(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?, row.get(4)?));
        let Ok(((scope, agent, session), version, text)): Result<(Columns, u64, String), _> = read() else {
            continue;
        };
        let is_whole = scope_of(&scope, &agent, &session).is_ok() && stored::record(version, &text).is_ok();
        if is_whole {
            found.entry((scope, agent, session)).or_insert((version, text));
        }
    }
}

/// Puts saved records into a new table. What is there already is newer, and stays.
pub(super) fn put_back(file: &Connection, saved: &BTreeMap<Columns, (u64, String)>) -> Result<(), Trouble> {
    let mut put = file.prepare_cached(
        "INSERT OR IGNORE INTO pins (scope, agent, session, version, changed, record)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(changed), 0) + 1 FROM pins), ?5)",
    )?;
    for ((scope, agent, session), (version, text)) in saved {
        put.execute(params![scope, agent, session, version, text])?;
    }
    Ok(())
}

fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> PinStoreError {
    PinStoreError::Unavailable(Box::new(cause))
}
