//! Commands that were understood and not carried out: whose fault, and what to do.

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::session::Scope;

use super::NamedModel;

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// No model of that name.
    UnknownModel {
        /// What was written.
        written: String,
        /// The nearest names, best first.
        near: Vec<String>,
    },
    /// The allowlist leaves the model out.
    ModelNotAllowed {
        /// The model.
        model: ModelRef,
        /// The configuration key of the list.
        rule: String,
    },
    /// No profile of that name that the sender may see.
    UnknownProfile {
        /// What was written.
        written: String,
        /// The provider whose profiles were looked at.
        provider: ProviderId,
        /// The nearest ids, best first.
        near: Vec<ProfileId>,
    },
    /// Several profiles of that name.
    SeveralProfiles {
        /// What was written.
        written: String,
        /// The profiles.
        profiles: Vec<ProfileId>,
    },
    /// The profile belongs to another provider than the model.
    OtherProvider {
        /// The profile.
        profile: ProfileId,
        /// Its provider.
        provider: ProviderId,
        /// The model.
        model: NamedModel,
    },
    /// The sender may not do that.
    NotPermitted {
        /// The scope that it would have changed.
        scope: Scope,
    },
    /// The sender may not give commands here.
    NoCommands,
    /// No provider of that name.
    UnknownProvider {
        /// What was written.
        written: String,
        /// The nearest ids.
        near: Vec<String>,
    },
    /// The list is shorter.
    NoSuchPage {
        /// The page that was asked for.
        page: usize,
        /// How many there are.
        pages: usize,
        /// The provider whose models alone were asked for.
        list: Option<ProviderId>,
    },
    /// The scope has no change to take back.
    NothingToUndo {
        /// The scope.
        scope: Scope,
    },
    /// There is no model to attach a profile to.
    NoModel,
    /// The store could not keep the pin.
    NotKept {
        /// What the store said.
        cause: String,
    },
    /// The agent's credentials or configuration cannot be read.
    Broken {
        /// What is wrong, with file, line and column.
        cause: String,
        /// When it was found.
        at: Timestamp,
    },
}

impl Refusal {
    /// A stable code, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownModel { .. } => "unknown-model",
            Self::ModelNotAllowed { .. } => "model-not-allowed",
            Self::UnknownProfile { .. } => "unknown-profile",
            Self::SeveralProfiles { .. } => "several-profiles",
            Self::OtherProvider { .. } => "other-provider",
            Self::NotPermitted { .. } => "not-permitted",
            Self::NoCommands => "no-commands",
            Self::UnknownProvider { .. } => "unknown-provider",
            Self::NoSuchPage { .. } => "no-such-page",
            Self::NothingToUndo { .. } => "nothing-to-undo",
            Self::NoModel => "no-model",
            Self::NotKept { .. } => "not-kept",
            Self::Broken { .. } => "broken",
        }
    }
}
