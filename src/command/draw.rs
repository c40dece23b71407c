//! Draws a command line with carets under what is wrong.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use super::diagnostic::Diagnostic;
use super::shown::shown;
use crate::words::{Words, say};

/// The widest line of a drawing, in columns; messages and helps have their own limit.
pub const COLUMNS: usize = 76;

/// How many faults one drawing shows.
pub const BLOCKS: usize = 5;

/// How many columns before a fault are shown at least, where the line is cut.
const BEFORE: usize = 24;

/// How many marks without width a character may carry; more would make a drawing as long as the message.
const MARKS: usize = 2;

/// How many characters are looked at on either side of a fault.
const WALK: usize = COLUMNS * (MARKS + 1);

/// Draws one block a diagnostic; `line` begins at `start` of the message that the spans belong to.
pub(super) fn draw(words: &Words, line: &str, start: usize, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(BLOCKS) {
        let span = diagnostic.span.start.saturating_sub(start)..diagnostic.span.end.saturating_sub(start);
        let (shown, carets) = window(line, span);
        // Writing to a string cannot fail.
        let _ = write!(out, "{shown}\n{carets}\n{}\n", diagnostic.message);
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "{help}");
        }
        out.push('\n');
    }
    match diagnostics.len().saturating_sub(BLOCKS) {
        0 => {}
        more => out.push_str(&say!(words, "fault-more", count = more)),
    }
    out.truncate(out.trim_end().len());
    out
}

/// The part of the line around `span`, and the carets under it.
fn window(line: &str, span: Range<usize>) -> (String, String) {
    let from = window_start(line, span.start);
    let (mut text, mut carets, mut used) = if from > 0 {
        ("…".to_owned(), " ".to_owned(), 1)
    } else {
        (String::new(), String::new(), 0)
    };
    let mut marks = 0;
    for (at, c) in line.get(from..).unwrap_or_default().char_indices().take(WALK) {
        let c = shown(c);
        let width = c.width().unwrap_or(0);
        marks = if width == 0 { marks + 1 } else { 0 };
        if used + width >= COLUMNS {
            text.push('…');
            break;
        }
        if marks <= MARKS {
            text.push(c);
        }
        used += width;
        let under = if span.contains(&(from + at)) { "^" } else { " " };
        carets.push_str(&under.repeat(width));
    }
    carets.truncate(carets.trim_end().len());
    if carets.is_empty() {
        // A span of nothing but marks has no width of its own.
        carets.push('^');
    }
    (text, carets)
}

/// Where a window begins that has the fault in it: at the start of the line, if that is near.
fn window_start(line: &str, fault: usize) -> usize {
    let mut columns = 0;
    let mut near = fault;
    for (at, c) in line
        .get(..fault)
        .unwrap_or_default()
        .char_indices()
        .rev()
        .take(WALK)
    {
        columns += shown(c).width().unwrap_or(0);
        if columns <= BEFORE {
            near = at;
        }
        if columns > COLUMNS / 2 {
            return near;
        }
        if at == 0 {
            return 0;
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::command::{Parsed, Syntax};

    fn drawn(message: &str) -> String {
        match Syntax::new().parse(message) {
            Parsed::Invalid(fault) => fault.draw(),
            other => panic!("{message:?} is {other:?}"),
        }
    }

    #[test]
    fn carets_stand_under_the_fault() {
        assert_eq!(
            drawn("  /model opus --sesion"),
            "/model opus --sesion\n            ^^^^^^^^\n`--sesion` is not an option\ndid you mean `--session`?"
        );
    }

    #[test]
    fn columns_are_counted_as_a_terminal_counts_them() {
        let drawn = drawn("/model 模型 \u{7}x");
        let mut lines = drawn.lines();
        assert_eq!(lines.next(), Some("/model 模型 ·x"));
        assert_eq!(lines.next(), Some("            ^^"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_fault() {
        let drawn = drawn(&format!("/model {} -x {}", "a".repeat(200), "-y ".repeat(99)));
        let mut lines = drawn.lines();
        let text = lines.next().expect("the line");
        let carets = lines.next().expect("the carets");
        assert!(
            text.starts_with('…') && text.ends_with('…') && text.width() <= COLUMNS,
            "{text}"
        );
        assert_eq!(text.chars().position(|c| c == '-'), carets.find('^'));
        assert!(drawn.ends_with("… and 95 more faults"));
    }

    #[test]
    fn a_drawing_is_bounded_whatever_the_message() {
        for piece in [
            "a",
            "模",
            "e\u{301}\u{301}\u{301}\u{301}",
            "\u{301}",
            "\u{200b}",
            "\u{0}",
            "-\u{301} ",
        ] {
            let drawn = drawn(&format!("/model x \"{}", piece.repeat(100_000)));
            assert!(drawn.len() < 8_000, "{}", drawn.len());
            for line in drawn.lines() {
                assert!(line.width() <= 120, "{line}");
            }
        }
    }
}
