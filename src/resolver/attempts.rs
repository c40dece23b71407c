//! One request, from its first credential to its last.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::audit::Requested;
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::echo::causes;
use crate::model::ModelRef;
use crate::order::Source;
use crate::outcome::FailureClass;
use crate::pin::{Change, Effective};
use crate::profile::ProfileId;
use crate::provide::{ProvideCredential, Wanted};
use crate::secret::Secret;
use crate::session::{Actor, SessionKey};
use crate::store::{Claim, Claimed, Trial};
use crate::terms::Mode;

use super::book::Book;
use super::course::{About, Course};
use super::decision::Decision;
use super::engine::{self, Question, ResolveError, Resolver, Resort, Step};
use super::lease::{Choice, Lease};
use super::pins::{Committed, freely};
use super::refusal::Refusal;
use super::renewal::Renewed;
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
    id: String,
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
        self.attempts(session, actor).next().await
    }
}

/// What a look at one model came to.
enum Look {
    Leased(Box<Lease>),
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

    /// The lease for the first attempt, or for the next one after a failure was reported.
    ///
    /// The class of the failure says who is next: another profile, another model, or nobody, because the request itself
    /// is at fault. A sign-in that was not accepted is renewed once first. Nothing follows where an answer has begun
    /// ([`Lease::answering`]) or was reported as a success.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] when nobody is left who can serve; the refusal lists every attempt.
    pub async fn next(&mut self) -> Result<Lease, ResolveError> {
        if let Some(lease) = self.once_more().await? {
            return Ok(lease);
        }
        let mut faster = 0;
        loop {
            let snapshot = self.resolver.snapshot();
            let book = snapshot.book(self.session.agent())?;
            self.begin(&snapshot, &book);
            let turn = self.turn();
            let (model, resort) = match &turn {
                Whose::Model(model, resort) => (model.as_ref(), *resort),
                Whose::Nobody => return Err(self.refused(self.refusal())),
                Whose::Over(over) => return Err(self.refused(self.over(*over))),
            };
            match self.look(&snapshot, &book, model, resort, faster < TRIES).await? {
                Look::Leased(lease) => return Ok(*lease),
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
        let question = Question::new(&self.session, &self.actor);
        let first = self
            .resolver
            .decide(snapshot, book, question, now, &effective, Step::default());
        let id = self.resolver.next_decision_id(now);
        let mut course = self.course();
        course.walk = Walk::new(engine::models(book, &first));
        course.about = Some(About {
            id: id.as_str().into(),
            at: now,
            agent: book.agent().clone(),
            session: self.session.chat_shared(),
            requested: Requested {
                model: first.model().cloned(),
                profile: first
                    .pinned
                    .as_ref()
                    .map(|pinned| pinned.setting.value.id.clone()),
                pinned: first.selected.as_ref().and_then(|selected| selected.pinned),
            },
        });
        drop(course);
        self.begun = Some(Begun {
            id,
            selected: first.model().cloned(),
            effective,
        });
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
        let question = Question::new(&self.session, &self.actor);
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
        if first && patient && self.spend_once(&decision.effective, now).await == Spent::Snatched {
            return Ok(Look::Again);
        }
        if let Some(begun) = &mut self.begun {
            begun.effective = decision.effective.clone();
        }
        let lease = self.lease(book, &decision, profile, credential, now)?;
        Ok(Look::Leased(Box::new(lease)))
    }

    /// The last attempt with a renewed sign-in, if it was one that the provider did not take.
    async fn once_more(&mut self) -> Result<Option<Lease>, ResolveError> {
        let refused = {
            let course = self.course();
            course.walk.tried().last().and_then(|tried| tried.class()) == Some(FailureClass::Auth)
        };
        let Some((model, profile, access)) = self.last.take().filter(|_| refused) else {
            return Ok(None);
        };
        let snapshot = self.resolver.snapshot();
        let book = snapshot.book(self.session.agent())?;
        if self.forced.contains(&profile) || !snapshot.can_renew(&book, &profile) {
            return Ok(None);
        }
        self.forced.push(profile.clone());
        let renewed = self
            .resolver
            .renew(&snapshot, &book, &profile, Some(access))
            .await;
        let Ok(Renewed(credential)) = renewed else {
            return Ok(None);
        };
        let book = snapshot.book(self.session.agent())?;
        let Some(begun) = self.begun.clone() else {
            return Ok(None);
        };
        let now = self.resolver.now();
        let steps_in = Some(&model).filter(|model| Some(*model) != begun.selected.as_ref());
        let step = Step {
            model: steps_in,
            ..Step::default()
        };
        let question = Question::new(&self.session, &self.actor);
        let mut decision = self
            .resolver
            .decide(&snapshot, &book, question, now, &begun.effective, step);
        decision.verdict = Ok(profile.clone());
        self.course().walk.renewed();
        Ok(Some(self.lease(&book, &decision, profile, credential, now)?))
    }

    /// The credential of the chosen profile; `None` if it cannot be had and another may be asked.
    async fn credential(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        decision: &Decision,
        profile: &ProfileId,
    ) -> Result<Option<Credential>, Refusal> {
        let Some(provider) = decision.provider() else {
            return Err(Refusal::NoModel);
        };
        let wanted = Wanted {
            agent: book.agent(),
            provider,
            profile,
        };
        let mut renewal = None;
        if snapshot.can_renew(book, profile) && book.is_due(profile, decision.now) {
            match self.resolver.renew(snapshot, book, profile, None).await {
                Ok(Renewed(credential)) => return Ok(Some(credential)),
                Err(failed) => renewal = Some(failed),
            }
        }
        let usable = renewal.is_none() || !book.is_stale(profile, decision.now);
        let cause = match (usable, renewal) {
            (false, Some(failed)) => failed.to_string(),
            _ => match book.credentials().provide(wanted).await {
                Ok(Some(credential)) => return Ok(Some(credential)),
                Ok(None) => "it is not there any more".to_owned(),
                Err(broken) => broken.reason,
            },
        };
        tracing::warn!(%profile, %cause, "credential unavailable");
        let strict = decision
            .pinned
            .as_ref()
            .is_some_and(|pinned| pinned.setting.value.mode == Mode::Strict);
        if strict {
            let profile = profile.clone();
            return Err(Refusal::CredentialUnavailable { profile, cause });
        }
        Ok(None)
    }

    /// Takes the trial of a profile whose rest is over, or near its end; `false` if another request was faster, here or in
    /// another process. A store that cannot be asked stops no request.
    async fn claim(&self, book: &Book, decision: &Decision, profile: &ProfileId, now: Timestamp) -> bool {
        let Some(model) = decision.model() else {
            return true;
        };
        let learning = self.resolver.learning();
        let (account, told) = (book.account(profile), book.told(profile));
        let rests = decision
            .chosen()
            .is_some_and(|candidate| candidate.reason != crate::order::Reason::Ok);
        let alone = book.alone(model.provider());
        if !told.is_empty() {
            learning.keep(learning.ledger.take_in(&account, &told));
        }
        let claimed = if rests {
            learning.ledger.claim_early(&account, model.model(), now)
        } else {
            learning.ledger.claim(&account, model.model(), alone, now)
        };
        let Some(cells) = claimed else { return false };
        if cells.is_empty() {
            return true;
        }
        let claim = Claim {
            cells,
            trial: if rests { Trial::Early } else { Trial::Due },
            alone,
            now,
            window: learning.ledger.failure_window(),
        };
        match learning.kept.ledger.claim(claim).await {
            Ok(Claimed::Yes(known)) => {
                learning.ledger.join(known);
                true
            }
            Ok(Claimed::No(known)) => {
                learning.ledger.join(known);
                false
            }
            Err(broken) => {
                tracing::warn!(error = %causes(&broken), "a trial is claimed in this process only");
                true
            }
        }
    }

    fn lease(
        &mut self,
        book: &Book,
        decision: &Decision,
        profile: ProfileId,
        credential: Credential,
        now: Timestamp,
    ) -> Result<Lease, Refusal> {
        let model = decision.model().cloned().ok_or(Refusal::NoModel)?;
        let provider = model.provider();
        let endpoint = book
            .endpoint(provider)
            .ok_or_else(|| Refusal::NoEndpoint(provider.clone()))?;
        let account = book.account_with(&profile, &credential);
        let learning = self.resolver.learning();
        learning.used.insert(account.clone(), now);
        let chat = self.session.chat_shared();
        let pinned = decision
            .pinned
            .as_ref()
            .is_some_and(|pinned| pinned.setting.value.id == profile);
        learning.tell_of_lease(
            book,
            &profile,
            &credential,
            decision.crossing.as_ref(),
            &chat,
            now,
        );
        self.last = (credential.kind() == CredentialKind::OAuth).then(|| {
            let access = credential.secret().clone();
            (model.clone(), profile.clone(), access)
        });
        let attempt = {
            let mut course = self.course();
            if decision.crossing.is_some() {
                course.crossing.clone_from(&decision.crossing);
            }
            course.walk.begin(model.clone(), profile.clone())
        };
        Ok(Lease {
            id: self
                .begun
                .as_ref()
                .map(|begun| begun.id.clone())
                .unwrap_or_default(),
            source: decision
                .chosen()
                .map_or(Source::Store, |candidate| candidate.source.clone()),
            choice: if pinned { Choice::Pinned } else { Choice::Automatic },
            begun: now,
            epoch: learning.affinities.epoch(book.agent(), &chat),
            agent: book.agent().clone(),
            learning: Arc::clone(learning),
            course: Arc::clone(&self.course),
            crossing: decision.crossing.clone(),
            attempt,
            model,
            profile,
            endpoint,
            credential,
            account,
            chat,
        })
    }

    /// Marks the `--once` pins of the decision as used.
    ///
    /// Of two requests that race for one such pin, one gets it and the other decides again. A store that cannot be
    /// reached does not stop a request: the pin is then marked in memory.
    async fn spend_once(&self, effective: &Effective, now: Timestamp) -> Spent {
        let pins = self.resolver.pins();
        for (key, first) in effective
            .once
            .iter()
            .zip(std::iter::once(true).chain(std::iter::repeat(false)))
        {
            match pins.commit(key.clone(), Change::Spend, freely(), now).await {
                // After the first pin is ours, the decision stands: giving it back would not be safer.
                Ok(Committed::Nothing | Committed::Forbidden) if first => return Spent::Snatched,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "a --once pin is marked as used in memory only");
                    pins.change_in_memory(key, &Change::Spend, now);
                }
            }
        }
        Spent::Ours
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

/// Whether the `--once` pins of a decision were still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spent {
    Ours,
    Snatched,
}
