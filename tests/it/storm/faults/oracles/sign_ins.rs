//! Renewal, as the server saw it, and what is stored of it.

use std::collections::HashMap;

use modelpin::oauth::journal::Standing;

use super::{Claim, Court};
use crate::storm::faults::log::{Entry, Refreshed, What};

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let mut spent: HashMap<u64, u64> = HashMap::new();
    // What happened last to the sign-in of each profile, by its place in the log.
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (place, entry) in log.iter().enumerate() {
        match &entry.what {
            What::Refresh {
                profile,
                token,
                became,
            } => {
                let before = spent.get(token).copied();
                // A server in trouble did nothing, and says so: only then may it be asked again.
                if *became != Refreshed::Trouble {
                    spent.insert(*token, entry.at);
                }
                let well = before.is_none() && *became != Refreshed::Refused;
                court.holds(Claim::OneRefresh, entry.at, well, || {
                    format!("{profile}: token {token} was spent at {before:?} µs, and came again: {became:?}")
                });
                last.insert(profile, place);
            }
            What::SignedIn { profile } => drop(last.insert(profile, place)),
            What::SignedOut {
                profile,
                token,
                standing,
            } => {
                let excused = excused(log, last.get(profile.as_str()).copied(), place);
                let well = *standing == Standing::Unclear && excused;
                court.holds(Claim::StoredAsItWas, entry.at, well, || {
                    format!("{profile}: token {token:?} is {standing:?}, and nothing had happened")
                });
            }
            What::Stored {
                profile,
                token,
                standing,
                good,
            } => {
                // A token that is gone may stand there only where everybody is told so.
                let told = *standing == Some(Standing::Unclear)
                    && excused(log, last.get(profile.as_str()).copied(), place);
                let well = told || (token.is_some() && token == good);
                court.holds(Claim::StoredAsItWas, entry.at, well, || {
                    format!("{profile}: stored is token {token:?}, {standing:?}, good is {good:?}")
                });
                last.insert(profile, place);
            }
            _ => {}
        }
    }
}

/// Whether something happened to the sign-in that nobody can mend: the answer of its last use was lost on the way, or whoever
/// had it was killed, or could not write, between that use and now.
fn excused(log: &[Entry], last: Option<usize>, now: usize) -> bool {
    let from = last.unwrap_or(0);
    if matches!(
        log[from].what,
        What::Refresh {
            became: Refreshed::Lost,
            ..
        }
    ) {
        return true;
    }
    let up_to = |what: fn(&What) -> bool| log[..from].iter().rposition(|entry| what(&entry.what));
    // What was sent before a kill may be read after it.
    let began = up_to(|what| matches!(what, What::Killed));
    let dead = began > up_to(|what| matches!(what, What::Started));
    let full = up_to(|what| matches!(what, What::DiskFull)) > up_to(|what| matches!(what, What::DiskFree));
    let mut since = log[from..now].iter();
    dead || full || since.any(|entry| matches!(entry.what, What::Killed | What::DiskFull))
}
