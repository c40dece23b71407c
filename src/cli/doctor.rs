//! `modelpin doctor`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::config::{ConfigEdit, Step};
use crate::setup::doctor::{Finding, Patient, Severity, examine, mend, shared_store};
use crate::wire::{Client, Limits};

use super::global::Global;
use super::place;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Make the repairs that lose nothing
    #[arg(long)]
    fix: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Do not try whether endpoints answer
    #[arg(long)]
    offline: bool,
}

/// Where `modelpin gateway` listens if nothing else is said.
pub(super) const USUAL_GATEWAY: &str = "127.0.0.1:4141";

/// How long an endpoint may take to answer.
const WAIT: Duration = Duration::from_secs(3);

pub(super) fn run(args: &DoctorArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let find = || Patient::find(global.state_dir.as_deref(), global.config.as_deref()).map_err(Wrong::setup);
    let mut patient = find()?;
    let mut done = Vec::new();
    if args.fix {
        done = mend(&patient);
        patient = find()?;
    }
    let mut found = examine(&patient);
    if !args.offline {
        let tasks = place::tasks()?;
        found.extend(tasks.block_on(endpoints(&patient))?);
        found.extend(tasks.block_on(shared_store(&patient)));
    }
    found.sort_by_key(|finding| finding.severity);
    let worst = found.first().map(|finding| finding.severity);
    let failed = done.iter().any(Result::is_err);
    if args.json {
        let done: Vec<_> = done
            .iter()
            .map(|done| match done {
                Ok(what) => json!({ "ok": true, "what": what }),
                Err(what) => json!({ "ok": false, "what": what }),
            })
            .collect();
        let whole = json!({ "findings": found, "fixed": done });
        let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        tell(&done, &found, out)?;
    }
    Ok(match worst {
        _ if failed => ExitCode::FAILURE,
        Some(Severity::Error) => ExitCode::FAILURE,
        Some(Severity::Expiring) => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}

fn tell(done: &[Result<String, String>], found: &[Finding], out: &mut impl Write) -> std::io::Result<()> {
    for done in done {
        match done {
            Ok(what) => writeln!(out, "fixed: {what}")?,
            Err(what) => writeln!(out, "not fixed: {what}")?,
        }
    }
    for finding in found {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Expiring => "soon",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        writeln!(out, "{word}: {}", finding.what)?;
        if finding.severity != Severity::Note || finding.code == "other-state-dir" {
            writeln!(out, "  {}", finding.remedy)?;
        }
    }
    let count = |severity| {
        found
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (
        count(Severity::Error),
        count(Severity::Warning) + count(Severity::Expiring),
    );
    match (errors, warnings) {
        (0, 0) => writeln!(out, "\nEverything is as it should be."),
        (errors, warnings) => writeln!(out, "\nErrors: {errors}. Warnings: {warnings}."),
    }
}

/// Whether the endpoints of providers in use answer, and the gateway if one is configured. No credential is sent.
async fn endpoints(patient: &Patient) -> Result<Vec<Finding>, Wrong> {
    let Ok(snapshot) = &patient.snapshot else {
        return Ok(Vec::new());
    };
    let client = Arc::new(
        Client::new(Limits {
            connect: WAIT,
            first_byte: WAIT,
            idle: WAIT,
        })
        .map_err(Wrong::setup)?,
    );
    let mut wanted: Vec<(String, String)> = Vec::new();
    for agent in snapshot.config().agent_ids() {
        let Ok(book) = snapshot.book(Some(&agent)) else {
            continue;
        };
        let configured = snapshot.config().providers.keys();
        for provider in book.facts().iter().map(|facts| &facts.provider).chain(configured) {
            if let Some(endpoint) = book.endpoint(provider) {
                let entry = (format!("the endpoint of {provider}"), endpoint.base_url);
                if !wanted.contains(&entry) {
                    wanted.push(entry);
                }
            }
        }
    }
    let gateway = reached(&client, gateway(patient));
    let mut asking = tokio::task::JoinSet::new();
    for (what, url) in wanted {
        let client = Arc::clone(&client);
        asking.spawn(async move {
            let Ok(uri) = url.parse() else {
                return Some(finding(&what, "its address is no URL"));
            };
            let failed = client.reach(&uri).await.err()?;
            Some(finding(&what, &failed.to_string()))
        });
    }
    let mut found: Vec<Finding> = asking.join_all().await.into_iter().flatten().collect();
    found.sort_by(|one, other| one.what.cmp(&other.what));
    found.push(gateway.await);
    Ok(found)
}

/// Whether the gateway answers. That there is none is worth knowing, and wrong only where one is configured.
async fn reached(client: &Client, configured: Option<String>) -> Finding {
    let bind = configured.as_deref().unwrap_or(USUAL_GATEWAY);
    let Ok(uri) = format!("http://{bind}/healthz").parse() else {
        return finding("the gateway", "its address is no URL");
    };
    let (what, remedy) = match client.reach(&uri).await {
        Ok(()) => (format!("the gateway answers at {bind}"), String::new()),
        Err(failed) if configured.is_some() => return finding("the gateway", &failed.to_string()),
        Err(_) => (
            format!("no gateway answers at {bind}"),
            "`modelpin gateway` starts one, if other programs are to use it".to_owned(),
        ),
    };
    Finding {
        code: "gateway",
        severity: Severity::Note,
        what,
        remedy,
        fixable: false,
    }
}

fn finding(what: &str, why: &str) -> Finding {
    Finding {
        code: "endpoint",
        severity: Severity::Warning,
        what: format!("{what} does not answer: {why}"),
        remedy: "check the address and the network; --offline leaves this out".to_owned(),
        fixable: false,
    }
}

/// Where the gateway listens, if the configuration speaks of one.
pub(super) fn gateway(patient: &Patient) -> Option<String> {
    let path = &patient.config.path;
    let text = std::fs::read_to_string(path).ok()?;
    let edit = ConfigEdit::new(&text, &path.display().to_string()).ok()?;
    edit.get(&[Step::Key("gateway")])?;
    let bind = edit.get(&[Step::Key("gateway"), Step::Key("bind")]);
    let bind = bind
        .as_ref()
        .and_then(|bind| bind.as_str())
        .filter(|bind| bind.contains(':'));
    Some(bind.unwrap_or(USUAL_GATEWAY).to_owned())
}
