//! One request, from its first credential to its last.

mod credential;
mod grant;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalog::{Meaning, Standpoint};
use crate::endpoint::Api;
use crate::model::ModelRef;
use crate::pin::Effective;
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::session::{Actor, SessionKey};

use super::book::Book;
use super::course::{About, Course};
use super::deciding::{self, Resort, Step};
use super::decision::Decision;
use super::engine::{Question, ResolveError, Resolver};
use super::lease::{Id, Lease};
use super::ready::{Asked, Offer};
use super::refusal::Refusal;
use super::snapshot::Snapshot;
use super::walk::{Over, Turn, Walk};

/// How often others may be faster (at a `--once` pin, at a trial) before this request goes on without asking again.
const TRIES: usize = 32;

/// The attempts of one request: for each model, each usable credential at most once.
///
/// What is pinned is looked at when the request begins, and holds for all its attempts.
#[derive(Debug)]
pub struct Attempts<'a> {
    resolver: &'a Resolver,
    session: SessionKey,
    actor: Actor,
    /// The name of the model that is used if nothing is pinned, and what it means.
    wish: Option<String>,
    wished: Option<ModelRef>,
    /// The APIs that the request is written for.
    written_for: &'static [Api],
    /// What was found when the request began.
    begun: Option<Begun>,
    /// The request's way, of which its leases know.
    course: Arc<Mutex<Course>>,
    /// Credentials that were had and could not be used; nobody was asked with them.
    unhad: Vec<(ModelRef, ProfileId)>,
    /// The sign-in that was used last, and the access token.
    last: Option<(ModelRef, ProfileId, Secret)>,
    /// Sign-ins that were renewed because the provider did not take them.
    forced: Vec<ProfileId>,
    /// Why nobody was left for the selected model.
    first: Option<Refusal>,
    /// A subscription that could not serve.
    left: Option<ProfileId>,
}

#[derive(Debug, Clone)]
struct Begun {
    id: Id,
    effective: Effective,
    selected: Option<ModelRef>,
}

impl Resolver {
    /// Begins a request: [`Attempts::next`] gives its first lease, and the next one after a failure.
    #[must_use]
    pub fn attempts(&self, session: &SessionKey, actor: &Actor) -> Attempts<'_> {
        Attempts::new(self, session, actor)
    }

    /// The lease of a request that is tried once.
    ///
    /// Cancelling the call takes no lease; a `--once` pin may have been used up.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] when nobody can serve.
    pub async fn resolve(&self, session: &SessionKey, actor: &Actor) -> Result<Lease, ResolveError> {
        let asked = Asked {
            session,
            actor,
            wish: None,
            written_for: &[],
        };
        match self.ready(&asked) {
            Some(hit) => Ok(Lease::of(hit)),
            None => self.attempts(session, actor).decided().await,
        }
    }
}

/// What a look at one model came to.
enum Look {
    Leased(Box<(Lease, Decision)>),
    /// Somebody was faster, or a credential could not be had: look again.
    Again,
    Nobody(Refusal),
    /// Nobody, and no other model may step in.
    Refused(Refusal),
}

impl<'a> Attempts<'a> {
    pub(super) fn new(resolver: &'a Resolver, session: &SessionKey, actor: &Actor) -> Self {
        Self {
            resolver,
            session: session.clone(),
            actor: actor.clone(),
            wish: None,
            wished: None,
            written_for: &[],
            begun: None,
            course: Arc::new(Mutex::new(Course {
                walk: Walk::new(None),
                about: None,
                crossing: None,
            })),
            unhad: Vec::new(),
            last: None,
            forced: Vec::new(),
            first: None,
            left: None,
        }
    }

    /// The same, with the name of a model that is used if nothing is pinned, in place of the default: an alias, a
    /// reference, or the bare id of a model that one provider serves. A name that means none of them is passed over; one
    /// of a model that may not be selected leads to a refusal.
    #[must_use]
    pub fn wishing(mut self, written: Option<&str>) -> Self {
        self.wish = written.map(str::to_owned);
        self
    }

    /// The same for a request that is written already: models that speak none of these APIs are not asked.
    #[must_use]
    pub fn written_for(mut self, apis: &'static [Api]) -> Self {
        self.written_for = apis;
        self
    }

    /// The id of the decision, for logs; `None` before [`next`](Self::next) was called.
    #[must_use]
    pub fn decision(&self) -> Option<&str> {
        self.begun.as_ref().map(|begun| &**begun.id.text())
    }

    fn question(&self) -> Question<'_> {
        Question {
            wished: self.wished.as_ref(),
            written_for: self.written_for,
            ..Question::new(&self.session, &self.actor)
        }
    }

    /// The lease for the first attempt, or for the next one after a failure was reported.
    ///
    /// The class of the failure says who is next: another profile, another model, or nobody, because the request itself
    /// is at fault. A sign-in that was not accepted is renewed once first. Nothing follows where an answer has begun
    /// ([`Lease::answering`]) or was reported as a success.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] when nobody is left who can serve; the refusal lists every attempt.
    pub async fn next(&mut self) -> Result<Lease, ResolveError> {
        if self.begun.is_none() {
            let hit = self.resolver.ready(&self.asked(self.wish.as_deref()));
            if let Some(hit) = hit {
                return Ok(self.adopt(hit));
            }
        }
        self.decided().await
    }

    fn asked<'s>(&'s self, wish: Option<&'s str>) -> Asked<'s> {
        Asked {
            session: &self.session,
            actor: &self.actor,
            wish,
            written_for: self.written_for,
        }
    }

    /// The same, decided now.
    async fn decided(&mut self) -> Result<Lease, ResolveError> {
        if let Some(lease) = self.once_more().await? {
            return Ok(lease);
        }
        let mut faster = 0;
        let wish = self.wish.clone();
        loop {
            let snapshot = self.resolver.snapshot();
            // Taken before anything is looked at: what changes meanwhile makes it out of date.
            let seen = self.resolver.seen(&snapshot, &self.asked(wish.as_deref()));
            let fresh = self.begun.is_none();
            let book = snapshot.book(self.session.agent())?;
            self.begin(&snapshot, &book);
            let turn = self.turn();
            let (model, resort) = match &turn {
                Whose::Model(model, resort) => (model.as_ref(), *resort),
                Whose::Nobody => return Err(self.refused(self.refusal())),
                Whose::Over(over) => return Err(self.refused(self.over(*over))),
            };
            match self.look(&snapshot, &book, model, resort, faster < TRIES).await? {
                Look::Leased(leased) => {
                    let (lease, decision) = *leased;
                    if let Some(seen) = seen.filter(|_| fresh && faster == 0) {
                        self.resolver.offer(&Offer {
                            snapshot: &snapshot,
                            book: &book,
                            asked: self.asked(wish.as_deref()),
                            seen,
                            decision: &decision,
                            ready: &lease.ready,
                            epoch: lease.epoch,
                        });
                    }
                    return Ok(lease);
                }
                Look::Again => faster += 1,
                Look::Refused(refusal) => return Err(self.refused(refusal)),
                Look::Nobody(refusal) => {
                    self.first.get_or_insert(refusal);
                    self.course().walk.pass();
                }
            }
        }
    }

    /// Looks at what is pinned, once.
    fn begin(&mut self, snapshot: &Snapshot, book: &Book) {
        if self.begun.is_some() {
            return;
        }
        let now = self.resolver.now();
        let pins = self.resolver.pins().table();
        let effective = pins.effective(&self.session, book.agent(), now);
        let wish = self.wish.take();
        self.wished = wish.and_then(|written| self.meant(snapshot, book, &written));
        let question = self.question();
        let first = self
            .resolver
            .decide(snapshot, book, question, now, &effective, Step::default());
        let id = self.resolver.next_decision_id(now);
        let mut course = self.course();
        course.walk = Walk::new(deciding::models(book, &first));
        course.about = Some(About {
            id: Arc::clone(id.text()),
            at: now,
            agent: book.agent().clone(),
            session: self.session.chat_shared(),
            requested: deciding::requested(&first),
        });
        drop(course);
        self.begun = Some(Begun {
            id,
            selected: first.model().cloned(),
            effective,
        });
    }

    /// What the name of a model means to the sender.
    fn meant(&self, snapshot: &Snapshot, book: &Book, written: &str) -> Option<ModelRef> {
        let now = self.resolver.now();
        let may = |id: &ProfileId| deciding::may_spend(snapshot.rules(), &self.actor, id);
        let from = Standpoint {
            usable: &|provider| book.has_credential(provider, &may, now),
            current: None,
            default: book.catalog().default_model().map(ModelRef::provider),
        };
        match book.catalog().meaning(written, &from) {
            Meaning::Model(model) => Some(model),
            Meaning::Refused(not_allowed) => Some(not_allowed.model),
            Meaning::Ambiguous(_) | Meaning::Unknown(_) => None,
        }
    }

    async fn look(
        &mut self,
        snapshot: &Snapshot,
        book: &Book,
        model: Option<&ModelRef>,
        resort: Resort,
        patient: bool,
    ) -> Result<Look, ResolveError> {
        let now = self.resolver.now();
        let Some(begun) = self.begun.clone() else {
            return Ok(Look::Again);
        };
        let effective = if self.course().walk.tried().is_empty() {
            // Until the first attempt, a pin may change under the request.
            let pins = self.resolver.pins().table();
            pins.effective(&self.session, book.agent(), now)
        } else {
            begun.effective.clone()
        };
        let mut tried = model
            .map(|model| self.course().walk.tried_for(model))
            .unwrap_or_default();
        tried.extend(
            self.unhad
                .iter()
                .filter(|(of, _)| Some(of) == model)
                .map(|(_, id)| id.clone()),
        );
        let steps_in = model.filter(|model| Some(*model) != begun.selected.as_ref());
        let step = Step {
            model: steps_in,
            tried: &tried,
            left: self.left.as_ref().filter(|_| steps_in.is_some()),
            resort,
        };
        let question = self.question();
        let decision = self
            .resolver
            .decide(snapshot, book, question, now, &effective, step);
        if self.left.is_none() {
            // Failures may lead to the next model before anybody says that nobody is left for this one.
            self.left.clone_from(&decision.left);
        }
        let profile = match &decision.verdict {
            Ok(profile) => profile.clone(),
            Err(refusal) => {
                let alone = steps_in.is_none() && tried.is_empty() && !decision.lets_others_step_in();
                return Ok(if alone {
                    Look::Refused(refusal.clone())
                } else {
                    Look::Nobody(refusal.clone())
                });
            }
        };
        if decision.model() != model {
            // The pin was changed since the request began.
            self.begun = None;
            return Ok(Look::Again);
        }
        let credential = match self.credential(snapshot, book, &decision, &profile).await? {
            Some(credential) => credential,
            None => {
                // Not a failure of the provider: nobody rests for it, and the next candidate is asked.
                self.unhad.extend(model.map(|model| (model.clone(), profile)));
                return Ok(Look::Again);
            }
        };
        if !self.claim(book, &decision, &profile, now).await && patient {
            return Ok(Look::Again);
        }
        let first = self.course().walk.tried().is_empty();
        if first && patient && self.spend_once(&decision.effective, now).await == grant::Spent::Snatched {
            return Ok(Look::Again);
        }
        if let Some(begun) = &mut self.begun {
            begun.effective = decision.effective.clone();
        }
        let lease = self.lease(book, &decision, profile, credential, now)?;
        Ok(Look::Leased(Box::new((lease, decision))))
    }

    fn turn(&self) -> Whose {
        match self.course().walk.turn() {
            Turn::Model(model) => Whose::Model(Some(model.clone()), Resort::Next),
            Turn::LastResort(model) => Whose::Model(Some(model.clone()), Resort::Last),
            Turn::Nobody if self.first.is_none() => Whose::Model(None, Resort::Next),
            Turn::Nobody => Whose::Nobody,
            Turn::Over(over) => Whose::Over(over),
        }
    }

    /// Writes down that nobody serves.
    fn refused(&self, refusal: Refusal) -> ResolveError {
        let agent = self.course().about.as_ref().map(|about| about.agent.clone());
        if let Some(agent) = agent {
            self.resolver.learning().tell_of_refusal(&agent, &refusal);
        }
        // What follows an answer is no decision of its own.
        if refusal != Refusal::Answering
            && let Some(record) = self.course().record(Some(&refusal))
        {
            self.resolver.learning().note(record);
        }
        refusal.into()
    }

    /// Why nobody is left.
    fn refusal(&self) -> Refusal {
        let tried = self.course().walk.tried().to_vec();
        let first = self.first.clone().unwrap_or(Refusal::NoModel);
        if tried.is_empty() {
            return first;
        }
        Refusal::Failed {
            first: Box::new(first),
            tried,
        }
    }

    fn over(&self, over: Over) -> Refusal {
        match over {
            Over::Answering => Refusal::Answering,
            Over::Request(class) => Refusal::Request {
                class,
                tried: self.course().walk.tried().to_vec(),
            },
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose turn it is.
enum Whose {
    Model(Option<ModelRef>, Resort),
    Nobody,
    Over(Over),
}
