//! `models list`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::catalog::Entry;
use crate::model::ProviderId;
use crate::setup::{Purpose, Whose, fallbacks};

use super::super::global::Global;
use super::super::place;
use super::super::table::table;
use super::super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Those that cannot be chosen too
    #[arg(long)]
    all: bool,
    /// Of this provider only
    #[arg(long, value_name = "P")]
    provider: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// One a line, and nothing else
    #[arg(long, conflicts_with = "json")]
    plain: bool,
}

pub(super) fn run(args: &ListArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let book = place.snapshot().book(Some(place.agent()))?;
    let catalog = book.catalog();
    let wanted = args.provider.as_deref().map(ProviderId::new);
    let shown = |entry: &&Entry| {
        let of_provider = wanted
            .as_ref()
            .is_none_or(|provider| entry.model.provider() == provider);
        of_provider && (args.all || catalog.allows(&entry.model))
    };
    let entries: Vec<&Entry> = catalog.entries().iter().filter(shown).collect();
    let now = crate::clock::Clock::now(&crate::clock::SystemClock);
    let lists = |purpose| fallbacks(&place, &Whose::All, purpose);
    let (chat, image) = (lists(Purpose::Chat), lists(Purpose::Image));
    let image_model = place
        .snapshot()
        .config()
        .agents
        .image_model
        .clone()
        .unwrap_or_default()
        .primary;
    let is =
        |entry: &Entry, name: &String| *name == entry.model.to_string() || entry.alias.as_ref() == Some(name);
    let tags = |entry: &Entry| {
        let mut tags = Vec::new();
        if catalog.default_model() == Some(&entry.model) {
            tags.push("default".to_owned());
        }
        if let Some(at) = chat.iter().position(|name| is(entry, name)) {
            tags.push(format!("fallback#{}", at + 1));
        }
        if image_model.as_ref().is_some_and(|name| is(entry, name)) {
            tags.push("image".to_owned());
        }
        if let Some(at) = image.iter().position(|name| is(entry, name)) {
            tags.push(format!("img-fallback#{}", at + 1));
        }
        if !catalog.allows(&entry.model) {
            tags.push("not allowed".to_owned());
        }
        tags
    };
    let available = |entry: &Entry| book.has_credential(entry.model.provider(), &|_| true, now);
    if args.json {
        let models: Vec<Value> = entries
            .iter()
            .map(|entry| {
                json!({
                    "key": entry.model.to_string(),
                    "name": entry.label(),
                    "alias": entry.alias,
                    "provider": entry.model.provider().as_str(),
                    "available": available(entry),
                    "tags": tags(entry),
                    "missing": false,
                })
            })
            .collect();
        super::print(&json!({ "count": models.len(), "models": models }), out)?;
    } else if args.plain {
        for entry in entries {
            writeln!(out, "{}", entry.model)?;
        }
    } else if entries.is_empty() {
        writeln!(
            out,
            "No model is known{}.",
            if wanted.is_some() { " of this provider" } else { "" }
        )?;
    } else {
        let rows = entries.iter().map(|entry| {
            let usable = if available(entry) { "yes" } else { "no credential" };
            vec![
                entry.model.to_string(),
                entry.alias.clone().unwrap_or_default(),
                usable.to_owned(),
                tags(entry).join(", "),
            ]
        });
        writeln!(out, "{}", table(&["Model", "Alias", "Usable", ""], rows))?;
    }
    Ok(ExitCode::SUCCESS)
}
