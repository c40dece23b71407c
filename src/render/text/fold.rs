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
    let (mut seam, mut mark) = (None, None);
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if begun && is_seam(before, c) {
            if columns <= room {
                seam = Some(at);
                if ends_a_clause(before) && columns > room / 3 {
                    mark = seam;
                }
            } else if seam.is_none() {
                // The first word is too wide: it stands alone.
                return Some(at);
            }
        }
        begun |= c != ' ' && !(c.is_ascii_digit() || c == '.' || c == '>');
        columns += c.width().unwrap_or(0);
        before = c;
        if columns > room && seam.is_some() {
            return mark.or(seam);
        }
    }
    None
}

/// Whether a line may be broken between these two: at a blank, and beside a character that is as wide as two, since scripts
/// of such characters have no blanks. Thai has neither: its lines break where its writers put a blank, between clauses.
fn is_seam(before: char, c: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    match (before, c) {
        (' ', _) => false,
        (_, ' ') => true,
        _ => (wide(before) || wide(c)) && !opens(before) && !closes(c) && c.width() != Some(0),
    }
}

fn ends_a_clause(c: char) -> bool {
    matches!(c, ',' | ';' | '.' | '·' | '，' | '；' | '。' | '、')
}

fn opens(c: char) -> bool {
    matches!(c, '（' | '“' | '‘' | '《' | '【' | '「' | '(' | '[' | '{')
}

fn closes(c: char) -> bool {
    ends_a_clause(c)
        || matches!(
            c,
            '：' | '！'
                | '？'
                | '）'
                | '”'
                | '’'
                | '》'
                | '】'
                | '」'
                | ')'
                | ']'
                | '}'
                | ':'
                | '!'
                | '?'
                | '…'
        )
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
    fn a_script_without_blanks_is_folded_between_its_characters() {
        let long = format!("{}，{}。", "模型".repeat(12), "凭据".repeat(17));
        let folded = fold(&long);
        let lines: Vec<&str> = folded.lines().collect();
        assert!(lines.len() == 2 && lines[0].ends_with('，'), "{folded}");
        assert_eq!(folded.replace("\n    ", ""), long);
        let closing = format!("{}）{}", "模".repeat(40), "型".repeat(9));
        assert!(!fold(&closing).contains("\n    ）"), "{}", fold(&closing));
    }

    #[test]
    fn a_word_wider_than_the_line_stays_whole() {
        let wide = "w".repeat(100);
        assert_eq!(fold(&wide), wide);
        assert_eq!(fold(&format!("{wide} and more")), format!("{wide}\n    and more"));
    }
}
