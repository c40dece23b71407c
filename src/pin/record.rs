//! A pin, and all that one scope remembers of its pins.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::profile::{Identity, ProfileId};
use crate::terms::Mode;

/// How many changes of a scope can be taken back.
pub const MAX_UNDO: usize = 10;

/// What a person asked for in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pin {
    /// The model, if one was asked for.
    pub model: Option<PinnedModel>,
    /// A choice for each provider for which one was made. The choice of another provider than the current model's is
    /// parked: it counts again when the provider comes back.
    pub profiles: Vec<ProfileChoice>,
    /// Who asked, as the platform names them.
    pub by: Option<Arc<str>>,
    /// When it was asked.
    pub at: Option<Timestamp>,
    /// When it ends by itself.
    pub end: End,
    /// Whether this scope was told to go its own way: wider chats (a thread's parent) are not looked at.
    pub own_way: OwnWay,
}

/// Whether a thread goes on inheriting from its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OwnWay {
    /// What the pin leaves open is taken from the parent.
    #[default]
    Inherits,
    /// `default` was said here: the parent is not asked.
    Stops,
}

/// A model that a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PinnedModel {
    /// The model.
    pub model: ModelRef,
    /// With [`Mode::Strict`], no other model is ever tried in its place.
    pub mode: Mode,
}

/// What a person asked for among the profiles of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProfileChoice {
    /// This profile.
    Pinned(PinnedProfile),
    /// Automatic choice, whatever a wider scope says (`@auto`).
    Auto(ProviderId),
}

impl ProfileChoice {
    /// The provider whose profiles it is about.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        match self {
            Self::Pinned(pinned) => &pinned.provider,
            Self::Auto(provider) => provider,
        }
    }
}

/// A profile that a person asked for, by id and by account: signing in again does not break it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PinnedProfile {
    /// The profile's id.
    pub id: ProfileId,
    /// The account behind it when it was pinned.
    pub identity: Identity,
    /// Its provider.
    pub provider: ProviderId,
    /// That profile or nothing, or that profile first.
    pub mode: Mode,
}

/// When a pin ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    /// It does not.
    #[default]
    Never,
    /// At this moment.
    At(Timestamp),
    /// With the next model request.
    NextRequest,
}

impl Pin {
    /// Whether it is over at `now`.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        matches!(self.end, End::At(end) if now >= end)
    }

    /// Whether it says anything at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.model.is_none() && self.profiles.is_empty() && self.own_way == OwnWay::Inherits
    }

    /// The choice among the profiles of `provider`.
    #[must_use]
    pub fn profile(&self, provider: &ProviderId) -> Option<&ProfileChoice> {
        self.profiles.iter().find(|choice| choice.provider() == provider)
    }
}

/// Counts the changes of a record; a write names the version that it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u64);

/// What holds in a scope: a lasting pin, and passing ones over it.
///
/// A pin with an end lies over what was there, which shows again when the end has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layers {
    /// The pin that stays until somebody changes it.
    pub lasting: Option<Pin>,
    /// The pins that end by themselves, newest last; at most [`MAX_PASSING`].
    pub passing: Vec<Pin>,
}

/// How many passing pins may lie over each other. Nobody needs so many: the bound is there to have one, and past it the
/// oldest goes.
pub const MAX_PASSING: usize = 32;

impl Layers {
    /// All pins, over or not.
    pub fn pins(&self) -> impl Iterator<Item = &Pin> {
        self.lasting.iter().chain(&self.passing)
    }

    /// The pins that hold at `now`, the one that goes first, first.
    pub fn holding(&self, now: Timestamp) -> impl Iterator<Item = &Pin> {
        let passing = self.passing.iter().rev().filter(move |pin| !pin.is_over(now));
        passing.chain(self.lasting.as_ref())
    }
}

/// All that one scope remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// What holds.
    pub layers: Layers,
    /// Earlier states, newest last, for undo; at most [`MAX_UNDO`].
    pub history: Vec<Layers>,
    /// How often it was changed.
    pub version: Version,
}

impl Record {
    /// The pins that hold at `now`, the one that goes first, first.
    pub fn holding(&self, now: Timestamp) -> impl Iterator<Item = &Pin> {
        self.layers.holding(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_a_choice_for_each_provider_and_layers_show_all_pins() {
        let [one, two] = ["one", "two"].map(ProviderId::new);
        let pin = Pin {
            profiles: vec![ProfileChoice::Auto(one.clone()), ProfileChoice::Auto(two.clone())],
            ..Pin::default()
        };
        assert_eq!(pin.profile(&two), Some(&ProfileChoice::Auto(two)));
        assert_eq!(pin.profile(&ProviderId::new("three")), None);
        let over = Pin {
            end: End::At(Timestamp::from_millis(0)),
            ..pin.clone()
        };
        let layers = Layers {
            lasting: Some(pin.clone()),
            passing: vec![over.clone()],
        };
        assert!(layers.pins().eq([&pin, &over]), "over or not");
        assert!(layers.holding(Timestamp::from_millis(0)).eq([&pin]));
    }

    #[test]
    fn a_pin_that_says_one_thing_is_not_empty() {
        let says = [
            Pin {
                model: Some(PinnedModel {
                    model: ModelRef::new(ProviderId::new("demo"), "opus"),
                    mode: Mode::Prefer,
                }),
                ..Pin::default()
            },
            Pin {
                profiles: vec![ProfileChoice::Auto(ProviderId::new("demo"))],
                ..Pin::default()
            },
            Pin {
                own_way: OwnWay::Stops,
                ..Pin::default()
            },
        ];
        assert!(Pin::default().is_empty() && !says.iter().any(Pin::is_empty));
    }
}
