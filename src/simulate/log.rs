//! What happened, as data: the run writes it, the oracles and the report read it.

use crate::clock::Timestamp;
use crate::model::ModelRef;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::terms::Mode;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// In which chat.
    pub session: u32,
    /// In which request; 0 where none is meant, for they are numbered from 1.
    pub request: u32,
    /// What.
    pub what: What,
}

/// A thing that happens.
#[derive(Debug, Clone)]
pub enum What {
    /// A chat has something to send.
    Asked(Asked),
    /// A request went to the provider.
    Sent {
        /// The model.
        model: ModelRef,
        /// The profile.
        profile: ProfileId,
    },
    /// The provider answered.
    Answered {
        /// The model.
        model: ModelRef,
        /// The profile.
        profile: ProfileId,
        /// The failure; `None` for an answer.
        failed: Option<FailureClass>,
        /// What the resolver then said of the profile.
        rest: Rest,
        /// Whether anybody's rest was changed by it; looked at where nobody's may be.
        touched: Touched,
    },
    /// Nobody was left who could serve.
    Refused(&'static str),
    /// A person said a command.
    Commanded(Done),
    /// A pin was kept.
    PinKept(PinKept),
    /// A profile got a new secret.
    NewSecret {
        /// The profile.
        profile: ProfileId,
        /// What the resolver then said of it.
        rest: Rest,
    },
}

/// What was known when a chat had something to send.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The model that was selected.
    pub model: Option<ModelRef>,
    /// Whether another model may step in; `None` if nothing was selected.
    pub mode: Option<Mode>,
    /// The explicit order of its profiles, without those that may not serve here; `None` if there is no explicit order.
    pub order: Option<Vec<ProfileId>>,
    /// The profile that a person pinned.
    pub pinned: Option<(ProfileId, Mode)>,
}

/// Until when a profile rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It does not.
    None,
    /// Until this moment.
    Until(Timestamp),
    /// Until a person does something.
    Person,
}

impl Rest {
    /// Whether it goes on at `at`.
    #[must_use]
    pub fn goes_on(self, at: Timestamp) -> bool {
        match self {
            Self::None => false,
            Self::Until(until) => until > at,
            Self::Person => true,
        }
    }
}

/// Whether a state was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// It was.
    Yes,
    /// It was not, or it may be.
    No,
}

/// Whether a command was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was.
    Yes,
    /// It was refused, or was no command.
    No,
}

/// A record that went to the pin store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinKept {
    /// What made it.
    pub by: By,
    /// Whether a pin is in it that was not there before.
    pub pins: Pins,
}

/// What changes a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A command.
    Command,
    /// Anything else.
    Other,
}

/// Whether a record has a pin that was not there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pins {
    /// It has.
    More,
    /// Pins were taken away, or marked as used.
    Fewer,
}
