//! Pin records as they are kept, in a form of their own, whatever keeps them: what was once written is read for ever.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{End, Layers, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Record, Version};
use crate::profile::{Identity, ProfileId};
use crate::terms::Mode;

/// What cannot be read of a pin.
#[derive(Debug, Error)]
#[error("a pin in it cannot be read: {0}")]
pub(super) struct Unreadable(pub(super) &'static str);

/// The text of a record, without its version.
pub(super) fn text(record: &Record) -> String {
    let stored = Stored {
        lasting: record.layers.lasting.as_ref().map(StoredPin::of),
        passing: record.layers.passing.iter().map(StoredPin::of).collect(),
        history: record.history.iter().map(StoredLayers::of).collect(),
    };
    // Texts, numbers and lists always have a text.
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The record of a text.
pub(super) fn record(version: u64, text: &str) -> Result<Record, Unreadable> {
    let stored: Stored<'_> = serde_json::from_str(text).map_err(|_| Unreadable("its text"))?;
    let layers = StoredLayers {
        lasting: stored.lasting,
        passing: stored.passing,
    };
    Ok(Record {
        layers: layers.layers()?,
        history: stored
            .history
            .into_iter()
            .map(StoredLayers::layers)
            .collect::<Result<_, _>>()?,
        version: Version(version),
    })
}

/// A text where it lies: there may be a million records to read.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

/// The fields of [`StoredLayers`], and the history: not flattened, which would copy all of them on the way.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    lasting: Option<StoredPin<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    passing: Vec<StoredPin<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    history: Vec<StoredLayers<'a>>,
}

#[derive(Serialize, Deserialize)]
struct StoredLayers<'a> {
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    lasting: Option<StoredPin<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    passing: Vec<StoredPin<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPin<'a> {
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    model: Option<StoredModel<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    profiles: Vec<StoredProfile<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    by: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    /// A moment in milliseconds, or `once`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<StoredEnd>,
    #[serde(default, skip_serializing_if = "is_false")]
    own_way: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredEnd {
    At(Timestamp),
    Word(String),
}

#[derive(Serialize, Deserialize)]
struct StoredModel<'a> {
    #[serde(borrow)]
    provider: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    strict: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredProfile<'a> {
    #[serde(borrow)]
    provider: Text<'a>,
    /// `None` is automatic choice.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    id: Option<Text<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    account: Option<Text<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    email: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    strict: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl<'a> StoredLayers<'a> {
    fn of(layers: &'a Layers) -> Self {
        Self {
            lasting: layers.lasting.as_ref().map(StoredPin::of),
            passing: layers.passing.iter().map(StoredPin::of).collect(),
        }
    }

    fn layers(self) -> Result<Layers, Unreadable> {
        Ok(Layers {
            lasting: self.lasting.map(StoredPin::pin).transpose()?,
            passing: self
                .passing
                .into_iter()
                .map(StoredPin::pin)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> StoredPin<'a> {
    fn of(pin: &'a Pin) -> Self {
        Self {
            model: pin.model.as_ref().map(|model| StoredModel {
                provider: model.model.provider().as_str().into(),
                name: model.model.model().into(),
                strict: model.mode == Mode::Strict,
            }),
            profiles: pin.profiles.iter().map(StoredProfile::of).collect(),
            by: pin.by.as_deref().map(Text::from),
            at: pin.at,
            end: match pin.end {
                End::Never => None,
                End::At(at) => Some(StoredEnd::At(at)),
                End::NextRequest => Some(StoredEnd::Word(ONCE.to_owned())),
            },
            own_way: pin.own_way == OwnWay::Stops,
        }
    }

    fn pin(self) -> Result<Pin, Unreadable> {
        Ok(Pin {
            model: self.model.map(|model| PinnedModel {
                model: ModelRef::new(ProviderId::new(&model.provider.0), &model.name.0),
                mode: mode(model.strict),
            }),
            profiles: self.profiles.into_iter().map(StoredProfile::choice).collect(),
            by: self.by.map(|by| Arc::from(&*by.0)),
            at: self.at,
            end: match self.end {
                None => End::Never,
                Some(StoredEnd::At(at)) => End::At(at),
                Some(StoredEnd::Word(word)) if word == ONCE => End::NextRequest,
                Some(StoredEnd::Word(_)) => return Err(Unreadable("when it ends")),
            },
            own_way: if self.own_way {
                OwnWay::Stops
            } else {
                OwnWay::Inherits
            },
        })
    }
}

const ONCE: &str = "once";

impl<'a> StoredProfile<'a> {
    fn of(choice: &'a ProfileChoice) -> Self {
        match choice {
            ProfileChoice::Auto(provider) => Self {
                provider: provider.as_str().into(),
                id: None,
                account: None,
                email: None,
                strict: false,
            },
            ProfileChoice::Pinned(pinned) => Self {
                provider: pinned.provider.as_str().into(),
                id: Some(pinned.id.as_str().into()),
                account: pinned.identity.account().map(Text::from),
                email: pinned.identity.email().map(Text::from),
                strict: pinned.mode == Mode::Strict,
            },
        }
    }

    fn choice(self) -> ProfileChoice {
        let provider = ProviderId::new(&self.provider.0);
        let told = |text: Option<Text<'a>>| text.map(|text| text.0);
        match self.id {
            None => ProfileChoice::Auto(provider),
            Some(id) => ProfileChoice::Pinned(PinnedProfile {
                id: ProfileId::new(&id.0),
                identity: Identity::new(told(self.account).as_deref(), told(self.email).as_deref()),
                provider,
                mode: mode(self.strict),
            }),
        }
    }
}

fn mode(strict: bool) -> Mode {
    if strict { Mode::Strict } else { Mode::Prefer }
}
