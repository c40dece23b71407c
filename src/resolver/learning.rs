//! What the resolver remembers of outcomes.

use std::num::NonZeroUsize;
use std::sync::Arc;

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
use crate::session::AgentId;
use crate::store::memory::{MemoryAudit, MemoryLedger};
use crate::store::{AuditStore, LedgerStore, LedgerUnavailable};

use super::follow::{Followed, follow_ledger};
use super::lease::{Choice, Lease};
use super::noting::Writes;
use super::ready::Used;

/// How many audit rows memory keeps.
const AUDITED: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// The ledger of failures, the affinities, when each account was used last, and who served each provider last.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: CooldownLedger,
    pub(crate) affinities: AffinityTable,
    pub(crate) used: DashMap<AccountKey, Arc<Used>>,
    pub(crate) last_good: DashMap<(AgentId, ProviderId), ProfileId>,
    pub(crate) kept: Kept,
    pub(crate) audit: AuditLog,
    pub(crate) events: Events,
    pub(crate) writes: Writes,
    pub(crate) renewals: super::renewal::Counted,
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
    /// When an account was used last, for whoever uses it now.
    pub(crate) fn used(&self, account: &AccountKey) -> Arc<Used> {
        if let Some(used) = self.used.get(account) {
            return Arc::clone(&used);
        }
        Arc::clone(&self.used.entry(account.clone()).or_default())
    }

    /// Hands changed cells to whoever keeps them, who has them before this returns, and is not waited for.
    pub(crate) fn keep(&self, changed: Changed) {
        if changed.is_empty() {
            return;
        }
        let store = Arc::clone(&self.kept.ledger);
        self.writes.begin(async move {
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
        follow_ledger(&learning.kept.ledger, first.mark, move |cells| {
            let Some(learning) = followed.upgrade() else {
                return Followed::Over;
            };
            learning.ledger.join(cells);
            Followed::On
        });
        Ok(())
    }

    /// Takes the outcome of a lease in. Only a success of our own choice makes an affinity: what a person pinned for a
    /// while must not outlive the pin.
    pub(super) fn learn(&self, lease: &Lease, outcome: Outcome) {
        let now = self.clock.now();
        let ready = &lease.ready;
        self.keep(
            self.ledger
                .record(&ready.account, ready.model.model(), outcome, lease.begun, now),
        );
        if outcome == Outcome::Succeeded {
            let provider = (ready.agent.clone(), ready.model.provider().clone());
            // Nearly always it is the same: then nobody who reads it waits.
            let known = self.last_good.get(&provider).map(|good| *good == ready.profile);
            if known != Some(true) {
                self.last_good.insert(provider, ready.profile.clone());
            }
            self.tell_of_success(&ready.agent, ready.model.provider(), &ready.profile);
        }
        if outcome == Outcome::Succeeded && ready.choice == Choice::Automatic {
            let served = Affinity {
                profile: ready.profile.clone(),
            };
            let provider = ready.model.provider();
            self.affinities
                .remember(&ready.agent, &lease.chat, provider, served, lease.epoch);
        }
        tracing::debug!(
            decision = %lease.decision(),
            model = %ready.model,
            profile = %ready.profile,
            ?outcome,
            "outcome reported"
        );
    }
}
