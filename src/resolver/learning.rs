//! What the resolver remembers of outcomes.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use dashmap::DashMap;

use crate::audit::AuditLog;
use crate::clock::Clock;
use crate::cooldown::{AccountKey, Changed, CooldownLedger};
use crate::echo::causes;
use crate::events::Events;
use crate::model::ProviderId;
use crate::outcome::Outcome;
use crate::pin::{Affinity, AffinityTable};
use crate::profile::ProfileId;
use crate::recent::Recent;
use crate::session::AgentId;
use crate::store::memory::{MemoryAudit, MemoryLedger};
use crate::store::{AuditStore, Extent, LedgerStore, LedgerUnavailable};

use super::follow::{Followed, follow_ledger};
use super::later::Later;
use super::lease::{Choice, Lease};
use super::noting::Writes;
use super::ready::Used;

/// How many cells are joined in one step, where all of them are.
const AT_ONCE: usize = 500;
/// How many audit rows memory keeps.
const AUDITED: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// Of how many accounts it is remembered when they were used last. Each new secret is one: those of old ones go.
pub(super) const USED: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();

/// The ledger of failures, the affinities, when each account was used last, and who served each provider last.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: CooldownLedger,
    pub(crate) affinities: AffinityTable,
    pub(crate) used: Recent<AccountKey, Arc<Used>>,
    pub(super) swept: super::sweeping::Swept,
    pub(crate) last_good: DashMap<(AgentId, ProviderId), Arc<LastGood>>,
    pub(crate) kept: Kept,
    pub(crate) audit: AuditLog,
    pub(crate) events: Events,
    pub(crate) writes: Writes,
    pub(crate) later: Later,
    pub(crate) renewals: super::renewal::Counted,
}

/// The profile of a provider that last answered a request of an agent.
#[derive(Debug, Default)]
pub(crate) struct LastGood(ArcSwapOption<ProfileId>);

impl LastGood {
    /// Nearly always it is the same: then nobody who reads it waits.
    fn is_now(&self, profile: &ProfileId) {
        let same = self.0.load().as_deref() == Some(profile);
        if !same {
            self.0.store(Some(Arc::new(profile.clone())));
        }
    }

    /// It, once there is one.
    pub(crate) fn get(&self) -> Option<ProfileId> {
        self.0.load().as_deref().cloned()
    }
}

/// Where what is learned is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The ledger of failures.
    pub ledger: Arc<dyn LedgerStore>,
    /// What was decided, and who changed what.
    pub audit: Arc<dyn AuditStore>,
}

impl Default for Kept {
    /// In memory.
    fn default() -> Self {
        Self {
            ledger: Arc::new(MemoryLedger::default()),
            audit: Arc::new(MemoryAudit::of(AUDITED)),
        }
    }
}

impl Learning {
    /// Nothing is learned yet but what `ledger` has; kept in memory.
    pub(super) fn new(clock: Arc<dyn Clock>, ledger: CooldownLedger) -> Self {
        Self {
            events: Events::new(Arc::clone(&clock)),
            writes: Writes::default(),
            later: Later::default(),
            renewals: super::renewal::Counted::default(),
            clock,
            ledger,
            affinities: AffinityTable::default(),
            used: Recent::within(USED),
            swept: super::sweeping::Swept::default(),
            last_good: DashMap::new(),
            kept: Kept::default(),
            audit: AuditLog::default(),
        }
    }

    /// When an account was used last, for whoever uses it now.
    pub(crate) fn used(&self, account: &AccountKey) -> Arc<Used> {
        let known = self.used.look(account, Arc::clone);
        known.unwrap_or_else(|| {
            self.used
                .change(account.clone(), |used| Arc::clone(used), |_, _| ())
        })
    }

    /// Who of a provider served an agent last, for whoever serves it now.
    pub(crate) fn last_good(&self, agent: &AgentId, provider: &ProviderId) -> Arc<LastGood> {
        let all = self.last_good.entry((agent.clone(), provider.clone()));
        Arc::clone(&all.or_default())
    }

    /// Hands changed cells to whoever keeps them, who has them before this returns, and is not waited for.
    pub(crate) fn keep(&self, changed: Changed) {
        if changed.is_empty() {
            return;
        }
        let store = Arc::clone(&self.kept.ledger);
        self.writes.begin(self.writes.one_more(), async move {
            if let Err(broken) = store.merge(changed).await {
                tracing::warn!(error = %causes(&broken), "what was learned of a failure is kept in memory only");
            }
        });
    }

    /// Takes in what was kept, and what other processes learn, until the last resolver is dropped.
    pub(super) async fn follow(learning: &Arc<Self>) -> Result<(), LedgerUnavailable> {
        let first = learning.kept.ledger.news(0).await?;
        // A store without news has no mark either.
        let cells = match first.mark {
            0 => learning.kept.ledger.load_all().await?,
            _ => first.cells,
        };
        learning.ledger.join(cells);
        let followed = Arc::downgrade(learning);
        follow_ledger(&learning.kept.ledger, first.mark, move |told| {
            let Some(learning) = followed.upgrade() else {
                return Followed::Over;
            };
            learning.ledger.join(told.cells);
            learning.sweep();
            if told.extent == Extent::Everything {
                // Messages were lost, or the store has lost something: it hears what is known here. Joining twice does
                // no harm.
                for some in learning.ledger.cells().chunks(AT_ONCE) {
                    learning.keep(some.to_vec());
                }
            }
            Followed::On
        });
        Ok(())
    }

    /// Takes the outcome of a lease in. Only a success of our own choice makes an affinity: what a person pinned for a
    /// while must not outlive the pin.
    pub(super) fn learn(&self, lease: &Lease, outcome: Outcome) {
        match outcome {
            Outcome::Succeeded => self.learn_success(lease),
            Outcome::Failed { .. } => self.learn_of_account(lease, outcome),
        }
        tracing::debug!(
            decision = %lease.decision(),
            model = %lease.ready.model,
            profile = %lease.ready.profile,
            ?outcome,
            "outcome reported"
        );
    }

    /// A success mostly tells what is known. Then nothing is locked, and nothing allocated.
    fn learn_success(&self, lease: &Lease) {
        let ready = &lease.ready;
        let (model, provider) = (ready.model.model(), ready.model.provider());
        // Counted before anybody looks: what changes meanwhile is looked at the next time.
        let failures = self.ledger.generation();
        if ready.known.clear.is_not(failures) {
            if self.ledger.is_clear(&ready.account, model) {
                ready.known.clear.is_now(failures);
            } else {
                self.learn_of_account(lease, Outcome::Succeeded);
            }
        }
        ready.good.is_now(&ready.profile);
        self.tell_of_success(&ready.agent, provider, &ready.profile);
        if ready.choice != Choice::Automatic {
            return;
        }
        let affinities = self.affinities.generation(&lease.chat);
        if ready.known.affine.is_not(affinities) {
            let served = Affinity {
                profile: ready.profile.clone(),
            };
            if self.affinities.of(&ready.agent, &lease.chat, provider).as_ref() == Some(&served) {
                ready.known.affine.is_now(affinities);
            } else {
                self.affinities
                    .remember(&ready.agent, &lease.chat, provider, served, lease.epoch);
            }
        }
    }

    fn learn_of_account(&self, lease: &Lease, outcome: Outcome) {
        let (ready, now) = (&lease.ready, self.clock.now());
        let model = ready.model.model();
        let changed = self
            .ledger
            .record(&ready.account, model, outcome, lease.begun, now);
        self.keep(changed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::profile::AccountId;

    #[test]
    fn new_secrets_take_the_place_of_old_ones_and_what_is_in_use_stays() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
        let learning = Learning::new(clock, CooldownLedger::default());
        let secret = |generation| AccountKey {
            account: AccountId::kept("demo|work"),
            generation,
            lasting: 0,
        };
        let first = learning.used(&secret(0));
        for generation in 1..2 * USED.get() as u64 {
            drop(learning.used(&secret(generation)));
            if generation % 64 == 0 {
                assert!(Arc::ptr_eq(&first, &learning.used(&secret(0))), "{generation}");
            }
        }
        assert!(learning.used.len() <= USED.get());
    }
}
