//! Long lines of plain text, folded for a terminal.
//!
//! Lines break at blanks, and beside wide characters, as Chinese and Japanese have no blanks: where UAX 14 allows it, so
//! not before a closing mark. Thai has blanks between clauses only, and breaks there: its words cannot be told apart
//! without a dictionary. Names in Latin letters are never broken at their own marks, so that they can be copied.

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthChar as _;

/// The widest line, in columns. A word that is wider by itself stays whole.
pub const COLUMNS: usize = 80;

/// How far a folded line goes on to the right.
const INDENT: &str = "    ";

/// Folds each line: behind a punctuation mark if one is near the edge, else at a blank or beside a wide character.
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
    let (mut last, mut mark) = (None, None);
    let mut before = ' ';
    let mut allowed = linebreaks(line).map(|(at, _)| at).peekable();
    for (at, c) in line.char_indices() {
        while allowed.next_if(|edge| *edge < at).is_some() {}
        let blank = c == ' ' && before != ' ';
        let between = c != ' ' && before != ' ' && (wide(before) || wide(c)) && allowed.peek() == Some(&at);
        if begun && (blank || between) {
            if columns <= room {
                last = Some(at);
                if closes(before) && columns > room / 3 {
                    mark = last;
                }
            } else if last.is_none() {
                // The first word is too wide: it stands alone.
                return Some(at);
            }
        }
        begun |= c != ' ' && !(c.is_ascii_digit() || c == '.' || c == '>');
        columns += c.width().unwrap_or(0);
        before = c;
        if columns > room && last.is_some() {
            return mark.or(last);
        }
    }
    None
}

/// Whether a character is one of those between which lines break without a blank.
fn wide(c: char) -> bool {
    c.width() == Some(2)
}

/// Whether a line is best broken behind it.
fn closes(c: char) -> bool {
    matches!(c, ',' | ';' | '.' | '·' | '，' | '；' | '。' | '、')
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

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

    #[test]
    fn a_line_without_blanks_breaks_between_wide_characters_and_not_before_a_closing_mark() {
        let long = format!("{}，{}。", "固".repeat(39), "定".repeat(38));
        let folded = fold(&long);
        let lines: Vec<&str> = folded.lines().collect();
        assert_eq!(lines[0], format!("{}，", "固".repeat(39)));
        assert!(lines.iter().all(|line| line.width() <= COLUMNS), "{folded}");
        assert!(
            !lines
                .iter()
                .any(|line| line.trim_start().starts_with(['，', '。'])),
            "{folded}"
        );
        assert_eq!(folded.replace("\n    ", ""), long);
        let closing = format!("{}。", "固".repeat(40));
        assert_eq!(fold(&closing), format!("{}\n    固。", "固".repeat(39)));
    }

    #[test]
    fn thai_breaks_at_its_blanks_and_never_within_a_letter() {
        let clause = "ข้อความถัดไปจะถูกปฏิเสธ";
        let folded = fold(&[clause; 6].join(" "));
        assert!(folded.lines().count() > 1);
        assert!(folded.split_whitespace().all(|word| word == clause), "{folded}");
    }
}
