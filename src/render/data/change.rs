//! What a command changed.

use serde::Serialize;

use super::next::NextData;
use super::words::{EndData, ModeData, ModelData, ScopeData, name};
use crate::view::{Change, Changed, Kept, ModelNow, PaysFor, PinnedProfile, ProfileNow};

/// A committed change, and what holds after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangedData {
    /// What was done.
    pub change: ChangeCode,
    /// The scope in which it was done.
    pub scope: ScopeData,
    /// What was pinned by it.
    pub pinned: PinnedData,
    /// When that ends by itself.
    pub end: EndData,
    /// The model that holds in the chat now.
    pub model: Option<ModelNowData>,
    /// The profile that holds in the chat now.
    pub profile: Option<ProfileNowData>,
    /// The profile of the same provider that was pinned before, if it was another.
    pub profile_before: Option<String>,
    /// What happens at the next request.
    pub next: NextData,
    /// The scope of a narrower pin that keeps the model from being felt in this chat.
    pub model_hidden_by: Option<ScopeData>,
    /// The scope of a narrower pin that keeps the profile from being felt in this chat.
    pub profile_hidden_by: Option<ScopeData>,
    /// For whom the pinned profile pays in a chat of several people; `null` in a direct chat, or without a pinned profile.
    pub pays_for: Option<PaysForData>,
}

/// For whom a profile pays that is pinned in a chat of several people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PaysForData {
    /// Whoever writes there.
    Everybody,
    /// Those whom its `allow` list names; it never serves the others.
    Listed,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeCode {
    /// A model or a profile was pinned.
    Pinned,
    /// The pin of the scope was taken away.
    Cleared,
    /// The same in a thread, which no longer takes over what is pinned in its chat.
    OnItsOwn,
    /// The last change was taken back.
    Undone,
    /// Nothing: it was so already.
    Nothing,
}

/// What was pinned, whether it is felt in this chat or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PinnedData {
    /// The model, if one was named.
    pub model: Option<ModelData>,
    /// The profile, if one was named.
    pub profile: Option<PinnedProfileData>,
}

/// What was said about the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PinnedProfileData {
    /// Automatic choice.
    Auto,
    /// This one.
    Named {
        /// The profile.
        profile: String,
        /// That profile or nothing, or that profile first.
        mode: ModeData,
    },
}

/// The model after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelNowData {
    /// The model.
    pub model: ModelData,
    /// The one before, if it was another.
    pub before: Option<ModelData>,
    /// `strict` if no other model may step in.
    pub mode: ModeData,
    /// When its pin ends.
    pub end: EndData,
}

/// The profile after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ProfileNowData {
    /// Chosen automatically.
    Auto,
    /// Pinned.
    Pinned {
        /// The profile; `null` for one that the reader may not see.
        profile: Option<String>,
        /// That profile or nothing, or that profile first.
        mode: ModeData,
        /// Whether it was named just now; else it was pinned before, and still holds.
        named: bool,
        /// When its pin ends.
        end: EndData,
    },
    /// A pinned profile of another provider waits until its provider comes back; the choice is automatic meanwhile.
    Parked {
        /// That profile.
        profile: String,
    },
}

impl ChangedData {
    pub(super) fn of(changed: &Changed) -> Self {
        Self {
            change: match changed.change {
                Change::Pinned => ChangeCode::Pinned,
                Change::Cleared => ChangeCode::Cleared,
                Change::OnItsOwn => ChangeCode::OnItsOwn,
                Change::Undone => ChangeCode::Undone,
                Change::Nothing => ChangeCode::Nothing,
            },
            scope: changed.scope.into(),
            pinned: PinnedData {
                model: changed.pinned.model.as_ref().map(ModelData::of),
                profile: changed.pinned.profile.as_ref().map(|profile| match profile {
                    PinnedProfile::Auto => PinnedProfileData::Auto,
                    PinnedProfile::Named(id, mode) => PinnedProfileData::Named {
                        profile: name(id.as_str()),
                        mode: (*mode).into(),
                    },
                }),
            },
            end: EndData::of(changed.end),
            model: changed.model.as_ref().map(model_now),
            profile: changed.profile.as_ref().map(profile_now),
            profile_before: changed.profile_before.as_ref().map(|id| name(id.as_str())),
            next: NextData::of(&changed.next),
            model_hidden_by: changed.model_hidden_by.map(Into::into),
            profile_hidden_by: changed.profile_hidden_by.map(Into::into),
            pays_for: changed.pays_for.map(|whom| match whom {
                PaysFor::Everybody => PaysForData::Everybody,
                PaysFor::Listed => PaysForData::Listed,
            }),
        }
    }
}

fn model_now(held: &ModelNow) -> ModelNowData {
    ModelNowData {
        model: ModelData::of(&held.model),
        before: held.before.as_ref().map(ModelData::of),
        mode: held.mode.into(),
        end: EndData::of(held.end),
    }
}

fn profile_now(held: &ProfileNow) -> ProfileNowData {
    match held {
        ProfileNow::Auto => ProfileNowData::Auto,
        ProfileNow::Pinned { id, mode, kept, end } => ProfileNowData::Pinned {
            profile: id.as_ref().map(|id| name(id.as_str())),
            mode: (*mode).into(),
            named: *kept == Kept::Named,
            end: EndData::of(*end),
        },
        ProfileNow::Parked(id) => ProfileNowData::Parked {
            profile: name(id.as_str()),
        },
    }
}
