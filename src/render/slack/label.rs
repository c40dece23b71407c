//! Texts without markup: on buttons, in menus.

use super::limits::length;
use super::message::Plain;
use super::mrkdwn::escape;
use crate::render::prose::cut;

/// Stands for a name that is empty: Slack refuses an empty text.
const NOTHING: &str = "“”";

/// Stands at what is in force.
const CURRENT: &str = " ✓";

/// A text of at most `room` characters. Slack keeps these texts escaped, so an escaped one is counted.
pub(super) fn plain(text: impl AsRef<str>, room: usize) -> Plain {
    with_end(text.as_ref(), "", room)
}

/// The same with a mark at what is in force, which is never cut.
pub(super) fn marked(text: &str, current: bool, room: usize) -> Plain {
    with_end(text, if current { CURRENT } else { "" }, room)
}

/// `anthropic/claude-opus-4-6 · rests 4m`: where it is too long, the name is cut and not the note.
pub(super) fn described(name: Option<&str>, note: Option<&str>, room: usize) -> Option<Plain> {
    match (name, note) {
        (None, None) => None,
        (Some(text), None) | (None, Some(text)) => Some(plain(text, room)),
        (Some(name), Some(note)) => Some(with_end(name, &format!(" · {note}"), room)),
    }
}

fn with_end(text: &str, end: &str, room: usize) -> Plain {
    let text = if text.trim().is_empty() { NOTHING } else { text };
    let measure = |piece: &str| length(&escape(piece));
    // An end that leaves no room for anything else is cut itself.
    let end = cut(end, room / 2, measure);
    let text = cut(text, room.saturating_sub(measure(&end)), measure);
    let text = if text.is_empty() { "…" } else { &text };
    Plain {
        text: escape(&format!("{text}{end}")),
        emoji: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_escaped() {
        let label = plain("&".repeat(30), 75);
        assert_eq!(label.text, format!("{}…", "&amp;".repeat(14)));
        assert!(length(&label.text) <= 75);
    }

    #[test]
    fn the_note_and_the_mark_are_kept() {
        let told = described(Some(&"x".repeat(100)), Some("rests 4m"), 75).expect("a text");
        assert!(told.text.ends_with("x… · rests 4m"));
        assert_eq!(length(&told.text), 75);
        assert!(marked(&"y".repeat(100), true, 75).text.ends_with("y… ✓"));
        assert_eq!(plain(" ", 75).text, "“”");
        assert_eq!(plain(format!("e{}", "\u{301}".repeat(100)), 75).text, "…");
    }
}
