//! `agents`: which agents there are, and which models they use.

use std::fmt;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::reading::{At, Object, Read};

use crate::model::ModelRef;
use crate::profile::ProfileId;
use crate::retention::Retention;
use crate::session::AgentId;

/// A model with its fallbacks, as written: a reference or an alias, which the catalogue resolves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelChoice {
    /// The model that is used first.
    pub primary: Option<String>,
    /// The models that follow when it fails, in this order; `None` if nothing is said about them.
    pub fallbacks: Option<Vec<String>>,
}

/// What is configured for one model.
#[derive(Clone, PartialEq, Default)]
pub struct CatalogueEntry {
    /// A short name for it.
    pub alias: Option<String>,
    /// Parameters of requests, as written.
    pub params: serde_json::Map<String, serde_json::Value>,
    /// The profile that is preferred for it (`authProfile`, else `params.authProfileId`).
    pub auth_profile: Option<ProfileId>,
    /// How long providers are to keep prompts (`params.cacheRetention`, else the older `params.cacheControlTtl`).
    pub retention: Option<Retention>,
}

impl fmt::Debug for CatalogueEntry {
    /// Shows the names of the parameters only: a header among them may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogueEntry")
            .field("alias", &self.alias)
            .field("params", &self.params.keys().collect::<Vec<_>>())
            .field("auth_profile", &self.auth_profile)
            .field("retention", &self.retention)
            .finish()
    }
}

/// `agents.defaults`: what holds for every agent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentDefaults {
    /// The model of agents that name none.
    pub model: Option<ModelChoice>,
    /// The model for pictures.
    pub image_model: Option<ModelChoice>,
    /// The catalogue, in file order. If it is not empty, it is the allowlist.
    pub models: IndexMap<ModelRef, CatalogueEntry>,
}

/// An entry of `agents.list`.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentConfig {
    /// The agent.
    pub id: AgentId,
    /// Whether it is the one that is used when none is named.
    pub default: bool,
    /// Its folder, where it is not the usual one.
    pub agent_dir: Option<String>,
    /// Its own model.
    pub model: Option<ModelChoice>,
    /// Its own catalogue.
    pub models: IndexMap<ModelRef, CatalogueEntry>,
    /// Whether it reads the credentials of `main` under its own; `None` leaves it to `auth.inherit`.
    pub inherit: Option<bool>,
}

pub(super) type Agents = (AgentDefaults, IndexMap<AgentId, AgentConfig>);

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, Agents> {
    let agents = at.object()?;
    let defaults = agents.read("defaults", read_defaults)?.unwrap_or_default();
    let mut list = IndexMap::new();
    for at in agents.read("list", At::list)?.unwrap_or_default() {
        let agent = read_agent(&at)?;
        if list.contains_key(&agent.id) {
            return Err(at.wrong("an agent with this id stands above"));
        }
        list.insert(agent.id.clone(), agent);
    }
    Ok((defaults, list))
}

fn read_defaults<'a>(at: &At<'a>) -> Read<'a, AgentDefaults> {
    let defaults = at.object()?;
    Ok(AgentDefaults {
        model: defaults.read("model", read_choice)?,
        image_model: defaults.read("imageModel", read_choice)?,
        models: defaults.read("models", read_models)?.unwrap_or_default(),
    })
}

fn read_agent<'a>(at: &At<'a>) -> Read<'a, AgentConfig> {
    let agent = at.object()?;
    let id = agent
        .find("id")
        .ok_or_else(|| at.wrong("an agent needs an `id`"))?;
    let id = AgentId::new(id.text()?).map_err(|_| {
        id.wrong(
            "no agent id: it takes 1 to 64 of a-z, 0-9, `_` and `-`, and begins with a letter or a digit",
        )
    })?;
    Ok(AgentConfig {
        id,
        default: agent.read("default", At::flag)?.unwrap_or_default(),
        agent_dir: agent.read("agentDir", At::text)?.map(str::to_owned),
        model: agent.read("model", read_choice)?,
        models: agent.read("models", read_models)?.unwrap_or_default(),
        inherit: agent.read("inherit", At::flag)?,
    })
}

fn read_choice<'a>(at: &At<'a>) -> Read<'a, ModelChoice> {
    if let Ok(primary) = at.text() {
        return Ok(ModelChoice {
            primary: Some(primary.to_owned()),
            fallbacks: None,
        });
    }
    let choice = at
        .object()
        .map_err(|_| at.wrong("expected a model (`\"provider/model\"`) or `{ primary, fallbacks }`"))?;
    choice.expect_keys(&["primary", "fallbacks"]);
    Ok(ModelChoice {
        primary: choice.read("primary", At::text)?.map(str::to_owned),
        fallbacks: choice.read("fallbacks", At::names)?,
    })
}

fn read_models<'a>(at: &At<'a>) -> Read<'a, IndexMap<ModelRef, CatalogueEntry>> {
    let mut models = IndexMap::new();
    for (key, at) in at.object()?.entries() {
        let model = ModelRef::parse(key).ok_or_else(|| {
            at.wrong_with_hint(
                "this key is no model reference",
                "write it as `provider/model`, for example `anthropic/claude-opus-4-5`",
            )
        })?;
        match models.entry(model) {
            Entry::Vacant(free) => {
                free.insert(read_entry(&at)?);
            }
            Entry::Occupied(taken) => {
                at.warn(format!(
                    "another spelling of `{}`, which stands above; this one is ignored",
                    taken.key()
                ));
            }
        }
    }
    Ok(models)
}

fn read_entry<'a>(at: &At<'a>) -> Read<'a, CatalogueEntry> {
    let entry = at.object()?;
    let params = entry.read("params", At::object)?;
    let old_name = |params: &Object<'a>| params.read("authProfileId", At::text);
    let old_name = params.as_ref().map(old_name).transpose()?.flatten();
    let auth_profile = entry.read("authProfile", At::text)?.or(old_name);
    let retention = params.as_ref().and_then(read_retention);
    let params = params.map(|params| params.at().node().to_json());
    Ok(CatalogueEntry {
        alias: entry.read("alias", At::text)?.map(str::to_owned),
        params: match params {
            Some(serde_json::Value::Object(params)) => params,
            _ => serde_json::Map::new(),
        },
        auth_profile: auth_profile.map(ProfileId::new),
        retention,
    })
}

/// A wrong value stops nobody from chatting, so it is told and counts as absent.
fn read_retention(params: &Object<'_>) -> Option<Retention> {
    let words = Retention::ALL.map(|retention| (retention.as_str(), retention));
    let old_words = [("5m", Retention::Short), ("1h", Retention::Long)];
    read_leniently(params, "cacheRetention", &words)
        .or_else(|| read_leniently(params, "cacheControlTtl", &old_words))
}

fn read_leniently(params: &Object<'_>, key: &'static str, words: &[(&str, Retention)]) -> Option<Retention> {
    let at = params.find(key)?;
    match at.word(words) {
        Ok(retention) => Some(retention),
        Err(wrong) => {
            let hint = wrong.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            at.warn(format!("{}, ignored{hint}", wrong.message));
            None
        }
    }
}
