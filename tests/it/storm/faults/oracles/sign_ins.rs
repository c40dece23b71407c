//! Renewal, as the server saw it, and what is stored of it.

use std::collections::HashMap;

use super::{Claim, Court};
use crate::storm::faults::log::{Entry, Refreshed, What};

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let mut spent: HashMap<u64, u64> = HashMap::new();
    for entry in log {
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
            }
            What::Stored { profile, token, good } => {
                let Some(good) = good else { continue };
                court.holds(
                    Claim::StoredAsItWas,
                    entry.at,
                    token.as_ref() == Some(good),
                    || format!("{profile}: stored is token {token:?}, good is {good}"),
                );
            }
            _ => {}
        }
    }
}
