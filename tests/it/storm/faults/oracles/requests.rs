//! What providers were asked, and what clients got.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{Claim, Court};
use crate::storm::faults::log::{End, Entry, What};
use crate::storm::faults::plan::{Becomes, Plan};
use crate::storm::faults::world::{FENCED, Held, PRIVATE};

/// How long after a credential was taken away a request may still begin with it.
const GRACE: u64 = 3_000_000;

/// How long a gateway waits for the first byte of an answer, in microseconds, as its configuration says.
const PATIENCE: u64 = 1_000_000;

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
            let (actor, session, at) = (request.actor, request.session, request.at);
            let before = before(log, session, at);
            format!(
                "{what}: request {number} of {actor} in {session} ({}) at {at} µs: {attempts:?}, after {before}",
                request.agent
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
    let written = Written::of(log);
    answers(court, log, &requests, &written);
    outcomes(court, log, &requests, &written);
}

/// What was said in a chat before a request, and what was pinned there: the last of it.
fn before(log: &[Entry], chat: &str, at: u64) -> String {
    let line = |entry: &Entry| {
        let told = match &entry.what {
            What::Said {
                session, text, reply, ..
            } if session == chat => {
                let view = reply.as_ref().map(|reply| &reply["reply"]["view"]["change"]);
                let wrong = reply.as_ref().and_then(|reply| reply.get("error"));
                format!("{text}: {view:?} {wrong:?}")
            }
            What::Pins { session, pins } if session == chat => {
                let pins = pins.as_array().into_iter().flatten();
                let pins = pins.map(|pin| format!("{} {}", pin["model"], pin["profiles"]));
                format!("pins {:?}", pins.collect::<Vec<_>>())
            }
            What::Killed | What::Started | What::DiskFull | What::DiskFree => format!("{:?}", entry.what),
            _ => return None,
        };
        Some(format!("{} µs {told}", entry.at))
    };
    let lines = log
        .iter()
        .rev()
        .skip_while(|entry| entry.at > at)
        .filter_map(line);
    lines.take(5).collect::<Vec<_>>().join(" < ")
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
///
/// A provider whom the gateway waited for in vain may come to read later than the one that answered: the record tells.
fn answers(court: &mut Court, log: &[Entry], requests: &BTreeMap<u32, Request<'_>>, written: &Written<'_>) {
    for entry in log {
        let What::Ended {
            request: number,
            status,
            model,
            profile,
            decision,
            body,
            end,
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
        let recorded = written.tried(decision);
        let in_vain = |one: &&Attempt<'_>| {
            let by_record = |record: &&Value| names(record, one) && record["class"] == "timeout";
            recorded.iter().any(by_record)
        };
        let mut last = request.attempts.iter().rev();
        let wrong = match last.find(|one| !in_vain(one)) {
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

/// The records, as they were told last.
struct Written<'l> {
    by_decision: HashMap<&'l str, &'l Value>,
    /// From one reading of all records to the next, where nobody was killed and no disk was full in between: there, what
    /// was written down is there.
    whole: Vec<(u64, u64)>,
}

impl<'l> Written<'l> {
    fn of(log: &'l [Entry]) -> Self {
        let (mut by_decision, mut whole, mut from) = (HashMap::new(), Vec::new(), Some(0));
        for entry in log {
            match &entry.what {
                What::Audit(record) => {
                    let id = record["id"].as_str();
                    by_decision.extend(id.map(|id| (id, record)));
                }
                What::Killed | What::DiskFull => from = None,
                What::Audited => {
                    whole.extend(from.map(|from| (from, entry.at)));
                    from = Some(entry.at);
                }
                _ => {}
            }
        }
        Self { by_decision, whole }
    }

    /// The attempts of a decision.
    fn tried(&self, decision: &str) -> Vec<&'l Value> {
        let attempts = self.by_decision.get(decision).map(|record| &record["attempts"]);
        let attempts = attempts.and_then(Value::as_array).into_iter().flatten();
        attempts.filter(|one| one["outcome"] != "passed-over").collect()
    }

    /// Whether all of a request is written down.
    fn is_whole(&self, from: u64, to: u64) -> bool {
        self.whole.iter().any(|(begin, end)| *begin <= from && to <= *end)
    }
}

/// Whether a record is about this attempt.
fn names(record: &Value, attempt: &Attempt<'_>) -> bool {
    record["model"] == attempt.model && record["profile"] == attempt.profile()
}

/// The records of a decision are what its providers saw.
fn outcomes(court: &mut Court, log: &[Entry], requests: &BTreeMap<u32, Request<'_>>, written: &Written<'_>) {
    for entry in log {
        let What::Ended {
            request: number,
            decision,
            ..
        } = &entry.what
        else {
            continue;
        };
        let Some(request) = requests.get(number) else {
            continue;
        };
        // Whoever left before there was an answer does not know by what name it was written down.
        if decision.is_empty() {
            continue;
        }
        let seen = counted(&request.attempts);
        let whole = written.is_whole(request.at, entry.at);
        let recorded = written.tried(decision);
        let mut wrong = differ(&recorded, &seen, whole, entry.at - request.at);
        if wrong.is_some() && !whole {
            // A record that was cut off may end where a sign-in was not accepted, before it was renewed and asked again.
            let each: Vec<&Attempt<'_>> = request.attempts.iter().collect();
            wrong = differ(&recorded, &each, whole, entry.at - request.at);
        }
        court.holds(Claim::OwnOutcome, entry.at, wrong.is_none(), || {
            let wrong = wrong.unwrap_or_default();
            let from = request.at;
            let seen = request.attempts.iter();
            let seen: Vec<_> = seen
                .map(|one| {
                    let (model, profile, plan) = (one.model, one.profile(), one.plan);
                    format!("{model} with {profile} ({plan:?}, {} µs)", one.at - from)
                })
                .collect();
            let took = entry.at - from;
            format!(
                "{wrong}: request {number} at {from} µs for {took} µs, {decision}: recorded {recorded:?}, seen {seen:?}"
            )
        });
    }
}

/// What differs between the record of a request that took so many microseconds and what providers saw of it.
///
/// A record that is not `whole` was cut off somewhere: what it has is as it was, and what it lacks is the end.
fn differ(recorded: &[&Value], seen: &[&Attempt<'_>], whole: bool, took: u64) -> Option<&'static str> {
    let late = |record: &Value| record["class"] == "timeout";
    let mut waited = 0;
    for record in recorded {
        let Some(one) = seen.iter().find(|one| names(record, one)) else {
            // Where the gateway did not wait any longer, the provider may not have come to read.
            if !late(record) {
                return Some("it was recorded, and nobody saw it");
            }
            waited += PATIENCE;
            continue;
        };
        match agrees(record, one) {
            Agrees::Yes => {}
            Agrees::IfLate if late(record) => waited += PATIENCE,
            _ => return Some("it is of another outcome"),
        }
    }
    if waited > took {
        return Some("it was said to have waited longer than it took");
    }
    // A provider that was waited for in vain may have read it at any time.
    let recorded_in_order = recorded.iter().filter(|record| !late(record));
    let known = |one: &&&Attempt<'_>| recorded.iter().find(|record| names(record, one));
    let seen_in_order = seen
        .iter()
        .filter_map(|one| known(&one))
        .filter(|record| !late(record));
    if !recorded_in_order.eq(seen_in_order) {
        return Some("the order is another one");
    }
    let unknown = seen.iter().position(|one| known(&one).is_none());
    match unknown {
        Some(_) if whole => Some("it was seen, and not recorded"),
        Some(first)
            if seen[first..]
                .iter()
                .any(|one| known(&one).is_some_and(|one| !late(one))) =>
        {
            Some("what follows is recorded, and this is not")
        }
        _ => None,
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

/// Whether a record is what a provider saw of the same attempt.
enum Agrees {
    Yes,
    /// If the gateway had waited for it long enough.
    IfLate,
    No,
}

fn agrees(record: &Value, attempt: &Attempt<'_>) -> Agrees {
    let class = record["class"].as_str().unwrap_or_default();
    let outcome = record["outcome"].as_str().unwrap_or_default();
    let (well, late) = match attempt.plan.becomes() {
        Becomes::Answered => (outcome == "answered", outcome == "failed"),
        Becomes::Failed([]) => (outcome == "failed", false),
        Becomes::Failed(classes) => {
            let failed = outcome == "failed";
            (failed && classes.contains(&class), failed)
        }
        Becomes::Either => (["answered", "failed"].contains(&outcome), false),
    };
    match (well, late) {
        (true, _) => Agrees::Yes,
        (false, true) => Agrees::IfLate,
        (false, false) => Agrees::No,
    }
}
