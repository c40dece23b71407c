//! What the ranking is made from.

use std::fmt;

use indexmap::IndexMap;

use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::outcome::Rest;
use crate::profile::ProfileId;

/// What is known of one profile at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFacts {
    /// The profile. A key of the environment is `env:NAME`, one of the configuration `config:provider`.
    pub id: ProfileId,
    /// The provider that it is for.
    pub provider: ProviderId,
    /// Its kind; `None` for a type that we do not know.
    pub kind: Option<CredentialKind>,
    /// Whether there is a secret: the key, the token, or the access token.
    pub secret: SecretState,
    /// When that secret ends.
    pub expires: Expiry,
    /// Whether there is a refresh token.
    pub refreshable: bool,
    /// When it last served a request.
    pub last_used: Option<Timestamp>,
    /// Whether it rests; a rest that is over counts for nothing.
    pub rest: Option<Rest>,
    /// Where it comes from.
    pub source: Source,
}

/// Whether there is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretState {
    /// There is one.
    Usable,
    /// There is none, or nothing but blanks.
    Blank,
    /// It is kept elsewhere and is not to be had there.
    Unresolved,
}

/// When a secret ends, as the file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// Nothing is said: it does not end by itself.
    Never,
    /// At this moment it no longer holds.
    At(Timestamp),
    /// What is said is no positive finite number.
    Invalid,
}

/// Where a profile comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// The agent's own file.
    Store,
    /// The file of `main`, which the agent reads under its own.
    Inherited,
    /// An environment variable, by name.
    Environment(String),
    /// `models.providers.<p>.apiKey`.
    Config,
}

impl Source {
    /// Whether it is a profile in a file, and not a key that merely lies there.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Store | Self::Inherited)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::Inherited => f.write_str("inherited"),
            Self::Environment(name) => write!(f, "env: {name}"),
            Self::Config => f.write_str("config"),
        }
    }
}

/// What the configuration declares about a profile (`auth.profiles`). What is `None` is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// The provider that it is meant for.
    pub provider: Option<ProviderId>,
    /// The kind that is meant; `oauth` also takes a stored token.
    pub kind: Option<CredentialKind>,
}

/// A question for a ranking.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The provider that is asked for.
    pub provider: &'a ProviderId,
    /// All profiles of the store in file order, also those of other providers; then the keys of the
    /// environment and of the configuration. Of two with one id, the first counts.
    pub profiles: &'a [ProfileFacts],
    /// The order kept in the agent's file.
    pub stored_order: Option<&'a [ProfileId]>,
    /// The order of the configuration (`auth.order`).
    pub config_order: Option<&'a [ProfileId]>,
    /// The profiles of the configuration (`auth.profiles`), in its order.
    pub config_profiles: &'a IndexMap<ProfileId, Declared>,
    /// Profiles that go first, strongest first: pin, affinity, the model's own.
    pub preferred: &'a [ProfileId],
    /// Whether the sender may use a profile.
    pub allowed: &'a dyn Fn(&ProfileId) -> bool,
    /// The present moment.
    pub now: Timestamp,
}

impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("provider", &self.provider)
            .field("profiles", &self.profiles)
            .field("stored_order", &self.stored_order)
            .field("config_order", &self.config_order)
            .field("config_profiles", &self.config_profiles)
            .field("preferred", &self.preferred)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
