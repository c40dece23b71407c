//! Blocks as text with marks.

use super::guard::acting;
use super::payload::EntityKind;
use crate::render::prose::{Block, Rich, Standout, Style};

/// Text with marks, whose places are counted in bytes until it is a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// A styled part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: EntityKind,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Piece {
    /// A block, without the line feed behind it. A gap is empty.
    pub(super) fn of(block: &Block) -> Self {
        let mut piece = Self::default();
        match block {
            Block::Gap => {}
            Block::Line(rich) | Block::Heading(rich) => piece.rich(rich),
            Block::Numbered(number, rich) => {
                piece.text.push_str(&format!("{number}. "));
                piece.rich(rich);
            }
            Block::Under(_, rich) => {
                piece.text.push_str("    ");
                piece.rich(rich);
            }
            Block::Bullet(standout, rich) => {
                piece.text.push_str(match standout {
                    Standout::Yes => "▸ ",
                    Standout::No => "• ",
                });
                piece.rich(rich);
            }
            Block::Drawn(lines) => piece.styled(lines, EntityKind::Pre),
        }
        piece
    }

    /// A line of words without styles.
    pub(super) fn words(line: &str) -> Self {
        let mut piece = Self::default();
        piece.plain(line);
        piece
    }

    fn rich(&mut self, rich: &Rich) {
        for span in rich.spans() {
            let acts = !acting(&span.text).is_empty();
            match span.style {
                Style::Plain => self.plain(&span.text),
                // Nothing that is empty can be styled, and a name that is empty should be seen to be.
                _ if span.text.is_empty() => self.text.push_str("“”"),
                Style::Strong if !acts => self.styled(&span.text, EntityKind::Bold),
                Style::Strong | Style::Name | Style::StrongName | Style::Written => {
                    self.styled(&span.text, EntityKind::Code);
                }
            }
        }
    }

    /// Words without a style, but those that would act.
    fn plain(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.marks.extend(acting(text).into_iter().map(|range| Mark {
            kind: EntityKind::Code,
            from: start + range.start,
            to: start + range.end,
        }));
    }

    fn styled(&mut self, text: &str, kind: EntityKind) {
        let from = self.text.len();
        self.text.push_str(text);
        let to = self.text.len();
        if from < to {
            self.marks.push(Mark { kind, from, to });
        }
    }

    /// Adds another one behind a line feed.
    pub(super) fn add(&mut self, other: &Self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.iter().map(|mark| Mark {
            from: mark.from + start,
            to: mark.to + start,
            ..*mark
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::prose::Rich;

    #[test]
    fn an_empty_name_has_no_entity() {
        let piece = Piece::of(&Block::Line(Rich::plain("a \u{1}n\u{2} b")));
        assert_eq!(piece.text, "a “” b");
        assert_eq!(piece.marks, []);
    }

    #[test]
    fn what_would_notify_somebody_is_code() {
        let piece = Piece::of(&Block::Line(Rich::plain("\u{1}s@everyone\u{2} and @ann")));
        let styled: Vec<_> = piece
            .marks
            .iter()
            .map(|mark| (mark.kind, &piece.text[mark.from..mark.to]))
            .collect();
        assert_eq!(
            styled,
            [(EntityKind::Code, "@everyone"), (EntityKind::Code, "@ann")]
        );
    }
}
