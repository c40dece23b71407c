//! The terms of a choice: how firmly it is meant, and for how long.

use std::time::Duration;

/// How firmly a profile is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// That profile or nothing.
    Strict,
    /// That profile first; others may follow.
    Prefer,
}

impl Mode {
    /// The word for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Prefer => "prefer",
        }
    }
}

/// For how long a choice holds, where it ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// This long, from the moment it is made: 1 minute to 30 days.
    For(Duration),
    /// For the next model request only.
    Once,
}
