//! Names that others chose, made safe to show.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::echo::{discreet, legible};

/// The longest name that is shown, in characters: no name that can be typed in a command is longer.
pub(super) const NAME_CHARS: usize = 256;

/// The name without what would act on the display, and with anything that looks like a key blotted out.
#[must_use]
pub fn clean(name: &str) -> Cow<'_, str> {
    match legible(name) {
        Cow::Borrowed(name) => discreet(name),
        Cow::Owned(name) => Cow::Owned(discreet(&name).into_owned()),
    }
}

/// The same, cut to [`NAME_CHARS`].
pub(in crate::render) fn short(name: &str) -> Cow<'_, str> {
    shortened(name, NAME_CHARS)
}

/// The same, cut between graphemes to so many characters; `…` stands for the rest.
pub(in crate::render) fn shortened(text: &str, chars: usize) -> Cow<'_, str> {
    // What lies far behind the cut need not be looked at.
    let end = text
        .char_indices()
        .nth(chars * 4)
        .map_or(text.len(), |(at, _)| at);
    let text = clean(&text[..end]);
    if text.chars().count() <= chars {
        return text;
    }
    let mut out = String::new();
    let mut used = 1;
    for grapheme in text.graphemes(true) {
        used += grapheme.chars().count();
        if used > chars {
            break;
        }
        out.push_str(grapheme);
    }
    out.push('…');
    Cow::Owned(out)
}

/// Cuts a text between graphemes so that it measures at most `room` in a platform's own unit; `…` stands for the rest.
///
/// `measure` tells the length of a piece: bytes, UTF-16 units, characters. Where not even `…` fits, nothing is left.
#[must_use]
pub fn cut(text: &str, room: usize, measure: impl Fn(&str) -> usize) -> Cow<'_, str> {
    if measure(text) <= room {
        return Cow::Borrowed(text);
    }
    let Some(room) = room.checked_sub(measure("…")) else {
        return Cow::Borrowed("");
    };
    let mut end = 0;
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += measure(grapheme);
        if used > room {
            break;
        }
        end = at + grapheme.len();
    }
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_in_the_unit_of_the_platform() {
        let utf16 = |piece: &str| piece.encode_utf16().count();
        assert_eq!(cut("a👩‍👩‍👧b", 5, utf16), "a…");
        assert_eq!(cut("a👩‍👩‍👧b", 10, utf16), "a👩‍👩‍👧b");
        assert_eq!(cut("ab", 1, str::len), "");
        assert_eq!(cut("น้ำน้ำ", 12, str::len), "น้ำ…");
    }

    #[test]
    fn a_long_name_is_cut_between_graphemes() {
        assert_eq!(short(&"x".repeat(NAME_CHARS)), "x".repeat(NAME_CHARS));
        let cut = short(&"e\u{301}".repeat(NAME_CHARS)).into_owned();
        assert!(cut.chars().count() <= NAME_CHARS);
        assert!(cut.ends_with("\u{301}…"));
        assert_eq!(short(&format!("e{}", "\u{301}".repeat(9_000))), "…");
    }
}
