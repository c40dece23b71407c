//! A record as the table keeps it: small, because there may be millions of them.
//!
//! Nearly all records are one lasting pin with nothing before it. That takes [`Kept`] alone; what is rarer lies behind
//! [`More`]. What is asked for is shared ([`What`]); who asked and when is each record's own.

use std::sync::{Arc, LazyLock};

use super::plain::{Before, Plain};
use super::record::{End, Layers, OwnWay, Pin, PinnedModel, ProfileChoice, Record, Version};
use super::shares::{Shares, What};
use crate::clock::Timestamp;

/// A [`Record`], packed as a [`PinTable`](super::PinTable) keeps it.
#[derive(Debug)]
pub struct Kept {
    /// The lasting pin.
    what: Option<Arc<What>>,
    by: Option<Box<str>>,
    at: Option<Timestamp>,
    version: Version,
    more: Option<Arc<More>>,
}

#[derive(Debug, PartialEq, Eq, Default)]
struct More {
    /// Of the lasting pin.
    end: End,
    passing: Box<[KeptPin]>,
    history: Box<[KeptLayers]>,
}

#[derive(Debug, PartialEq, Eq)]
struct KeptPin {
    what: Arc<What>,
    by: Option<Box<str>>,
    at: Option<Timestamp>,
    end: End,
}

#[derive(Debug, PartialEq, Eq)]
struct KeptLayers {
    lasting: Option<KeptPin>,
    passing: Box<[KeptPin]>,
}

/// Behind the first pin of a scope there is nothing: all of those share this.
static NOTHING_BEFORE: LazyLock<Arc<More>> = LazyLock::new(|| {
    let nothing = KeptLayers {
        lasting: None,
        passing: Box::default(),
    };
    Arc::new(More {
        history: Box::new([nothing]),
        ..More::default()
    })
});

/// One pin where it lies, whether in a record or packed.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The model, if one was asked for.
    pub model: Option<&'a PinnedModel>,
    /// A choice for each provider for which one was made.
    pub profiles: &'a [ProfileChoice],
    /// Whether wider chats are looked at.
    pub own_way: OwnWay,
    /// When it was asked.
    pub at: Option<Timestamp>,
    /// When it ends by itself.
    pub end: End,
}

impl Said<'_> {
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
}

impl<'a> From<&'a Pin> for Said<'a> {
    fn from(pin: &'a Pin) -> Self {
        Self {
            model: pin.model.as_ref(),
            profiles: &pin.profiles,
            own_way: pin.own_way,
            at: pin.at,
            end: pin.end,
        }
    }
}

/// How long a record goes on to hold a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Nothing,
    Until(Timestamp),
    Always,
}

impl Kept {
    pub(super) fn pack(record: Record, shares: &Shares) -> Self {
        let Record {
            layers: Layers { lasting, passing },
            history,
            version,
        } = record;
        let lasting = lasting.map(|pin| KeptPin::pack(pin, shares));
        let more = More {
            end: lasting.as_ref().map(|pin| pin.end).unwrap_or_default(),
            passing: packed(passing, shares),
            history: history
                .into_iter()
                .map(|layers| KeptLayers::pack(layers, shares))
                .collect(),
        };
        let more = match more {
            more if more == More::default() => None,
            more if more == **NOTHING_BEFORE => Some(Arc::clone(&NOTHING_BEFORE)),
            more => Some(Arc::new(more)),
        };
        let (what, by, at) = match lasting {
            Some(pin) => (Some(pin.what), pin.by, pin.at),
            None => (None, None, None),
        };
        Self {
            what,
            by,
            at,
            version,
            more,
        }
    }

    /// As [`pack`](Self::pack), of a record that need not be put together first.
    pub(super) fn plain(plain: Plain<'_>) -> Self {
        Self {
            what: Some(plain.what),
            by: plain.by.map(Box::from),
            at: plain.at,
            version: plain.version,
            more: match plain.before {
                Before::Nothing => None,
                Before::NoPin => Some(Arc::clone(&NOTHING_BEFORE)),
            },
        }
    }

    /// The record that it was packed from.
    pub(super) fn record(&self) -> Record {
        let more = self.more.as_deref();
        let lasting = self.what.as_deref().map(|what| {
            let end = more.map(|more| more.end).unwrap_or_default();
            unpacked(what, self.by.as_deref(), self.at, end)
        });
        let passing = |pins: &[KeptPin]| pins.iter().map(KeptPin::pin).collect();
        let layers = |layers: &KeptLayers| Layers {
            lasting: layers.lasting.as_ref().map(KeptPin::pin),
            passing: passing(&layers.passing),
        };
        Record {
            layers: Layers {
                lasting,
                passing: more.map(|more| passing(&more.passing)).unwrap_or_default(),
            },
            history: more
                .map(|more| more.history.iter().map(layers).collect())
                .unwrap_or_default(),
            version: self.version,
        }
    }

    /// How often the record was changed.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What the lasting pin asks for, if nothing lies over it and it has no end. All records that ask for the same have the
    /// same one, in one place.
    #[must_use]
    pub fn alone(&self) -> Option<&Arc<What>> {
        let more = self.more.as_deref();
        let plain = more.is_none_or(|more| more.passing.is_empty() && more.end == End::Never);
        self.what.as_ref().filter(|_| plain)
    }

    /// The pin that stays until somebody changes it.
    fn lasting(&self) -> Option<Said<'_>> {
        let end = self.more.as_deref().map(|more| more.end).unwrap_or_default();
        self.what.as_deref().map(|what| what.said(self.at, end))
    }

    /// The pins that end by themselves, over or not, newest first.
    pub fn passing(&self) -> impl Iterator<Item = Said<'_>> {
        let more = self.more.as_deref();
        let passing = more.map(|more| &*more.passing).unwrap_or_default();
        passing.iter().rev().map(|pin| pin.what.said(pin.at, pin.end))
    }

    /// The pins that hold at `now`, the one that goes first, first. As [`Record::holding`].
    pub fn holding(&self, now: Timestamp) -> impl Iterator<Item = Said<'_>> {
        self.passing()
            .filter(move |pin| !pin.is_over(now))
            .chain(self.lasting())
    }

    /// Until when it holds a pin that says something.
    pub(super) fn holds(&self) -> Holds {
        if self.lasting().is_some_and(|pin| !pin.is_empty()) {
            return Holds::Always;
        }
        let says = self.passing().filter(|pin| !pin.is_empty());
        says.fold(Holds::Nothing, |holds, pin| match (holds, pin.end) {
            (Holds::Until(known), End::At(end)) => Holds::Until(known.max(end)),
            (Holds::Nothing, End::At(end)) => Holds::Until(end),
            (Holds::Always, _) | (_, End::Never | End::NextRequest) => Holds::Always,
        })
    }
}

impl What {
    fn said(&self, at: Option<Timestamp>, end: End) -> Said<'_> {
        Said {
            model: self.model.as_ref(),
            profiles: &self.profiles,
            own_way: self.own_way,
            at,
            end,
        }
    }
}

impl KeptPin {
    fn pack(pin: Pin, shares: &Shares) -> Self {
        let Pin {
            model,
            profiles,
            by,
            at,
            end,
            own_way,
        } = pin;
        let what = What {
            model,
            profiles: profiles.into(),
            own_way,
        };
        Self {
            what: shares.share(what),
            by: by.map(|by| Box::from(&*by)),
            at,
            end,
        }
    }

    fn pin(&self) -> Pin {
        unpacked(&self.what, self.by.as_deref(), self.at, self.end)
    }
}

impl KeptLayers {
    fn pack(layers: Layers, shares: &Shares) -> Self {
        Self {
            lasting: layers.lasting.map(|pin| KeptPin::pack(pin, shares)),
            passing: packed(layers.passing, shares),
        }
    }
}

fn packed(pins: Vec<Pin>, shares: &Shares) -> Box<[KeptPin]> {
    pins.into_iter().map(|pin| KeptPin::pack(pin, shares)).collect()
}

fn unpacked(what: &What, by: Option<&str>, at: Option<Timestamp>, end: End) -> Pin {
    Pin {
        model: what.model.clone(),
        profiles: what.profiles.to_vec(),
        by: by.map(Arc::from),
        at,
        end,
        own_way: what.own_way,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::terms::Mode;

    fn pin(end: End) -> Pin {
        Pin {
            model: Some(PinnedModel {
                model: ModelRef::new(ProviderId::new("demo"), "opus"),
                mode: Mode::Prefer,
            }),
            end,
            ..Pin::default()
        }
    }

    fn record(lasting: Option<Pin>, passing: Vec<Pin>) -> Record {
        Record {
            layers: Layers { lasting, passing },
            ..Record::default()
        }
    }

    #[test]
    fn a_usual_record_has_nothing_of_its_own_behind_it() {
        let shares = Shares::default();
        let bare = Kept::pack(record(Some(pin(End::Never)), Vec::new()), &shares);
        assert!(bare.more.is_none());
        let first = || Record {
            history: vec![Layers::default()],
            ..record(Some(pin(End::Never)), Vec::new())
        };
        let [one, other] = [(); 2].map(|()| Kept::pack(first(), &shares));
        let (one, other) = (one.more.as_ref(), other.more.as_ref());
        assert!(one.zip(other).is_some_and(|(one, other)| Arc::ptr_eq(one, other)));
    }

    #[test]
    fn what_is_pinned_alone_is_one_for_all_who_ask_for_the_same() {
        let shares = Shares::default();
        let alone =
            |lasting: Option<Pin>, passing| Kept::pack(record(lasting, passing), &shares).alone().cloned();
        let (one, other) = (
            alone(Some(pin(End::Never)), vec![]),
            alone(Some(pin(End::Never)), vec![]),
        );
        let same = one
            .zip(other)
            .is_some_and(|(one, other)| Arc::ptr_eq(&one, &other));
        assert!(same);
        let never = || Some(pin(End::Never));
        assert_eq!(
            alone(never(), vec![pin(End::NextRequest)]),
            None,
            "another lies over it"
        );
        assert_eq!(alone(Some(pin(End::NextRequest)), vec![]), None, "it has an end");
        assert_eq!(alone(None, vec![]), None);
    }
}
