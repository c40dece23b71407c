//! Reading as a person does: what acts on a display, what is cut in two, what a label names.

use unicode_segmentation::UnicodeSegmentation as _;

/// How many characters before a cut have to be found in a name, so that it is the name that was cut.
const FOUND: usize = 4;

/// How many characters of a name have to be in a label.
const TOLD: usize = 3;

/// How much of what stands before a cut is looked for in names.
const LOOKED_AT: usize = 40;

/// Whether a character acts on a display instead of being shown. A line may end.
pub(super) fn acts(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Where a text is cut within a grapheme of one of `names`: what stands before `…`.
pub(super) fn half_grapheme(text: &str, names: &[String]) -> Option<String> {
    let cuts = text.match_indices('…').map(|(at, _)| &text[..at]);
    cuts.map(|before| tail(before, LOOKED_AT))
        .find(|before| before.ends_with('\u{200d}') || names.iter().any(|name| splits(name, before)))
        .map(str::to_owned)
}

/// The last characters of a text.
fn tail(text: &str, chars: usize) -> &str {
    let start = text.char_indices().rev().nth(chars.saturating_sub(1));
    start.map_or(text, |(at, _)| &text[at..])
}

/// Whether a name was cut behind the end of `before`, within a grapheme.
fn splits(name: &str, before: &str) -> bool {
    // The longest end of `before` that is in the name is what was left of it.
    let ends = before.char_indices().map(|(at, _)| &before[at..]);
    let left = ends
        .take_while(|end| end.chars().count() >= FOUND)
        .find(|end| name.contains(end));
    let Some(left) = left else { return false };
    let cuts: Vec<usize> = name.match_indices(left).map(|(at, _)| at + left.len()).collect();
    let whole = |cut: &usize| *cut == name.len() || name.grapheme_indices(true).any(|(at, _)| at == *cut);
    // A cut leaves blanks behind out.
    let blank = |cut: &usize| name[*cut..].starts_with(char::is_whitespace);
    !cuts.iter().any(|cut| whole(cut) || blank(cut))
}

/// The names of a thing, as they are looked for in labels.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names = names.into_iter();
        Self(
            names
                .map(|name| bare(&crate::render::prose::clean(name)))
                .collect(),
        )
    }

    /// How well a label names the thing: the length of the longest beginning of one of its names that is in the label, in
    /// characters that no markup and no escaping touches.
    pub(super) fn within(&self, label: &Label) -> usize {
        let length = |name: &String| {
            let ends: Vec<usize> = name.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
            // Beginnings of a beginning that is in it are in it too.
            let count = ends.partition_point(|end| label.0.contains(&name[..*end]));
            match ends.len() {
                // There is nothing that could be compared.
                0 => 1,
                // A letter or two are in many labels.
                length if count < length.min(TOLD) => 0,
                _ => count,
            }
        };
        self.0.iter().map(length).max().unwrap_or(0)
    }
}

/// A label, or all that can be read, as names are looked for in it.
#[derive(Debug)]
pub(super) struct Label(String);

impl Label {
    pub(super) fn new(text: &str) -> Self {
        Self(bare(text))
    }
}

/// Without blanks, punctuation and what stands for something left out.
fn bare(text: &str) -> String {
    let bare = |c: &char| !c.is_ascii_punctuation() && !c.is_whitespace() && !matches!(c, '…' | '\u{fffd}');
    text.chars().filter(bare).collect()
}

/// Whether a number stands in a text by itself.
pub(super) fn has_number(text: &str, number: usize) -> bool {
    let number = number.to_string();
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_within_a_grapheme_is_found_and_one_between_is_not() {
        let names = [
            "abcd👩\u{200d}👩\u{200d}👧x".to_owned(),
            "abcde\u{301}\u{308}f".to_owned(),
        ];
        assert_eq!(
            half_grapheme("1. abcd👩\u{200d}👩… and", &names).as_deref(),
            Some("1. abcd👩\u{200d}👩")
        );
        assert!(half_grapheme("abcde…", &names).is_some());
        assert!(half_grapheme("abcde\u{301}…", &names).is_some());
        assert_eq!(half_grapheme("abcde\u{301}\u{308}…", &names), None);
        assert_eq!(half_grapheme("abcd… abcd👩\u{200d}👩\u{200d}👧…", &names), None);
        assert_eq!(half_grapheme("and so on…", &names), None);
    }

    #[test]
    fn a_label_names_what_it_begins_with_even_if_it_is_escaped_or_cut() {
        let named = |label, name| Names::new([name]).within(&Label::new(label));
        assert_eq!(named("\\*\\*opus\\_4…", "opus_4_6"), 5);
        assert_eq!(named("sonnet", "opus"), 0);
        assert!(has_number("12. opus", 12) && !has_number("112", 12));
    }
}
