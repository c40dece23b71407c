//! What the resolver remembers of outcomes.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;

use crate::clock::{Clock, Timestamp};
use crate::cooldown::{AccountKey, Changed, CooldownLedger};
use crate::model::ProviderId;
use crate::outcome::Outcome;
use crate::pin::{Affinity, AffinityTable};
use crate::profile::ProfileId;
use crate::session::AgentId;
use crate::store::memory::{MemoryAudit, MemoryLedger};
use crate::store::{AuditStore, LedgerStore, LedgerStoreError};

use super::lease::{Choice, Lease};

/// How many audit rows memory keeps.
const AUDITED: NonZeroUsize = NonZeroUsize::new(1000).unwrap();
/// How often other processes' news are looked for.
const NEWS: Duration = Duration::from_millis(50);

/// The ledger of failures, the affinities, when each account was used last, and who served each provider last.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: CooldownLedger,
    pub(crate) affinities: AffinityTable,
    pub(crate) used: DashMap<AccountKey, Timestamp>,
    pub(crate) last_good: DashMap<(AgentId, ProviderId), ProfileId>,
    pub(crate) kept: Kept,
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
    /// Hands changed cells to whoever keeps them.
    pub(crate) fn keep(&self, changed: Changed) {
        if !changed.is_empty() {
            self.kept.ledger.keep(changed);
        }
    }

    /// Takes in what was kept, and what other processes learn, until the last resolver is dropped.
    ///
    /// Without a Tokio runtime nothing is followed.
    pub(super) async fn follow(learning: &Arc<Self>) -> Result<(), LedgerStoreError> {
        let first = learning.kept.ledger.cells_since(0).await?;
        learning.ledger.join(first.cells);
        let Ok(tasks) = tokio::runtime::Handle::try_current() else {
            return Ok(());
        };
        let (followed, mut mark) = (Arc::downgrade(learning), first.mark);
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(NEWS).await;
                let Some(learning) = followed.upgrade() else {
                    return;
                };
                // What cannot be asked now is asked again; the pins of the same file tell of it.
                if let Ok(news) = learning.kept.ledger.cells_since(mark).await {
                    learning.ledger.join(news.cells);
                    mark = news.mark;
                }
            }
        });
        Ok(())
    }

    /// Takes the outcome of a lease in. Only a success of our own choice makes an affinity: what a person pinned for a
    /// while must not outlive the pin.
    pub(super) fn learn(&self, lease: &Lease, outcome: Outcome) {
        let now = self.clock.now();
        self.keep(
            self.ledger
                .record(&lease.account, lease.model.model(), outcome, lease.begun, now),
        );
        if outcome == Outcome::Succeeded {
            let provider = (lease.agent.clone(), lease.model.provider().clone());
            self.last_good.insert(provider, lease.profile.clone());
        }
        if outcome == Outcome::Succeeded && lease.choice == Choice::Automatic {
            let served = Affinity {
                profile: lease.profile.clone(),
            };
            let provider = lease.model.provider();
            self.affinities
                .remember(&lease.agent, &lease.chat, provider, served, lease.epoch);
        }
        tracing::debug!(
            decision = %lease.id,
            model = %lease.model,
            profile = %lease.profile,
            ?outcome,
            "outcome reported"
        );
    }
}
