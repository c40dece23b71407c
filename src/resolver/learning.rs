//! What the resolver remembers of outcomes.

use std::sync::Arc;

use dashmap::DashMap;

use crate::clock::{Clock, Timestamp};
use crate::cooldown::CooldownLedger;
use crate::outcome::Outcome;
use crate::pin::{Affinity, AffinityTable};
use crate::profile::AccountId;

use super::lease::Lease;

/// The ledger of failures, the affinities, and when each account was used last.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: CooldownLedger,
    pub(crate) affinities: AffinityTable,
    pub(crate) used: DashMap<AccountId, Timestamp>,
}

impl Learning {
    /// Takes the outcome of a lease in. Only a success makes an affinity.
    pub(super) fn learn(&self, lease: &Lease, outcome: Outcome) {
        let now = self.clock.now();
        self.ledger
            .record(&lease.account, lease.model.model(), outcome, now);
        if outcome == Outcome::Succeeded {
            let served = Affinity {
                profile: lease.profile.clone(),
                at: now,
            };
            let provider = lease.model.provider();
            self.affinities
                .remember(&lease.agent, &lease.chat, provider, served);
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
