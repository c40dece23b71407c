//! What providers were asked, and what clients got.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{Claim, Court};
use crate::storm::faults::log::{End, Entry, What};
use crate::storm::faults::plan::{Becomes, Plan};
use crate::storm::faults::world::{FENCED, Held, PRIVATE};

/// How long after a credential was taken away a request may still begin with it.
const GRACE: u64 = 3_000_000;

const SECOND: u64 = 1_000_000;

struct Attempt<'l> {
    at: u64,
    provider: &'l str,
    held: Option<&'l Held>,
    model: &'l str,
    body: &'l str,
    plan: Plan,
    told: &'l [u8],
}

impl Attempt<'_> {
    fn profile(&self) -> &str {
        self.held.map_or("nobody", |held| &held.profile)
    }
}

/// A request, from all sides.
struct Request<'l> {
    at: u64,
    session: &'l str,
    agent: &'l str,
    actor: &'l str,
    before: &'l str,
    after: &'l str,
    /// What was pinned for the chat, if that is known.
    pins: Option<&'l Value>,
    attempts: Vec<Attempt<'l>>,
}

pub(super) fn judge(court: &mut Court, log: &[Entry]) {
    let requests = gathered(log);
    for (number, request) in &requests {
        let told = |what: &str| {
            let attempts = request.attempts.iter();
            let attempts: Vec<_> = attempts
                .map(|one| format!("{} with {} ({:?})", one.model, one.profile(), one.plan))
                .collect();
            format!(
                "{what}: request {number} of {} in {} ({}): {attempts:?}",
                request.actor, request.session, request.agent
            )
        };
        each_once(court, request, &told);
        for attempt in &request.attempts {
            credential(court, request, attempt, &told);
            pinned(court, request, attempt, &told);
            let whole = attempt.body.strip_prefix(request.before);
            let whole = whole.and_then(|rest| rest.strip_suffix(request.after));
            let name = attempt.model.split_once('/').map(|(_, name)| name);
            court.holds(
                Claim::BodyIsUntouched,
                attempt.at,
                whole.is_some() && whole == name,
                || told("another body"),
            );
        }
    }
    answers(court, log, &requests);
    outcomes(court, log, &requests);
}

fn gathered(log: &[Entry]) -> BTreeMap<u32, Request<'_>> {
    let mut requests = BTreeMap::new();
    let mut pins: HashMap<&str, &Value> = HashMap::new();
    for entry in log {
        match &entry.what {
            What::Pins { session, pins: now } => drop(pins.insert(session, now)),
            // What is not looked at again is not known.
            What::Said {
                session, may: true, ..
            } => drop(pins.remove(session.as_str())),
            What::Damaged => pins.clear(),
            What::Asked {
                request,
                session,
                agent,
                actor,
                before,
                after,
            } => {
                let pins = pins.get(session.as_str()).copied();
                let request_of = Request {
                    at: entry.at,
                    session,
                    agent,
                    actor,
                    before,
                    after,
                    pins,
                    attempts: Vec::new(),
                };
                requests.insert(*request, request_of);
            }
            What::Attempt {
                request,
                provider,
                held,
                model,
                body,
                plan,
                told,
            } => {
                let attempt = Attempt {
                    at: entry.at,
                    provider,
                    held: held.as_ref(),
                    model,
                    body,
                    plan: *plan,
                    told,
                };
                if let Some(request) = requests.get_mut(request) {
                    request.attempts.push(attempt);
                }
            }
            _ => {}
        }
    }
    requests
}

fn each_once(court: &mut Court, request: &Request<'_>, told: &impl Fn(&str) -> String) {
    let mut seen = BTreeSet::new();
    for attempt in &request.attempts {
        let one = (attempt.model, attempt.held.map(|held| held.number));
        court.holds(Claim::OnceEach, attempt.at, seen.insert(one), || told("twice"));
    }
}

fn credential(
    court: &mut Court,
    request: &Request<'_>,
    attempt: &Attempt<'_>,
    told: &impl Fn(&str) -> String,
) {
    let wrong = match attempt.held {
        None => Some("nobody's credential"),
        Some(held) if held.provider() != attempt.provider => Some("at another provider"),
        Some(held) if held.agent != request.agent => Some("of another agent"),
        Some(held) if held.profile == PRIVATE && request.actor != "ann" => Some("of somebody else"),
        Some(held) if held.gone.is_some_and(|gone| request.at > gone + GRACE) => Some("taken away before"),
        Some(_) => None,
    };
    court.test(Claim::RightCredential, attempt.at, wrong.map(told));
    if let (Some(held), Some(pins)) = (attempt.held, request.pins)
        && attempt.provider == "fen"
    {
        let yes = held.profile != FENCED || pin_of(pins, "fen").is_some_and(|(id, _)| id == FENCED);
        court.holds(Claim::Fence, attempt.at, yes, || told("it costs"));
    }
}

/// The profile that is pinned at a provider, and how.
fn pin_of<'p>(pins: &'p Value, provider: &str) -> Option<(&'p str, &'p str)> {
    let profiles = pins
        .as_array()?
        .iter()
        .filter_map(|pin| pin["profiles"].as_array())
        .flatten();
    let one = profiles.into_iter().find(|one| one["provider"] == provider)?;
    Some((one["profile"].as_str()?, one["mode"].as_str()?))
}

fn pinned(court: &mut Court, request: &Request<'_>, attempt: &Attempt<'_>, told: &impl Fn(&str) -> String) {
    let Some(pins) = request.pins else { return };
    // What holds for one request only is gone with the first of several.
    if pins.to_string().contains("next request") {
        return;
    }
    if let Some((profile, "strict")) = pin_of(pins, attempt.provider) {
        court.holds(Claim::StrictPin, attempt.at, attempt.profile() == profile, || {
            told(&format!("{profile} is pinned"))
        });
    }
    let model = pins
        .as_array()
        .into_iter()
        .flatten()
        .find(|pin| pin["model"].is_string());
    if let Some(pin) = model
        && pin["modelMode"] == "strict"
    {
        court.holds(
            Claim::StrictPin,
            attempt.at,
            pin["model"] == attempt.model,
            || told(&format!("{} is pinned", pin["model"])),
        );
    }
}

/// An answer is the bytes of the last attempt, from the first on; whole where the client takes it for whole.
fn answers(court: &mut Court, log: &[Entry], requests: &BTreeMap<u32, Request<'_>>) {
    for entry in log {
        let What::Ended {
            request: number,
            status,
            model,
            profile,
            body,
            end,
            ..
        } = &entry.what
        else {
            continue;
        };
        let Some(request) = requests.get(number) else {
            continue;
        };
        if !(200..300).contains(status) {
            continue;
        }
        let wrong = match request.attempts.last() {
            None => Some("nobody was asked".to_owned()),
            Some(last) => {
                let same = if *end == End::Whole {
                    last.told == body
                } else {
                    last.told.starts_with(body)
                };
                let by = (last.model, last.profile()) == (model.as_str(), profile.as_str());
                let cut = *end == End::Whole
                    && matches!(last.plan, Plan::CutBody | Plan::CutStream | Plan::HangInBody);
                (!same || !by || cut).then(|| {
                    format!(
                        "told {model} with {profile} and {} bytes ({end:?}), asked {} with {} for {} bytes ({:?}): {}",
                        body.len(),
                        last.model,
                        last.profile(),
                        last.told.len(),
                        last.plan,
                        String::from_utf8_lossy(&body[..body.len().min(200)])
                    )
                })
            }
        };
        let wrong = wrong.map(|wrong| format!("request {number}: {wrong}"));
        court.test(Claim::NotMixed, entry.at, wrong);
    }
}

/// The records of a decision are what its providers saw.
fn outcomes(court: &mut Court, log: &[Entry], requests: &BTreeMap<u32, Request<'_>>) {
    let full = full(log);
    let kills = log.iter().filter(|entry| matches!(entry.what, What::Killed));
    let kills: Vec<u64> = kills.map(|entry| entry.at).collect();
    let mut records: HashMap<&str, (u64, &Value)> = HashMap::new();
    for entry in log {
        if let What::Audit(record) = &entry.what
            && let Some(id) = record["id"].as_str()
        {
            records.insert(id, (entry.at, record));
        }
    }
    for entry in log {
        let What::Ended {
            request: number,
            decision,
            end,
            ..
        } = &entry.what
        else {
            continue;
        };
        let (Some((at, record)), Some(request)) = (records.get(decision.as_str()), requests.get(number))
        else {
            continue;
        };
        if *end == End::Left {
            continue;
        }
        let recorded: Vec<&Value> = record["attempts"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|one| one["outcome"] != "passed-over")
            .collect();
        // Nobody promises records of a time in which nothing could be written, or of the moment before a kill.
        let between = |(from, to): &(u64, u64)| request.at <= to + SECOND && entry.at >= *from;
        let killed = |at: &u64| (entry.at..entry.at + 2 * SECOND).contains(at);
        if full.iter().any(between) || kills.iter().any(killed) {
            continue;
        }
        let seen = counted(&request.attempts);
        // Where the gateway did not wait, a provider on a busy machine may have seen it later, or not at all.
        let late = recorded.iter().any(|record| record["class"] == "timeout");
        let known =
            |record: &&Value| record["class"] == "timeout" || seen.iter().any(|one| agrees(record, one));
        let same = if late {
            let told = |one: &&Attempt<'_>| recorded.iter().any(|record| agrees(record, one));
            seen.len() <= recorded.len() && seen.iter().all(told) && recorded.iter().all(known)
        } else {
            let mut pairs = recorded.iter().zip(&seen);
            recorded.len() == seen.len() && pairs.all(|(record, attempt)| agrees(record, attempt))
        };
        court.holds(Claim::OwnOutcome, *at, same, || {
            let seen = request.attempts.iter();
            let seen: Vec<_> = seen
                .map(|one| format!("{} with {} ({:?})", one.model, one.profile(), one.plan))
                .collect();
            format!("request {number}, {decision}: recorded {recorded:?}, seen {seen:?}")
        });
    }
}

/// The attempts that are recorded: an access token that was refused and renewed at once is the same attempt again.
fn counted<'a, 'l>(attempts: &'a [Attempt<'l>]) -> Vec<&'a Attempt<'l>> {
    let mut counted: Vec<&Attempt<'_>> = Vec::new();
    for attempt in attempts {
        let again = |before: &&Attempt<'_>| {
            attempt.provider == "acme"
                && before.plan == Plan::Unauthorised
                && (before.model, before.profile()) == (attempt.model, attempt.profile())
        };
        if counted.last().is_some_and(again) {
            counted.pop();
        }
        counted.push(attempt);
    }
    counted
}

/// When the disk was full.
fn full(log: &[Entry]) -> Vec<(u64, u64)> {
    let mut full = Vec::new();
    for entry in log {
        match entry.what {
            What::DiskFull => full.push((entry.at, u64::MAX - SECOND)),
            What::DiskFree => {
                if let Some(last) = full.last_mut() {
                    last.1 = entry.at;
                }
            }
            _ => {}
        }
    }
    full
}

fn agrees(record: &Value, attempt: &Attempt<'_>) -> bool {
    let class = record["class"].as_str().unwrap_or_default();
    let outcome = record["outcome"].as_str().unwrap_or_default();
    let became = match attempt.plan.becomes() {
        // On a busy machine a good answer may come too late.
        Becomes::Answered => outcome == "answered" || class == "timeout",
        Becomes::Failed([]) => outcome == "failed",
        Becomes::Failed(classes) => outcome == "failed" && (classes.contains(&class) || class == "timeout"),
        Becomes::Either => ["answered", "failed"].contains(&outcome),
    };
    became && record["model"] == attempt.model && record["profile"] == attempt.profile()
}
