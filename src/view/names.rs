//! What a person could name.

use crate::model::ProviderId;
use crate::profile::ProfileId;

/// The names that mean something to a sender in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Aliases and references of models that may be selected, with the provider.
    pub models: Vec<(String, ProviderId)>,
    /// Aliases that are commands of their own: `/opus`.
    pub commands: Vec<String>,
    /// Profiles that the sender may see, with the provider.
    pub profiles: Vec<(ProfileId, ProviderId)>,
}
