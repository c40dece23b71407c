//! `modelpin events`: whether events arrive where the configuration sends them.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::clock::{Clock, SystemClock};
use crate::echo::causes;
use crate::event::{Event, Kind};
use crate::events::{DeliveryError, Limits, Target};

use super::global::Global;
use super::place;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    #[command(subcommand)]
    command: EventsCommand,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// Send a test event to the configured command and webhook, and say what
    /// became of it (exit code 1 if one of them failed)
    #[command(after_help = "Examples:\n  modelpin events test\n  modelpin events test --json")]
    Test {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &EventsArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let EventsCommand::Test { json } = args.command;
    let place = place::operate(global)?;
    let snapshot = place.snapshot();
    let config = &snapshot.config().events;
    let targets = Target::of_config(config, snapshot.environment(), Limits::default())
        .map_err(|wrong| Wrong::Failed(causes(&wrong)))?;
    if targets.is_empty() {
        return Err(Wrong::Failed(
            "events go to the log alone: neither events.command nor events.webhook is set".to_owned(),
        ));
    }
    let event = Event {
        kind: Kind::Test,
        at: SystemClock.now(),
        agent: global.agent()?,
    };
    let tasks = place::tasks()?;
    let deliveries: Vec<Delivery> = targets
        .iter()
        .map(|target| (target.name(), tasks.block_on(target.deliver(&event))))
        .collect();
    if json {
        told_as_data(&deliveries, out)?;
    } else {
        told(&deliveries, out)?;
    }
    Ok(if deliveries.iter().all(|(_, became)| became.is_ok()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The name of a target, and what became of the event there.
type Delivery = (&'static str, Result<(), DeliveryError>);

fn told(deliveries: &[Delivery], out: &mut impl Write) -> std::io::Result<()> {
    for (name, became) in deliveries {
        match became {
            Ok(()) => writeln!(out, "events.{name}: delivered")?,
            Err(wrong) => writeln!(out, "events.{name}: failed: {}", causes(wrong))?,
        }
    }
    Ok(())
}

fn told_as_data(deliveries: &[Delivery], out: &mut impl Write) -> std::io::Result<()> {
    let ok = deliveries.iter().all(|(_, became)| became.is_ok());
    let each = deliveries.iter().map(|(name, became)| {
        json!({
            "target": name,
            "ok": became.is_ok(),
            "error": became.as_ref().err().map(|wrong| causes(wrong)),
        })
    });
    let whole = json!({ "ok": ok, "deliveries": each.collect::<Vec<_>>() });
    let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")
}
