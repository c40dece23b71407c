//! The last decisions of the board: what was asked for, what was tried, who served, and why.

use serde_json::Value;

use crate::audit::{Kind, Record};
use crate::gateway::callers::Caller;
use crate::profile::ProfileId;
use crate::resolver::Resolver;

/// The most decisions on a board.
const MOST: usize = 20;
/// How far back they are looked for, in records of all callers.
const BACK: usize = 500;

/// The last decisions of the caller's chats, the newest first.
///
/// One in which a profile is that the person may not see is left out, as `/model why` leaves it out: who was passed over
/// would tell that it is there.
pub(super) fn last(resolver: &Resolver, caller: &Caller, may_see: &dyn Fn(&ProfileId) -> bool) -> Vec<Value> {
    let records = resolver.latest(BACK);
    let told = records.iter().filter_map(|record| {
        let session = caller.own(record.session()?)?;
        if !is_seen(record, may_see) {
            return None;
        }
        let mut told: Value = serde_json::from_str(&record.to_json()).ok()?;
        told["session"] = session.into();
        Some(told)
    });
    told.take(MOST).collect()
}

fn is_seen(record: &Record, may_see: &dyn Fn(&ProfileId) -> bool) -> bool {
    let Kind::Decision(decision) = &record.kind else {
        return false;
    };
    let attempts = decision.attempts.iter().map(|attempt| &attempt.profile);
    let served = decision.chosen.iter().chain(&decision.served);
    let crossing = decision.crossing.iter().flat_map(|it| [&it.from, &it.to]);
    attempts
        .chain(served.map(|served| &served.profile))
        .chain(&decision.requested.profile)
        .chain(crossing)
        .all(may_see)
}
