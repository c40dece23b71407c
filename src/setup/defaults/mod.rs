//! Which models are used when nobody chose: the default, what follows it when it fails, and their short names.

mod aliases;
mod error;
mod fallbacks;

use serde_json::{Value, json};

use crate::config::{ConfigEdit, EditError, Step};
use crate::model::ModelRef;
use crate::session::AgentId;
use crate::similar;

use super::config_file::{Written, change_config};
use super::place::Place;

pub use aliases::{add_alias, aliases, remove_alias};
pub use error::DefaultsError;
pub use fallbacks::{add_fallback, clear_fallbacks, fallbacks, remove_fallback};

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
    let whose = known(place, whose)?;
    let name = model.to_string();
    change(place, |edit| {
        let base = base(edit, whose)?;
        let path = with(&base, &[Key(purpose.key())]);
        match edit.get(&path) {
            Some(Value::Object(_)) => edit.set(&with(&path, &[Key("primary")]), &json!(name))?,
            _ => edit.set(&path, &json!(name))?,
        }
        allow(edit, &base, &name)
    })
}

/// The number of the agent in `agents.list` as it is read; `None` for all agents.
fn known(place: &Place, whose: &Whose) -> Result<Option<(AgentId, usize)>, DefaultsError> {
    let Whose::Agent(agent) = whose else {
        return Ok(None);
    };
    let config = place.snapshot().config();
    config.agent(agent)?;
    let at = config.agent_list.get_index_of(agent);
    at.map_or_else(
        || Err(DefaultsError::NoEntry(agent.clone())),
        |at| Ok(Some((agent.clone(), at))),
    )
}

/// The path of what is changed, as this file has it: an included file may have agents before those here.
fn base(edit: &ConfigEdit, whose: Option<(AgentId, usize)>) -> Result<Vec<Step<'static>>, EditError> {
    let Some((agent, read_at)) = whose else {
        return Ok(vec![Key("agents"), Key("defaults")]);
    };
    let list = [Key("agents"), Key("list")];
    let is_agent = |at: &usize| {
        let id = edit.get(&with(&list, &[Index(*at), Key("id")]));
        let id = id.as_ref().and_then(Value::as_str);
        id.is_some_and(|id| AgentId::new(id.trim()).as_ref() == Ok(&agent))
    };
    match (0..edit.len(&list)).find(is_agent) {
        Some(at) => Ok(with(&list, &[Index(at)])),
        None => Err(edit.elsewhere_in_whole(&with(&list, &[Index(read_at)]))),
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

fn with<'s>(base: &[Step<'s>], more: &[Step<'s>]) -> Vec<Step<'s>> {
    [base, more].concat()
}
