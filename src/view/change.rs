//! What a command changed.

use super::{NamedModel, State};
use crate::pin::End;
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::terms::Mode;

/// A committed change, and what holds after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// What was done.
    pub change: Change,
    /// The scope in which it was done.
    pub scope: Scope,
    /// What was pinned by it.
    pub pinned: Pinned,
    /// The model that holds in the chat now.
    pub model: Option<ModelNow>,
    /// The profile that holds in the chat now.
    pub profile: Option<ProfileNow>,
    /// The profile of the same provider that was pinned before, if it was another.
    pub profile_before: Option<ProfileId>,
    /// When the change ends by itself.
    pub end: End,
    /// What happens at the next request.
    pub next: Next,
    /// The scope of a narrower pin that keeps the model from being felt in this chat.
    pub model_hidden_by: Option<Scope>,
    /// The scope of a narrower pin that keeps the profile from being felt in this chat.
    pub profile_hidden_by: Option<Scope>,
    /// For whom the pinned profile pays; `None` where nobody else is in the chat, or no profile is pinned that the reader
    /// may see.
    pub pays_for: Option<PaysFor>,
}

/// For whom a profile pays that is pinned in a chat of several people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaysFor {
    /// Whoever writes there.
    Everybody,
    /// Those whom its `allow` list names; it never serves the others.
    Listed,
}

/// What a command pinned: what was committed, whether it is felt in this chat or not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pinned {
    /// The model, if one was named.
    pub model: Option<NamedModel>,
    /// The profile, if one was named.
    pub profile: Option<PinnedProfile>,
}

/// What a command said about the profile.
#[derive(Debug, Clone, PartialEq)]
pub enum PinnedProfile {
    /// Automatic choice.
    Auto,
    /// This one.
    Named(ProfileId, Mode),
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A model or a profile was pinned.
    Pinned,
    /// The pin of the scope was taken away.
    Cleared,
    /// The same in a thread, which no longer takes over what is pinned in the chat that it belongs to.
    OnItsOwn,
    /// The last change was taken back.
    Undone,
    /// Nothing: it was so already.
    Nothing,
}

/// The model after the change.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelNow {
    /// The model.
    pub model: NamedModel,
    /// The one before, if it was another.
    pub before: Option<NamedModel>,
    /// Strict if no other model may step in.
    pub mode: Mode,
    /// When its pin ends.
    pub end: End,
}

/// The profile after the change.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileNow {
    /// Chosen automatically.
    Auto,
    /// Pinned.
    Pinned {
        /// The profile; `None` for one that the reader may not see.
        id: Option<ProfileId>,
        /// That profile or nothing, or that profile first.
        mode: Mode,
        /// Whether it was kept or taken up again, not named in this command.
        kept: Kept,
        /// When its pin ends.
        end: End,
    },
    /// A pinned profile of another provider waits until its provider comes back; the choice is automatic meanwhile.
    Parked(ProfileId),
}

/// Whether a profile was named in the command at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was named.
    Named,
    /// It was pinned before, and still holds.
    FromBefore,
}

/// What happens at the next request.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This profile serves it.
    Served(ProfileId),
    /// This profile was resting, and is tried; if that fails, it rests on.
    OnTrial(ProfileId),
    /// The model cannot be served, for this reason; another one steps in.
    OtherModel(NamedModel, Box<Self>, Box<Self>),
    /// A profile that the reader may not see serves it.
    ServedUnseen,
    /// It will be refused: the pinned profile cannot serve.
    PinnedCannot(State),
    /// It will be refused: the pinned profile is not for the reader.
    PinnedNotYours,
    /// The pinned profile cannot serve; another one will.
    OtherServes(State, ProfileId),
    /// It will be refused: the provider has no usable credential.
    NoCredential,
    /// It will be refused: every profile rests; the first is back then.
    AllRest(Option<crate::clock::Timestamp>),
    /// It will be refused for another reason: its code, the reason and the remedy.
    Refused(&'static str, String, String),
    /// It could not be worked out; the credential store is broken.
    Unknown,
}
