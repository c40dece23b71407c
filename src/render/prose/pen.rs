//! What a sentence says of its words: which are names, which stand out.

use super::name::{short, shortened};
use super::rich::Style;
use crate::words::Words;

/// The longest error that is repeated, in characters.
const CAUSE_CHARS: usize = 1_000;

/// Marks words while a sentence is put together; [`Rich::read`](super::rich::Rich) reads the marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen<'w> {
    /// The language.
    pub(super) words: &'w Words,
}

impl Pen<'_> {
    /// A name that somebody chose: a model, a profile.
    pub(super) fn name(self, name: &str) -> String {
        Style::Name.mark(&short(name))
    }

    /// The same, and it should stand out.
    pub(super) fn strong_name(self, name: &str) -> String {
        Style::StrongName.mark(&short(name))
    }

    /// Something that a person wrote, as they wrote it.
    pub(super) fn written(self, text: &str) -> String {
        Style::Written.mark(&short(text))
    }

    /// Something to type.
    pub(super) fn typed(self, command: &str) -> String {
        self.name(command)
    }

    /// A word that should stand out.
    pub(super) fn strong(self, words: &str) -> String {
        Style::Strong.mark(&short(words))
    }

    /// Words in a sentence that may hold foreign text.
    pub(super) fn words(self, words: &str) -> String {
        short(words).into_owned()
    }

    /// What went wrong, in the words of an error: it may be long, and have a path in it.
    pub(super) fn cause(self, words: &str) -> String {
        shortened(words, CAUSE_CHARS).into_owned()
    }
}
