//! What comes out of a ranking.

use std::fmt;

use super::facts::Source;
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;

/// Who would be tried, in order, and who would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// In the order in which they would be tried, resting ones included.
    pub candidates: Vec<Candidate>,
    /// The other profiles that belong to the provider or are named for it, each once: first those that an
    /// order names, in its order.
    pub excluded: Vec<Excluded>,
    /// Where the order comes from.
    pub basis: Basis,
    /// Orders that were not used, because none of their profiles exists.
    pub ignored: Vec<Ignored>,
}

/// A profile that would be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The profile.
    pub profile: ProfileId,
    /// Its kind.
    pub kind: CredentialKind,
    /// [`Reason::Ok`], [`Reason::Cooldown`] or [`Reason::Disabled`].
    pub reason: Reason,
    /// When its rest ends; `None` if it does not rest, or only a person can end it.
    pub until: Option<Timestamp>,
    /// The failure that led to its rest, where that is known.
    pub class: Option<FailureClass>,
    /// Where it comes from.
    pub source: Source,
}

/// A profile that would not be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// The profile.
    pub profile: ProfileId,
    /// Why not.
    pub reason: Reason,
}

/// Why a profile stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It can be used now.
    Ok,
    /// It is named but does not exist.
    Missing,
    /// It is for another provider, or is declared for another.
    ProviderMismatch,
    /// It is of another kind than declared.
    ModeMismatch,
    /// There is no secret in it.
    NoCredential,
    /// Its secret has ended.
    Expired,
    /// Its end is no moment in time.
    InvalidExpires,
    /// Its secret is kept elsewhere and is not to be had there.
    UnresolvedRef,
    /// It is of a type that we do not know.
    UnknownType,
    /// It exists, but the order does not name it.
    NotInOrder,
    /// It rests after a passing failure.
    Cooldown,
    /// It rests until something is done.
    Disabled,
    /// The sender may not use it.
    NotAllowed,
    /// It would begin to cost, and the fence is closed. The resolver says this, never the ranking.
    Fenced,
}

impl Reason {
    /// The code for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::ProviderMismatch => "provider-mismatch",
            Self::ModeMismatch => "mode-mismatch",
            Self::NoCredential => "no-credential",
            Self::Expired => "expired",
            Self::InvalidExpires => "invalid-expires",
            Self::UnresolvedRef => "unresolved-ref",
            Self::UnknownType => "unknown-type",
            Self::NotInOrder => "not-in-order",
            Self::Cooldown => "cooldown",
            Self::Disabled => "disabled",
            Self::NotAllowed => "not-allowed",
            Self::Fenced => "fenced",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an order comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The order kept in the agent's file.
    StoredOrder,
    /// `auth.order`.
    ConfigOrder,
    /// The order of `auth.profiles`.
    ConfigProfiles,
    /// The profiles of the store, in file order.
    Store,
}

impl Basis {
    /// Whether somebody wrote this order as an order: it is kept, and not sorted by kind and use.
    #[must_use]
    pub fn is_explicit(self) -> bool {
        matches!(self, Self::StoredOrder | Self::ConfigOrder)
    }

    /// What people call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoredOrder => "the order in auth-profiles.json",
            Self::ConfigOrder => "auth.order",
            Self::ConfigProfiles => "auth.profiles",
            Self::Store => "the stored profiles",
        }
    }
}

/// An order that was not used, because none of the profiles that it names exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ignored {
    /// The order.
    pub basis: Basis,
    /// How many profiles it names.
    pub named: usize,
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { basis, named } = self;
        let profiles = if *named == 1 { "profile" } else { "profiles" };
        write!(
            f,
            "{} is not used: it names {named} {profiles}, none of which exists",
            basis.as_str()
        )
    }
}
