//! Pieces into messages: none is too long, none has too many entities, and no word is lost.

use unicode_segmentation::UnicodeSegmentation;

use super::ink::{Mark, Piece};
use super::limits::{ENTITIES, TEXT_UNITS};
use super::payload::{Entity, LinkPreviewOptions, Payload, units};

/// The messages, never none. A new one begins between pieces where that is possible.
pub(super) fn messages(pieces: impl IntoIterator<Item = Piece>) -> Vec<Payload> {
    let mut done = Vec::new();
    let mut current = Piece::default();
    for piece in pieces.into_iter().flat_map(fitting) {
        let length = units(&current.text) + 1 + units(&piece.text);
        if length > TEXT_UNITS || current.marks.len() + piece.marks.len() > ENTITIES {
            done.push(std::mem::take(&mut current));
        }
        if !(current.text.is_empty() && piece.text.is_empty()) {
            current.add(&piece);
        }
    }
    done.push(current);
    let mut payloads: Vec<Payload> = done
        .iter()
        // Telegram refuses a message without anything to see.
        .filter(|piece| !piece.text.trim().is_empty())
        .map(payload)
        .collect();
    if payloads.is_empty() {
        payloads.push(payload(&Piece {
            text: "…".to_owned(),
            ..Piece::default()
        }));
    }
    payloads
}

/// A piece in parts, each of which fits into a message: cut behind a line, else between graphemes.
fn fitting(mut piece: Piece) -> Vec<Piece> {
    let mut parts = Vec::new();
    while let Some(at) = edge(&piece) {
        let rest = split(&mut piece, at);
        parts.push(std::mem::replace(&mut piece, rest));
    }
    parts.push(piece);
    parts
}

/// Where a piece has to be cut; `None` if it fits.
fn edge(piece: &Piece) -> Option<usize> {
    let room = piece.marks.get(ENTITIES).map(|mark| mark.from);
    let mut used = 0;
    let mut line = None;
    for (at, grapheme) in piece.text.grapheme_indices(true) {
        if room.is_some_and(|room| at >= room) {
            return Some(line.unwrap_or(at)).filter(|at| *at > 0);
        }
        let length = units(grapheme);
        if used + length > TEXT_UNITS {
            // A grapheme that no message holds is cut within.
            return Some(
                line.or((at > 0).then_some(at))
                    .unwrap_or_else(|| within(grapheme)),
            );
        }
        used += length;
        if grapheme.ends_with('\n') {
            line = Some(at + grapheme.len());
        }
    }
    None
}

fn within(grapheme: &str) -> usize {
    let mut used = 0;
    let over = grapheme.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > TEXT_UNITS
    });
    over.map_or(grapheme.len(), |(at, _)| at)
}

/// Leaves what is before `at`, and returns the rest. The line feed between both goes.
fn split(piece: &mut Piece, at: usize) -> Piece {
    let rest = Piece {
        text: piece.text.split_off(at),
        marks: piece
            .marks
            .iter()
            .filter(|mark| mark.to > at)
            .map(|mark| Mark {
                from: mark.from.saturating_sub(at),
                to: mark.to - at,
                ..*mark
            })
            .collect(),
    };
    if piece.text.ends_with('\n') {
        piece.text.pop();
    }
    let end = piece.text.len();
    piece.marks.retain_mut(|mark| {
        mark.to = mark.to.min(end);
        mark.from < mark.to
    });
    rest
}

fn payload(piece: &Piece) -> Payload {
    let text = piece.text.trim_end();
    let entity = |mark: &Mark| {
        let to = mark.to.min(text.len());
        (mark.from < to).then(|| Entity {
            kind: mark.kind,
            offset: units(&text[..mark.from]),
            length: units(&text[mark.from..to]),
        })
    };
    Payload {
        text: text.to_owned(),
        entities: piece.marks.iter().filter_map(entity).collect(),
        link_preview_options: LinkPreviewOptions { is_disabled: true },
        reply_markup: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::prose::{Block, Rich};

    fn of(blocks: &[Block]) -> Vec<Payload> {
        messages(blocks.iter().map(Piece::of))
    }

    #[test]
    fn a_long_reply_is_cut_between_blocks_and_loses_nothing() {
        let lines: Vec<String> = (0..300).map(|n| format!("{n:03} {}", "x".repeat(40))).collect();
        let blocks: Vec<_> = lines.iter().map(|line| Block::Line(Rich::plain(line))).collect();
        let cut = of(&blocks);
        assert!(cut.len() > 2);
        let shown: Vec<&str> = cut.iter().flat_map(|payload| payload.text.lines()).collect();
        assert_eq!(shown, lines);
    }

    #[test]
    fn a_drawing_goes_on_as_a_drawing() {
        let drawing = "0123456789\n".repeat(900);
        let cut = of(&[Block::Drawn(drawing.clone())]);
        assert!(cut.len() > 2);
        for payload in &cut {
            let [whole] = payload.entities[..] else {
                panic!("one entity: {payload:?}")
            };
            assert_eq!((whole.offset, whole.length), (0, units(&payload.text)));
        }
        let lines: usize = cut.iter().map(|payload| payload.text.lines().count()).sum();
        assert_eq!(lines, 900);
    }

    #[test]
    fn a_grapheme_longer_than_a_message_is_cut_too() {
        let long = format!("e{}", "\u{301}".repeat(3 * TEXT_UNITS));
        let cut = of(&[Block::Line(Rich::plain(&long))]);
        assert!(cut.iter().all(|payload| units(&payload.text) <= TEXT_UNITS));
        let all: String = cut.iter().map(|payload| payload.text.as_str()).collect();
        assert_eq!(all, long);
    }

    #[test]
    fn a_line_of_too_many_names_goes_on_in_another_message() {
        let names: String = (0..250).map(|n| format!("\u{1}n{n}\u{2} ")).collect();
        let cut = of(&[Block::Line(Rich::plain(&names))]);
        let counts: Vec<usize> = cut.iter().map(|payload| payload.entities.len()).collect();
        assert_eq!(counts, [100, 100, 50]);
    }
}
