//! Pieces of text and rows of buttons, packed into messages.

use super::limits::{BLOCKS, BLOCKS_JSON, SECTION_TEXT, TEXT, length};
use super::message::{LayoutBlock, Markup, Message, ResponseType};
use super::mrkdwn::{Piece, escape, pieces};
use crate::render::prose::{Block, cut};

/// The brackets around the blocks.
const BRACKETS: usize = 2;

/// A message while it is filled.
#[derive(Debug, Default)]
struct Open {
    sections: Vec<Piece>,
    weight: usize,
    text: usize,
}

/// The messages of a reply, in order, each as full as can be; buttons stand in the last one.
pub(super) fn messages(
    said: &[Block],
    buttons: Vec<LayoutBlock>,
    fallback: Option<&str>,
    to: ResponseType,
) -> Vec<Message> {
    let mut open = Open::default();
    let mut messages = Vec::new();
    for section in sections(said) {
        if !open.has_room_for(&section) {
            messages.push(std::mem::take(&mut open).done(Vec::new(), None, to));
        }
        open.push(section);
    }
    let weight: usize = buttons.iter().map(LayoutBlock::weight).sum();
    let full = open.weight + weight + BRACKETS > BLOCKS_JSON || open.sections.len() + buttons.len() > BLOCKS;
    if full && !open.sections.is_empty() {
        messages.push(std::mem::take(&mut open).done(Vec::new(), None, to));
    }
    if messages.is_empty() || !open.sections.is_empty() || !buttons.is_empty() {
        messages.push(open.done(buttons, fallback, to));
    }
    messages
}

/// The length of a text when it is escaped.
fn escaped(text: &str) -> usize {
    length(&escape(text))
}

/// All that is said, without markup and not escaped yet.
pub(super) fn told(said: &[Block]) -> String {
    let lines = sections(said).into_iter().map(|section| section.plain);
    lines.collect::<Vec<_>>().join("\n\n")
}

/// The texts of the sections: one begins at each empty line, and where one is full.
fn sections(said: &[Block]) -> Vec<Piece> {
    let mut sections: Vec<Piece> = Vec::new();
    let mut begins = true;
    for block in said {
        if *block == Block::Gap {
            begins = true;
        }
        for piece in pieces(block) {
            match sections.last_mut() {
                Some(last) if !begins && length(&last.mrkdwn) + 1 + length(&piece.mrkdwn) <= SECTION_TEXT => {
                    last.mrkdwn.push('\n');
                    last.mrkdwn.push_str(&piece.mrkdwn);
                    last.plain.push('\n');
                    last.plain.push_str(&piece.plain);
                }
                _ => sections.push(piece),
            }
            begins = false;
        }
    }
    sections
}

fn block(section: &Piece) -> LayoutBlock {
    LayoutBlock::Section {
        text: Markup {
            text: section.mrkdwn.clone(),
            verbatim: true,
        },
    }
}

impl Open {
    fn has_room_for(&self, section: &Piece) -> bool {
        self.sections.is_empty()
            || (self.sections.len() < BLOCKS
                && self.weight + block(section).weight() + BRACKETS <= BLOCKS_JSON
                && self.text + escaped(&section.plain) + 2 <= TEXT)
    }

    fn push(&mut self, section: Piece) {
        self.weight += block(&section).weight();
        self.text += escaped(&section.plain) + 2;
        self.sections.push(section);
    }

    fn done(self, buttons: Vec<LayoutBlock>, fallback: Option<&str>, to: ResponseType) -> Message {
        let told: Vec<&str> = self
            .sections
            .iter()
            .map(|section| section.plain.as_str())
            .collect();
        let told = told.join("\n\n");
        let text = escape(&cut(fallback.unwrap_or(&told), TEXT, escaped));
        let blocks = self.sections.iter().map(block).chain(buttons).collect();
        Message::of(text, blocks, to)
    }
}
