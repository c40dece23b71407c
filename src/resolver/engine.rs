//! The resolver: facts in, decisions and leases out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use thiserror::Error;

use crate::access::{Act, Rules};
use crate::clock::{Clock, Timestamp};
use crate::cooldown::CooldownLedger;
use crate::model::{ModelRef, ProviderId};
use crate::order::{self, ProfileFacts, Ranking};
use crate::pin::{Affinity, AffinityTable, Effective};
use crate::profile::ProfileId;
use crate::session::{Actor, AgentId, Scope, SessionKey};
use crate::terms::Mode;

use super::book::{Book, BookError};
use super::decision::{self, Decision, Field, Found, PinnedNow, Preference, Selected};
use super::learning::Learning;
use super::pins::Pins;
use super::refusal::Refusal;
use super::snapshot::Snapshot;

/// Stands for every model of a provider; no model is named so.
const ANY: &str = "*";

/// What is asked of the resolver.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The chat.
    pub session: &'a SessionKey,
    /// Who spends.
    pub actor: &'a Actor,
    /// What to ask about.
    pub about: About<'a>,
    /// A profile that would go first if nothing is pinned.
    pub preferred: Option<&'a ProfileId>,
    /// The moment to ask about instead of the present.
    pub now: Option<Timestamp>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// The model that is pinned, or the default.
    Selection,
    /// This model, whatever is pinned.
    Model(&'a ModelRef),
    /// This provider, whatever the model: rests of single models are not seen.
    Provider(&'a ProviderId),
}

impl<'a> Question<'a> {
    /// What the next request of `session` would get, if `actor` sends it.
    #[must_use]
    pub fn new(session: &'a SessionKey, actor: &'a Actor) -> Self {
        Self {
            session,
            actor,
            about: About::Selection,
            preferred: None,
            now: None,
        }
    }
}

/// Why there is no lease.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// The rules say no; the refusal says what to do.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The agent's credentials cannot be read, or there is no such agent.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// Above all credentials and pins: every outgoing request asks here.
#[derive(Debug)]
pub struct Resolver {
    snapshot: ArcSwap<Snapshot>,
    pins: Pins,
    learning: Arc<Learning>,
    leases: AtomicU64,
}

impl Resolver {
    /// A resolver over what was read and what is pinned.
    #[must_use]
    pub fn new(snapshot: Snapshot, pins: Pins, clock: Arc<dyn Clock>) -> Self {
        let ledger = CooldownLedger::new(snapshot.cooldown_policy());
        Self {
            pins,
            learning: Arc::new(Learning {
                clock,
                ledger,
                affinities: AffinityTable::default(),
                used: dashmap::DashMap::new(),
                last_good: dashmap::DashMap::new(),
            }),
            leases: AtomicU64::new(1),
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// What was read from files.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The same without a count, for the short while of one look.
    pub(crate) fn snapshot_guard(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Puts newly read files in place. Pins, affinities and rests stay.
    pub fn replace(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// The pins.
    #[must_use]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.learning.clock.now()
    }

    /// A person has pinned something: what we had chosen for the chat ourselves is forgotten.
    pub fn forget_affinity(&self, session: &SessionKey, agent: &AgentId) {
        self.learning.affinities.forget(agent, &session.chat_shared());
    }

    /// The profile of `provider` that last answered a request of the agent, as this process knows it.
    #[must_use]
    pub fn last_good(&self, agent: &AgentId, provider: &ProviderId) -> Option<ProfileId> {
        let served = self.learning.last_good.get(&(agent.clone(), provider.clone()))?;
        Some(served.clone())
    }

    /// The decision for a request, with every candidate explained. Asking changes nothing.
    ///
    /// # Errors
    /// [`BookError`] if there is no such agent or its credentials cannot be read. That nobody can serve is no error but
    /// the decision's verdict.
    pub fn explain(&self, question: Question<'_>) -> Result<Decision, BookError> {
        let snapshot = self.snapshot();
        let book = snapshot.book(question.session.agent())?;
        let now = question.now.unwrap_or_else(|| self.now());
        let effective = self.pins.table().effective(question.session, book.agent(), now);
        Ok(self.decide(&snapshot, &book, question, now, effective, &[]))
    }

    pub(super) fn decide(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        question: Question<'_>,
        now: Timestamp,
        effective: Effective,
        tried: &[ProfileId],
    ) -> Decision {
        let selected = select(book, question.about, &effective);
        let (pinned, ranking, verdict) = match &selected {
            None => (None, decision::nothing(), Err(Refusal::NoModel)),
            Some(selected) => {
                let model = &selected.model;
                let provider = model.provider();
                let pinned = decision::pinned_now(&effective, provider, book.identities());
                let ranking = self.rank(snapshot, book, question, now, model, pinned.as_ref());
                let verdict = known(book, model, question.about).and_then(|()| {
                    let field = Field {
                        agent: book.agent(),
                        provider,
                        store: book.store_path(),
                        ranking: &ranking,
                        pinned: pinned.as_ref(),
                        tried,
                        stale: &|id| book.is_stale(id, now),
                        may: &|id| may_spend(snapshot.rules(), question.actor, id),
                    };
                    field.choose()
                });
                (pinned, ranking, verdict)
            }
        };
        Decision {
            agent: book.agent().clone(),
            now,
            effective,
            selected,
            pinned,
            ranking,
            verdict,
        }
    }

    fn rank(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        question: Question<'_>,
        now: Timestamp,
        model: &ModelRef,
        pinned: Option<&PinnedNow>,
    ) -> Ranking {
        let facts = self.facts(book, model, now);
        let may = |id: &ProfileId| may_spend(snapshot.rules(), question.actor, id);
        let rank = |preferred: &[ProfileId]| {
            order::rank(&order::Ask {
                provider: model.provider(),
                profiles: &facts,
                stored_order: book.stored_order(model.provider()),
                config_order: book.config_order(model.provider()),
                config_profiles: book.declared(),
                preferred,
                allowed: &may,
                now,
            })
        };
        let own = book
            .catalog()
            .entry(model)
            .and_then(|entry| entry.auth_profile.clone());
        let preference = Preference {
            pinned: pinned
                .filter(|pinned| pinned.found == Found::Yes)
                .map(|pinned| pinned.setting.value.id.clone())
                .or(question.preferred.cloned()),
            affinity: self.affinity(question.session, book.agent(), model.provider()),
            of_model: own,
        };
        preference.rank(&rank)
    }

    fn affinity(&self, session: &SessionKey, agent: &AgentId, provider: &ProviderId) -> Option<Affinity> {
        self.learning
            .affinities
            .of(agent, &session.chat_shared(), provider)
    }

    /// What the files tell of each profile, with what we have learned since laid over it.
    fn facts(&self, book: &Book, model: &ModelRef, now: Timestamp) -> Vec<ProfileFacts> {
        let alone = book.alone(model.provider());
        let learned = |mut facts: ProfileFacts| {
            if facts.provider == *model.provider() {
                let account = book.account(&facts.id);
                let used = self.learning.used.get(&account).map(|at| *at);
                facts.last_used = facts.last_used.max(used);
                let told = book.told(&facts.id);
                facts.rest = self
                    .learning
                    .ledger
                    .rest(&account, model.model(), &told, alone, now);
            }
            facts
        };
        book.facts().iter().cloned().map(learned).collect()
    }

    pub(super) fn learning(&self) -> &Arc<Learning> {
        &self.learning
    }

    pub(super) fn next_lease_id(&self, now: Timestamp) -> String {
        let count = self.leases.fetch_add(1, Ordering::Relaxed);
        format!("d{:x}-{count:x}", now.as_millis())
    }
}

fn may_spend(rules: &Rules, actor: &Actor, id: &ProfileId) -> bool {
    rules.may(actor, Act::Spend, Scope::Session, Some(id))
}

fn select(book: &Book, about: About<'_>, effective: &Effective) -> Option<Selected> {
    let asked = match about {
        About::Selection => None,
        About::Model(model) => Some(model.clone()),
        About::Provider(provider) => Some(ModelRef::new(provider.clone(), ANY)),
    };
    if let Some(model) = asked {
        return Some(Selected {
            model,
            pinned: None,
            mode: Mode::Prefer,
        });
    }
    if let Some(setting) = &effective.model {
        return Some(Selected {
            model: setting.value.model.clone(),
            pinned: Some(setting.scope()),
            mode: setting.value.mode,
        });
    }
    book.catalog().default_model().map(|model| Selected {
        model: model.clone(),
        pinned: None,
        mode: Mode::Prefer,
    })
}

/// Whether the model is still in the catalogue, on the allowlist, and can be reached.
fn known(book: &Book, model: &ModelRef, about: About<'_>) -> Result<(), Refusal> {
    if matches!(about, About::Provider(_)) {
        return Ok(());
    }
    let catalog = book.catalog();
    if catalog.entry(model).is_none() {
        return Err(Refusal::ModelGone(model.clone()));
    }
    if let Some(rule) = catalog.refusal(model) {
        return Err(Refusal::ModelNotAllowed {
            model: model.clone(),
            rule: rule.to_owned(),
        });
    }
    if book.endpoint(model.provider()).is_none() {
        return Err(Refusal::NoEndpoint(model.provider().clone()));
    }
    Ok(())
}
