//! The run: a heap of events, a clock that is set to each of them, and the real resolver.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::middleware::{Handled, Message};
use crate::model::ModelRef;
use crate::order::Reason;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::resolver::{About, Attempts, Decision, Lease, Question, ResolveError};
use crate::session::{Actor, SessionKey};

use super::dice::Dice;
use super::log::{Asked, By, Done, Entry, Rest, Touched, What};
use super::scenario::Scenario;
use super::stage::{Facts, Stage, StageError};
use super::weather::{Failure, Weather};

/// A scenario that was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// The seed of its dice.
    pub seed: u64,
    /// Its first moment.
    pub start: Timestamp,
    /// Its last moment.
    pub end: Timestamp,
    /// What the oracles have to know of the policy.
    pub facts: Facts,
    /// The weather.
    pub weather: Weather,
    /// What happened, in the order in which it did.
    pub log: Vec<Entry>,
}

/// Plays a scenario with the real resolver. Nothing sleeps, and nothing is asked of the network.
///
/// Must be called within a Tokio runtime that has a timer.
///
/// # Errors
/// [`StageError`] if the scenario's configuration or profiles are refused.
pub async fn play(scenario: &Scenario, seed: u64) -> Result<Played, StageError> {
    let weather = Weather::new(scenario, seed);
    let stage = Stage::set(scenario).await?;
    let facts = stage.facts(scenario)?;
    let end = scenario.start.after(scenario.lasts.length());
    let mut player = Player {
        scenario,
        stage: &stage,
        weather: &weather,
        facts: &facts,
        seed,
        end,
        people: (0..scenario.sessions.count).map(Person::new).collect(),
        coming: BinaryHeap::new(),
        flights: HashMap::new(),
        requests: 0,
        events: 0,
        log: Vec::new(),
    };
    player.announce();
    while let Some(Reverse((at, _, event))) = player.coming.pop() {
        stage.clock.advance(at.since(stage.modelpin.resolver().now()));
        player.carry_out(at, event).await?;
    }
    let log = player.log;
    Ok(Played {
        seed,
        start: scenario.start,
        end,
        facts,
        weather,
        log,
    })
}

/// What is to come. Of two things at one moment the one goes first that was known first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A chat sends a request.
    Ask(u32),
    /// The provider answers a request.
    Answer(u32),
    /// The scenario's command of this number is said.
    Say(usize),
    /// The scenario's new secret of this number is put in place.
    NewSecret(usize),
}

/// Somebody in a chat.
struct Person {
    session: SessionKey,
    actor: Actor,
    asked: u64,
}

impl Person {
    fn new(number: u32) -> Self {
        Self {
            session: SessionKey::new(&format!("chat:{number}")),
            actor: Actor::member(&format!("person:{number}")),
            asked: 0,
        }
    }
}

/// A request on its way.
struct Flight<'a> {
    session: u32,
    attempts: Attempts<'a>,
    /// What is wrong with the request itself.
    fault: Option<FailureClass>,
    dice: Dice,
    sent: Option<(Lease, Timestamp)>,
}

struct Player<'a> {
    scenario: &'a Scenario,
    stage: &'a Stage,
    weather: &'a Weather,
    facts: &'a Facts,
    seed: u64,
    end: Timestamp,
    people: Vec<Person>,
    coming: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    flights: HashMap<u32, Flight<'a>>,
    requests: u32,
    events: u64,
    log: Vec<Entry>,
}

impl<'a> Player<'a> {
    /// Enters what is known from the beginning.
    fn announce(&mut self) {
        let start = self.scenario.start;
        for (said, number) in self.scenario.commands.iter().zip(0..) {
            self.plan(start.after(said.at.length()), Event::Say(number));
        }
        for (new, number) in self.scenario.new_secrets.iter().zip(0..) {
            self.plan(start.after(new.at.length()), Event::NewSecret(number));
        }
        for session in 0..self.scenario.sessions.count {
            let mut dice = Dice::new(&[self.seed, 2, session.into()]);
            self.plan(start.after(self.pause(&mut dice)), Event::Ask(session));
        }
    }

    /// The time until the next request of a chat.
    fn pause(&self, dice: &mut Dice) -> Duration {
        dice.exponential(self.scenario.sessions.every.length().as_secs_f64())
    }

    fn plan(&mut self, at: Timestamp, event: Event) {
        // What has begun is played to its end; nothing begins after the end.
        if at < self.end || matches!(event, Event::Answer(_)) {
            self.events += 1;
            self.coming.push(Reverse((at, self.events, event)));
        }
    }

    async fn carry_out(&mut self, at: Timestamp, event: Event) -> Result<(), StageError> {
        match event {
            Event::Ask(session) => self.ask(at, session).await,
            Event::Answer(request) => self.answer(at, request).await,
            Event::Say(number) => self.say(at, number).await,
            Event::NewSecret(number) => self.new_secret(at, number),
        }
    }

    async fn ask(&mut self, at: Timestamp, session: u32) -> Result<(), StageError> {
        let person = &mut self.people[session as usize];
        person.asked += 1;
        let mut dice = Dice::new(&[self.seed, 3, session.into(), person.asked]);
        let attempts = self.stage.modelpin.attempts(&person.session, &person.actor);
        let pause = self.pause(&mut dice);
        self.plan(at.after(pause), Event::Ask(session));
        let (thrown, sessions) = (dice.share(), &self.scenario.sessions);
        let fault = if thrown < sessions.wrong {
            Some(FailureClass::Format)
        } else if thrown < sessions.wrong + sessions.too_long {
            Some(FailureClass::ContextOverflow)
        } else {
            None
        };
        self.requests += 1;
        let request = self.requests;
        let known = self.known(session)?;
        self.note(at, session, request, What::Asked(known));
        let flight = Flight {
            session,
            attempts,
            fault,
            dice,
            sent: None,
        };
        self.go_on(at, request, flight).await
    }

    /// Asks for the next lease of a request, and sends it.
    async fn go_on(&mut self, at: Timestamp, request: u32, mut flight: Flight<'a>) -> Result<(), StageError> {
        let session = flight.session;
        match flight.attempts.next().await {
            Ok(lease) => {
                let what = What::Sent {
                    model: lease.model().clone(),
                    profile: lease.profile().clone(),
                };
                self.note(at, session, request, what);
                let takes = self.scenario.sessions.takes.map(|span| span.length());
                self.plan(at.after(flight.dice.between(takes)), Event::Answer(request));
                flight.sent = Some((lease, at));
                self.flights.insert(request, flight);
            }
            Err(ResolveError::Refused(refusal)) => {
                self.note(at, session, request, What::Refused(refusal.code()));
            }
            Err(ResolveError::Book(wrong)) => return Err(wrong.into()),
        }
        self.take_pins(at, session, request);
        Ok(())
    }

    async fn answer(&mut self, at: Timestamp, request: u32) -> Result<(), StageError> {
        let Some(mut flight) = self.flights.remove(&request) else {
            return Ok(());
        };
        let Some((lease, sent)) = flight.sent.take() else {
            return Ok(());
        };
        let (session, model, profile) = (flight.session, lease.model().clone(), lease.profile().clone());
        let dice = flight.dice.seed();
        let failure = self
            .weather
            .answer(profile.as_str(), &model, sent, at, dice)
            .or(flight.fault.map(|class| Failure {
                class,
                retry_at: None,
            }));
        let nobodys = matches!(
            failure,
            Some(Failure {
                class: FailureClass::Format | FailureClass::ContextOverflow,
                ..
            })
        );
        let before = nobodys.then(|| self.rests(session, &model)).transpose()?;
        match failure {
            None => lease.succeeded(),
            Some(failure) => lease.failed(failure.class, failure.retry_at),
        }
        let after = failure
            .is_some()
            .then(|| self.rests(session, &model))
            .transpose()?;
        let rest = after.iter().flatten().find(|(id, _)| *id == profile);
        let answered = What::Answered {
            rest: rest.map_or(Rest::None, |(_, rest)| *rest),
            touched: if nobodys && before != after {
                Touched::Yes
            } else {
                Touched::No
            },
            failed: failure.map(|failure| failure.class),
            model,
            profile,
        };
        self.note(at, session, request, answered);
        if failure.is_some() {
            return self.go_on(at, request, flight).await;
        }
        Ok(())
    }

    async fn say(&mut self, at: Timestamp, number: usize) -> Result<(), StageError> {
        let said = &self.scenario.commands[number];
        for session in &said.sessions {
            let person = &self.people[*session as usize];
            let message = Message::new(&person.session, &person.actor, &said.text);
            self.stage.pins.now_by(By::Command);
            let handled = self.stage.modelpin.handle(&message).await?;
            self.stage.pins.now_by(By::Other);
            let done = match handled {
                Handled::Reply(view) | Handled::ReplyAndSend(view, _) if view.body.was_done() => Done::Yes,
                _ => Done::No,
            };
            self.note(at, *session, 0, What::Commanded(done));
            self.take_pins(at, *session, 0);
        }
        Ok(())
    }

    fn new_secret(&mut self, at: Timestamp, number: usize) -> Result<(), StageError> {
        let name = &self.scenario.new_secrets[number].profile;
        self.stage.new_secret(self.scenario, name)?;
        let profile = ProfileId::new(name);
        let provider = self.scenario.profiles[name.as_str()].provider(name);
        let decision = self.explain(0, About::Provider(&provider))?;
        let rest = rests(&decision).into_iter().find(|(id, _)| *id == profile);
        let rest = rest.map_or(Rest::None, |(_, rest)| rest);
        self.note(at, 0, 0, What::NewSecret { profile, rest });
        Ok(())
    }

    /// What is known when a chat has something to send.
    fn known(&self, session: u32) -> Result<Asked, StageError> {
        let decision = self.explain(session, About::Selection)?;
        let order = match decision.provider() {
            Some(provider) if decision.ranking.basis.is_explicit() => self.facts.orders.get(provider),
            _ => None,
        };
        let may_serve = |id: &ProfileId| {
            let mut candidates = decision.ranking.candidates.iter();
            candidates.any(|one| one.profile == *id && one.reason != Reason::Fenced)
        };
        Ok(Asked {
            order: order.map(|order| order.iter().filter(|id| may_serve(id)).cloned().collect()),
            pinned: decision.pinned.as_ref().map(|pinned| {
                let pinned = &pinned.setting.value;
                (pinned.id.clone(), pinned.mode)
            }),
            mode: decision.selected.as_ref().map(|selected| selected.mode),
            model: decision.selected.map(|selected| selected.model),
        })
    }

    /// Who rests until when, by the resolver.
    fn rests(&self, session: u32, model: &ModelRef) -> Result<Vec<(ProfileId, Rest)>, StageError> {
        Ok(rests(&self.explain(session, About::Model(model))?))
    }

    fn explain(&self, session: u32, about: About<'_>) -> Result<Decision, StageError> {
        let person = &self.people[session as usize];
        let question = Question {
            about,
            ..Question::new(&person.session, &person.actor)
        };
        Ok(self.stage.modelpin.resolver().explain(question)?)
    }

    fn note(&mut self, at: Timestamp, session: u32, request: u32, what: What) {
        self.log.push(Entry {
            at,
            session,
            request,
            what,
        });
    }

    fn take_pins(&mut self, at: Timestamp, session: u32, request: u32) {
        for kept in self.stage.pins.take() {
            self.note(at, session, request, What::PinKept(kept));
        }
    }
}

/// Who rests until when, in the order of their ids.
fn rests(decision: &Decision) -> Vec<(ProfileId, Rest)> {
    let mut rests: Vec<_> = decision
        .ranking
        .candidates
        .iter()
        .map(|candidate| {
            let rest = match (candidate.reason, candidate.until) {
                (Reason::Cooldown | Reason::Disabled, Some(until)) => Rest::Until(until),
                (Reason::Cooldown | Reason::Disabled, None) => Rest::Person,
                _ => Rest::None,
            };
            (candidate.profile.clone(), rest)
        })
        .collect();
    rests.sort_by(|(one, _), (other, _)| one.cmp(other));
    rests
}
