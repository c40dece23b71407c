//! The claims, held against what happened.
//!
//! An oracle believes nothing that the resolver says of its reasons. It knows the weather, which requests went where,
//! and until when a profile was said to rest at the moment it failed.

use std::collections::{HashMap, HashSet};

use crate::clock::Timestamp;
use crate::config::{Cost, Fence};
use crate::model::ModelRef;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::terms::Mode;

use super::log::{Asked, By, Entry, Pins, Rest, Touched, What};
use super::stage::Facts;
use super::weather::Weather;

/// How many violations of one claim are kept in words; all are counted.
const EXAMPLES: usize = 5;

/// A claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// After recovery no chat stays off its place in an explicit order for more than one request.
    Return,
    /// Of the requests that go to a profile whose rest is over, one at a time is on its way until its outcome is known.
    OneTrial,
    /// No request begins to cost without a rule or a person's pin.
    Fence,
    /// Nothing but a command makes a pin.
    PinsByCommand,
    /// A strict pin is served by what it names, or refused.
    StrictPin,
    /// Each profile is asked at most once for a model in a request.
    Once,
    /// A request that is itself at fault is not sent again, and nobody rests for it.
    OwnFault,
}

impl Claim {
    /// All claims.
    pub const ALL: [Self; 7] = [
        Self::Return,
        Self::OneTrial,
        Self::Fence,
        Self::PinsByCommand,
        Self::StrictPin,
        Self::Once,
        Self::OwnFault,
    ];

    /// The word for it in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::OneTrial => "one-trial",
            Self::Fence => "fence",
            Self::PinsByCommand => "pins-by-command",
            Self::StrictPin => "strict-pin",
            Self::Once => "once",
            Self::OwnFault => "own-fault",
        }
    }

    /// The claim in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Return => "back in place after recovery, within one request",
            Self::OneTrial => "one trial at a time when a rest is over",
            Self::Fence => "nothing begins to cost without a yes",
            Self::PinsByCommand => "only commands make pins",
            Self::StrictPin => "a strict pin is served by what it names",
            Self::Once => "each profile once for a model in a request",
            Self::OwnFault => "a faulty request ends, and nobody rests",
        }
    }
}

/// How a claim held.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The claim.
    pub claim: Claim,
    /// How often it was put to the test.
    pub tested: u64,
    /// How often it did not hold.
    pub violated: u64,
    /// The first times.
    pub examples: Vec<Violation>,
}

/// A time when a claim did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Timestamp,
    /// In which chat.
    pub session: u32,
    /// In which request.
    pub request: u32,
    /// What happened.
    pub what: String,
}

/// Holds all claims against a log.
#[must_use]
pub fn judge(facts: &Facts, weather: &Weather, log: &[Entry]) -> Vec<Verdict> {
    let mut judge = Judge {
        facts,
        weather,
        verdicts: Claim::ALL
            .iter()
            .map(|claim| {
                let verdict = Verdict {
                    claim: *claim,
                    tested: 0,
                    violated: 0,
                    examples: Vec::new(),
                };
                (*claim, verdict)
            })
            .collect(),
        rests: HashMap::new(),
        requests: HashMap::new(),
        trials: HashMap::new(),
        off: HashMap::new(),
    };
    for entry in log {
        judge.hear(entry);
    }
    let mut verdicts = judge.verdicts;
    Claim::ALL
        .iter()
        .filter_map(|claim| verdicts.remove(claim))
        .collect()
}

/// A profile with one model, or with all.
type Whom = (ProfileId, Option<ModelRef>);

/// A request that is on its way.
#[derive(Debug, Default)]
struct Request {
    asked: Asked,
    /// The place in an explicit order where it belongs.
    place: Option<usize>,
    sent: Vec<(ModelRef, ProfileId, Timestamp)>,
    own_fault: Option<FailureClass>,
}

struct Judge<'a> {
    facts: &'a Facts,
    weather: &'a Weather,
    verdicts: HashMap<Claim, Verdict>,
    /// Who failed when, and rests until when. It is there until a success.
    rests: HashMap<Whom, (Timestamp, Rest)>,
    requests: HashMap<u32, Request>,
    /// The requests that find out whether a rest is over.
    trials: HashMap<Whom, HashSet<u32>>,
    /// How many requests in a row a chat was off its place.
    off: HashMap<u32, u32>,
}

impl Judge<'_> {
    fn hear(&mut self, entry: &Entry) {
        match &entry.what {
            What::Asked(asked) => {
                let request = Request {
                    place: self.place(asked, entry.at),
                    asked: asked.clone(),
                    ..Request::default()
                };
                self.requests.insert(entry.request, request);
            }
            What::Sent { model, profile } => self.sent(entry, model, profile),
            What::Answered {
                model,
                profile,
                failed,
                rest,
                touched,
            } => self.answered(entry, model, profile, *failed, *rest, *touched),
            What::Refused(_) => {
                if let Some(request) = self.requests.remove(&entry.request) {
                    if request.sent.is_empty() {
                        self.placed(entry, &request, None);
                    }
                    if matches!(request.asked.pinned, Some((_, Mode::Strict))) {
                        self.test(Claim::StrictPin);
                    }
                }
            }
            What::Commanded(_) => {}
            What::PinKept(kept) => {
                self.test(Claim::PinsByCommand);
                if kept.pins == Pins::More && kept.by == By::Other {
                    self.violate(
                        Claim::PinsByCommand,
                        entry,
                        "a pin was made without a command".into(),
                    );
                }
            }
            What::NewSecret { profile, rest } => {
                self.rests.remove(&(profile.clone(), None));
                if *rest != Rest::None {
                    self.rests.insert((profile.clone(), None), (entry.at, *rest));
                }
            }
        }
    }

    /// The first place in the explicit order whose profile has recovered: its weather is clear, its rest is over, and
    /// nobody is finding out right now whether it is.
    fn place(&self, asked: &Asked, at: Timestamp) -> Option<usize> {
        let (order, model) = (asked.order.as_ref()?, asked.model.as_ref()?);
        if asked.pinned.is_some() || self.facts.own.contains_key(model) {
            return None;
        }
        order.iter().position(|profile| {
            let rests = of(profile, model).any(|whom| {
                let resting = self.rests.get(&whom).is_some_and(|(_, rest)| rest.goes_on(at));
                let tried = self.trials.get(&whom).is_some_and(|trials| !trials.is_empty());
                resting || tried
            });
            !rests && self.weather.is_clear(profile.as_str(), model, at)
        })
    }

    /// A request went to `first`, or to nobody, before anywhere else.
    fn placed(&mut self, entry: &Entry, request: &Request, first: Option<(&ModelRef, &ProfileId)>) {
        let Some(place) = request.place else {
            return;
        };
        let order = request.asked.order.as_deref().unwrap_or_default();
        let taken = first
            .filter(|(model, _)| Some(*model) == request.asked.model.as_ref())
            .and_then(|(_, profile)| order.iter().position(|one| one == profile));
        self.test(Claim::Return);
        let off = self.off.entry(entry.session).or_default();
        *off = match taken {
            Some(taken) if taken <= place => 0,
            _ => *off + 1,
        };
        if *off > 1 {
            let (times, place) = (*off, &order[place]);
            let instead = first.map_or_else(
                || "was refused".to_owned(),
                |(_, profile)| format!("used {profile}"),
            );
            let what = format!("{place} had recovered, and the chat {instead} {times} times in a row");
            self.violate(Claim::Return, entry, what);
        }
    }

    fn sent(&mut self, entry: &Entry, model: &ModelRef, profile: &ProfileId) {
        let mut request = self.requests.remove(&entry.request).unwrap_or_default();
        if request.sent.is_empty() {
            self.placed(entry, &request, Some((model, profile)));
        }
        self.test(Claim::Once);
        let again = request
            .sent
            .iter()
            .any(|(of, to, _)| of == model && to == profile);
        if again {
            let what = format!("{profile} was asked twice for {model}");
            self.violate(Claim::Once, entry, what);
        }
        if let Some(class) = request.own_fault {
            let what = format!("{profile} was asked after {class}");
            self.violate(Claim::OwnFault, entry, what);
        }
        self.strict(entry, &request.asked, model, profile);
        if let Some(from) = crossing(
            self.facts,
            &request.asked,
            request.sent.iter().map(|(_, id, _)| id),
            profile,
        ) {
            self.test(Claim::Fence);
            if yes(self.facts, &request.asked, model, profile).is_none() {
                let what = format!("from {from} to {profile}, which costs");
                self.violate(Claim::Fence, entry, what);
            }
        }
        self.trial(entry, model, profile);
        request.sent.push((model.clone(), profile.clone(), entry.at));
        self.requests.insert(entry.request, request);
    }

    /// A strict profile is never replaced by another of its provider, and a strict model by no other. Where the model is
    /// not strict, the profiles of another provider may serve another model.
    fn strict(&mut self, entry: &Entry, asked: &Asked, model: &ModelRef, profile: &ProfileId) {
        let provider = |id| self.facts.of(id).map(|known| &known.provider);
        let pinned = match &asked.pinned {
            Some((pinned, Mode::Strict)) => Some(pinned),
            _ => None,
        };
        let only = asked.model.as_ref().filter(|_| asked.mode == Some(Mode::Strict));
        if pinned.is_none() && only.is_none() {
            return;
        }
        let replaced = pinned.filter(|pinned| *pinned != profile && provider(pinned) == provider(profile));
        self.test(Claim::StrictPin);
        if let Some(pinned) = replaced {
            let what = format!("{pinned} is pinned and strict; {profile} was asked");
            self.violate(Claim::StrictPin, entry, what);
        }
        if let Some(only) = only.filter(|only| *only != model) {
            let what = format!("{only} is pinned and strict; {model} was asked");
            self.violate(Claim::StrictPin, entry, what);
        }
    }

    fn trial(&mut self, entry: &Entry, model: &ModelRef, profile: &ProfileId) {
        self.forget(profile, model, entry.at);
        let over: Vec<Whom> = of(profile, model)
            .filter(|whom| {
                self.rests
                    .get(whom)
                    .is_some_and(|(_, rest)| !rest.goes_on(entry.at))
            })
            .collect();
        let rests = of(profile, model).any(|whom| {
            self.rests
                .get(&whom)
                .is_some_and(|(_, rest)| rest.goes_on(entry.at))
        });
        // What is tried before its rest is over is another rule's.
        if over.is_empty() || rests {
            return;
        }
        self.test(Claim::OneTrial);
        let mut others = 0;
        for whom in over {
            let trials = self.trials.entry(whom).or_default();
            others = others.max(trials.len());
            trials.insert(entry.request);
        }
        if others > 0 {
            let what = format!("{profile} was asked by {} requests at once", others + 1);
            self.violate(Claim::OneTrial, entry, what);
        }
    }

    fn answered(
        &mut self,
        entry: &Entry,
        model: &ModelRef,
        profile: &ProfileId,
        failed: Option<FailureClass>,
        rest: Rest,
        touched: Touched,
    ) {
        for whom in of(profile, model) {
            if let Some(trials) = self.trials.get_mut(&whom) {
                trials.remove(&entry.request);
            }
        }
        let mut request = self.requests.remove(&entry.request).unwrap_or_default();
        let sent = request.sent.last().map_or(entry.at, |(_, _, at)| *at);
        let Some(class) = failed else {
            for whom in of(profile, model) {
                if self.rests.get(&whom).is_some_and(|(failed, _)| *failed <= sent) {
                    self.rests.remove(&whom);
                }
            }
            return;
        };
        match class {
            FailureClass::Format | FailureClass::ContextOverflow => {
                request.own_fault = Some(class);
                self.test(Claim::OwnFault);
                if touched == Touched::Yes {
                    let what = format!("a rest was changed by {class}");
                    self.violate(Claim::OwnFault, entry, what);
                }
            }
            FailureClass::ModelNotFound => {}
            _ if rest == Rest::None => {}
            FailureClass::Auth | FailureClass::AuthPermanent | FailureClass::Billing => {
                self.rest((profile.clone(), None), entry.at, rest);
            }
            _ => self.rest((profile.clone(), Some(model.clone())), entry.at, rest),
        }
        self.requests.insert(entry.request, request);
    }

    /// A rest begins. Who is still finding out about the one before it does not count any more.
    fn rest(&mut self, whom: Whom, at: Timestamp, rest: Rest) {
        self.trials.remove(&whom);
        self.rests.insert(whom, (at, rest));
    }

    /// What is so long over that it counts for nothing.
    fn forget(&mut self, profile: &ProfileId, model: &ModelRef, at: Timestamp) {
        for whom in of(profile, model) {
            let Some((failed, Rest::Until(until))) = self.rests.get(&whom) else {
                continue;
            };
            if at > (*until).max(*failed).after(self.facts.failures_count) {
                self.rests.remove(&whom);
                self.trials.remove(&whom);
            }
        }
    }

    fn test(&mut self, claim: Claim) {
        if let Some(verdict) = self.verdicts.get_mut(&claim) {
            verdict.tested += 1;
        }
    }

    fn violate(&mut self, claim: Claim, entry: &Entry, what: String) {
        let Some(verdict) = self.verdicts.get_mut(&claim) else {
            return;
        };
        verdict.violated += 1;
        if verdict.examples.len() < EXAMPLES {
            verdict.examples.push(Violation {
                at: entry.at,
                session: entry.session,
                request: entry.request,
                what,
            });
        }
    }
}

fn of(profile: &ProfileId, model: &ModelRef) -> impl Iterator<Item = Whom> {
    [(profile.clone(), None), (profile.clone(), Some(model.clone()))].into_iter()
}

/// The subscription that would have come first, if `to` costs.
///
/// Lists of people who may use a profile are not looked at.
pub(super) fn crossing<'l>(
    facts: &'l Facts,
    asked: &Asked,
    mut sent: impl Iterator<Item = &'l ProfileId>,
    to: &ProfileId,
) -> Option<&'l ProfileId> {
    let known = facts.of(to)?;
    if known.cost != Cost::Metered {
        return None;
    }
    let subscribed = |id: &&ProfileId| facts.cost(id) == Some(Cost::Subscription);
    let left = sent.find(subscribed);
    let first = asked.model.as_ref().map(ModelRef::provider);
    let before = facts
        .profiles
        .iter()
        .filter(|one| one.provider == known.provider || Some(&one.provider) == first)
        .map(|one| &one.id)
        .filter(subscribed)
        .find(|id| {
            let of = facts.of(id).map(|one| &one.provider);
            let order = of.and_then(|provider| facts.orders.get(provider));
            let place = |id: &ProfileId| order.and_then(|order| order.iter().position(|one| one == id));
            match (order, place(id), place(to)) {
                (None, ..) => true,
                (Some(_), None, _) => false,
                (Some(_), Some(_), None) => true,
                (Some(_), Some(id), Some(to)) => id < to,
            }
        });
    left.or(before)
}

/// Who said that a request may begin to cost.
pub(super) fn yes(facts: &Facts, asked: &Asked, model: &ModelRef, to: &ProfileId) -> Option<&'static str> {
    if asked.pinned.as_ref().is_some_and(|(pinned, _)| pinned == to) {
        return Some("person");
    }
    if facts.own.get(model) == Some(to) {
        return Some("model");
    }
    match facts.fence {
        Some(Fence::Allow) => Some("rule"),
        Some(Fence::Block | Fence::Ask) => None,
        None => {
            let order = facts.orders.get(model.provider())?;
            let has = |cost| order.iter().any(|id| facts.cost(id) == Some(cost));
            (has(Cost::Subscription) && has(Cost::Metered)).then_some("order")
        }
    }
}
