//! What a request takes before it goes: the trial, the one use of a pin, the lease.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::echo::causes;
use crate::model::ModelRef;
use crate::order::Source;
use crate::pin::{Change, Effective};
use crate::profile::ProfileId;
use crate::store::{Claim, Claimed, Trial};

use crate::resolver::book::Book;
use crate::resolver::deciding;
use crate::resolver::decision::Decision;
use crate::resolver::lease::{Choice, Lease};
use crate::resolver::pins::{Committed, freely};
use crate::resolver::ready::{Hit, Known, Ready};
use crate::resolver::refusal::Refusal;

use super::{Attempts, Begun};

impl Attempts<'_> {
    /// Takes the trial of a profile whose rest is over, or near its end; `false` if another request was faster, here or in
    /// another process. A store that cannot be asked stops no request.
    pub(super) async fn claim(
        &self,
        book: &Book,
        decision: &Decision,
        profile: &ProfileId,
        now: Timestamp,
    ) -> bool {
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

    pub(super) fn lease(
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
        let used = learning.used(&account);
        used.now(now);
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
        self.remember(&model, &profile, &credential);
        let attempt = {
            let mut course = self.course();
            if decision.crossing.is_some() {
                course.crossing.clone_from(&decision.crossing);
            }
            course.walk.begin(model.clone(), profile.clone())
        };
        let begun = self.begun.as_ref().map(|begun| begun.id.clone());
        Ok(Lease {
            id: begun.unwrap_or_else(|| self.resolver.next_decision_id(now)),
            begun: now,
            epoch: learning.affinities.epoch(book.agent(), &chat),
            course: Arc::clone(&self.course).into(),
            attempt,
            chat,
            ready: Arc::new(Ready {
                source: decision
                    .chosen()
                    .map_or(Source::Store, |candidate| candidate.source.clone()),
                choice: if pinned { Choice::Pinned } else { Choice::Automatic },
                agent: book.agent().clone(),
                learning: Arc::clone(learning),
                crossing: decision.crossing.clone(),
                retention: book.retention(&model),
                requested: deciding::requested(decision),
                effective: decision.effective.clone(),
                wished: self.wished.clone(),
                models: deciding::models(book, decision),
                good: learning.last_good(book.agent(), model.provider()),
                known: Known::default(),
                left: decision.left.clone(),
                model,
                profile,
                endpoint,
                credential,
                account,
                used,
            }),
        })
    }

    /// Keeps the sign-in that is used, for it may have to be renewed.
    fn remember(&mut self, model: &ModelRef, profile: &ProfileId, credential: &Credential) {
        self.last = (credential.kind() == CredentialKind::OAuth).then(|| {
            let access = credential.secret().clone();
            (model.clone(), profile.clone(), access)
        });
    }

    /// Begins with what is kept, as if it had been decided just now.
    pub(super) fn adopt(&mut self, hit: Hit) -> Lease {
        let ready = Arc::clone(&hit.ready);
        self.remember(&ready.model, &ready.profile, &ready.credential);
        self.wished.clone_from(&ready.wished);
        self.wish = None;
        self.left.clone_from(&ready.left);
        let mut lease = Lease::of(hit);
        *self.course() = ready.course(Arc::clone(lease.id.text()), &lease.chat, lease.begun);
        lease.course = Arc::clone(&self.course).into();
        let mut effective = ready.effective.clone();
        effective.belongs_to(&self.session, &ready.agent);
        self.begun = Some(Begun {
            id: lease.id.clone(),
            effective,
            selected: ready.requested.model.clone(),
        });
        lease
    }

    /// Marks the `--once` pins of the decision as used.
    ///
    /// Of two requests that race for one such pin, one gets it and the other decides again. A store that cannot be
    /// reached does not stop a request: the pin is then marked in memory.
    pub(super) async fn spend_once(&self, effective: &Effective, now: Timestamp) -> Spent {
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
                    if !pins.spend_in_memory(key, now) && first {
                        return Spent::Snatched;
                    }
                }
            }
        }
        Spent::Ours
    }
}

/// Whether the `--once` pins of a decision were still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Ours,
    Snatched,
}
