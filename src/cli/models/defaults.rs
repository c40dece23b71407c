//! `models set`, `set-image`, `aliases`, `fallbacks`, `image-fallbacks`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::setup::{self, Done, Place, Purpose, Whose, Written};

use super::super::global::Global;
use super::super::place;
use super::super::table::table;
use super::super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// An alias, or provider/model
    #[arg(value_name = "REF")]
    model: String,
}

#[derive(Debug, Args)]
pub(super) struct Listing {
    /// As JSON
    #[arg(long)]
    json: bool,
    /// One a line, and nothing else
    #[arg(long, conflicts_with = "json")]
    plain: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Aliases {
    /// Show the short names
    #[command(after_help = "Example:\n  modelpin models aliases list")]
    List(Listing),
    /// Give a model a short name
    #[command(after_help = "Example:\n  modelpin models aliases add fast anthropic/claude-haiku-4-5")]
    Add {
        /// The short name
        #[arg(value_name = "ALIAS")]
        alias: String,
        /// The model
        #[arg(value_name = "REF")]
        model: String,
    },
    /// Take a short name away
    #[command(after_help = "Example:\n  modelpin models aliases remove fast")]
    Remove {
        /// The short name
        #[arg(value_name = "ALIAS")]
        alias: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Fallbacks {
    /// Show them in order
    #[command(
        after_help = "Examples:\n  modelpin models fallbacks list\n  modelpin models image-fallbacks list"
    )]
    List(Listing),
    /// Put a model at the end
    #[command(
        after_help = "Examples:\n  modelpin models fallbacks add openai/gpt-5.1\n  modelpin models image-fallbacks add openai/gpt-5.1"
    )]
    Add {
        /// An alias, or provider/model
        #[arg(value_name = "REF")]
        model: String,
    },
    /// Take a model out
    #[command(
        after_help = "Examples:\n  modelpin models fallbacks remove openai/gpt-5.1\n  modelpin models image-fallbacks remove openai/gpt-5.1"
    )]
    Remove {
        /// An alias, or provider/model
        #[arg(value_name = "REF")]
        model: String,
    },
    /// Take all out
    #[command(
        after_help = "Examples:\n  modelpin models fallbacks clear\n  modelpin models image-fallbacks clear"
    )]
    Clear,
}

pub(super) fn set(
    args: &SetArgs,
    purpose: Purpose,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let (place, whose) = place_and_whose(global)?;
    let model = setup::model_meant(&place, &args.model).map_err(Wrong::setup)?;
    let whose = if purpose == Purpose::Image {
        Whose::All
    } else {
        whose
    };
    let done = setup::set_default(&place, &whose, purpose, &model).map_err(Wrong::setup)?;
    let what = match purpose {
        Purpose::Chat => "Default model",
        Purpose::Image => "Image model",
    };
    tell(&format!("{what}: {model}"), &done, &place, out)
}

pub(super) fn aliases(command: &Aliases, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    match command {
        Aliases::List(listing) => {
            let aliases = setup::aliases(&place);
            if listing.json {
                let map: serde_json::Map<_, _> = aliases
                    .into_iter()
                    .map(|(model, alias)| (alias, model.into()))
                    .collect();
                super::print(&json!({ "aliases": map }), out)?;
            } else if listing.plain {
                for (model, alias) in aliases {
                    writeln!(out, "{alias} {model}")?;
                }
            } else if aliases.is_empty() {
                writeln!(out, "No model has a short name.")?;
            } else {
                let rows = aliases.into_iter().map(|(model, alias)| vec![alias, model]);
                writeln!(out, "{}", table(&["Alias", "Model"], rows))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Aliases::Add { alias, model } => {
            let model = setup::model_meant(&place, model).map_err(Wrong::setup)?;
            let done = setup::add_alias(&place, alias, &model).map_err(Wrong::setup)?;
            tell(&format!("{alias} is {model}"), &done, &place, out)
        }
        Aliases::Remove { alias } => {
            let done = setup::remove_alias(&place, alias).map_err(Wrong::setup)?;
            tell(&format!("{alias} is no alias any more"), &done, &place, out)
        }
    }
}

pub(super) fn fallbacks(
    command: &Fallbacks,
    purpose: Purpose,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let (place, whose) = place_and_whose(global)?;
    let whose = if purpose == Purpose::Image {
        Whose::All
    } else {
        whose
    };
    let done = match command {
        Fallbacks::List(listing) => {
            let list = setup::fallbacks(&place, &whose, purpose);
            if listing.json {
                super::print(&json!({ "fallbacks": list }), out)?;
            } else if list.is_empty() && !listing.plain {
                writeln!(out, "There are no fallbacks.")?;
            } else {
                for (at, model) in list.iter().enumerate() {
                    match listing.plain {
                        true => writeln!(out, "{model}")?,
                        false => writeln!(out, "{}. {model}", at + 1)?,
                    }
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        Fallbacks::Add { model } => {
            let model = setup::model_meant(&place, model).map_err(Wrong::setup)?;
            setup::add_fallback(&place, &whose, purpose, &model)
        }
        Fallbacks::Remove { model } => setup::remove_fallback(&place, &whose, purpose, model),
        Fallbacks::Clear => setup::clear_fallbacks(&place, &whose, purpose),
    };
    let done = done.map_err(Wrong::setup)?;
    // What is there now is read again.
    let (again, _) = place_and_whose(global)?;
    let list = setup::fallbacks(&again, &whose, purpose);
    let list = if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    };
    tell(&format!("Fallbacks: {list}"), &done, &place, out)
}

fn place_and_whose(global: &Global) -> Result<(Place, Whose), Wrong> {
    let whose = global.agent()?.map_or(Whose::All, Whose::Agent);
    Ok((place::operate(global)?, whose))
}

fn tell(what: &str, done: &Done, place: &Place, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    writeln!(out, "{what}")?;
    for note in &done.notes {
        writeln!(out, "{note}")?;
    }
    let path = place.snapshot().sources().config.path.display();
    match done.written {
        Written::Changed => writeln!(out, "  in {path}")?,
        Written::AsItWas => writeln!(out, "  as it was in {path}")?,
    }
    Ok(ExitCode::SUCCESS)
}
