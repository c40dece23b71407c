//! The ledger's table.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::file::{Trouble, form};
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, Changed, End};
use crate::outcome::FailureClass;
use crate::profile::AccountId;
use crate::store::{CellNews, Claimed, claimed};

/// After so many changes, what is over is taken out.
const SWEPT_EVERY: u64 = 256;
/// How long after its end a cell is kept, in milliseconds: no provider asks anybody to wait longer than a week.
const OF_INTEREST: i64 = 30 * 24 * 3_600_000;
/// The first form with a ledger.
const SINCE: usize = 2;

/// Joins cells with what is there. What would not change is not written.
pub(super) fn merge(file: &Connection, cells: &Changed) -> Result<(), Trouble> {
    for (key, cell) in cells {
        let there = find(file, key)?;
        let joined = there.unwrap_or_default().join(*cell);
        if there != Some(joined) {
            put(file, key, joined)?;
        }
    }
    Ok(())
}

/// Takes the trial of these cells, if it is due as far as the table knows.
pub(super) fn claim(
    file: &Connection,
    cells: &Changed,
    now: Timestamp,
    window: Duration,
) -> Result<Claimed, Trouble> {
    let mut there = std::collections::HashMap::new();
    for (key, _) in cells {
        if let Some(cell) = find(file, key)? {
            there.insert(key.clone(), cell);
        }
    }
    let claimed = claimed(cells, |key| there.get(key).copied(), now, window);
    if claimed == Claimed::Yes {
        merge(file, cells)?;
    }
    Ok(claimed)
}

/// The cells that were changed after `since`.
pub(super) fn since(file: &Connection, since: u64) -> Result<CellNews, Trouble> {
    let mut news = CellNews {
        cells: Changed::new(),
        mark: since,
    };
    if form(file)? < SINCE {
        return Ok(news);
    }
    let query = "SELECT account, generation, model, class, changed, cell FROM ledger WHERE changed > ?1";
    let mut query = file.prepare(query)?;
    let mut rows = query.query(params![since])?;
    while let Some(row) = rows.next()? {
        let text = |at| row.get::<_, String>(at);
        news.mark = news.mark.max(row.get(4)?);
        // A class of a newer modelpin says nothing to this one.
        let Some(class) = FailureClass::from_word(&text(3)?) else {
            continue;
        };
        let generation = u64::from_str_radix(&text(1)?, 16).map_err(|_| Trouble::Record("its generation"))?;
        let key = CellKey {
            account: AccountId::kept(&text(0)?),
            generation,
            model: Some(text(2)?).filter(|model| !model.is_empty()).map(Into::into),
            class,
        };
        let cell = serde_json::from_str(&text(5)?).map_err(|_| Trouble::Record("its cell"))?;
        news.cells.push((key, cell));
    }
    Ok(news)
}

fn find(file: &Connection, key: &CellKey) -> Result<Option<Cell>, Trouble> {
    let query =
        "SELECT cell FROM ledger WHERE account = ?1 AND generation = ?2 AND model = ?3 AND class = ?4";
    let mut query = file.prepare_cached(query)?;
    let (generation, model) = columns(key);
    let row = query.query_row(
        params![key.account.as_str(), generation, model, key.class.as_str()],
        |row| row.get::<_, String>(0),
    );
    let text = row.optional()?;
    let read = |text: String| serde_json::from_str(&text).map_err(|_| Trouble::Record("its cell"));
    text.map(read).transpose()
}

fn put(file: &Connection, key: &CellKey, cell: Cell) -> Result<(), Trouble> {
    let mut put = file.prepare_cached(
        "INSERT INTO ledger (account, generation, model, class, changed, ends, cell)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(changed), 0) + 1 FROM ledger), ?5, ?6)
         ON CONFLICT DO UPDATE SET changed = excluded.changed, ends = excluded.ends, cell = excluded.cell",
    )?;
    let (generation, model) = columns(key);
    let text = serde_json::to_string(&cell).unwrap_or_default();
    put.execute(params![
        key.account.as_str(),
        generation,
        model,
        key.class.as_str(),
        ends(cell),
        text
    ])?;
    let newest: u64 = file.query_row("SELECT max(changed) FROM ledger", [], |row| row.get(0))?;
    if newest.is_multiple_of(SWEPT_EVERY) && ends(cell) < i64::MAX {
        sweep(file, ends(cell).saturating_sub(OF_INTEREST))?;
    }
    Ok(())
}

fn columns(key: &CellKey) -> (String, &str) {
    (
        format!("{:016x}", key.generation),
        key.model.as_deref().unwrap_or_default(),
    )
}

/// When nothing of a cell is of interest any more, in milliseconds.
fn ends(cell: Cell) -> i64 {
    let until = match cell.until {
        End::None => 0,
        End::At(at) => at.as_millis(),
        End::Person => i64::MAX,
    };
    let failed = cell.failed_at.map_or(0, Timestamp::as_millis);
    until.max(failed).max(cell.epoch)
}

/// Takes out what ended before `before`, in milliseconds.
fn sweep(file: &Connection, before: i64) -> Result<(), Trouble> {
    file.execute("DELETE FROM ledger WHERE ends < ?1", params![before])?;
    Ok(())
}
