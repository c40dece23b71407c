//! Which models are used when nobody chose: the default, what follows it when it fails, and their short names.

use serde_json::{Value, json};
use thiserror::Error;

use crate::config::{ConfigEdit, EditError, Step, UnknownAgent};
use crate::model::ModelRef;
use crate::session::AgentId;
use crate::similar;

use super::config_file::{ConfigChangeError, Written, change_config};
use super::place::Place;

use Step::{Index, Key};

/// What a choice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Chats.
    Chat,
    /// Pictures.
    Image,
}

impl Purpose {
    fn key(self) -> &'static str {
        match self {
            Self::Chat => "model",
            Self::Image => "imageModel",
        }
    }
}

/// Why a choice was not kept. Nothing was written.
#[derive(Debug, Error)]
pub enum DefaultsError {
    /// Nobody knows such a model.
    #[error("no model is called {written}{}", Near(near))]
    UnknownModel {
        /// What was written.
        written: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// Another model has the alias.
    #[error(
        "the alias {alias} stands for {model}; take it away first with `modelpin models aliases remove {alias}`"
    )]
    AliasTaken {
        /// The alias.
        alias: String,
        /// The model that has it.
        model: String,
    },
    /// The alias cannot be typed in a chat.
    #[error(
        "an alias takes letters, digits, `.`, `_` and `-`, begins with a letter or digit, and has at most 64 characters"
    )]
    BadAlias,
    /// There is no such alias.
    #[error("there is no alias {alias}{}", Near(near))]
    UnknownAlias {
        /// What was written.
        alias: String,
        /// Similar aliases.
        near: Vec<String>,
    },
    /// The model is no fallback.
    #[error("{0} is no fallback; `list` shows them")]
    NoFallback(String),
    /// There is no such agent in the configuration.
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    /// The agent has no entry of its own.
    #[error("agent {0} has no entry in agents.list; leave --agent out to change the defaults of all")]
    NoEntry(AgentId),
    /// The configuration was not changed.
    #[error(transparent)]
    Config(#[from] Box<ConfigChangeError>),
}

struct Near<'a>(&'a [String]);

impl std::fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            [] => Ok(()),
            near => write!(f, "; did you mean {}?", near.join(" or ")),
        }
    }
}

/// Whose defaults: of all agents, or of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// `agents.defaults`.
    All,
    /// The agent's entry in `agents.list`.
    Agent(AgentId),
}

/// What was done besides what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Whether the file was written.
    pub written: Written,
    /// What else changed, in sentences.
    pub notes: Vec<String>,
}

/// The model that is meant: an alias, or `provider/model`.
///
/// # Errors
/// [`DefaultsError::UnknownModel`] for a name that is neither.
pub fn model_meant(place: &Place, written: &str) -> Result<ModelRef, DefaultsError> {
    let book = place.snapshot().book(Some(place.agent())).ok();
    let catalog = book.as_ref().map(|book| book.catalog());
    let known = catalog.and_then(|catalog| catalog.named(written.trim()));
    if let Some(model) = known.or_else(|| ModelRef::parse(written.trim())) {
        return Ok(model);
    }
    let names: Vec<String> = catalog.map_or_else(Vec::new, |catalog| {
        let models = catalog.entries().iter().map(|entry| entry.model.to_string());
        models.chain(catalog.aliases().map(str::to_owned)).collect()
    });
    let near = similar::nearest(written.trim(), names.iter().map(String::as_str), 2);
    Err(DefaultsError::UnknownModel {
        written: crate::echo::discreet(written.trim()).into_owned(),
        near: near.iter().map(ToString::to_string).collect(),
    })
}

/// Makes a model the default. Where there is an allowlist, the model is put on it; where there is none, none is made.
///
/// # Errors
/// [`DefaultsError`]; then nothing was written.
pub fn set_default(
    place: &Place,
    whose: &Whose,
    purpose: Purpose,
    model: &ModelRef,
) -> Result<Done, DefaultsError> {
    let base = base(place, whose)?;
    let name = model.to_string();
    let followed = !fallbacks(place, whose, purpose).is_empty();
    change(place, |edit| {
        let path = with(&base, &[Key(purpose.key())]);
        // An included file may hold fallbacks: a text in this file would take their place.
        let joined = edit.get(&path).is_none() && followed;
        match edit.get(&path) {
            _ if joined => edit.set(&with(&path, &[Key("primary")]), &json!(name))?,
            Some(Value::Object(_)) => edit.set(&with(&path, &[Key("primary")]), &json!(name))?,
            _ => edit.set(&path, &json!(name))?,
        }
        allow(edit, &base, &name)
    })
}

/// The models that follow the default when it fails.
#[must_use]
pub fn fallbacks(place: &Place, whose: &Whose, purpose: Purpose) -> Vec<String> {
    let config = place.snapshot().config();
    let agent = match whose {
        Whose::Agent(agent) => agent.clone(),
        Whose::All => place.agent().clone(),
    };
    match purpose {
        Purpose::Chat => config
            .agent(&agent)
            .map(|agent| agent.fallbacks().to_vec())
            .unwrap_or_default(),
        Purpose::Image => {
            let image = config.agents.image_model.clone().unwrap_or_default();
            image.fallbacks.unwrap_or_default()
        }
    }
}

/// Puts a model at the end of the fallbacks; one that is there already stays where it is.
///
/// # Errors
/// [`DefaultsError`]; then nothing was written.
pub fn add_fallback(
    place: &Place,
    whose: &Whose,
    purpose: Purpose,
    model: &ModelRef,
) -> Result<Done, DefaultsError> {
    let base = base(place, whose)?;
    let name = model.to_string();
    change(place, |edit| {
        let list = with(&base, &[Key(purpose.key()), Key("fallbacks")]);
        as_object(edit, &base, purpose)?;
        let there = texts(edit, &list);
        if !there.iter().any(|is| is == &name) {
            edit.insert(&list, there.len(), &json!(name))?;
        }
        allow(edit, &base, &name)
    })
}

/// Takes a model out of the fallbacks.
///
/// # Errors
/// [`DefaultsError::NoFallback`] if it is not among them.
pub fn remove_fallback(
    place: &Place,
    whose: &Whose,
    purpose: Purpose,
    written: &str,
) -> Result<Done, DefaultsError> {
    let base = base(place, whose)?;
    let meant = model_meant(place, written).map(|model| model.to_string()).ok();
    let mut found = false;
    let done = change(place, |edit| {
        let list = with(&base, &[Key(purpose.key()), Key("fallbacks")]);
        let there = texts(edit, &list);
        for at in (0..there.len()).rev() {
            if there[at] == written || Some(&there[at]) == meant.as_ref() {
                found |= edit.remove(&with(&list, &[Index(at)]))?;
            }
        }
        Ok(Vec::new())
    })?;
    if found {
        Ok(done)
    } else {
        Err(DefaultsError::NoFallback(written.to_owned()))
    }
}

/// Takes all fallbacks away.
///
/// # Errors
/// [`DefaultsError`]; then nothing was written.
pub fn clear_fallbacks(place: &Place, whose: &Whose, purpose: Purpose) -> Result<Done, DefaultsError> {
    let base = base(place, whose)?;
    change(place, |edit| {
        edit.remove(&with(&base, &[Key(purpose.key()), Key("fallbacks")]))?;
        Ok(Vec::new())
    })
}

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
    change(place, |edit| {
        for agent in models_maps(edit) {
            for model in edit.keys(&agent) {
                let path = with(&agent, &[Key(&model), Key("alias")]);
                if edit.get(&path).is_some_and(|is| is == alias) {
                    edit.remove(&path)?;
                }
            }
        }
        Ok(Vec::new())
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

fn base(place: &Place, whose: &Whose) -> Result<Vec<Step<'static>>, DefaultsError> {
    let agent = match whose {
        Whose::All => return Ok(vec![Key("agents"), Key("defaults")]),
        Whose::Agent(agent) => agent,
    };
    let config = place.snapshot().config();
    config.agent(agent)?;
    match config.agent_list.get_index_of(agent) {
        Some(at) => Ok(vec![Key("agents"), Key("list"), Index(at)]),
        None => Err(DefaultsError::NoEntry(agent.clone())),
    }
}

fn change(
    place: &Place,
    change: impl FnOnce(&mut ConfigEdit) -> Result<Vec<String>, EditError>,
) -> Result<Done, DefaultsError> {
    let (notes, written) = change_config(place, change).map_err(Box::new)?;
    Ok(Done { written, notes })
}

/// Puts a model on the allowlist, if there is one.
fn allow(edit: &mut ConfigEdit, base: &[Step<'_>], name: &str) -> Result<Vec<String>, EditError> {
    let own = with(base, &[Key("models")]);
    let of_all = vec![Key("agents"), Key("defaults"), Key("models")];
    let Some(map) = [own, of_all].into_iter().find(|map| !edit.keys(map).is_empty()) else {
        return Ok(Vec::new());
    };
    let Some(model) = ModelRef::parse(name) else {
        return Ok(Vec::new());
    };
    let spelled = spelling(edit, &map, &model);
    if edit.keys(&map).contains(&spelled) {
        return Ok(Vec::new());
    }
    edit.set(&with(&map, &[Key(name)]), &json!({}))?;
    Ok(vec![format!("{name} was not on the allowlist, and is now.")])
}

/// The key that stands for a model in a map, else its usual name.
fn spelling(edit: &ConfigEdit, map: &[Step<'_>], model: &ModelRef) -> String {
    let keys = edit.keys(map);
    let there = keys
        .into_iter()
        .find(|key| ModelRef::parse(key).as_ref() == Some(model));
    there.unwrap_or_else(|| model.to_string())
}

/// `model: "ref"` becomes `model: { primary: "ref" }`.
fn as_object(edit: &mut ConfigEdit, base: &[Step<'_>], purpose: Purpose) -> Result<(), EditError> {
    let path = with(base, &[Key(purpose.key())]);
    match edit.get(&path) {
        Some(Value::String(primary)) => edit.set(&path, &json!({ "primary": primary })),
        _ => Ok(()),
    }
}

fn models_maps(edit: &ConfigEdit) -> Vec<Vec<Step<'static>>> {
    let lists = 0..edit.len(&[Key("agents"), Key("list")]);
    let of_agents = lists.map(|at| vec![Key("agents"), Key("list"), Index(at), Key("models")]);
    std::iter::once(vec![Key("agents"), Key("defaults"), Key("models")])
        .chain(of_agents)
        .collect()
}

fn texts(edit: &ConfigEdit, path: &[Step<'_>]) -> Vec<String> {
    let items = edit.get(path);
    let items = items.as_ref().and_then(Value::as_array).into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn with<'s>(base: &[Step<'s>], more: &[Step<'s>]) -> Vec<Step<'s>> {
    [base, more].concat()
}
