//! One request, from its first credential to its last.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::credential::Credential;
use crate::order::Source;
use crate::pin::{Change, Effective};
use crate::profile::ProfileId;
use crate::provide::{ProvideCredential, Wanted};
use crate::session::{Actor, SessionKey};
use crate::terms::Mode;

use super::book::Book;
use super::decision::Decision;
use super::engine::{Question, ResolveError, Resolver};
use super::lease::{Choice, Lease};
use super::pins::{Committed, freely};
use super::refusal::Refusal;

/// How often a `--once` pin may be snatched away by other requests before this one goes on without asking again.
const TRIES: usize = 32;

/// The attempts of one request: each usable credential at most once.
///
/// What is pinned is looked at when the request begins, and holds for all its attempts.
#[derive(Debug)]
pub struct Attempts<'a> {
    resolver: &'a Resolver,
    session: SessionKey,
    actor: Actor,
    tried: Vec<ProfileId>,
    begun: Option<Effective>,
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
    /// [`ResolveError::Refused`] if nobody can serve; the refusal has the reason and the remedy.
    pub async fn resolve(&self, session: &SessionKey, actor: &Actor) -> Result<Lease, ResolveError> {
        self.attempts(session, actor).next().await
    }
}

impl<'a> Attempts<'a> {
    pub(super) fn new(resolver: &'a Resolver, session: &SessionKey, actor: &Actor) -> Self {
        Self {
            resolver,
            session: session.clone(),
            actor: actor.clone(),
            tried: Vec::new(),
            begun: None,
        }
    }

    /// The lease for the first attempt, or for the next one after a failure was reported.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] when nobody is left who can serve.
    pub async fn next(&mut self) -> Result<Lease, ResolveError> {
        let mut snatched = 0;
        loop {
            let snapshot = self.resolver.snapshot();
            let book = snapshot.book(self.session.agent())?;
            let now = self.resolver.now();
            let effective = match &self.begun {
                Some(effective) => effective.clone(),
                None => self
                    .resolver
                    .pins()
                    .table()
                    .effective(&self.session, book.agent(), now),
            };
            let question = Question::new(&self.session, &self.actor);
            let decision = self
                .resolver
                .decide(&snapshot, &book, question, now, effective, &self.tried);
            let profile = decision.verdict.clone()?;
            let Some(credential) = self.credential(&book, &decision, &profile).await? else {
                // Not a failure of the provider: nobody rests for it, and the next candidate is asked.
                self.tried.push(profile);
                continue;
            };
            if self.begun.is_none()
                && snatched < TRIES
                && self.spend_once(&decision.effective, now).await == Spent::Snatched
            {
                snatched += 1;
                continue;
            }
            self.tried.push(profile.clone());
            let lease = self.lease(&book, &decision, profile, credential, now)?;
            self.begun = Some(decision.effective);
            return Ok(lease);
        }
    }

    /// The credential of the chosen profile; `None` if it cannot be had and another may be asked.
    async fn credential(
        &self,
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
        let cause = match book.credentials().provide(wanted).await {
            Ok(Some(credential)) => return Ok(Some(credential)),
            Ok(None) => "it is not there any more".to_owned(),
            Err(broken) => broken.reason,
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

    fn lease(
        &self,
        book: &Book,
        decision: &Decision,
        profile: ProfileId,
        credential: Credential,
        now: Timestamp,
    ) -> Result<Lease, Refusal> {
        let model = decision
            .selected
            .as_ref()
            .map(|selected| selected.model.clone())
            .ok_or(Refusal::NoModel)?;
        let provider = model.provider();
        let endpoint = book
            .endpoint(provider)
            .ok_or_else(|| Refusal::NoEndpoint(provider.clone()))?;
        let account = book.account(&profile);
        let learning = self.resolver.learning();
        learning.used.insert(account.clone(), now);
        let chat = self.session.chat_shared();
        let pinned = decision
            .pinned
            .as_ref()
            .is_some_and(|pinned| pinned.setting.value.id == profile);
        Ok(Lease {
            id: self.resolver.next_lease_id(now),
            source: decision
                .chosen()
                .map_or(Source::Store, |candidate| candidate.source.clone()),
            choice: if pinned { Choice::Pinned } else { Choice::Automatic },
            begun: now,
            epoch: learning.affinities.epoch(book.agent(), &chat),
            agent: book.agent().clone(),
            learning: Arc::clone(learning),
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
}

/// Whether the `--once` pins of a decision were still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spent {
    Ours,
    Snatched,
}
