//! Tables that fit the terminal.

use std::io::IsTerminal;

use comfy_table::{ContentArrangement, Table, presets};
use unicode_width::UnicodeWidthStr;

use crate::echo::legible;

/// How wide a table is away from a terminal.
const USUAL: u16 = 80;
/// From here on columns are tried, whatever is in them.
const ROOMY: u16 = 70;
/// What stands between two columns.
const GAP: usize = 2;
/// Below this nothing can be told in columns.
const NARROWEST: u16 = 30;

/// A table with a heading; its cells fold where they do not fit. Columns with nothing in them are left out. Where a
/// terminal is too narrow for columns, as on a phone, each row becomes a few lines.
pub(super) fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    written(heading, rows, width())
}

fn written(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: u16) -> String {
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.iter().map(|cell| legible(cell).into_owned()).collect())
        .collect();
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let used: Vec<usize> = (0..heading.len())
        .filter(|at| rows.iter().any(|row| !cell(row, *at).is_empty()))
        .collect();
    let widest = |at: &usize| {
        let cells = rows.iter().map(|row| cell(row, *at).width());
        cells.chain([heading[*at].width()]).max().unwrap_or(0) + GAP
    };
    if width < ROOMY && used.iter().map(widest).sum::<usize>() > usize::from(width) + GAP {
        return blocks(heading, &used, &rows);
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(used.iter().map(|at| heading[*at]));
    for row in &rows {
        table.add_row(used.iter().map(|at| cell(row, *at)));
    }
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    // One blank at the left of every line is the table's own padding.
    let text: Vec<&str> = text
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    text.join("\n")
}

/// A row in a few lines: the first cell, and each of the others behind its heading.
fn blocks(heading: &[&str], used: &[usize], rows: &[Vec<String>]) -> String {
    let block = |row: &Vec<String>| {
        let mut cells = used
            .iter()
            .filter_map(|at| Some((*at, row.get(*at)?)))
            .filter(|(_, cell)| !cell.is_empty());
        let mut lines: Vec<String> = cells.next().map(|(_, cell)| cell.clone()).into_iter().collect();
        lines.extend(cells.map(|(at, cell)| match heading[at] {
            "" => format!("  {cell}"),
            name => format!("  {name}: {cell}"),
        }));
        lines.join("\n")
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_columns_where_there_is_room_and_lines_where_there_is_none() {
        let heading = ["Profile", "Account", "State"];
        let rows = || {
            [vec![
                "anthropic:default".to_owned(),
                String::new(),
                "ok".to_owned(),
            ]]
        };
        assert_eq!(
            written(&heading, rows(), 80),
            "Profile            State\nanthropic:default  ok"
        );
        assert_eq!(
            written(&heading, rows(), 30),
            "Profile            State\nanthropic:default  ok"
        );
        assert_eq!(written(&heading, rows(), 20), "anthropic:default\n  State: ok");
        let wide = [vec![
            "\u{4e2d}\u{6587}".repeat(30),
            "x".to_owned(),
            "\u{1b}[31mred".to_owned(),
        ]];
        for width in [30, 40, 80] {
            let text = written(&heading, wide.clone(), width);
            assert!(!text.contains('\u{1b}'), "{text}");
            assert!(
                width < ROOMY || text.lines().all(|line| line.width() <= usize::from(width)),
                "{text}"
            );
        }
    }
}
