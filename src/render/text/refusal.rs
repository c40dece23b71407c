//! Commands that were not carried out: what was wrong, and what to do.

use super::ink::Ink;
use super::message::Items;
use super::phrase::{model, scope};
use super::picker::list_command;
use crate::profile::ProfileId;
use crate::view::Refusal;

/// How many profiles of one name are listed.
const SEVERAL: usize = 8;

/// `a`, `a or b`, `a, b or c`
fn either(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// What was wrong, and what to do about it, in plain words; the second may be empty.
pub(in crate::render) fn in_words(refusal: &Refusal) -> (String, String) {
    sentences(Ink::Plain, refusal)
}

fn sentences(ink: Ink, refusal: &Refusal) -> (String, String) {
    let list = |names: &[String]| either(names.iter().map(|name| ink.name(name)));
    let ids = |ids: &[ProfileId]| either(ids.iter().map(|id| ink.name(id.as_str())));
    match refusal {
        Refusal::UnknownModel { written, near } => (
            format!("No model is called {}.", ink.written(written)),
            if near.is_empty() {
                format!("{} shows those that there are.", ink.typed("/model list"))
            } else {
                format!("Did you mean {}?", list(near))
            },
        ),
        Refusal::ModelNotAllowed { model, rule } => (
            format!(
                "{} is not allowed here: it is not in {}.",
                ink.name(&model.to_string()),
                ink.name(rule)
            ),
            "Whoever runs this bot can add it there.".to_owned(),
        ),
        Refusal::UnknownProfile {
            written,
            provider,
            near,
        } => (
            format!(
                "{} has no profile called {}.",
                ink.strong(provider.as_str()),
                ink.written(written)
            ),
            if near.is_empty() {
                format!("{} shows those that there are.", ink.typed("/model status"))
            } else {
                format!("Did you mean {}?", ids(near))
            },
        ),
        Refusal::SeveralProfiles { written, profiles } => (
            format!("{} is the name of several profiles.", ink.written(written)),
            {
                let shown = profiles.get(..SEVERAL).unwrap_or(profiles);
                let more = match profiles.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" ({more} more in {})", ink.typed("/model status")),
                };
                format!("Write one of them in full: {}{more}.", ids(shown))
            },
        ),
        Refusal::OtherProvider {
            profile,
            provider,
            model: wanted,
        } => (
            format!(
                "{} belongs to {}, and {} is a model of {}.",
                ink.name(profile.as_str()),
                ink.strong(provider.as_str()),
                model(ink, wanted),
                ink.strong(wanted.model.provider().as_str())
            ),
            format!(
                "To use it, name a model of {} with it.",
                ink.strong(provider.as_str())
            ),
        ),
        Refusal::NotPermitted { scope: of } => (
            format!("You may not change what holds for {}.", scope(*of)),
            "That needs the admin right (commands.admins).".to_owned(),
        ),
        Refusal::NoCommands => ("You may not use commands here.".to_owned(), String::new()),
        Refusal::UnknownProvider { written, near } => (
            format!("There is no provider called {}.", ink.written(written)),
            if near.is_empty() {
                format!("{} shows all models.", ink.typed("/model list"))
            } else {
                format!("Did you mean {}?", list(near))
            },
        ),
        Refusal::NoSuchPage { page, pages, list } => (
            format!("There is no page {page}: the list has {pages}."),
            format!(
                "{} shows the last one.",
                ink.typed(&list_command(list.as_ref(), *pages))
            ),
        ),
        Refusal::NothingToUndo { scope: of } => (
            format!("There is no change to take back for {}.", scope(*of)),
            String::new(),
        ),
        Refusal::NoModel => (
            "No model is configured, and none was named.".to_owned(),
            format!("Name one: {}.", ink.typed("/model provider/model")),
        ),
        Refusal::NotKept { cause } => (
            format!("That could not be kept: {}.", ink.cause(cause)),
            "Nothing is pinned by it, and nothing changed. Try again in a moment.".to_owned(),
        ),
        Refusal::Broken { cause, .. } => (
            format!("The credentials cannot be read: {}.", ink.cause(cause)),
            "Nothing was changed. Whoever runs this bot has to repair that file.".to_owned(),
        ),
    }
}

pub(super) fn say(items: &mut Items, ink: Ink, refusal: &Refusal) {
    let (what, remedy) = sentences(ink, refusal);
    items.push(what);
    let nothing_changed = match refusal {
        Refusal::NotKept { .. }
        | Refusal::Broken { .. }
        | Refusal::NothingToUndo { .. }
        | Refusal::NoCommands
        | Refusal::NoSuchPage { .. }
        | Refusal::UnknownProvider { .. } => "",
        _ => "Nothing changed. ",
    };
    if !remedy.is_empty() {
        items.push(format!("{nothing_changed}{remedy}"));
    }
}
