//! The record of decisions in the database.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row as Columns, params};

use super::Database;
use super::file::Trouble;
use super::forms::form;
use super::writer::Haste;
use crate::clock::Timestamp;
use crate::store::{AuditStore, AuditStoreError, Row};

/// The most rows that are kept, if nobody says another number.
const MOST_ROWS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99_999);
/// The most bytes that their texts have together.
const MOST_BYTES: u64 = 64 << 20;
/// The form that has the table.
const SINCE_FORM: usize = 2;

/// An audit store in an SQLite file.
///
/// [`append`](AuditStore::append) is in no hurry: the rows go with the next commit of the process, or without one within
/// 50 ms. They are kept from the first poll on, whether the caller waits or not. The store holds 100,000 rows and 64 MiB;
/// where there is more, the oldest hundredth goes.
#[derive(Debug)]
pub struct SqliteAudit {
    database: Database,
    bounds: Bounds,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    rows: u64,
    bytes: u64,
}

impl SqliteAudit {
    pub(super) fn within(database: Database) -> Self {
        Self {
            database,
            bounds: Bounds {
                rows: number(MOST_ROWS.get()),
                bytes: MOST_BYTES,
            },
        }
    }

    /// The same store with another number of rows.
    #[must_use]
    pub fn with_most_rows(mut self, most: NonZeroUsize) -> Self {
        self.bounds.rows = number(most.get());
        self
    }

    /// The same store with another number of bytes.
    #[must_use]
    pub fn with_most_bytes(mut self, most: u64) -> Self {
        self.bounds.bytes = most;
        self
    }

    /// Asks for rows, the newest first.
    async fn ask(
        &self,
        question: &'static str,
        with: [String; 2],
        most: usize,
    ) -> Result<Vec<Row>, AuditStoreError> {
        // Less than none is without end (https://sqlite.org/lang_select.html#limitoffset).
        let most = i64::try_from(most).unwrap_or(-1);
        let asked = self.database.read(move |file| {
            if form(file)? < SINCE_FORM {
                return Ok(Vec::new());
            }
            let mut query = file.prepare(&format!(
                "SELECT id, at, session, agent, record FROM audit WHERE {question} ORDER BY number DESC LIMIT ?3"
            ))?;
            let rows = query.query_map(params![with[0], with[1], most], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        Ok(asked.await.map_err(unavailable)?.unwrap_or_default())
    }
}

#[async_trait]
impl AuditStore for SqliteAudit {
    async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let bounds = self.bounds;
        let appended = self.database.writer().carry_out(Haste::CanWait, move |file| {
            append(file, &rows)?;
            bounds.hold(file)
        });
        appended.await.map_err(unavailable)
    }

    async fn latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        self.ask("?1 = ?2", [String::new(), String::new()], most).await
    }

    async fn find(&self, id: &str) -> Result<Option<Row>, AuditStoreError> {
        let found = self.ask("id = ?1 AND ?2 = ''", [id.to_owned(), String::new()], 1);
        Ok(found.await?.pop())
    }

    async fn of_session(&self, agent: &str, session: &str, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        let of = [agent.to_owned(), session.to_owned()];
        self.ask("agent = ?1 AND session = ?2", of, most).await
    }
}

fn append(file: &Connection, rows: &[Row]) -> Result<(), Trouble> {
    let mut last = file.prepare_cached("SELECT upto FROM audit ORDER BY number DESC LIMIT 1")?;
    let mut gone = file.prepare_cached("DELETE FROM audit WHERE id = ?1")?;
    let mut put = file.prepare_cached(
        "INSERT INTO audit (upto, id, at, agent, session, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut upto: u64 = last
        .query_row([], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    for row in rows {
        gone.execute([&row.id])?;
        upto = upto.saturating_add(size(row));
        put.execute(params![
            upto,
            row.id,
            row.at.as_millis(),
            row.agent,
            row.session,
            row.record
        ])?;
    }
    Ok(())
}

/// The bytes of a row's texts.
fn size(row: &Row) -> u64 {
    let session = row.session.as_ref().map_or(0, String::len);
    number(row.id.len() + row.agent.len() + session + row.record.len())
}

impl Bounds {
    /// Lets the oldest rows go where there are too many. The newest stays, however long it is.
    fn hold(self, file: &Connection) -> Result<(), Trouble> {
        let mut ends = file.prepare_cached(
            "SELECT oldest.number, oldest.upto, newest.number, newest.upto
             FROM (SELECT number, upto - octet_length(id || agent || coalesce(session, '') || record) AS upto
                   FROM audit ORDER BY number LIMIT 1) AS oldest,
                  (SELECT number, upto FROM audit ORDER BY number DESC LIMIT 1) AS newest",
        )?;
        loop {
            let found = ends.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
            let Some((oldest, from, newest, upto)): Option<(u64, u64, u64, u64)> = found.optional()? else {
                return Ok(());
            };
            // Rows that were written anew leave a hole, so there may be fewer than the numbers say: then it is counted.
            let mut rows = newest.saturating_sub(oldest).saturating_add(1);
            if rows > self.rows {
                rows = file.query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?;
            }
            let too_long = upto.saturating_sub(from) > self.bytes;
            if rows <= self.rows && !too_long || oldest == newest {
                return Ok(());
            }
            let some = rows / 100;
            let going = rows.saturating_sub(self.rows).max(some).max(u64::from(too_long));
            file.execute(
                "DELETE FROM audit WHERE number <=
                     (SELECT max(number) FROM (SELECT number FROM audit ORDER BY number LIMIT ?1))
                 AND number < ?2",
                [going, newest],
            )?;
        }
    }
}

fn row(columns: &Columns<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: columns.get(0)?,
        at: Timestamp::from_millis(columns.get(1)?),
        session: columns.get(2)?,
        agent: columns.get(3)?,
        record: columns.get(4)?,
    })
}

fn number(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> AuditStoreError {
    AuditStoreError(Box::new(cause))
}
