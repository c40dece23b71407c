//! `modelpin simulate`: a policy in bad weather.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::simulate::{EXAMPLE, Report, Scenario, judge, picture, play};

use super::place;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// The scenario (JSON5)
    #[arg(value_name = "SCENARIO.json", required_unless_present = "example")]
    scenario: Option<PathBuf>,
    /// Print a scenario to begin with
    #[arg(long, conflicts_with_all = ["scenario", "svg", "json", "seed"])]
    example: bool,
    /// Draw what happened into a file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Other dice than the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(super) fn run(args: &SimulateArgs, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let Some(path) = &args.scenario else {
        write!(out, "{EXAMPLE}")?;
        return Ok(ExitCode::SUCCESS);
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Wrong::Failed(format!("cannot read {name}: {error}")))?;
    let scenario = Scenario::read(&text, &name).map_err(|wrong| Wrong::Failed(wrong.to_string()))?;
    let seed = args.seed.unwrap_or(scenario.seed);
    let played = place::tasks()?
        .block_on(play(&scenario, seed))
        .map_err(Wrong::setup)?;
    let verdicts = judge(&played.facts, &played.weather, &played.log);
    let report = Report::new(&scenario, &played, &verdicts);
    if let Some(file) = &args.svg {
        std::fs::write(file, picture(&scenario, &played))
            .map_err(|error| Wrong::File(file.clone(), error))?;
    }
    if args.json {
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        write!(out, "{}", report.text())?;
    }
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
