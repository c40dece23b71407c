//! Tables that fit the terminal.

use std::io::IsTerminal;

use comfy_table::{ContentArrangement, Table, presets};

use crate::echo::legible;

/// How wide a table is away from a terminal.
const USUAL: u16 = 80;
/// Below this nothing can be told in columns.
const NARROWEST: u16 = 30;

/// A table with a heading; its cells fold where they do not fit.
pub(super) fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| legible(cell).into_owned()));
    }
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    // One blank at the left of every line is the table's own padding.
    let text: Vec<&str> = text
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    text.join("\n")
}

/// The columns of the terminal, or `COLUMNS`; 80 if nothing tells.
fn width() -> u16 {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let columns = told.or_else(of_terminal).unwrap_or(USUAL);
    columns.clamp(NARROWEST, 200)
}

#[cfg(unix)]
fn of_terminal() -> Option<u16> {
    let out = std::io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(&out).ok()?;
    (size.ws_col > 0).then_some(size.ws_col)
}

#[cfg(not(unix))]
fn of_terminal() -> Option<u16> {
    None
}
