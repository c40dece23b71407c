//! `modelpin models …`: models, and the credentials that serve them.

mod auth;
mod status;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

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
        Some(ModelsCommand::Auth(auth)) => auth::run(auth, global, out),
    }
}
