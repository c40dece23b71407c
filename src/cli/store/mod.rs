//! `modelpin store`: where pins and rests are kept, how that is, and moving house.

mod migrate;
mod status;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::setup::Place;

use self::migrate::{MigrateArgs, migrate};
use self::status::status;
use super::global::Global;
use super::place;
use super::wrong::Wrong;

/// `modelpin store`.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Show where pins and rests are kept, and how that is (exit code 1: not well)
    #[command(after_help = "Examples:\n  modelpin store status\n  modelpin store status --json")]
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy pins and rests into another store, and use that from then on
    #[command(
        after_help = "Examples:\n  modelpin store migrate --to redis --url rediss://cache.example/0 --dry-run\n  modelpin store migrate --to redis --url-file cache.url --key-file fleet.key\n  modelpin store migrate --to sqlite\n  modelpin store migrate --to redis --from sqlite\n\nNothing is taken away where they were, and the configuration is changed last:\nwhat is cut off can be run again. A gateway that runs uses the old store until\nit is started again; what was changed there meanwhile is fetched by --from. A\nserver's password belongs into the file of --url-file, or into the variable\nMODELPIN_STORE_URL; the key of the fleet into a file or MODELPIN_STORE_KEY.\nExit codes: 0 done or nothing new, 1 nothing was moved, 64 wrong usage."
    )]
    Migrate(Box<MigrateArgs>),
}

pub(super) fn run(args: &StoreArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = Place::find(global.state_dir.as_deref(), global.config.as_deref(), None)?;
    place::tell_warnings(place.snapshot());
    match &args.command {
        StoreCommand::Status { json } => status(*json, &place, out),
        StoreCommand::Migrate(args) => migrate(args, &place, global, out),
    }
}
