//! What is used now, what could be, and why.

use super::NamedModel;
use crate::audit::Decision;
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::endpoint::Endpoint;
use crate::model::ProviderId;
use crate::order::Basis;
use crate::outcome::FailureClass;
use crate::pin::End;
use crate::profile::ProfileId;
use crate::secret::Handle;
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

use super::Next;

/// Where a selection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A pin of this scope.
    Pin(Scope),
    /// A pin of the chat that this one is a thread of.
    Parent,
    /// The configuration's default.
    Default,
}

/// The model and the profile in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The model.
    pub model: NamedModel,
    /// Where the model comes from.
    pub origin: Origin,
    /// When the model's pin ends.
    pub end: End,
    /// The pinned profile.
    pub profile: Option<SelectedProfile>,
}

/// The pinned profile in force.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectedProfile {
    /// The profile; `None` for one that the reader may not see.
    pub id: Option<ProfileId>,
    /// That profile or nothing, or that profile first.
    pub mode: Mode,
    /// Where the pin comes from.
    pub origin: Origin,
    /// When the pin ends.
    pub end: End,
}

/// `/model status`.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// What the chat uses now.
    pub selection: Option<Selection>,
    /// What it would use with nothing pinned.
    pub default: Option<NamedModel>,
    /// The agent that answers.
    pub agent: AgentId,
    /// The credential file.
    pub store: String,
    /// The providers, the current one first.
    pub providers: Vec<ProviderStatus>,
    /// What happens at the next request.
    pub next: Option<Next>,
}

/// One provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderStatus {
    /// The provider.
    pub provider: ProviderId,
    /// Where it is reached, if that is known.
    pub endpoint: Option<Endpoint>,
    /// The profiles in the order in which they would be tried, then those that cannot be tried.
    pub candidates: Vec<Candidate>,
}

/// `/model why`.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// What the chat uses now.
    pub selection: Option<Selection>,
    /// Which list the order of the candidates comes from.
    pub basis: Basis,
    /// The candidates in the order in which they would be tried, then those left out.
    pub candidates: Vec<Candidate>,
    /// What happens at the next request.
    pub next: Next,
    /// What became of the last one, if the reader may see its profiles.
    pub last: Option<LastRequest>,
}

/// What became of the last request of a chat.
#[derive(Debug, Clone, PartialEq)]
pub struct LastRequest {
    /// When it ended.
    pub at: Timestamp,
    /// What was kept of it.
    pub told: Decision,
}

/// A profile, as the resolver sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The profile.
    pub profile: ProfileId,
    /// Its kind; `None` for one that we do not know.
    pub kind: Option<CredentialKind>,
    /// The account's e-mail.
    pub account: Option<String>,
    /// When the credential ends.
    pub expires: Option<Timestamp>,
    /// Whether it can serve.
    pub state: State,
    /// What else there is to say of it.
    pub marks: Vec<Mark>,
    /// Stands for the secret.
    pub handle: Option<Handle>,
    /// Where it comes from, if not from the agent's own store.
    pub source: Option<String>,
    /// The machine-readable reason.
    pub reason: &'static str,
    /// When it can be used again.
    pub until: Option<Timestamp>,
}

/// Whether a profile can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can.
    Ready,
    /// It rests for a passing cause.
    Cooling(Option<Timestamp>),
    /// It rests until something is done, or until then.
    Disabled(Option<FailureClass>, Option<Timestamp>),
    /// Its credential has ended.
    Expired,
    /// It is not there.
    Missing,
    /// The configured order leaves it out.
    NotInOrder,
    /// It cannot be used; the reason code says why.
    Unusable(&'static str),
}

/// What else there is to say of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The next request goes to it.
    Next,
    /// A person pinned it.
    Pinned,
    /// It answered for this provider last.
    LastGood,
}
