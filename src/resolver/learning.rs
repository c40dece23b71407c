//! What the resolver remembers of outcomes.

use std::sync::Arc;

use dashmap::DashMap;

use crate::clock::{Clock, Timestamp};
use crate::cooldown::{AccountKey, Changed, CooldownLedger};
use crate::model::ProviderId;
use crate::outcome::Outcome;
use crate::pin::{Affinity, AffinityTable};
use crate::profile::ProfileId;
use crate::session::AgentId;

use super::lease::{Choice, Lease};

/// The ledger of failures, the affinities, when each account was used last, and who served each provider last.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: CooldownLedger,
    pub(crate) affinities: AffinityTable,
    pub(crate) used: DashMap<AccountKey, Timestamp>,
    pub(crate) last_good: DashMap<(AgentId, ProviderId), ProfileId>,
}

impl Learning {
    /// Hands changed cells to whoever keeps them.
    pub(crate) fn keep(&self, changed: Changed) {
        let _ = changed;
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
