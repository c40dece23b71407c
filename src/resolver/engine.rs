//! The resolver: facts in, decisions and leases out.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arc_swap::ArcSwap;
use thiserror::Error;

use crate::clock::{Clock, Timestamp};
use crate::cooldown::CooldownLedger;
use crate::endpoint::Api;
use crate::model::{ModelRef, ProviderId};
use crate::pin::AffinityTable;
use crate::profile::ProfileId;
use crate::session::{Actor, AgentId, SessionKey};
use crate::store::LedgerUnavailable;

use super::book::{Book, BookError};
use super::learning::{Kept, Learning};
use super::lease::Id;
use super::pins::Pins;
use super::ready::Lanes;
use super::refusal::Refusal;
use super::snapshot::Snapshot;

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
    /// A model that is used if nothing is pinned.
    pub wished: Option<&'a ModelRef>,
    /// The APIs that the request is written for; empty if it is not written yet.
    pub written_for: &'a [Api],
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
            wished: None,
            written_for: &[],
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
    lanes: Lanes,
}

impl Resolver {
    /// A resolver over what was read and what is pinned.
    #[must_use]
    pub fn new(snapshot: Snapshot, pins: Pins, clock: Arc<dyn Clock>) -> Self {
        let ledger = CooldownLedger::new(snapshot.cooldown_policy());
        Self {
            pins,
            learning: Arc::new(Learning::new(clock, ledger)),
            lanes: Lanes::default(),
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// The same, with what was learned before, which is kept there from now on; and with what other processes learn.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] if the ledger cannot be read.
    pub async fn keeping(mut self, kept: Kept) -> Result<Self, LedgerUnavailable> {
        if let Some(learning) = Arc::get_mut(&mut self.learning) {
            learning.kept = kept;
        }
        Learning::follow(&self.learning).await?;
        Ok(self)
    }

    /// The same, with affinities of `chats` chats at the most instead of
    /// [`REMEMBERED`](crate::pin::REMEMBERED). Pins are not affected: they are never forgotten. For what is not yet in
    /// use.
    #[must_use]
    pub fn remembering(mut self, chats: NonZeroUsize) -> Self {
        if let Some(learning) = Arc::get_mut(&mut self.learning) {
            learning.affinities = AffinityTable::within(chats);
        }
        self
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
        self.learning.ledger.set_policy(snapshot.cooldown_policy());
        self.snapshot.store(Arc::new(snapshot));
        self.lanes.clear();
    }

    pub(super) fn lanes(&self) -> &Lanes {
        &self.lanes
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
        served.get()
    }

    pub(super) fn learning_mut(&mut self) -> &mut Arc<Learning> {
        &mut self.learning
    }

    pub(super) fn learning(&self) -> &Arc<Learning> {
        &self.learning
    }

    /// A person asks for a profile by name: if it rests, one request may try it at once.
    pub fn allow_trial(&self, book: &Book, profile: &ProfileId) {
        let account = book.account(profile);
        let learning = &self.learning;
        learning.keep(learning.ledger.take_in(&account, &book.told(profile)));
        learning.keep(learning.ledger.pardon(&account, self.now()));
    }

    pub(super) fn next_decision_id(&self, now: Timestamp) -> Id {
        Id::new(now, self.lanes.number())
    }
}
