//! The command line: what does each `modelpin …` command read, and what does it print?
//!
//! Results go to standard output, diagnostics and logs to standard error. Exit codes: 0 done; 1 failed or, for checks,
//! missing or expired; 2 a check found something that ends soon; 64 wrong usage; 130 interrupted. [`main`] parses and
//! dispatches; `args.rs` has the commands, each of which has a file of its own.

mod args;
mod ask;
mod bench;
mod browser;
mod classify;
mod doctor;
mod events;
mod explain;
mod gateway;
mod global;
mod help;
mod import;
mod man;
mod misused;
mod models;
mod onboard;
mod parse;
mod pasted;
mod pins;
mod place;
mod register;
mod simulate;
mod span;
mod store;
mod table;
#[cfg(feature = "otel")]
mod traces;
mod why;
mod words;
mod wrong;

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use args::{Cli, Command};
use global::LogFormat;
use wrong::Wrong;

/// Wrong usage (`EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;
/// Ended by Ctrl-C, as shells tell it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    // Help and usage errors are printed before the command line has been understood.
    if std::env::args_os().any(|argument| argument == "--no-color") {
        anstream::ColorChoice::Never.write_global();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Nobody is left to tell if even this cannot be written.
            if told.use_stderr() {
                let arguments: Vec<_> = std::env::args_os().skip(1).collect();
                let _ = misused::tell(&told, &arguments);
                return ExitCode::from(USAGE);
            }
            let _ = told.print();
            return ExitCode::SUCCESS;
        }
    };
    // The library leaves the choice of a TLS implementation to the program; a second choice is no fault.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[cfg(not(feature = "otel"))]
    log(&cli);
    // What is still on its way to a collector is sent when the command has ended.
    #[cfg(feature = "otel")]
    let _export = log(&cli);
    match run(&cli) {
        Ok(code) => code,
        Err(wrong) => {
            let _ = wrong.print(&mut anstream::stderr());
            wrong.code()
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Wrong> {
    let stdout = std::io::stdout();
    match &cli.command {
        Command::Chat(args) => Ok(crate::chat::run(args.options(&cli.global)?)?),
        Command::Parse(args) => {
            let out = BufWriter::new(stdout.lock());
            Ok(parse::run(args, std::io::stdin().lock(), out)?)
        }
        Command::Bench(args) => bench::run(args, &mut stdout.lock()),
        Command::Classify => Ok(classify::run(
            std::io::stdin().lock(),
            BufWriter::new(stdout.lock()),
        )?),
        Command::Explain(args) => explain::run(args, &cli.global, &mut stdout.lock()),
        Command::Why(args) => why::run(args, &cli.global, &mut stdout.lock()),
        Command::Words(args) => words::run(args, &mut stdout.lock()),
        Command::Events(args) => events::run(args, &cli.global, &mut stdout.lock()),
        Command::Gateway(args) => gateway::run(args, &cli.global, &mut stdout.lock()),
        Command::Doctor(args) => doctor::run(args, &cli.global, &mut stdout.lock()),
        Command::Import(args) => import::run(args, &cli.global, &mut stdout.lock()),
        Command::Onboard(args) => onboard::run(args, &cli.global, &mut stdout.lock()),
        Command::Pins(pins) => pins::run(pins, &cli.global, &mut stdout.lock()),
        Command::Register(args) => register::run(args, &cli.global, &mut stdout.lock()),
        Command::Simulate(args) => simulate::run(args, &mut stdout.lock()),
        Command::Store(args) => store::run(args, &cli.global, &mut stdout.lock()),
        Command::Models(models) => models::run(models, &cli.global, &mut stdout.lock()),
        Command::Help { topic } => help::run(topic, &mut stdout.lock()),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut args::command(), "modelpin", &mut text);
            stdout.lock().write_all(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Man(wanted) => man::run(wanted, args::command(), &mut stdout.lock()),
    }
}

/// The crates that carry requests. What they log below `debug` is about single bytes and header fields, among which are
/// credentials; so it is not written, whatever is asked for.
const CARRIERS: [&str; 6] = ["h2", "hyper", "hyper_util", "reqwest", "rustls", "tower"];

/// What begins what the log says on behalf of the export of traces: only what went wrong.
const EXPORT: &str = "opentelemetry";

/// What [`log`] returns, to be kept until the end.
#[cfg(feature = "otel")]
type Kept = Option<traces::Export>;
/// What [`log`] returns, to be kept until the end.
#[cfg(not(feature = "otel"))]
type Kept = ();

/// Logs to standard error: warnings, or what `-v`, `-q` and `RUST_LOG` ask for. With the feature `otel`, the spans of the
/// gateway go where OpenTelemetry's variables say.
fn log(cli: &Cli) -> Kept {
    let level = match i16::from(cli.global.verbose) - i16::from(cli.global.quiet) {
        i16::MIN..=-2 => "off",
        -1 => "error",
        0 => "warn",
        1 => "modelpin=info,warn",
        2 => "modelpin=debug,info",
        _ => "trace",
    };
    let filter: Targets = std::env::var("RUST_LOG")
        .ok()
        .and_then(|wanted| wanted.parse().ok())
        .unwrap_or_else(|| level.parse().unwrap_or_default());
    let carriers = CARRIERS.map(|carrier| (carrier, LevelFilter::DEBUG));
    let most = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_targets(carriers)
        .with_target(EXPORT, LevelFilter::WARN)
        .with_target(crate::gateway::TRACES, LevelFilter::OFF);
    let filter = filter.and(most);
    let color = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let logs = match cli.global.log_format {
        LogFormat::Json => logs.json().with_filter(filter).boxed(),
        LogFormat::Text => logs.with_ansi(color).with_filter(filter).boxed(),
    };
    #[cfg(not(feature = "otel"))]
    // A second logger in one process is no fault: the first one stays.
    let _ = tracing_subscriber::registry().with(logs).try_init();
    #[cfg(feature = "otel")]
    {
        let export = match cli.command {
            Command::Gateway(_) => traces::Export::begin(),
            _ => Ok(None),
        };
        let layer = export
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(traces::Export::layer);
        let _ = tracing_subscriber::registry().with(logs).with(layer).try_init();
        export.unwrap_or_else(|_| {
            // What the variables say is not repeated: there may be a password in an address.
            tracing::warn!("no traces are exported: a variable OTEL_EXPORTER_OTLP_… cannot be used; see docs/monitoring.md");
            None
        })
    }
}

/// A moment as `2027-11-21 10:00 UTC`.
fn moment(at: crate::clock::Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "after all known times".to_owned(),
    }
}
