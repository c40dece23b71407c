//! Codes: the only text in a record that is no name.

use std::borrow::Cow;
use std::fmt;

/// The longest code that is read.
const LONGEST: usize = 64;

/// A word such as `rate_limit` or `not-in-order`, which stands in the source of a program.
///
/// It is made of a text that the program has from the start, and never of what came from outside. One that is read
/// back from a record is at most 64 of `a-z`, `0-9`, `_`, `-` and `.`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// Takes a word of the program.
    #[must_use]
    pub const fn new(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// A word that was written down; `None` if it is no code.
    pub(super) fn read(word: String) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
        let good = !word.is_empty() && word.len() <= LONGEST && word.bytes().all(fits);
        good.then_some(Self(Cow::Owned(word)))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The word as people read it: `rate limit`.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.replace(['_', '-'], " ")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
