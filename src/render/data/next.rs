//! What happens at the next request.

use serde::Serialize;

use super::candidate::ReasonData;
use super::words::{ModelData, millis, name, sentence};
use crate::view::Next;

/// What happens at the next request of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum NextData {
    /// This profile serves it.
    Served {
        /// The profile.
        profile: String,
    },
    /// This profile was resting, and is tried; if that fails, it rests on.
    OnTrial {
        /// The profile.
        profile: String,
    },
    /// A profile that the reader may not see serves it.
    ServedUnseen,
    /// The model cannot be served; another one steps in.
    OtherModel {
        /// That one.
        model: ModelData,
        /// Why the model that was asked for cannot be served.
        why: Box<NextData>,
        /// How the other one is served.
        then: Box<NextData>,
    },
    /// The pinned profile cannot serve; another one will.
    OtherServes {
        /// Why it cannot.
        pinned: ReasonData,
        /// The other one.
        profile: String,
    },
    /// It will be refused: the pinned profile cannot serve.
    PinnedCannot {
        /// Why it cannot.
        pinned: ReasonData,
    },
    /// It will be refused: the pinned profile is not for the reader.
    PinnedNotYours,
    /// It will be refused: the provider has no usable credential.
    NoCredential,
    /// It will be refused: every profile rests.
    AllRest {
        /// When the first is back, in milliseconds since the Unix epoch.
        until: Option<i64>,
    },
    /// It will be refused for another reason.
    Refused {
        /// The code of the reason: those of `refusal` in `modelpin explain`.
        reason: &'static str,
        /// The reason, in words.
        message: String,
        /// What can be done, in words.
        hint: String,
    },
    /// It could not be worked out.
    Unknown,
}

impl NextData {
    pub(super) fn of(next: &Next) -> Self {
        match next {
            Next::Served(id) => Self::Served {
                profile: name(id.as_str()),
            },
            Next::OnTrial(id) => Self::OnTrial {
                profile: name(id.as_str()),
            },
            Next::ServedUnseen => Self::ServedUnseen,
            Next::OtherModel(model, why, then) => Self::OtherModel {
                model: ModelData::of(model),
                why: Box::new(Self::of(why)),
                then: Box::new(Self::of(then)),
            },
            Next::OtherServes(state, id) => Self::OtherServes {
                pinned: ReasonData::of(*state),
                profile: name(id.as_str()),
            },
            Next::PinnedCannot(state) => Self::PinnedCannot {
                pinned: ReasonData::of(*state),
            },
            Next::PinnedNotYours => Self::PinnedNotYours,
            Next::NoCredential => Self::NoCredential,
            Next::AllRest(until) => Self::AllRest {
                until: millis(*until),
            },
            Next::Refused(reason, message, hint) => Self::Refused {
                reason,
                message: sentence(message),
                hint: sentence(hint),
            },
            Next::Unknown => Self::Unknown,
        }
    }
}
