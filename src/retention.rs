//! How long a provider is asked to keep a prompt.

use std::fmt;

/// How long a provider is asked to keep what a prompt begins with, so that the next request finds it there.
///
/// It means something where Anthropic's API is spoken with an API key, and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Retention {
    /// It is not asked for.
    None,
    /// Five minutes.
    #[default]
    Short,
    /// One hour.
    Long,
}

impl Retention {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::None, Self::Short, Self::Long];

    /// The word for it in configuration and in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Short => "short",
            Self::Long => "long",
        }
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
