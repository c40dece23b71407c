//! What several kinds of reply use: names, selections, ends.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::echo::discreet;
use crate::model::ModelRef;
use crate::pin::End;
use crate::render::prose::{short, shortened};
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::{NamedModel, Origin, SelectedProfile, Selection};

/// The longest sentence that is repeated, in characters.
const SENTENCE_CHARS: usize = 1_000;

/// A name to compare: whole, unless it looks like a key.
pub(super) fn name(name: &str) -> String {
    discreet(name).into_owned()
}

/// A name to show.
pub(super) fn label(name: &str) -> String {
    short(name).into_owned()
}

/// Words that hold what others wrote.
pub(super) fn sentence(words: &str) -> String {
    shortened(words, SENTENCE_CHARS).into_owned()
}

pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// A model with the name that people call it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelData {
    /// The alias, if it has one.
    pub alias: Option<String>,
    /// The full reference, `provider/model`.
    pub model: String,
    /// The alias, else the reference: fit to be shown.
    pub label: String,
}

impl ModelData {
    pub(super) fn of(named: &NamedModel) -> Self {
        Self::called(named.alias.as_deref(), &named.model)
    }

    pub(super) fn called(alias: Option<&str>, model: &ModelRef) -> Self {
        let model = model.to_string();
        Self {
            label: label(alias.unwrap_or(&model)),
            alias: alias.map(name),
            model: name(&model),
        }
    }
}

/// When something ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndData {
    /// At this moment, if at one, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
    /// Whether with the next model request.
    pub once: bool,
}

impl EndData {
    pub(super) fn of(end: End) -> Self {
        Self {
            until: match end {
                End::At(at) => Some(at.as_millis()),
                End::Never | End::NextRequest => None,
            },
            once: end == End::NextRequest,
        }
    }
}

/// Where a selection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OriginData {
    /// A pin of this chat.
    Session,
    /// A pin of the agent.
    Agent,
    /// A pin for all agents.
    Global,
    /// A pin of the chat that this one is a thread of.
    Parent,
    /// The default of the configuration.
    Default,
}

impl OriginData {
    fn of(origin: Origin) -> Self {
        match origin {
            Origin::Pin(Scope::Session) => Self::Session,
            Origin::Pin(Scope::Agent) => Self::Agent,
            Origin::Pin(Scope::Global) => Self::Global,
            Origin::Parent => Self::Parent,
            Origin::Default => Self::Default,
        }
    }
}

/// How firmly something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ModeData {
    /// This or nothing.
    Strict,
    /// This first; others may follow.
    Prefer,
}

impl From<Mode> for ModeData {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Strict => Self::Strict,
            Mode::Prefer => Self::Prefer,
        }
    }
}

/// How far a pin reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScopeData {
    /// This chat.
    Session,
    /// Every chat of the agent that has no pin of its own.
    Agent,
    /// Every chat of every agent that has no narrower pin.
    Global,
}

impl From<Scope> for ScopeData {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Session => Self::Session,
            Scope::Agent => Self::Agent,
            Scope::Global => Self::Global,
        }
    }
}

/// The model and the profile in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelectionData {
    /// The model.
    pub model: ModelData,
    /// Where the model comes from.
    pub origin: OriginData,
    /// When the model's pin ends.
    pub end: EndData,
    /// The pinned profile; `null` for automatic choice.
    pub profile: Option<SelectedProfileData>,
}

impl SelectionData {
    pub(super) fn of(selection: &Selection) -> Self {
        Self {
            model: ModelData::of(&selection.model),
            origin: OriginData::of(selection.origin),
            end: EndData::of(selection.end),
            profile: selection.profile.as_ref().map(SelectedProfileData::of),
        }
    }
}

/// The pinned profile in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelectedProfileData {
    /// The profile; `null` for one that the reader may not see.
    pub profile: Option<String>,
    /// That profile or nothing, or that profile first.
    pub mode: ModeData,
    /// Where the pin comes from.
    pub origin: OriginData,
    /// When the pin ends.
    pub end: EndData,
}

impl SelectedProfileData {
    fn of(pinned: &SelectedProfile) -> Self {
        Self {
            profile: pinned.id.as_ref().map(|id| name(id.as_str())),
            mode: pinned.mode.into(),
            origin: OriginData::of(pinned.origin),
            end: EndData::of(pinned.end),
        }
    }
}
