//! The kinds of fault, and one fault before it has words.

use std::fmt;
use std::ops::Range;

/// The stable name of a kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A token that nothing takes.
    UnexpectedArgument,
    /// Begins with a hyphen and is no option.
    UnknownOption,
    /// An option without its value.
    MissingValue,
    /// Not a duration, or not from 1 minute to 30 days.
    BadDuration,
    /// Not a page from 1 to 9999.
    BadPage,
    /// Two options of one group, or a profile given twice.
    ConflictingOptions,
    /// An `@` or `--profile` with nothing behind it.
    MissingProfile,
    /// Empty quotes where a model should be.
    MissingModel,
    /// A quote that is not closed on its line.
    UnterminatedQuote,
    /// A backslash that begins no JSON escape.
    BadEscape,
    /// An option or a profile where the verb takes none.
    NotAllowedHere,
    /// A reference, a profile or the whole line is over its limit.
    TooLong,
}

impl Code {
    /// Every code.
    pub const ALL: &'static [Code] = &[
        Self::UnexpectedArgument,
        Self::UnknownOption,
        Self::MissingValue,
        Self::BadDuration,
        Self::BadPage,
        Self::ConflictingOptions,
        Self::MissingProfile,
        Self::MissingModel,
        Self::UnterminatedQuote,
        Self::BadEscape,
        Self::NotAllowedHere,
        Self::TooLong,
    ];

    /// The code as data and documentation write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnexpectedArgument => "unexpected-argument",
            Self::UnknownOption => "unknown-option",
            Self::MissingValue => "missing-value",
            Self::BadDuration => "bad-duration",
            Self::BadPage => "bad-page",
            Self::ConflictingOptions => "conflicting-options",
            Self::MissingProfile => "missing-profile",
            Self::MissingModel => "missing-model",
            Self::UnterminatedQuote => "unterminated-quote",
            Self::BadEscape => "bad-escape",
            Self::NotAllowedHere => "not-allowed-here",
            Self::TooLong => "too-long",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault before it has words.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) code: Code,
    pub(super) span: Range<usize>,
    /// What the fault is about, where span and code do not tell.
    pub(super) about: &'static str,
}
