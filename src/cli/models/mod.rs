//! `modelpin models …`: models, and the credentials that serve them.

pub(super) mod auth;
mod defaults;
mod list;
mod status;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::setup::Purpose;

use super::global::Global;
use super::wrong::Wrong;

/// `modelpin models`.
#[derive(Debug, Args)]
pub(super) struct Models {
    #[command(subcommand)]
    command: Option<ModelsCommand>,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Which model is used, and which credentials can serve it
    #[command(
        after_help = "Examples:\n  modelpin models status\n  modelpin models status --json\n  modelpin models status --plain"
    )]
    Status(status::StatusArgs),
    /// Which models there are, and whether they could be used now
    #[command(
        after_help = "Examples:\n  modelpin models list\n  modelpin models list --all --provider anthropic\n  modelpin models list --json"
    )]
    List(list::ListArgs),
    /// Make a model the default
    #[command(
        after_help = "Examples:\n  modelpin models set anthropic/claude-opus-4-5\n  modelpin models set opus --agent work"
    )]
    Set(defaults::SetArgs),
    /// Make a model the default for pictures
    #[command(after_help = "Example:\n  modelpin models set-image openai/gpt-5.1")]
    SetImage(defaults::SetArgs),
    /// Short names of models
    #[command(
        after_help = "Examples:\n  modelpin models aliases list\n  modelpin models aliases add fast anthropic/claude-haiku-4-5"
    )]
    Aliases {
        #[command(subcommand)]
        command: defaults::Aliases,
    },
    /// What follows the default model when it fails
    #[command(
        after_help = "Examples:\n  modelpin models fallbacks list\n  modelpin models fallbacks add openai/gpt-5.1"
    )]
    Fallbacks {
        #[command(subcommand)]
        command: defaults::Fallbacks,
    },
    /// What follows the image model when it fails
    #[command(
        after_help = "Examples:\n  modelpin models image-fallbacks list\n  modelpin models image-fallbacks add openai/gpt-5.1"
    )]
    ImageFallbacks {
        #[command(subcommand)]
        command: defaults::Fallbacks,
    },
    /// Credentials: add them, order them, take them away
    #[command(
        after_help = "Examples:\n  modelpin models auth add\n  modelpin models auth paste-token --provider anthropic\n  modelpin models auth order get --provider anthropic"
    )]
    Auth(auth::Auth),
}

pub(super) fn run(models: &Models, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &models.command {
        None => status::run(&status::StatusArgs::default(), global, out),
        Some(ModelsCommand::Status(args)) => status::run(args, global, out),
        Some(ModelsCommand::List(args)) => list::run(args, global, out),
        Some(ModelsCommand::Set(args)) => defaults::set(args, Purpose::Chat, global, out),
        Some(ModelsCommand::SetImage(args)) => defaults::set(args, Purpose::Image, global, out),
        Some(ModelsCommand::Aliases { command }) => defaults::aliases(command, global, out),
        Some(ModelsCommand::Fallbacks { command }) => {
            defaults::fallbacks(command, Purpose::Chat, global, out)
        }
        Some(ModelsCommand::ImageFallbacks { command }) => {
            defaults::fallbacks(command, Purpose::Image, global, out)
        }
        Some(ModelsCommand::Auth(auth)) => auth::run(auth, global, out),
    }
}

fn print(value: &impl serde::Serialize, out: &mut impl Write) -> Result<(), Wrong> {
    let text = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")?;
    Ok(())
}
