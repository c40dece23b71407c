//! Lines that break between words, where a terminal would break them anywhere.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks every line of `text` that is wider than `columns` between its words; what follows of a line is indented as
/// its beginning was, and by two more. A word that is wider than the terminal stays whole: paths and commands can
/// then still be copied.
pub(super) fn wrap(text: &str, columns: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            wrapped.push('\n');
        }
        wrap_line(line, columns, &mut wrapped);
    }
    wrapped
}

fn wrap_line(line: &str, columns: usize, wrapped: &mut String) {
    if line.width() <= columns {
        wrapped.push_str(line);
        return;
    }
    let indent = line.len() - line.trim_start_matches(' ').len() + 2;
    // Half of the window is for words, however deep a line begins.
    let indent = indent.min(columns / 2);
    let mut used = 0;
    let mut words = false;
    for word in line.split_inclusive(' ') {
        let shown = word.trim_end_matches(' ');
        if words && used + shown.width() > columns {
            let kept = wrapped.trim_end_matches(' ').len();
            wrapped.truncate(kept);
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', indent));
            used = indent;
            words = false;
        }
        wrapped.push_str(word);
        words |= !shown.is_empty();
        used += word.chars().filter_map(UnicodeWidthChar::width).sum::<usize>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_their_indent() {
        assert_eq!(wrap("one two\nthree", 40), "one two\nthree");
        assert_eq!(wrap("one two three", 8), "one two\n  three");
        assert_eq!(wrap("  1. a longer entry", 12), "  1. a\n    longer\n    entry");
        assert_eq!(wrap("日本 日本 日本", 10), "日本 日本\n  日本");
        assert_eq!(wrap("", 10), "");
    }

    #[test]
    fn a_word_is_never_broken_and_no_width_is_too_small() {
        let path = "/a/path/that/is/longer/than/any/window";
        assert_eq!(
            wrap(&format!("in {path} now"), 10),
            format!("in\n  {path}\n  now")
        );
        for columns in 0..4 {
            let words: Vec<String> = wrap("a bb  ccc", columns)
                .split_whitespace()
                .map(str::to_owned)
                .collect();
            assert_eq!(words, ["a", "bb", "ccc"]);
        }
    }
}
