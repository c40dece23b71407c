//! `modelpin bench`: how fast it is on this machine, beside what cannot be faster.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::bench::figure::{Figure, Target, Unit};
use crate::bench::hop::{Part, Programs, Traffic};
use crate::bench::race::{Effort, race};
use crate::bench::{BenchError, hit, hop, large, starting, text, writes};
use crate::echo::causes;

use super::place;
use super::table::table;
use super::wrong::Wrong;

/// The word before a part of the measurement, for the own program.
const PART: &str = "--part";

/// Bytes of memory that a pinned chat takes while it is measured, with its key and the table beside it.
const EACH: u64 = 700;

#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Fewer rounds, fewer chats: about ten seconds in all
    #[arg(long, conflicts_with = "large")]
    quick: bool,
    /// Also with 10 million chats, which takes about 7 GB and some minutes
    #[arg(long)]
    large: bool,
    /// One group alone
    #[arg(long, value_enum, value_name = "GROUP")]
    only: Option<Group>,
    /// Be the provider or the floor of a measurement
    #[arg(long, hide = true, num_args = 1.., value_name = "PART")]
    part: Vec<String>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Messages: text that passes, and commands that are read
    Text,
    /// Requests: from a chat to its credential, with 2 to 1,000 profiles
    Resolve,
    /// The same among a million chats, and the memory that each takes
    Chats,
    /// Pins on their way to memory and to the disk
    Pins,
    /// Starts: 1,000 agents, and a million pins
    Start,
    /// The gateway beside a bare proxy, in processes of their own
    Gateway,
}

/// What is printed with `--json`.
#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    version: &'static str,
    threads: usize,
    figures: Vec<Figure>,
    /// What was not measured, and why.
    left_out: Vec<String>,
}

pub(super) fn run(args: &BenchArgs, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let tasks = place::tasks()?;
    if !args.part.is_empty() {
        let part = Part::called(&args.part)
            .ok_or_else(|| Wrong::Usage(format!("{PART} takes what `bench` itself gives it")))?;
        return match tasks.block_on(part.play()) {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(broken) => Err(Wrong::Failed(causes(&broken))),
        };
    }
    let mut left_out = Vec::new();
    let figures = tasks.block_on(args.measure(&mut left_out));
    let report = Report {
        schema: "modelpin/bench/1",
        version: env!("CARGO_PKG_VERSION"),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        figures: figures.map_err(|broken| Wrong::Failed(causes(&broken)))?,
        left_out,
    };
    if args.json {
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        report.print(out)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl BenchArgs {
    fn wants(&self, group: Group) -> bool {
        self.only.is_none_or(|only| only == group)
    }

    async fn measure(&self, left_out: &mut Vec<String>) -> Result<Vec<Figure>, BenchError> {
        let (effort, traffic) = if self.quick {
            (Effort::quick(), Traffic::quick())
        } else {
            (Effort::usual(), Traffic::usual())
        };
        let mut figures = Vec::new();
        if self.wants(Group::Text) {
            let syntax = text::syntax();
            figures.extend(race("text", text::cases(&syntax), effort));
        }
        if self.wants(Group::Resolve) {
            figures.extend(hit::measure(&[2, 10, 100, 1_000], effort).await?);
        }
        if self.wants(Group::Chats) {
            for chats in self.chats(left_out) {
                figures.extend(large::measure(chats, effort).await?);
            }
        }
        if self.wants(Group::Pins) {
            figures.extend(writes::measure(effort).await?);
        }
        if self.wants(Group::Start) {
            let (agents, pins) = if self.quick {
                (100, 10_000)
            } else {
                (1_000, 1_000_000)
            };
            figures.extend(starting::measure(agents, effort.rounds.min(5)).await?);
            figures.push(writes::reload(pins).await?);
        }
        if self.wants(Group::Gateway) {
            let this = std::env::current_exe()?;
            let programs = Programs {
                parts: &this,
                before: &["bench", PART],
                modelpin: &this,
            };
            figures.extend(hop::measure(programs, traffic).await?);
        }
        Ok(figures)
    }

    /// Among how many chats is looked.
    fn chats(&self, left_out: &mut Vec<String>) -> Vec<usize> {
        const MILLIONS: usize = 10_000_000;
        let mut chats = vec![1_000];
        if self.quick {
            left_out.push("1 million chats and more: --quick".to_owned());
            return chats;
        }
        chats.push(1_000_000);
        let needed = EACH * MILLIONS as u64;
        match available() {
            _ if !self.large => left_out.push("10 million chats: only with --large".to_owned()),
            Some(there) if there < needed => left_out.push(format!(
                "10 million chats: they need {} MiB of memory, and {} are free",
                needed >> 20,
                there >> 20
            )),
            _ => chats.push(MILLIONS),
        }
        chats
    }
}

/// Memory that can be had, in bytes; `None` where that is not told. Source: proc_meminfo(5).
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

impl Report {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let rows = self.figures.iter().map(|figure| {
            let told = |value: f64| number(value, figure.unit);
            let ratio = figure.ratio.map(|ratio| format!("{ratio:.2}"));
            let floor = figure.floor.as_ref().map(|floor| told(floor.value.median));
            vec![
                figure.name.clone(),
                told(figure.value.median),
                spread(figure),
                floor.unwrap_or_default(),
                ratio.unwrap_or_default(),
                wanted(figure),
            ]
        });
        let heading = ["WHAT", "MEDIAN", "±%", "FLOOR", "RATIO", "TARGET"];
        writeln!(out, "{}", table(&heading, rows))?;
        let floors: std::collections::BTreeSet<(&str, &str)> = self
            .figures
            .iter()
            .filter_map(|figure| Some((figure.group, figure.floor.as_ref()?.name.as_str())))
            .collect();
        writeln!(out, "\nFloors, measured in the same run:")?;
        for (group, name) in floors {
            writeln!(out, "  {group}: {name}")?;
        }
        for left_out in &self.left_out {
            writeln!(out, "Left out: {left_out}")?;
        }
        writeln!(
            out,
            "A target that is not met has a mark (!).\nOn a machine that is busy with something else, read the ratios."
        )
    }
}

/// Half the way between the quarters, in parts of the median.
fn spread(figure: &Figure) -> String {
    let value = &figure.value;
    let half = (value.high - value.low) / 2.0;
    if value.median > 0.0 && half > 0.0 {
        format!("{:.0}", 100.0 * half / value.median)
    } else {
        String::new()
    }
}

/// A number with its unit, as short as it can be read.
fn number(value: f64, unit: Unit) -> String {
    let (value, unit) = match unit {
        Unit::Nanoseconds if value >= 10_000_000.0 => (value / 1e6, "ms"),
        Unit::Nanoseconds if value >= 10_000.0 => (value / 1e3, "µs"),
        Unit::PerSecond if value >= 10_000.0 => (value / 1e3, "k/s"),
        unit => (value, unit.as_str()),
    };
    match value.abs() {
        ..10.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}

/// What the figure should be, and a mark where it is not.
fn wanted(figure: &Figure) -> String {
    let Some(target) = figure.target else {
        return String::new();
    };
    let told = match target {
        Target::AtMost(most) => format!("≤ {}", number(most, figure.unit)),
        Target::AtLeast(least) => format!("≥ {}", number(least, figure.unit)),
        Target::AtMostTimes(times) => format!("≤ {times}×"),
        Target::AtLeastTimes(times) => format!("≥ {times}×"),
    };
    match figure.met {
        Some(false) => format!("{told} !"),
        _ => told,
    }
}
