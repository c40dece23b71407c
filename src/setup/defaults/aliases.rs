//! Short names of models.

use serde_json::json;

use super::error::DefaultsError;
use super::{Done, change, model_meant, spelling, with};
use crate::config::{ConfigEdit, Step};
use crate::model::ModelRef;
use crate::setup::place::Place;
use crate::similar;

use Step::{Index, Key};

/// Gives a model a short name.
///
/// Aliases stand in the map of models, and a map that is not empty is the allowlist: if there was none, the models that
/// are in use go on it too, so that nobody is shut out, and a note says so.
///
/// # Errors
/// [`DefaultsError::AliasTaken`] if another model has it.
pub fn add_alias(place: &Place, alias: &str, model: &ModelRef) -> Result<Done, DefaultsError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let first = alias.chars().next().is_some_and(char::is_alphanumeric);
    if !first || !alias.chars().all(fits) || alias.chars().count() > 64 {
        return Err(DefaultsError::BadAlias);
    }
    let name = model.to_string();
    if let Some((other, _)) = aliases(place)
        .into_iter()
        .find(|(other, is)| is == alias && *other != name)
    {
        return Err(DefaultsError::AliasTaken {
            alias: alias.to_owned(),
            model: other,
        });
    }
    let used = in_use(place);
    change(place, |edit| {
        let models = [Key("agents"), Key("defaults"), Key("models")];
        let fresh = edit.keys(&models).is_empty();
        let spelled = spelling(edit, &models, model);
        edit.set(&with(&models, &[Key(&spelled), Key("alias")]), &json!(alias))?;
        if !fresh {
            return Ok(Vec::new());
        }
        for other in used.iter().filter(|other| **other != name) {
            edit.set(&with(&models, &[Key(other)]), &json!({}))?;
        }
        let listed = edit.keys(&models).join(", ");
        Ok(vec![format!(
            "agents.defaults.models was empty and is the allowlist now: only {listed} can be chosen in chats."
        )])
    })
}

/// Takes a short name away.
///
/// # Errors
/// [`DefaultsError::UnknownAlias`] if no model in the configuration has it.
pub fn remove_alias(place: &Place, alias: &str) -> Result<Done, DefaultsError> {
    let known = aliases(place);
    let found: Vec<String> = known
        .iter()
        .filter(|(_, is)| is == alias)
        .map(|(model, _)| model.clone())
        .collect();
    if found.is_empty() {
        let near = similar::nearest(alias, known.iter().map(|(_, alias)| alias.as_str()), 2);
        return Err(DefaultsError::UnknownAlias {
            near: near.iter().map(ToString::to_string).collect(),
            alias: alias.to_owned(),
        });
    }
    let config = place.snapshot().config();
    let own_map = config
        .agent_list
        .get_full(place.agent())
        .filter(|(_, _, own)| !own.models.is_empty());
    let read_at = match own_map {
        Some((at, ..)) => vec![Key("agents"), Key("list"), Index(at), Key("models")],
        None => vec![Key("agents"), Key("defaults"), Key("models")],
    };
    change(place, |edit| {
        let mut gone = false;
        for map in models_maps(edit) {
            for model in edit.keys(&map) {
                let path = with(&map, &[Key(&model), Key("alias")]);
                if edit.get(&path).is_some_and(|is| is == alias) {
                    gone |= edit.remove(&path)?;
                }
            }
        }
        match gone {
            true => Ok(Vec::new()),
            false => Err(edit.elsewhere_in_whole(&read_at)),
        }
    })
}

/// Models and their short names, as the configuration has them.
#[must_use]
pub fn aliases(place: &Place) -> Vec<(String, String)> {
    let config = place.snapshot().config();
    let Ok(agent) = config.agent(place.agent()) else {
        return Vec::new();
    };
    let named = |(model, entry): (&ModelRef, &crate::config::CatalogueEntry)| {
        Some((model.to_string(), entry.alias.clone()?))
    };
    agent.models().iter().filter_map(named).collect()
}

/// The default models and what follows them.
fn in_use(place: &Place) -> Vec<String> {
    let config = place.snapshot().config();
    let agent = config.agent(place.agent()).ok();
    let names = agent.iter().flat_map(|agent| {
        agent
            .primary()
            .into_iter()
            .chain(agent.fallbacks().iter().map(String::as_str))
    });
    let mut models: Vec<String> = names
        .filter_map(|name| Some(model_meant(place, name).ok()?.to_string()))
        .collect();
    let book = place.snapshot().book(Some(place.agent())).ok();
    models.extend(book.and_then(|book| Some(book.catalog().default_model()?.to_string())));
    models.dedup();
    models
}

fn models_maps(edit: &ConfigEdit) -> Vec<Vec<Step<'static>>> {
    let lists = 0..edit.len(&[Key("agents"), Key("list")]);
    let of_agents = lists.map(|at| vec![Key("agents"), Key("list"), Index(at), Key("models")]);
    std::iter::once(vec![Key("agents"), Key("defaults"), Key("models")])
        .chain(of_agents)
        .collect()
}
