//! Commands that were not carried out: what was wrong, and what to do.

use super::block::Blocks;
use super::pen::Pen;
use super::phrase::{model, scope};
use super::picker::list_command;
use super::rich::Rich;
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
    plainly(sentences(Pen, refusal))
}

fn plainly((what, remedy): (String, String)) -> (String, String) {
    let plain = |marked: &str| Rich::read(marked).quoted();
    (plain(&what), plain(&remedy))
}

fn sentences(pen: Pen, refusal: &Refusal) -> (String, String) {
    let list = |names: &[String]| either(names.iter().map(|name| pen.name(name)));
    let ids = |ids: &[ProfileId]| either(ids.iter().map(|id| pen.name(id.as_str())));
    match refusal {
        Refusal::UnknownModel { written, near } => (
            format!("No model is called {}.", pen.written(written)),
            if near.is_empty() {
                format!("{} shows those that there are.", pen.typed("/model list"))
            } else {
                format!("Did you mean {}?", list(near))
            },
        ),
        Refusal::ModelNotAllowed { model, rule } => (
            format!(
                "{} is not allowed here: it is not in {}.",
                pen.name(&model.to_string()),
                pen.name(rule)
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
                pen.strong(provider.as_str()),
                pen.written(written)
            ),
            if near.is_empty() {
                format!("{} shows those that there are.", pen.typed("/model status"))
            } else {
                format!("Did you mean {}?", ids(near))
            },
        ),
        Refusal::SeveralProfiles { written, profiles } => (
            format!("{} is the name of several profiles.", pen.written(written)),
            {
                let shown = profiles.get(..SEVERAL).unwrap_or(profiles);
                let more = match profiles.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" ({more} more in {})", pen.typed("/model status")),
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
                pen.name(profile.as_str()),
                pen.strong(provider.as_str()),
                model(pen, wanted),
                pen.strong(wanted.model.provider().as_str())
            ),
            format!(
                "To use it, name a model of {} with it.",
                pen.strong(provider.as_str())
            ),
        ),
        Refusal::NotPermitted { scope: of } => (
            format!("You may not change what holds for {}.", scope(*of)),
            "That needs the admin right (commands.admins).".to_owned(),
        ),
        Refusal::NoCommands => ("You may not use commands here.".to_owned(), String::new()),
        Refusal::UnknownProvider { written, near } => (
            format!("There is no provider called {}.", pen.written(written)),
            if near.is_empty() {
                format!("{} shows all models.", pen.typed("/model list"))
            } else {
                format!("Did you mean {}?", list(near))
            },
        ),
        Refusal::NoSuchPage { page, pages, list } => (
            format!("There is no page {page}: the list has {pages}."),
            format!(
                "{} shows the last one.",
                pen.typed(&list_command(list.as_ref(), *pages))
            ),
        ),
        Refusal::NothingToUndo { scope: of } => (
            format!("There is no change to take back for {}.", scope(*of)),
            String::new(),
        ),
        Refusal::NoModel => (
            "No model is configured, and none was named.".to_owned(),
            format!("Name one: {}.", pen.typed("/model provider/model")),
        ),
        Refusal::NotKept { cause } => (
            format!("That could not be kept: {}.", pen.cause(cause)),
            "Nothing is pinned by it, and nothing changed. Try again in a moment.".to_owned(),
        ),
        Refusal::Broken { cause, .. } => (
            format!("The credentials cannot be read: {}.", pen.cause(cause)),
            "Nothing was changed. Whoever runs this bot has to repair that file.".to_owned(),
        ),
    }
}

pub(super) fn say(blocks: &mut Blocks, pen: Pen, refusal: &Refusal) {
    let (what, remedy) = sentences(pen, refusal);
    blocks.line(&what);
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
        blocks.line(&format!("{nothing_changed}{remedy}"));
    }
}
