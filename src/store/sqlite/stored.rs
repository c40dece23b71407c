//! Records as they are kept, in a form of their own: what was once written is read for ever.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file::Trouble;
use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{
    End, Layers, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Record, ScopeKey, Version,
};
use crate::profile::{Identity, ProfileId};
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

/// The columns of a scope.
pub(super) fn columns(key: &ScopeKey) -> (&'static str, String, String) {
    let scope = key.scope().as_str();
    match key {
        ScopeKey::Session(agent, chat) => (scope, agent.to_string(), chat.to_string()),
        ScopeKey::Agent(agent) => (scope, agent.to_string(), String::new()),
        ScopeKey::Global => (scope, String::new(), String::new()),
    }
}

/// The scope of its columns.
pub(super) fn key(scope: &str, agent: &str, session: &str) -> Result<ScopeKey, Trouble> {
    let agent = || AgentId::new(agent).map_err(|_| Trouble::Record("the agent's id"));
    Ok(match scope {
        scope if scope == Scope::Session.as_str() => ScopeKey::Session(agent()?, Arc::from(session)),
        scope if scope == Scope::Agent.as_str() => ScopeKey::Agent(agent()?),
        scope if scope == Scope::Global.as_str() => ScopeKey::Global,
        _ => return Err(Trouble::Record("its scope")),
    })
}

/// The text of a record, without its version.
pub(super) fn text(record: &Record) -> String {
    let layers = |layers: &Layers| StoredLayers {
        lasting: layers.lasting.as_ref().map(StoredPin::of),
        passing: layers.passing.iter().map(StoredPin::of).collect(),
    };
    let stored = Stored {
        layers: layers(&record.layers),
        history: record.history.iter().map(layers).collect(),
    };
    // Texts, numbers and lists always have a text.
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The record of a text.
pub(super) fn record(version: u64, text: &str) -> Result<Record, Trouble> {
    let stored: Stored = serde_json::from_str(text).map_err(|_| Trouble::Record("its text"))?;
    Ok(Record {
        layers: stored.layers.layers()?,
        history: stored
            .history
            .into_iter()
            .map(StoredLayers::layers)
            .collect::<Result<_, _>>()?,
        version: Version(version),
    })
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    layers: StoredLayers,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: Vec<StoredLayers>,
}

#[derive(Serialize, Deserialize)]
struct StoredLayers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lasting: Option<StoredPin>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passing: Vec<StoredPin>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPin {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<StoredModel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    profiles: Vec<StoredProfile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
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
struct StoredModel {
    provider: String,
    name: String,
    strict: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredProfile {
    provider: String,
    /// `None` is automatic choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    strict: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl StoredLayers {
    fn layers(self) -> Result<Layers, Trouble> {
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

impl StoredPin {
    fn of(pin: &Pin) -> Self {
        Self {
            model: pin.model.as_ref().map(|model| StoredModel {
                provider: model.model.provider().to_string(),
                name: model.model.model().to_owned(),
                strict: model.mode == Mode::Strict,
            }),
            profiles: pin.profiles.iter().map(StoredProfile::of).collect(),
            by: pin.by.as_deref().map(str::to_owned),
            at: pin.at,
            end: match pin.end {
                End::Never => None,
                End::At(at) => Some(StoredEnd::At(at)),
                End::NextRequest => Some(StoredEnd::Word(ONCE.to_owned())),
            },
            own_way: pin.own_way == OwnWay::Stops,
        }
    }

    fn pin(self) -> Result<Pin, Trouble> {
        Ok(Pin {
            model: self.model.map(|model| PinnedModel {
                model: ModelRef::new(ProviderId::new(&model.provider), &model.name),
                mode: mode(model.strict),
            }),
            profiles: self.profiles.into_iter().map(StoredProfile::choice).collect(),
            by: self.by.map(Arc::from),
            at: self.at,
            end: match self.end {
                None => End::Never,
                Some(StoredEnd::At(at)) => End::At(at),
                Some(StoredEnd::Word(word)) if word == ONCE => End::NextRequest,
                Some(StoredEnd::Word(_)) => return Err(Trouble::Record("when it ends")),
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

impl StoredProfile {
    fn of(choice: &ProfileChoice) -> Self {
        let told = |text: Option<&str>| text.map(str::to_owned);
        match choice {
            ProfileChoice::Auto(provider) => Self {
                provider: provider.to_string(),
                id: None,
                account: None,
                email: None,
                strict: false,
            },
            ProfileChoice::Pinned(pinned) => Self {
                provider: pinned.provider.to_string(),
                id: Some(pinned.id.to_string()),
                account: told(pinned.identity.account()),
                email: told(pinned.identity.email()),
                strict: pinned.mode == Mode::Strict,
            },
        }
    }

    fn choice(self) -> ProfileChoice {
        let provider = ProviderId::new(&self.provider);
        match self.id {
            None => ProfileChoice::Auto(provider),
            Some(id) => ProfileChoice::Pinned(PinnedProfile {
                id: ProfileId::new(&id),
                identity: Identity::new(self.account.as_deref(), self.email.as_deref()),
                provider,
                mode: mode(self.strict),
            }),
        }
    }
}

fn mode(strict: bool) -> Mode {
    if strict { Mode::Strict } else { Mode::Prefer }
}
