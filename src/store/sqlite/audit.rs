//! The audit's table.

use rusqlite::{Connection, Params, params};

use super::file::{Trouble, form};
use crate::clock::Timestamp;
use crate::store::Row;

/// The first form with an audit.
const SINCE: usize = 2;
/// The columns of a row.
const COLUMNS: &str = "SELECT id, at, session, agent, record FROM audit";

/// Puts rows in, each in the place of an earlier one with its id; and takes the oldest out where there are too many.
pub(super) fn put(file: &Connection, rows: &[Row], most: u64) -> Result<(), Trouble> {
    let mut earlier = file.prepare_cached("DELETE FROM audit WHERE id = ?1")?;
    let mut put = file
        .prepare_cached("INSERT INTO audit (id, at, session, agent, record) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for row in rows {
        earlier.execute(params![row.id])?;
        put.execute(params![
            row.id,
            row.at.as_millis(),
            row.session,
            row.agent,
            row.record
        ])?;
    }
    // Numbers have gaps where rows were replaced: what is counted is rows.
    let count: u64 = file.query_row("SELECT count FROM audit_count", [], |row| row.get(0))?;
    if count > most {
        file.execute(
            "DELETE FROM audit WHERE number IN (SELECT number FROM audit ORDER BY number LIMIT ?1)",
            params![count - most],
        )?;
    }
    Ok(())
}

/// The last rows, the newest first.
pub(super) fn latest(file: &Connection, most: usize) -> Result<Vec<Row>, Trouble> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    read(file, "ORDER BY number DESC LIMIT ?1", params![most])
}

/// The row with an id.
pub(super) fn find(file: &Connection, id: &str) -> Result<Option<Row>, Trouble> {
    Ok(read(file, "WHERE id = ?1", params![id])?.pop())
}

/// The last rows of one chat, the newest first.
pub(super) fn of_session(
    file: &Connection,
    agent: &str,
    session: &str,
    most: usize,
) -> Result<Vec<Row>, Trouble> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let which = "WHERE session = ?1 AND agent = ?2 ORDER BY number DESC LIMIT ?3";
    read(file, which, params![session, agent, most])
}

fn read(file: &Connection, which: &str, with: impl Params) -> Result<Vec<Row>, Trouble> {
    if form(file)? < SINCE {
        return Ok(Vec::new());
    }
    let mut query = file.prepare(&format!("{COLUMNS} {which}"))?;
    let rows = query.query_map(with, |row| {
        Ok(Row {
            id: row.get(0)?,
            at: Timestamp::from_millis(row.get(1)?),
            session: row.get(2)?,
            agent: row.get(3)?,
            record: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
