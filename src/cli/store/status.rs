//! `modelpin store status`: where pins and rests are kept, and how that is.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use crate::config::StoreConfig;
use crate::echo::causes;
use crate::resolver::{Opening, Stores};
use crate::setup::doctor::{Finding, Severity, judge};
use crate::setup::{Kind, Place, kind_of};
use crate::store::redis::{Health, Redis, Survey, Vitals};

use crate::cli::place;
use crate::cli::wrong::Wrong;

/// How a store is.
struct Standing {
    pins: usize,
    rests: usize,
    server: Option<(Redis, Survey, Vitals)>,
}

pub(super) fn status(as_json: bool, place: &Place, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let store = &place.snapshot().config().store;
    let kind = kind_of(store);
    let looked = place::tasks()?.block_on(look(place, store));
    let (standing, findings) = match looked {
        Ok(standing) => {
            let findings = match &standing.server {
                Some((redis, survey, _)) => judge(redis, survey),
                None => Vec::new(),
            };
            (Some(standing), findings)
        }
        Err(why) => (None, vec![why]),
    };
    let bad = standing.is_none() || findings.iter().any(|finding| finding.severity == Severity::Error);
    let soon = findings
        .iter()
        .any(|finding| finding.severity == Severity::Expiring);
    if as_json {
        let whole = json!({
            "kind": kind.word(),
            "ok": !bad,
            "pins": standing.as_ref().map(|standing| standing.pins),
            "rests": standing.as_ref().map(|standing| standing.rests),
            "server": standing.as_ref().and_then(|standing| standing.server.as_ref()).map(server_data),
            "findings": findings,
        });
        let text = serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        tell(place, kind, standing.as_ref(), &findings, out)?;
    }
    Ok(match (bad, soon) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(2),
        (false, false) => ExitCode::SUCCESS,
    })
}

async fn look(place: &Place, store: &StoreConfig) -> Result<Standing, Finding> {
    let broken = |what: String| Finding {
        code: "store",
        severity: Severity::Error,
        what,
        remedy: "until then running gateways serve with what they have in memory; none can start".to_owned(),
        fixable: false,
    };
    let stores = Stores::open_as(place.snapshot(), store, Opening::ToLook).await;
    let stores = stores.map_err(|wrong| broken(causes(&wrong)))?;
    let pins = stores.pins.load_all().await;
    let pins = pins.map_err(|wrong| broken(causes(&wrong)))?.len();
    let rests = stores.kept.ledger.load_all().await;
    let rests = rests.map_err(|wrong| broken(causes(&wrong)))?.len();
    let server = match stores.shared {
        None => None,
        Some(redis) => {
            let survey = redis.survey().await.map_err(|wrong| broken(wrong.to_string()))?;
            let vitals = redis.vitals();
            Some((redis, survey, vitals))
        }
    };
    Ok(Standing { pins, rests, server })
}

fn server_data((redis, survey, vitals): &(Redis, Survey, Vitals)) -> Value {
    let (took, ahead) = match redis.health() {
        Health::Well { took, ahead } => (Some(took), Some(ahead)),
        Health::Away { .. } => (None, None),
    };
    let ms = |time: Option<Duration>| time.map(|time| (time.as_secs_f64() * 1e6).round() / 1e3);
    json!({
        "address": redis.address().to_string(),
        "prefix": redis.address().prefix(),
        "program": survey.program,
        "version": survey.version,
        "user": survey.user,
        "roundTripMs": ms(took),
        "newsMs": ms(vitals.lag),
        "clockAheadMs": ahead,
        "usedBytes": survey.used,
        "limitBytes": survey.limit,
        "replicas": survey.replicas.len(),
    })
}

fn tell(
    place: &Place,
    kind: Kind,
    standing: Option<&Standing>,
    findings: &[Finding],
    out: &mut impl Write,
) -> Result<(), Wrong> {
    match standing {
        Some(Standing { pins, rests, server }) => {
            match (kind, server) {
                (_, Some((redis, ..))) => writeln!(out, "Store: {}", redis.address())?,
                (Kind::Sqlite, _) => {
                    let file = place.snapshot().sources().state.database();
                    writeln!(out, "Store: {}", file.display())?;
                }
                _ => writeln!(out, "Store: in memory; it ends with the process")?,
            }
            writeln!(out, "Kept: pins {pins}, failures {rests}")?;
            if let Some((redis, survey, vitals)) = server {
                let user = survey.user.as_deref().unwrap_or("unknown");
                writeln!(out, "Server: {} {}, as {user}", survey.program, survey.version)?;
                writeln!(out, "Prefix: {}", redis.address().prefix())?;
                if let Health::Well { took, ahead } = redis.health() {
                    writeln!(out, "Round trip: {}", millis(took))?;
                    writeln!(out, "Clock: {ahead:+} ms from this machine's")?;
                }
                let lag = vitals.lag.map_or_else(|| "not heard".to_owned(), millis);
                writeln!(out, "News: {lag}")?;
            }
        }
        None => writeln!(out, "Store: {}, which cannot be used", kind.word())?,
    }
    for finding in findings
        .iter()
        .filter(|finding| finding.severity != Severity::Note)
    {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Expiring => "soon",
            Severity::Warning | Severity::Note => "warning",
        };
        writeln!(out, "\n{word}: {}\n  {}", finding.what, finding.remedy)?;
    }
    Ok(())
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
