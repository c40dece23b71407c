//! The text of a reply, cut into messages between its blocks.

use unicode_segmentation::UnicodeSegmentation as _;

use super::limits::{CONTENT, length};
use super::markup::{self, At};
use crate::render::prose::{Above, Block, Rich, Span, Style};

/// What a code block has around its lines, in characters.
const FENCES: usize = "```\n\n```".len();

/// The texts of the messages, in order: none is empty or longer than [`CONTENT`], and nothing is left out.
pub(super) fn contents(blocks: &[Block]) -> Vec<String> {
    let mut messages = vec![String::new()];
    let mut gap = false;
    for block in blocks {
        if *block == Block::Gap {
            gap = true;
            continue;
        }
        for piece in pieces(block) {
            let Some(message) = messages.last_mut() else {
                continue;
            };
            let between = match (message.is_empty(), gap) {
                (true, _) => "",
                (false, true) => "\n\n",
                (false, false) => "\n",
            };
            gap = false;
            if length(message) + between.len() + length(&piece) <= CONTENT {
                message.push_str(between);
                message.push_str(&piece);
            } else {
                messages.push(piece);
            }
        }
    }
    messages.retain(|message| !message.trim().is_empty());
    if messages.is_empty() {
        // Discord takes no empty message: this is a character that shows nothing.
        messages.push("\u{200b}".to_owned());
    }
    messages
}

/// A block, in one piece if a message can hold it.
fn pieces(block: &Block) -> Vec<String> {
    match block {
        Block::Gap => Vec::new(),
        Block::Line(rich) | Block::Heading(rich) | Block::Under(Above::Heading, rich) => written("", rich),
        // Discord would count for itself: the numbers are ours, and mean something.
        Block::Numbered(number, rich) => written(&format!("{number}\\. "), rich),
        // Small print.
        Block::Under(Above::Numbered, rich) => written("-# ", rich),
        Block::Bullet(_, rich) => written("- ", rich),
        Block::Drawn(lines) => drawn(lines),
    }
}

fn written(lead: &str, rich: &Rich) -> Vec<String> {
    let at = if lead.is_empty() {
        At::LineStart
    } else {
        At::Within
    };
    let whole = format!("{lead}{}", markup::rich(rich, at));
    if length(&whole) <= CONTENT {
        return vec![whole];
    }
    let mut pieces = vec![lead.to_owned()];
    for part in rich.spans().iter().flat_map(parts) {
        let Some(piece) = pieces.last_mut() else { continue };
        let here = if piece.is_empty() || piece.ends_with('\n') {
            At::LineStart
        } else {
            At::Within
        };
        let marked = markup::span(&part, here);
        if length(piece) + length(&marked) <= CONTENT {
            piece.push_str(&marked);
        } else {
            pieces.push(markup::span(&part, At::LineStart));
        }
    }
    pieces
}

/// A span as spans that a message can hold: words, where words are what it has. Each is marked for itself, so that no
/// markup is open where a message ends.
fn parts(span: &Span) -> Vec<Span> {
    let words = match span.style {
        Style::Plain => span.text.split_inclusive([' ', '\n']).collect(),
        _ => vec![span.text.as_str()],
    };
    // Each character may be escaped, and bold code has six marks more.
    let room = (CONTENT - "**``**".len()) / 2;
    let cut = words.into_iter().flat_map(|word| chunks(word, room));
    let part = |text: &str| Span {
        text: text.to_owned(),
        style: span.style,
    };
    cut.map(part).collect()
}

fn drawn(lines: &str) -> Vec<String> {
    let whole = markup::block(lines);
    if length(&whole) <= CONTENT {
        return vec![whole];
    }
    let room = CONTENT - FENCES;
    let mut blocks = vec![String::new()];
    for line in lines.split('\n').flat_map(|line| chunks(line, room)) {
        let Some(block) = blocks.last_mut() else { continue };
        if !block.is_empty() && length(block) + 1 + length(line) > room {
            blocks.push(line.to_owned());
            continue;
        }
        if !block.is_empty() {
            block.push('\n');
        }
        block.push_str(line);
    }
    blocks.iter().map(|block| markup::block(block)).collect()
}

/// Markdown that somebody else wrote, in messages cut between its lines: a code block goes on in the next message.
pub(super) fn written_by_others(markdown: &str) -> Vec<String> {
    const CLOSE: &str = "\n```";
    let mut messages = vec![String::new()];
    let mut open: Option<&str> = None;
    for line in markdown.split('\n') {
        let fence = line.trim_start().starts_with("```");
        // The language of a block, if it is one, stands behind its fence.
        let lead = open.filter(|lead| length(lead) < CONTENT / 2).unwrap_or("```");
        for piece in chunks(line, CONTENT - length(lead) - 2 * CLOSE.len()) {
            let Some(message) = messages.last_mut() else {
                continue;
            };
            let needs = length(piece) + 1 + CLOSE.len();
            if length(message) + needs <= CONTENT {
                if !message.is_empty() {
                    message.push('\n');
                }
                message.push_str(piece);
            } else if open.is_some() {
                message.push_str(CLOSE);
                messages.push(format!("{lead}\n{piece}"));
            } else {
                messages.push(piece.to_owned());
            }
        }
        if fence {
            open = if open.is_some() { None } else { Some(line) };
        }
    }
    messages.retain(|message| !message.trim().is_empty());
    messages
}

/// A text in pieces of at most `room`, cut between graphemes, or within one that is longer by itself.
fn chunks(text: &str, room: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let long = length(grapheme);
        if used + long > room && at > start {
            chunks.push(&text[start..at]);
            (start, used) = (at, 0);
        }
        if long <= room {
            used += long;
            continue;
        }
        for (within, c) in grapheme.char_indices() {
            if used + c.len_utf16() > room {
                chunks.push(&text[start..at + within]);
                (start, used) = (at + within, 0);
            }
            used += c.len_utf16();
        }
    }
    chunks.push(&text[start..]);
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Block {
        Block::Line(Rich::plain(words))
    }

    #[test]
    fn blocks_are_kept_whole_and_none_is_lost() {
        let blocks: Vec<Block> = (0..200)
            .map(|n| line(&format!("{n} {}", "x".repeat(50))))
            .collect();
        let messages = contents(&blocks);
        assert!(messages.len() > 4);
        let lines: Vec<&str> = messages.iter().flat_map(|message| message.lines()).collect();
        assert_eq!(lines.len(), 200);
        assert!(messages.iter().all(|message| length(message) <= CONTENT));
    }

    #[test]
    fn a_block_that_no_message_holds_is_cut_and_its_markup_closed() {
        let words = "_word_ ".repeat(900);
        let messages = contents(&[line(&words)]);
        assert!(messages.iter().all(|message| length(message) <= CONTENT));
        assert_eq!(messages.concat().matches("\\_word\\_").count(), 900);
        let drawn = contents(&[Block::Drawn("👩‍👩‍👧\n".repeat(2_000))]);
        assert!(drawn.iter().all(|message| {
            length(message) <= CONTENT && message.starts_with("```\n") && message.ends_with("\n```")
        }));
        assert_eq!(drawn.concat().matches("👩‍👩‍👧").count(), 2_000);
    }

    #[test]
    fn a_grapheme_longer_than_a_message_is_cut_too() {
        let marks = "\u{301}".repeat(5_000);
        let messages = contents(&[line(&format!("e{marks}"))]);
        assert_eq!(messages.concat().matches('\u{301}').count(), 5_000);
        assert!(messages.iter().all(|message| length(message) <= CONTENT));
    }

    #[test]
    fn a_code_block_of_others_goes_on_in_the_next_message() {
        let code = "let x = 1;\n".repeat(400);
        let messages = written_by_others(&format!("Look:\n```rust\n{code}```\nDone."));
        assert!(messages.len() > 2);
        assert!(messages.iter().all(|message| length(message) <= CONTENT));
        assert!(messages.iter().all(|message| message.matches("```").count() == 2));
        assert!(messages[1].starts_with("```rust\nlet x"), "{}", messages[1]);
        assert_eq!(messages.concat().matches("let x = 1;").count(), 400);
        let long = written_by_others(&"x".repeat(9_000));
        assert_eq!(long.concat().len(), 9_000);
        assert_eq!(written_by_others(" \n"), Vec::<String>::new());
    }

    #[test]
    fn there_is_always_a_message() {
        assert_eq!(contents(&[]), ["\u{200b}"]);
        assert_eq!(contents(&[line(""), Block::Gap]), ["\u{200b}"]);
    }
}
