//! The models of an agent: configured, listed, built in.

use std::collections::HashSet;

use crate::catalog::{Allowlist, Catalog, Entry, builtin_models};
use crate::config::{Config, UnknownAgent};
use crate::model::{ModelRef, ProviderId};
use crate::order::ProfileFacts;
use crate::session::AgentId;

/// The models of an agent.
pub(super) struct Models {
    pub(super) catalog: Catalog,
    /// Those that step in when the selected one cannot be served, in order.
    pub(super) fallbacks: Vec<ModelRef>,
    /// What was odd about the configuration.
    pub(super) notes: Vec<String>,
}

/// The models of the configuration, then the built-in ones; and what was odd about them.
///
/// The built-in models are there whatever credentials there are, so that their presence tells nobody anything.
pub(super) fn catalog(
    config: &Config,
    agent: &AgentId,
    facts: &[ProfileFacts],
) -> Result<Models, UnknownAgent> {
    let of_agent = config.agent(agent)?;
    let models = of_agent.models();
    let chosen = models.iter().map(|(model, entry)| Entry {
        alias: entry.alias.clone(),
        auth_profile: entry.auth_profile.clone(),
        ..Entry::new(model.clone())
    });
    let listed = config.providers.iter().flat_map(|(provider, own)| {
        own.models
            .iter()
            .map(|model| Entry::new(ModelRef::new(provider.clone(), &model.id)))
    });
    let builtin = builtin_models().filter(|entry| {
        let own = config.providers.get(entry.model.provider());
        own.is_none_or(|own| own.models.is_empty())
    });
    let entries: Vec<Entry> = chosen.chain(listed).chain(builtin).collect();
    let own_list = config
        .agent_list
        .get(agent)
        .is_some_and(|own| !own.models.is_empty());
    let allowed = (!models.is_empty()).then(|| Allowlist {
        models: models.keys().cloned().collect(),
        rule: if own_list {
            format!("agents.list[{agent}].models")
        } else {
            "agents.defaults.models".to_owned()
        },
    });
    let mut catalog = Catalog::new(entries, allowed);
    let mut notes = catalog.notes().to_vec();
    let mut named = |name: &str, what: &str| {
        let model = catalog.named(name);
        if model.is_none() {
            notes.push(format!(
                "{what} `{name}` is neither an alias nor a provider/model: it is not used"
            ));
        }
        model
    };
    let with_credential: HashSet<&ProviderId> = facts.iter().map(|facts| &facts.provider).collect();
    let default = match of_agent.primary() {
        Some(name) => named(name, "the default model"),
        None => {
            let mut allowed = catalog.selectable();
            let served = allowed.find(|entry| with_credential.contains(entry.model.provider()));
            served
                .or_else(|| catalog.selectable().next())
                .map(|entry| entry.model.clone())
        }
    };
    let fallbacks: Vec<ModelRef> = of_agent
        .fallbacks()
        .iter()
        .filter_map(|name| named(name, "the fallback"))
        .collect();
    for model in &fallbacks {
        catalog.add(Entry::new(model.clone()));
    }
    if let Some(model) = default {
        catalog.set_default(model);
    }
    Ok(Models {
        catalog,
        fallbacks,
        notes,
    })
}
