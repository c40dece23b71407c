//! `modelpin models status`: what the resolver says, as text or in the shape that scripts for OpenClaw read.
//!
//! The JSON is `report::status`; `check.rs` judges it, `probe.rs` asks the providers.

mod check;
mod probe;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::command::ModelCommand;
use crate::config::StoreConfig;
use crate::middleware::ModelPin;
use crate::render::Render;
use crate::render::text::Text;
use crate::report::status::shape::{self, ProbeOptions, Probes};
use crate::report::status::{Gathered, SOON, unused_variables};
use crate::session::Actor;
use crate::store::redis::Health;

use super::super::global::Global;
use super::super::place;
use super::super::span::span;
use super::super::table::table;
use super::super::wrong::Wrong;
use super::print;
use check::Weight;
/// A check found something that ends soon.
const ENDING: u8 = 2;

#[derive(Debug, Args, Default)]
pub(super) struct StatusArgs {
    /// As JSON, in the shape that scripts for OpenClaw read
    #[arg(long)]
    json: bool,
    /// The resolved default model alone
    #[arg(long, conflicts_with_all = ["json", "check", "probe"])]
    plain: bool,
    /// Exit 1 if a credential is missing or expired, 2 if one ends soon
    #[arg(long)]
    check: bool,
    /// What soon is, for --check [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = span, requires = "check")]
    warn_within: Option<Duration>,
    /// Ask every provider with every credential, once (costs a few tokens)
    #[arg(long)]
    probe: bool,
    /// Probe this provider only
    #[arg(long, value_name = "P", requires = "probe")]
    probe_provider: Option<String>,
    /// Probe this profile only; may be given more than once
    #[arg(long, value_name = "ID", requires = "probe")]
    probe_profile: Vec<String>,
    /// How long an answer is waited for, in milliseconds [default: 8000]
    #[arg(long, value_name = "MS", requires = "probe", value_parser = clap::value_parser!(u64).range(1..=600_000))]
    probe_timeout: Option<u64>,
    /// How many are asked at the same time [default: 2]
    #[arg(long, value_name = "N", requires = "probe", value_parser = clap::value_parser!(u64).range(1..=64))]
    probe_concurrency: Option<u64>,
    /// The longest answer, in tokens [default: 8]
    #[arg(long, value_name = "N", requires = "probe", value_parser = clap::value_parser!(u32).range(1..=4096))]
    probe_max_tokens: Option<u32>,
    /// Print the JSON Schema of --json
    #[arg(long, conflicts_with_all = ["json", "plain", "check", "probe"])]
    schema: bool,
}

pub(super) fn run(args: &StatusArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    if args.schema {
        print(&shape::schema(), out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let modelpin = place::open(global)?;
    let session = place::session(global, "cli")?;
    let snapshot = modelpin.resolver().snapshot();
    let book = snapshot.book(session.agent())?;
    if args.plain {
        let default = book.catalog().default_model().map(ToString::to_string);
        writeln!(out, "{}", default.unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    let soon = args.warn_within.unwrap_or(SOON);
    let actor = Actor::operator();
    let gathered = Gathered::new(&modelpin, &snapshot, &book, &session, &actor, soon);
    let findings = if args.check {
        check::findings(&gathered)
    } else {
        Vec::new()
    };
    let code = match findings.first().map(|finding| finding.weight) {
        None => ExitCode::SUCCESS,
        Some(Weight::Broken) => ExitCode::FAILURE,
        Some(Weight::Ending) => ExitCode::from(ENDING),
    };
    let probes = match args.probe {
        true => Some(place::tasks()?.block_on(asked(&book, args.options()))?),
        false => None,
    };
    if args.json {
        let mut status = gathered.whole();
        status.auth.probes = probes;
        print(&status, out)?;
        return Ok(code);
    }
    if args.check {
        for finding in &findings {
            writeln!(out, "{}\n  {}", finding.text, finding.remedy)?;
        }
        if findings.is_empty() {
            writeln!(out, "ok")?;
        }
        if !args.probe {
            return Ok(code);
        }
    }
    if let Some(probes) = &probes {
        told(probes, out)?;
        return Ok(code);
    }
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
    if let Some(line) = shared(&modelpin) {
        writeln!(out, "Store: {line}")?;
    }
    let view = modelpin.answer_command(&session, &actor, &ModelCommand::Status);
    for message in Text::plain().render(&place::tasks()?.block_on(view)) {
        writeln!(out, "{message}")?;
    }
    let status = gathered.whole();
    let list = |items: &[String]| items.join(", ");
    if !status.fallbacks.is_empty() {
        writeln!(out, "\nFallbacks: {}", list(&status.fallbacks))?;
    }
    if let Some(image) = &status.image_model {
        writeln!(out, "Image model: {image}")?;
    }
    if !status.auth.missing_providers_in_use.is_empty() {
        writeln!(
            out,
            "\nIn use, and without a credential: {}",
            list(&status.auth.missing_providers_in_use)
        )?;
    }
    for note in unused_variables(&snapshot, &book) {
        writeln!(out, "\n{note}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How the store is that several machines share, if there is one.
fn shared(modelpin: &ModelPin) -> Option<String> {
    let StoreConfig::Redis(_) = modelpin.resolver().snapshot().config().store else {
        return None;
    };
    let Some(redis) = modelpin.shared() else {
        return Some(
            "redis; it cannot be used, so no pins are seen here (`modelpin store status`)".to_owned(),
        );
    };
    Some(match redis.health() {
        Health::Well { took, .. } => {
            format!("{} (well, {:.1} ms)", redis.address(), took.as_secs_f64() * 1e3)
        }
        Health::Away { since, why } => {
            format!(
                "{} (away since {}: {why})",
                redis.address(),
                crate::cli::moment(since)
            )
        }
    })
}

impl StatusArgs {
    fn options(&self) -> ProbeOptions {
        ProbeOptions {
            provider: self.probe_provider.clone(),
            profile_ids: self.probe_profile.clone(),
            timeout_ms: self.probe_timeout.unwrap_or(8_000),
            concurrency: usize::try_from(self.probe_concurrency.unwrap_or(2)).unwrap_or(2),
            max_tokens: self.probe_max_tokens.unwrap_or(8),
        }
    }
}

/// Probes until all have answered, or somebody presses Ctrl-C.
async fn asked(book: &std::sync::Arc<crate::resolver::Book>, options: ProbeOptions) -> Result<Probes, Wrong> {
    tokio::select! {
        probes = probe::probe(book, options) => probes.map_err(Wrong::setup),
        _ = tokio::signal::ctrl_c() => Err(Wrong::NoAnswer(super::super::ask::NoAnswer::Interrupted)),
    }
}

fn told(probes: &Probes, out: &mut impl Write) -> Result<(), Wrong> {
    if probes.results.is_empty() {
        writeln!(out, "There is no credential to ask with.")?;
        return Ok(());
    }
    let rows = probes.results.iter().map(|result| {
        vec![
            result.label.clone(),
            result.model.clone().unwrap_or_default(),
            result.status.as_str().to_owned(),
            result
                .latency_ms
                .map_or_else(String::new, |ms| format!("{ms} ms")),
            result.error.clone().unwrap_or_default(),
        ]
    });
    writeln!(
        out,
        "{}",
        table(&["Credential", "Model", "Answer", "Time", ""], rows)
    )?;
    Ok(())
}
