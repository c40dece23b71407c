//! Long lines of plain text, folded for a terminal.

use unicode_width::UnicodeWidthChar as _;

/// The widest line, in columns. A word that is wider by itself stays whole.
pub const COLUMNS: usize = 80;

/// How far a folded line goes on to the right.
const INDENT: &str = "    ";

/// Folds each line: behind a punctuation mark if one is near the edge, else at a blank.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (line, number) in text.split('\n').zip(0..) {
        if number > 0 {
            out.push('\n');
        }
        let mut rest = line;
        let mut room = COLUMNS;
        while let Some(at) = edge(rest, room) {
            out.push_str(rest[..at].trim_end());
            out.push('\n');
            out.push_str(INDENT);
            rest = rest[at..].trim_start();
            room = COLUMNS - INDENT.len();
        }
        out.push_str(rest);
    }
    out
}

/// Where a line that is wider than `room` is best broken; `None` if it is not, or cannot be.
fn edge(line: &str, room: usize) -> Option<usize> {
    let mut columns = 0;
    let mut begun = false;
    let (mut blank, mut mark) = (None, None);
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == ' ' && begun && before != ' ' {
            if columns <= room {
                blank = Some(at);
                if matches!(before, ',' | ';' | '.' | '·') && columns > room / 3 {
                    mark = blank;
                }
            } else if blank.is_none() {
                // The first word is too wide: it stands alone.
                return Some(at);
            }
        }
        begun |= c != ' ' && !(c.is_ascii_digit() || c == '.' || c == '>');
        columns += c.width().unwrap_or(0);
        before = c;
        if columns > room && blank.is_some() {
            return mark.or(blank);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_fits_is_left_alone() {
        let text = format!("  1. {}\n\nx ", "x".repeat(75));
        assert_eq!(fold(&text), text);
    }

    #[test]
    fn a_long_line_goes_on_below_behind_a_mark_where_one_is_near() {
        let long = format!("{}, {} {}", "a".repeat(50), "b".repeat(20), "c".repeat(20));
        let folded = format!("{},\n    {} {}", "a".repeat(50), "b".repeat(20), "c".repeat(20));
        assert_eq!(fold(&long), folded);
        let words = "word ".repeat(40);
        assert!(
            fold(&words).lines().all(|line| line.len() <= COLUMNS),
            "{}",
            fold(&words)
        );
    }

    #[test]
    fn a_word_wider_than_the_line_stays_whole() {
        let wide = "w".repeat(100);
        assert_eq!(fold(&wide), wide);
        assert_eq!(fold(&format!("{wide} and more")), format!("{wide}\n    and more"));
    }
}
