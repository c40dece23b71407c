//! Cutting a reply into messages.

use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold;
use crate::render::prose::shortened;

/// The longest message, in characters: below the limit of every chat platform that takes plain text.
pub const MESSAGE_CHARS: usize = 4_000;

/// The most of a message that the words at its end may take, in characters: a language may have long ones.
const MORE_CHARS: usize = 200;

/// The pieces of a reply, which are kept whole where they fit.
#[derive(Debug, Default)]
pub(super) struct Items {
    items: Vec<String>,
}

impl Items {
    /// Adds a line, or several that belong together.
    pub(super) fn push(&mut self, item: String) {
        self.items.push(item);
    }

    /// Adds an empty line, unless the reply has just begun or has one already.
    pub(super) fn gap(&mut self) {
        if self.items.last().is_some_and(|last| !last.is_empty()) {
            self.items.push(String::new());
        }
    }

    /// Folds long lines.
    pub(super) fn fold(&mut self) {
        for item in &mut self.items {
            *item = fold(item);
        }
    }

    /// The messages, in order. Each but the last ends with `more`, which says that more follows; nothing is left out.
    pub(super) fn into_messages(self, more: &str) -> Vec<String> {
        let more = shortened(more, MORE_CHARS);
        let room = MESSAGE_CHARS - more.chars().count() - 2;
        let mut messages = vec![String::new()];
        let mut used = 0;
        for piece in self.items.iter().flat_map(|item| cut(item, room)) {
            let length = piece.chars().count() + 1;
            if used > 0 && used + length > room {
                messages.push(String::new());
                used = 0;
            }
            let Some(message) = messages.last_mut() else {
                continue;
            };
            if used > 0 {
                message.push('\n');
            } else if piece.is_empty() {
                continue;
            }
            message.push_str(piece);
            used += length;
        }
        let last = messages.len() - 1;
        for message in &mut messages[..last] {
            message.push_str("\n\n");
            message.push_str(&more);
        }
        messages
    }
}

/// Cuts an item that no message can hold: between its lines, and lines that are too long by themselves.
fn cut(item: &str, room: usize) -> Vec<&str> {
    if item.chars().count() <= room {
        return vec![item];
    }
    item.split('\n').flat_map(|line| cut_line(line, room)).collect()
}

/// Cuts a line between graphemes, or within one that is longer than a message itself.
fn cut_line(item: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, grapheme) in item.grapheme_indices(true) {
        let length = grapheme.chars().count();
        if used + length > room && at > start {
            pieces.push(&item[start..at]);
            (start, used) = (at, 0);
        }
        used += length;
        while used > room {
            let end = item[start..]
                .char_indices()
                .nth(room)
                .map_or(item.len(), |(end, _)| start + end);
            pieces.push(&item[start..end]);
            (start, used) = (end, used - room);
        }
    }
    pieces.push(&item[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_replies_are_cut_between_items_and_lose_nothing() {
        let mut items = Items::default();
        for n in 0..300 {
            items.push(format!("{n:03} {}", "x".repeat(50)));
        }
        let messages = items.into_messages("(more follows)");
        assert!(messages.len() > 1);
        assert!(
            messages
                .iter()
                .all(|message| message.chars().count() <= MESSAGE_CHARS)
        );
        let shown: Vec<&str> = messages
            .iter()
            .flat_map(|message| message.lines())
            .filter(|line| line.ends_with('x'))
            .collect();
        assert_eq!(shown.len(), 300);
    }

    #[test]
    fn an_item_that_no_message_holds_is_cut_between_graphemes() {
        let mut items = Items::default();
        items.push("e\u{301}".repeat(MESSAGE_CHARS));
        let messages = items.into_messages("(more follows)");
        assert!(messages.len() > 2);
        assert!(messages.iter().all(|message| message.starts_with('e')));
    }

    #[test]
    fn a_grapheme_longer_than_a_message_is_cut_too() {
        let mut items = Items::default();
        items.push(format!("e{}", "\u{301}".repeat(3 * MESSAGE_CHARS)));
        let messages = items.into_messages("(more follows)");
        assert!(
            messages
                .iter()
                .all(|message| message.chars().count() <= MESSAGE_CHARS)
        );
    }
}
