//! The pieces of a reply, each of which stands on a line of its own.

use super::rich::Rich;

/// A piece of a reply. A renderer keeps it whole where it fits into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// One line, or several that belong together.
    Line(Rich),
    /// What the blocks behind it are about.
    Heading(Rich),
    /// A line of a numbered list. The numbers are ours, and mean something.
    Numbered(usize, Rich),
    /// A line that belongs to the one above it: to a heading, or to a numbered line.
    Under(Above, Rich),
    /// A line of a list.
    Bullet(Standout, Rich),
    /// Lines whose columns matter, for a fixed-width font.
    Drawn(String),
    /// An empty line; never two in a row, never first.
    Gap,
}

/// What a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Above {
    /// The heading.
    Heading,
    /// The numbered line.
    Numbered,
}

/// Whether a line of a list is the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standout {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Blocks while they are written, as marked strings.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
}

impl Blocks {
    pub(super) fn line(&mut self, marked: &str) {
        self.blocks.push(Block::Line(Rich::read(marked)));
    }

    pub(super) fn heading(&mut self, marked: &str) {
        self.blocks.push(Block::Heading(Rich::read(marked)));
    }

    pub(super) fn numbered(&mut self, number: usize, marked: &str) {
        self.blocks.push(Block::Numbered(number, Rich::read(marked)));
    }

    pub(super) fn under(&mut self, above: Above, marked: &str) {
        self.blocks.push(Block::Under(above, Rich::read(marked)));
    }

    pub(super) fn bullet(&mut self, standout: Standout, marked: &str) {
        self.blocks.push(Block::Bullet(standout, Rich::read(marked)));
    }

    pub(super) fn drawn(&mut self, lines: &str) {
        self.blocks.push(Block::Drawn(lines.trim_end().to_owned()));
    }

    /// An empty line, unless the reply has just begun or has one already.
    pub(super) fn gap(&mut self) {
        if self.blocks.last().is_some_and(|last| *last != Block::Gap) {
            self.blocks.push(Block::Gap);
        }
    }

    pub(super) fn done(self) -> Vec<Block> {
        self.blocks
    }
}
