//! What became of a request.

use std::fmt;

use crate::clock::Timestamp;

/// What a failed answer means for the credential, the model and the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureClass {
    /// Too many requests for now.
    RateLimit,
    /// The provider is short of capacity.
    Overloaded,
    /// The provider failed.
    ServerError,
    /// No answer in time.
    Timeout,
    /// The credential was not accepted; it may be again.
    Auth,
    /// The credential will not be accepted again.
    AuthPermanent,
    /// The account has no money left.
    Billing,
    /// The provider does not serve this model.
    ModelNotFound,
    /// The request itself is wrong.
    Format,
    /// The request is longer than the model takes.
    ContextOverflow,
}

impl FailureClass {
    /// Every class.
    pub const ALL: [Self; 10] = [
        Self::RateLimit,
        Self::Overloaded,
        Self::ServerError,
        Self::Timeout,
        Self::Auth,
        Self::AuthPermanent,
        Self::Billing,
        Self::ModelNotFound,
        Self::Format,
        Self::ContextOverflow,
    ];

    /// The class that a word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// The word for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimit => "rate_limit",
            Self::Overloaded => "overloaded",
            Self::ServerError => "server_error",
            Self::Timeout => "timeout",
            Self::Auth => "auth",
            Self::AuthPermanent => "auth_permanent",
            Self::Billing => "billing",
            Self::ModelNotFound => "model_not_found",
            Self::Format => "format",
            Self::ContextOverflow => "context_overflow",
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of a failure beyond its class, where a person can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Anthropic takes the subscription token from its own client alone.
    ClaudeCodeOnly,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 1] = [Self::ClaudeCodeOnly];

    /// The cause that a word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// The word for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCodeOnly => "claude-code-only",
        }
    }
}

impl fmt::Display for Cause {
    /// What happened and what to do, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClaudeCodeOnly => "this subscription token cannot be used here, add an Anthropic API key",
        })
    }
}

/// What became of a request under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered.
    Succeeded,
    /// The provider refused or failed.
    Failed {
        /// What the failure means.
        class: FailureClass,
        /// The time that the provider gave for another try.
        retry_at: Option<Timestamp>,
    },
}

/// Why a profile is left alone for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RestKind {
    /// It failed for a passing cause.
    Cooldown,
    /// It will not work until something is done: money, a new secret.
    Disabled,
}

/// A profile that is left alone, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rest {
    /// Passing, or until something is done.
    pub kind: RestKind,
    /// When it ends; `None` if only a person can end it.
    pub until: Option<Timestamp>,
    /// The failure that led to it, where that is known.
    pub class: Option<FailureClass>,
}

impl Rest {
    /// When it ends, for comparison: a rest that only a person can end, ends last.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.until.unwrap_or(Timestamp::from_millis(i64::MAX))
    }
}
