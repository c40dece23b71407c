//! `modelpin models status`: what the resolver says, as text or in the shape that scripts for OpenClaw read.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::command::ModelCommand;
use crate::render::Render;
use crate::render::text::Text;
use crate::session::Actor;

use super::super::global::Global;
use super::super::place;
use super::super::wrong::Wrong;
use super::shape::{Shape, unused_variables};

#[derive(Debug, Args, Default)]
pub(super) struct StatusArgs {
    /// As JSON, in the shape that scripts for OpenClaw read
    #[arg(long)]
    json: bool,
    /// The resolved default model alone
    #[arg(long, conflicts_with = "json")]
    plain: bool,
}

pub(super) fn run(args: &StatusArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let modelpin = place::open(global)?;
    let session = place::session(global, "cli")?;
    let snapshot = modelpin.resolver().snapshot();
    let book = snapshot.book(session.agent())?;
    if args.plain {
        let default = book.catalog().default_model().map(ToString::to_string);
        writeln!(out, "{}", default.unwrap_or_default())?;
    } else if args.json {
        let status = Shape::new(&modelpin, &snapshot, &book, &session).whole();
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&status).map_err(std::io::Error::from)?
        )?;
    } else {
        let sources = snapshot.sources();
        writeln!(
            out,
            "State: {} ({})",
            sources.state.path.display(),
            sources.state.reason
        )?;
        writeln!(
            out,
            "Configuration: {} ({})",
            sources.config.path.display(),
            sources.config.reason
        )?;
        let actor = Actor::operator();
        let view = modelpin.answer_command(&session, &actor, &ModelCommand::Status);
        let tasks = tokio::runtime::Builder::new_current_thread().build()?;
        for message in Text::plain().render(&tasks.block_on(view)) {
            writeln!(out, "{message}")?;
        }
        for note in unused_variables(&snapshot, &book) {
            writeln!(out, "\n{note}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
