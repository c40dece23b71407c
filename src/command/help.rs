//! The user's page for the command: short for a chat, whole for a terminal.

use crate::words::{Words, say};

const PAGE: &str = include_str!("../../grammar/reference.md");

/// Where the part for chats begins and ends on the page.
const MARKS: (&str, &str) = ("<!-- chat -->\n```text\n", "```\n<!-- /chat -->");

/// The short help that `/model help` answers: at most 25 lines of at most 78 columns, for a monospaced block.
#[must_use]
pub fn short() -> &'static str {
    PAGE.split_once(MARKS.0)
        .and_then(|(_, behind)| behind.split_once(MARKS.1))
        .map_or(PAGE, |(short, _)| short)
        .trim_end()
}

/// The short help in another language: the forms are the same, their meanings are translated.
#[must_use]
pub fn short_in(words: &Words) -> String {
    if words.has_own("help") {
        say!(words, "help")
    } else {
        short().to_owned()
    }
}

/// The whole page, in Markdown.
#[must_use]
pub fn page() -> &'static str {
    PAGE
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn the_short_help_fits_a_chat() {
        assert!(
            PAGE.contains(MARKS.0) && PAGE.contains(MARKS.1),
            "the page has its marks"
        );
        assert!(short().lines().count() <= 25);
        for line in short().lines() {
            assert!(line.width() <= 78, "{line}");
        }
    }
}
