//! Which agents there are, and what holds for one of them.

use indexmap::IndexMap;
use thiserror::Error;

use super::agents::{AgentConfig, CatalogueEntry, ModelChoice};
use super::root::Config;
use crate::model::ModelRef;
use crate::retention::Retention;
use crate::session::AgentId;
use crate::similar;

/// One agent, its own settings over the defaults.
#[derive(Debug, Clone, Copy)]
pub struct Agent<'a> {
    config: &'a Config,
    own: Option<&'a AgentConfig>,
}

impl<'a> Agent<'a> {
    /// The model that it uses first, as written.
    #[must_use]
    pub fn primary(&self) -> Option<&'a str> {
        self.say(|choice| choice.primary.as_deref())
    }

    /// The models that follow; its own list replaces that of the defaults, also when it is empty.
    #[must_use]
    pub fn fallbacks(&self) -> &'a [String] {
        self.say(|choice| choice.fallbacks.as_deref()).unwrap_or_default()
    }

    /// Its catalogue: its own if that is not empty, else that of the defaults.
    #[must_use]
    pub fn models(&self) -> &'a IndexMap<ModelRef, CatalogueEntry> {
        self.own
            .map(|own| &own.models)
            .filter(|own| !own.is_empty())
            .unwrap_or(&self.config.agents.models)
    }

    /// How long providers are to keep its prompts, for each model of which its catalogue or that of the defaults says it.
    pub fn retentions(self) -> impl Iterator<Item = (&'a ModelRef, Retention)> {
        let defaults = self.config.agents.models.iter();
        // Its own entries come last: of two for one model, they count.
        let entries = defaults.chain(self.models());
        entries.filter_map(|(model, entry)| Some((model, entry.retention?)))
    }

    /// Its folder, where the configuration names one.
    #[must_use]
    pub fn agent_dir(&self) -> Option<&'a str> {
        self.own.and_then(|own| own.agent_dir.as_deref())
    }

    /// Whether it reads the credentials of `main` under its own.
    #[must_use]
    pub fn inherits(&self) -> bool {
        self.own
            .and_then(|own| own.inherit)
            .unwrap_or(self.config.auth.inherit)
    }

    fn say<T: ?Sized>(&self, ask: impl Fn(&'a ModelChoice) -> Option<&'a T>) -> Option<&'a T> {
        let own = self.own.and_then(|own| own.model.as_ref());
        let defaults = self.config.agents.model.as_ref();
        own.and_then(&ask).or_else(|| defaults.and_then(&ask))
    }
}

/// An agent that the configuration does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "there is no agent `{wanted}`; configured: {}{}",
    list(known),
    suggest(wanted, known)
)]
pub struct UnknownAgent {
    /// The agent that was asked for.
    pub wanted: AgentId,
    /// The agents that there are.
    pub known: Vec<AgentId>,
}

fn list(known: &[AgentId]) -> String {
    let names: Vec<&str> = known.iter().take(20).map(AgentId::as_str).collect();
    names.join(", ") + if known.len() > 20 { ", …" } else { "" }
}

fn suggest(wanted: &AgentId, known: &[AgentId]) -> String {
    let near = similar::nearest(wanted.as_str(), known.iter().map(AgentId::as_str), 1);
    near.first()
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

impl Config {
    /// The agent that is used when none is named: the entry with `default: true`, else the first, else `main`.
    #[must_use]
    pub fn default_agent(&self) -> AgentId {
        let marked = self.agent_list.values().find(|agent| agent.default);
        marked
            .or_else(|| self.agent_list.values().next())
            .map_or_else(AgentId::main, |agent| agent.id.clone())
    }

    /// All agents, in file order; `main` alone if none is configured.
    #[must_use]
    pub fn agent_ids(&self) -> Vec<AgentId> {
        if self.agent_list.is_empty() {
            return vec![AgentId::main()];
        }
        self.agent_list.keys().cloned().collect()
    }

    /// The settings of an agent.
    ///
    /// # Errors
    /// [`UnknownAgent`], which names those that there are.
    pub fn agent(&self, id: &AgentId) -> Result<Agent<'_>, UnknownAgent> {
        let own = self.agent_list.get(id);
        if own.is_some() || (self.agent_list.is_empty() && *id == AgentId::main()) {
            return Ok(Agent { config: self, own });
        }
        Err(UnknownAgent {
            wanted: id.clone(),
            known: self.agent_ids(),
        })
    }
}
