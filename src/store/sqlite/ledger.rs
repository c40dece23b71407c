//! Failures and rests in the database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::Database;
use super::file::Trouble;
use super::forms::form;
use super::watch::Watch;
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, Changed, End};
use crate::outcome::FailureClass;
use crate::profile::AccountId;
use crate::store::{Claim, Claimed, LedgerNews, LedgerStore, LedgerUnavailable};

/// The most cells that are kept.
const MOST: u64 = 50_000;
/// The form that has the table.
const SINCE_FORM: usize = 2;
/// All columns, in the order in which they are read.
const ALL: &str = "SELECT account, generation, model, class, changed,
    epoch, count, failed, until, given, trial, early, pardon FROM ledger";
/// What is written for a rest that only a person can end.
const PERSON: &str = "person";

/// A ledger store in an SQLite file.
#[derive(Debug)]
pub struct SqliteLedger {
    database: Database,
    watch: Watch,
}

impl SqliteLedger {
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
}

#[async_trait]
impl LedgerStore for SqliteLedger {
    async fn load_all(&self) -> Result<Changed, LedgerUnavailable> {
        let all = self.database.read(|file| cells(file, 0).map(|(cells, _)| cells));
        Ok(all.await.map_err(unavailable)?.unwrap_or_default())
    }

    async fn merge(&self, cells: Changed) -> Result<Changed, LedgerUnavailable> {
        if cells.is_empty() {
            return Ok(cells);
        }
        let merged = self.database.write(move |file| {
            let mut table = Table::of(file)?;
            let mut joined = Changed::with_capacity(cells.len());
            for (key, cell) in &cells {
                let there = table.cell(key)?;
                let both = there.unwrap_or_default().join(*cell);
                if there != Some(both) {
                    table.put(key, both)?;
                }
                joined.push((key.clone(), both));
            }
            drop_the_oldest(file, MOST)?;
            Ok(joined)
        });
        merged.await.map_err(unavailable)
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerUnavailable> {
        if claim.cells.is_empty() {
            return Ok(Claimed::Yes(Changed::new()));
        }
        let claimed = self.database.write(move |file| {
            let mut table = Table::of(file)?;
            let there: Result<Vec<_>, Trouble> = claim.cells.iter().map(|(key, _)| table.cell(key)).collect();
            let claimed = claim.decide(&there?);
            if let Claimed::Yes(cells) = &claimed {
                for (key, cell) in cells {
                    table.put(key, *cell)?;
                }
            }
            Ok(claimed)
        });
        claimed.await.map_err(unavailable)
    }

    async fn news(&self, since: u64) -> Result<LedgerNews, LedgerUnavailable> {
        let found = self.database.look(&self.watch, move |file| cells(file, since));
        let found = found.await.map_err(unavailable)?;
        let (cells, mark) = found.unwrap_or_else(|| (Changed::new(), since));
        Ok(LedgerNews {
            cells,
            mark,
            ..LedgerNews::default()
        })
    }

    async fn sweep(&self, now: Timestamp, window: Duration) -> Result<usize, LedgerUnavailable> {
        let swept = self.database.write(move |file| {
            let (cells, newest) = cells_marked(file, 0)?;
            let is_old = |(_, cell, mark): &Marked| *mark < newest && cell.is_swept(now, window);
            let mut gone = file.prepare_cached("DELETE FROM ledger WHERE changed = ?1")?;
            let mut count = 0;
            for (_, _, mark) in cells.into_iter().filter(is_old) {
                count += gone.execute([mark])?;
            }
            Ok(count)
        });
        swept.await.map_err(unavailable)
    }
}

/// The statements of a transaction that writes.
struct Table<'file> {
    find: CachedStatement<'file>,
    put: CachedStatement<'file>,
}

impl<'file> Table<'file> {
    fn of(file: &'file Connection) -> Result<Self, Trouble> {
        Ok(Self {
            find: file.prepare_cached(
                "SELECT epoch, count, failed, until, given, trial, early, pardon FROM ledger
                 WHERE account = ?1 AND generation = ?2 AND model = ?3 AND class = ?4",
            )?,
            // No two rows have the same mark, and the newest row is never dropped: a mark is never given twice.
            put: file.prepare_cached(
                "INSERT OR REPLACE INTO ledger
                 (account, generation, model, class, changed, epoch, count, failed, until, given, trial, early, pardon)
                 VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(changed), 0) + 1 FROM ledger),
                         ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?,
        })
    }

    fn cell(&mut self, key: &CellKey) -> Result<Option<Cell>, Trouble> {
        let columns = params![
            key.account.as_str(),
            key.generation.cast_signed(),
            model_column(key),
            key.class.as_str()
        ];
        let mut rows = self.find.query(columns)?;
        rows.next()?.map(|row| cell(row, 0)).transpose()
    }

    fn put(&mut self, key: &CellKey, cell: Cell) -> Result<(), Trouble> {
        self.put.execute(params![
            key.account.as_str(),
            key.generation.cast_signed(),
            model_column(key),
            key.class.as_str(),
            cell.epoch,
            cell.count,
            Moment(cell.failed_at),
            until_column(cell.until),
            Moment(cell.given),
            Moment(cell.trial),
            Moment(cell.early),
            Moment(cell.pardon),
        ])?;
        Ok(())
    }
}

/// Keeps the table within a number of rows.
fn drop_the_oldest(file: &Connection, most: u64) -> Result<(), Trouble> {
    let mut beyond =
        file.prepare_cached("SELECT changed FROM ledger ORDER BY changed DESC LIMIT 1 OFFSET ?1")?;
    let last: Option<u64> = beyond.query_row([most], |row| row.get(0)).optional()?;
    if let Some(last) = last {
        file.execute("DELETE FROM ledger WHERE changed <= ?1", [last])?;
    }
    Ok(())
}

/// The cells that were changed after `since`, and the mark of the last of them.
pub(super) fn cells(file: &Connection, since: u64) -> Result<(Changed, u64), Trouble> {
    let (cells, mark) = cells_marked(file, since)?;
    Ok((
        cells.into_iter().map(|(key, cell, _)| (key, cell)).collect(),
        mark,
    ))
}

/// A cell, and when it was changed.
type Marked = (CellKey, Cell, u64);

fn cells_marked(file: &Connection, since: u64) -> Result<(Vec<Marked>, u64), Trouble> {
    if form(file)? < SINCE_FORM {
        return Ok((Vec::new(), since));
    }
    // As with pins: a mark that is not reached yet is one of another file.
    let newest = "SELECT coalesce(max(changed), 0) FROM ledger";
    let newest: u64 = file.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    let since = if newest < since { 0 } else { since };
    let mut query = file.prepare_cached(&format!("{ALL} WHERE changed > ?1"))?;
    let mut rows = query.query([since])?;
    let mut found = Vec::new();
    let mut newest = since;
    while let Some(row) = rows.next()? {
        let mark = row.get(4)?;
        newest = newest.max(mark);
        found.push((key(row)?, cell(row, 5)?, mark));
    }
    Ok((found, newest))
}

/// Reads what can be read of a damaged table, in this order, until it ends.
pub(super) fn salvage(file: &Connection, order: &str, found: &mut BTreeMap<CellKey, Cell>) {
    let query = format!("{ALL} ORDER BY {order}");
    let Ok(mut query) = file.prepare(&query) else {
        return;
    };
    let Ok(mut rows) = query.query([]) else { return };
    while let Ok(Some(row)) = rows.next() {
        if let (Ok(key), Ok(cell)) = (key(row), cell(row, 5)) {
            let kept: &mut Cell = found.entry(key).or_default();
            *kept = kept.join(cell);
        }
    }
}

/// Joins saved cells with those of a new table.
pub(super) fn put_back(file: &Connection, saved: &BTreeMap<CellKey, Cell>) -> Result<(), Trouble> {
    let mut table = Table::of(file)?;
    for (key, cell) in saved {
        let there = table.cell(key)?.unwrap_or_default();
        table.put(key, there.join(*cell))?;
    }
    Ok(())
}

fn key(row: &Row<'_>) -> Result<CellKey, Trouble> {
    let model: String = row.get(2)?;
    let class: String = row.get(3)?;
    Ok(CellKey {
        account: AccountId::kept(&row.get::<_, String>(0)?),
        generation: row.get::<_, i64>(1)?.cast_unsigned(),
        model: match model.strip_prefix('=') {
            Some(model) => Some(Box::from(model)),
            None if model.is_empty() => None,
            None => return Err(Trouble::Cell("its model")),
        },
        class: FailureClass::from_word(&class).ok_or(Trouble::Cell("its class"))?,
    })
}

fn model_column(key: &CellKey) -> String {
    key.model
        .as_ref()
        .map_or_else(String::new, |model| format!("={model}"))
}

/// The cell in the columns from `first` on.
fn cell(row: &Row<'_>, first: usize) -> Result<Cell, Trouble> {
    let moment = |at: usize| {
        let ms: Option<i64> = row.get(first + at)?;
        Ok::<_, Trouble>(ms.map(Timestamp::from_millis))
    };
    let until = match row.get(first + 3)? {
        Value::Null => End::None,
        Value::Integer(ms) => End::At(Timestamp::from_millis(ms)),
        Value::Text(word) if word == PERSON => End::Person,
        _ => return Err(Trouble::Cell("when the rest ends")),
    };
    Ok(Cell {
        epoch: row.get(first)?,
        count: row.get(first + 1)?,
        failed_at: moment(2)?,
        until,
        given: moment(4)?,
        trial: moment(5)?,
        early: moment(6)?,
        pardon: moment(7)?,
    })
}

fn until_column(end: End) -> Value {
    match end {
        End::None => Value::Null,
        End::At(at) => Value::Integer(at.as_millis()),
        End::Person => Value::Text(PERSON.to_owned()),
    }
}

struct Moment(Option<Timestamp>);

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let ms = self.0.map(Timestamp::as_millis);
        Ok(ToSqlOutput::Owned(ms.map_or(Value::Null, Value::Integer)))
    }
}

fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> LedgerUnavailable {
    LedgerUnavailable(Box::new(cause))
}
