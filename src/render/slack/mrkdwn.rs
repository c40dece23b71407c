//! Sentences in Slack's markup.
//!
//! Slack escapes three characters, `&`, `<` and `>`, and has no escape for its other signs: `*`, `_`, `~` and the backtick.
//! So a word of others that has such a sign stands in a code span, in which no sign means anything but the backtick; that
//! one is told by a letter that looks like it.

use unicode_segmentation::UnicodeSegmentation as _;

use super::limits::{SECTION_TEXT, length};
use crate::render::prose::{Above, Block, Rich, Span, Style};

/// Stands for a backtick in a code span: MODIFIER LETTER GRAVE ACCENT.
const BACKTICK: char = '\u{2cb}';

/// Stands between two words of which one has markup, where no blank does: Slack reads no markup within a word.
const SEAM: char = '\u{200b}';

/// The longest part of a word that is written in one go, in characters: escaped it fits into any section.
const PART_CHARS: usize = 200;

/// A piece of a reply that fits into a section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Piece {
    /// With markup.
    pub(super) mrkdwn: String,
    /// Without, and not escaped yet: for notifications.
    pub(super) plain: String,
}

impl Piece {
    fn push(&mut self, other: &Self) {
        if seamed(&self.mrkdwn, &other.mrkdwn) {
            self.mrkdwn.push(SEAM);
        }
        self.mrkdwn.push_str(&other.mrkdwn);
        self.plain.push_str(&other.plain);
    }

    fn has_room_for(&self, other: &Self) -> bool {
        length(&self.mrkdwn) + length(&other.mrkdwn) + SEAM.len_utf16() <= SECTION_TEXT
    }
}

/// The pieces of a block, in order: lines that belong together are one, if a section can hold them.
pub(super) fn pieces(block: &Block) -> Vec<Piece> {
    match block {
        Block::Gap => Vec::new(),
        Block::Line(rich) | Block::Heading(rich) | Block::Under(Above::Heading, rich) => written("", rich),
        Block::Numbered(number, rich) => written(&format!("{number}. "), rich),
        Block::Under(Above::Numbered, rich) => written("      ", rich),
        Block::Bullet(_, rich) => written("• ", rich),
        Block::Drawn(lines) => drawn(lines),
    }
}

fn written(before: &str, rich: &Rich) -> Vec<Piece> {
    let mut pieces = vec![literal(before)];
    for word in rich.spans().iter().flat_map(words) {
        match pieces.last_mut() {
            Some(last) if last.has_room_for(&word) => last.push(&word),
            _ => pieces.push(word),
        }
    }
    pieces
}

fn literal(text: &str) -> Piece {
    Piece {
        mrkdwn: text.to_owned(),
        plain: text.to_owned(),
    }
}

/// The parts of a span between which a section may end.
fn words(span: &Span) -> Vec<Piece> {
    let whole = |mrkdwn| {
        vec![Piece {
            mrkdwn,
            plain: span.text.clone(),
        }]
    };
    match span.style {
        Style::Plain => span
            .text
            .split_inclusive([' ', '\n'])
            .flat_map(parts)
            .map(word)
            .collect(),
        Style::Strong if span.text.trim().is_empty() || has_signs(&span.text) => whole(code(&span.text)),
        Style::Strong => whole(format!("*{}*", escape(span.text.trim()))),
        Style::StrongName if !span.text.is_empty() => whole(format!("*{}*", code(&span.text))),
        Style::Name | Style::StrongName | Style::Written => whole(code(&span.text)),
    }
}

/// The word, in parts if it is very long.
pub(super) fn parts(word: &str) -> Vec<&str> {
    let (mut parts, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, grapheme) in word.grapheme_indices(true) {
        let chars = grapheme.chars().count();
        if used + chars > PART_CHARS && at > start {
            parts.push(&word[start..at]);
            (start, used) = (at, 0);
        }
        used += chars;
        // What looks like one character can be longer than any section.
        while used > PART_CHARS {
            let end = word[start..].char_indices().nth(PART_CHARS);
            let end = end.map_or(word.len(), |(end, _)| start + end);
            parts.push(&word[start..end]);
            (start, used) = (end, used - PART_CHARS);
        }
    }
    if start < word.len() {
        parts.push(&word[start..]);
    }
    parts
}

/// A word of a sentence with the blank behind it.
fn word(word: &str) -> Piece {
    let plain = word.to_owned();
    if !has_signs(word) {
        return Piece {
            mrkdwn: escape(word),
            plain,
        };
    }
    let name = word.trim_end_matches([' ', '\n', ',', ';', '.', ':', ')']);
    // The colon behind `:tada:` is not punctuation.
    let name = if has_signs(name) { name } else { word.trim_end() };
    let name = if name.is_empty() { word.trim_end() } else { name };
    Piece {
        mrkdwn: format!("{}{}", code(name), escape(&word[name.len()..])),
        plain,
    }
}

/// Whether Slack could read markup in it: `*bold*`, `_italic_`, `~gone~`, `` `code` ``, `> quote`, `:emoji:`.
fn has_signs(text: &str) -> bool {
    let alone = |at: usize| {
        let (before, behind) = (&text[..at], &text[at + 1..]);
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !(inside(before.chars().next_back()) && inside(behind.chars().next()))
    };
    let emoji = || {
        let mut between = text.split(':').skip(1).peekable();
        while let Some(name) = between.next() {
            let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '\'');
            if between.peek().is_some() && !name.is_empty() && name.chars().all(named) {
                return true;
            }
        }
        false
    };
    text.contains(['*', '~', '`'])
        || text.starts_with('>')
        || text.match_indices('_').any(|(at, _)| alone(at))
        || emoji()
}

/// A code span. Blanks at its ends would keep it from being one.
fn code(text: &str) -> String {
    let inside = text.trim_matches(' ');
    if inside.is_empty() {
        return "“”".to_owned();
    }
    let blanks = |count: usize| "\u{a0}".repeat(count);
    let before = text.len() - text.trim_start_matches(' ').len();
    let behind = text.len() - text.trim_end_matches(' ').len();
    let inside = escape(inside).replace('`', BACKTICK.encode_utf8(&mut [0; 4]));
    format!("`{}{inside}{}`", blanks(before), blanks(behind))
}

/// Lines in a code block, or in several of them.
fn drawn(lines: &str) -> Vec<Piece> {
    const FENCE: &str = "```";
    let room = SECTION_TEXT - 2 * (FENCE.len() + 1);
    let mut bodies: Vec<String> = Vec::new();
    let measure = |text: &str| length(&escape(text));
    for part in lines.split_inclusive('\n').flat_map(parts) {
        match bodies.last_mut() {
            Some(last) if measure(last) + measure(part) <= room => last.push_str(part),
            _ => bodies.push(part.to_owned()),
        }
    }
    let fenced = |body: String| {
        let body = body.trim_end_matches('\n');
        // Three in a row would end the block.
        let inside = escape(body).replace(FENCE, &BACKTICK.to_string().repeat(FENCE.len()));
        Piece {
            mrkdwn: format!("{FENCE}\n{inside}\n{FENCE}"),
            plain: body.to_owned(),
        }
    };
    bodies.into_iter().map(fenced).collect()
}

/// Whether markup would be read as a part of the word beside it.
fn seamed(before: &str, behind: &str) -> bool {
    let marked = |c: char| matches!(c, '*' | '`');
    let (Some(before), Some(behind)) = (before.chars().next_back(), behind.chars().next()) else {
        return false;
    };
    let touches = |c: char| marked(c) || c.is_alphanumeric();
    (marked(before) && touches(behind)) || (touches(before) && marked(behind))
}

/// The three characters that mean something everywhere:
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: &str) -> String {
        let pieces = written("", &Rich::plain(words));
        pieces.iter().map(|piece| piece.mrkdwn.as_str()).collect()
    }

    #[test]
    fn nobody_is_called_by_a_name() {
        assert_eq!(
            shown("see <!channel> & <@U1>, @here"),
            "see &lt;!channel&gt; &amp; &lt;@U1&gt;, @here"
        );
    }

    #[test]
    fn a_sign_in_a_word_of_others_means_nothing() {
        assert_eq!(shown("a *b c* d"), "a `*b` `c*` d");
        assert_eq!(shown("in ~/x, or _y_."), "in `~/x`, or `_y_`.");
        assert_eq!(shown("my_file.json ok"), "my_file.json ok");
        assert_eq!(shown("a :tada: b: c:"), "a `:tada:` b: c:");
        assert_eq!(shown("> quoted `x`"), "`&gt;` quoted `ˋxˋ`");
    }

    #[test]
    fn a_code_span_is_closed_by_nothing_in_it() {
        assert_eq!(code("a`b"), "`aˋb`");
        assert_eq!(code(" x "), "`\u{a0}x\u{a0}`");
        assert_eq!(code("  "), "“”");
        assert_eq!(code(""), "“”");
        let drawn = drawn("one ``` two\n  three");
        assert_eq!(drawn[0].mrkdwn, "```\none ˋˋˋ two\n  three\n```");
    }

    #[test]
    fn markup_stands_at_the_borders_of_words() {
        let mut piece = literal("模型");
        piece.push(&literal("`a/b`"));
        piece.push(&literal("。"));
        assert_eq!(piece.mrkdwn, "模型\u{200b}`a/b`。");
    }

    #[test]
    fn a_line_longer_than_a_section_is_cut_and_whole() {
        for unit in ["x", "&", "e\u{301}", "word ", "👩\u{200d}💻"] {
            let long = unit.repeat(9_000);
            for pieces in [written("", &Rich::plain(&long)), drawn(&long)] {
                assert!(pieces.iter().all(|piece| length(&piece.mrkdwn) <= SECTION_TEXT));
                let told: String = pieces.iter().map(|piece| piece.plain.as_str()).collect();
                assert_eq!(told, long);
            }
        }
        let endless = format!("e{}", "\u{301}".repeat(9_000));
        let pieces = written("", &Rich::plain(&endless));
        assert!(pieces.iter().all(|piece| length(&piece.mrkdwn) <= SECTION_TEXT));
    }
}
