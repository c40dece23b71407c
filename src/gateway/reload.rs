//! Files that change: read again within a second, and only taken if they are right.

use std::fs;
use std::mem::Discriminant;
use std::path::PathBuf;
use std::sync::Weak;
use std::time::{Duration, SystemTime};

use super::callers::Callers;
use super::gate::Gate;
use super::meter::Reloaded;
use crate::config::StoreConfig;
use crate::echo::causes;

/// How often files are looked at. A change is taken when it has stood for one look, so that a file that is just being
/// written is not read in the middle.
const LOOK: Duration = Duration::from_millis(300);

/// What tells that a file was changed.
type Stamp = Vec<(PathBuf, Option<(SystemTime, u64)>)>;

/// Looks for changes until the gate is gone.
pub(super) async fn follow(gate: Weak<Gate>, tokens: Option<PathBuf>) {
    let mut taken: Option<Stamp> = None;
    let mut before: Option<Stamp> = None;
    loop {
        let Some(here) = gate.upgrade() else { return };
        let now = stamp(&here, tokens.as_ref());
        let settled = before.as_ref() == Some(&now);
        match &taken {
            None => taken = Some(now.clone()),
            Some(then) if *then != now && settled => {
                reload(&here, tokens.as_ref());
                // Other files may count now; what was wrong is looked at again when it is changed again.
                taken = Some(stamp(&here, tokens.as_ref()));
            }
            Some(_) => {}
        }
        before = Some(now);
        drop(here);
        tokio::time::sleep(LOOK).await;
    }
}

/// Where the configuration says that pins are kept.
fn kind(gate: &Gate) -> Discriminant<StoreConfig> {
    std::mem::discriminant(&gate.modelpin.resolver().snapshot().config().store)
}

fn stamp(gate: &Gate, tokens: Option<&PathBuf>) -> Stamp {
    let mut files = gate.modelpin.resolver().snapshot().files();
    files.extend(tokens.cloned());
    files
        .into_iter()
        .map(|file| {
            let about = fs::metadata(&file).ok();
            let seen = about.map(|about| (about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len()));
            (file, seen)
        })
        .collect()
}

fn reload(gate: &Gate, tokens: Option<&PathBuf>) {
    let store = kind(gate);
    match gate.modelpin.reload() {
        Ok(()) => {
            if kind(gate) != store {
                tracing::warn!(
                    "the configuration names another store now: it is used when the gateway is started again"
                );
            }
            gate.meter.reloaded(Reloaded::Taken);
            tracing::info!("configuration and credentials were changed and read again");
            for warning in gate.modelpin.resolver().snapshot().warnings() {
                tracing::warn!("{warning}");
            }
        }
        Err(wrong) => {
            gate.meter.reloaded(Reloaded::Wrong);
            tracing::error!(
                error = %causes(&wrong),
                "a changed file is wrong: what was read before stays in use"
            );
        }
    }
    if let Some(path) = tokens {
        let handles = gate.modelpin.resolver().snapshot().handles().clone();
        match Callers::read(path, &handles) {
            Ok(callers) => gate.guard.replace(callers),
            Err(wrong) => {
                gate.meter.reloaded(Reloaded::Wrong);
                tracing::error!(error = %causes(&wrong), "the tokens that were read before stay in use")
            }
        }
    }
}
