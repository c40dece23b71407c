//! How is the same question answered again without deciding again?
//!
//! A decision is a function of facts and the moment. [`Ready`] is what a decision led to: all that a [`Lease`] is made of.
//! It is kept together with what it was made from, as counters that grow with every change ([`AsOf`]) and as the time in
//! which no end of a rest, a pin or a credential lies. While those are the same, so is the decision, and the next lease is
//! made of what is kept: without an allocation, with one look at the clock, and with no lock that another thread holds.
//!
//! Kept are only plain cases ([`offer`](Resolver::offer) says which): whatever is a trial, crosses the fence, uses a pin up,
//! has to be renewed or is read from a file each time is decided each time. Who is next among equals, by when each was used
//! last, is decided each time too, until the chat has an affinity.
//!
//! It knows nothing of what is decided, and why. Read `looking.rs`, then `offering.rs`; `lane.rs` is where it is kept.
//!
//! [`Lease`]: super::lease::Lease
//! [`AsOf`]: lane::AsOf

mod lane;
mod looking;
mod offering;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::audit::Requested;
use crate::clock::Timestamp;
use crate::cooldown::AccountKey;
use crate::credential::Credential;
use crate::endpoint::{Api, Endpoint};
use crate::model::ModelRef;
use crate::order::Source;
use crate::pin::{Effective, Epoch};
use crate::profile::ProfileId;
use crate::retention::Retention;
use crate::session::{Actor, AgentId, SessionKey};

use super::course::{About, Course};
use super::fence::Crossing;
use super::learning::{LastGood, Learning};
use super::lease::Choice;
use super::walk::Walk;

pub(super) use lane::{Lanes, Seen};
pub(super) use offering::Offer;

/// What a lease is made of. It is kept by one thread's lane, which is why its counters are on a cache line of their own.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Ready {
    pub(super) agent: AgentId,
    pub(super) model: ModelRef,
    pub(super) profile: ProfileId,
    pub(super) source: Source,
    pub(super) endpoint: Endpoint,
    pub(super) credential: Credential,
    pub(super) account: AccountKey,
    pub(super) used: Arc<Used>,
    pub(super) good: Arc<LastGood>,
    pub(super) known: Known,
    pub(super) choice: Choice,
    pub(super) retention: Retention,
    pub(super) crossing: Option<Crossing>,
    pub(super) learning: Arc<Learning>,
    /// What the request is given beside, for the attempts that may follow and for the record.
    pub(super) requested: Requested,
    pub(super) effective: Effective,
    pub(super) wished: Option<ModelRef>,
    pub(super) models: Vec<ModelRef>,
    pub(super) left: Option<ProfileId>,
}

impl Ready {
    /// The course of a request that begins with this.
    pub(super) fn course(&self, id: Arc<str>, chat: &Arc<str>, at: Timestamp) -> Course {
        let mut walk = Walk::new(self.models.iter().cloned());
        walk.begin(self.model.clone(), self.profile.clone());
        Course {
            walk,
            about: Some(About {
                id,
                at,
                agent: self.agent.clone(),
                session: Arc::clone(chat),
                requested: self.requested.clone(),
            }),
            crossing: self.crossing.clone(),
        }
    }
}

/// What the last success found as it should be: the next one need not look as long as nothing has changed.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// No failure of the account was known for the model.
    pub(super) clear: AsOfCount,
    /// The profile was the one that had served the chat.
    pub(super) affine: AsOfCount,
}

/// The count of changes at which something was found.
#[derive(Debug)]
pub(super) struct AsOfCount(AtomicU64);

impl Default for AsOfCount {
    /// Never.
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl AsOfCount {
    pub(super) fn is_not(&self, count: u64) -> bool {
        self.0.load(Ordering::Relaxed) != count
    }

    pub(super) fn is_now(&self, count: u64) {
        self.0.store(count, Ordering::Relaxed);
    }
}

/// When an account was used last, here.
#[derive(Debug)]
pub(crate) struct Used(AtomicI64);

impl Default for Used {
    /// Never.
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Used {
    /// It is used now. Threads that use it in the same millisecond do not write to the same place for it.
    pub(crate) fn now(&self, now: Timestamp) {
        let now = now.as_millis();
        if self.0.load(Ordering::Relaxed) != now {
            self.0.store(now, Ordering::Relaxed);
        }
    }

    /// When that was; `None` if it was not.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        let last = self.0.load(Ordering::Relaxed);
        (last != i64::MIN).then(|| Timestamp::from_millis(last))
    }
}

/// Who asks, and for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) session: &'a SessionKey,
    pub(super) actor: &'a Actor,
    pub(super) wish: Option<&'a str>,
    pub(super) written_for: &'static [Api],
}

/// What was kept, for one request.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) ready: Arc<Ready>,
    pub(super) chat: Arc<str>,
    pub(super) epoch: Epoch,
    pub(super) now: Timestamp,
    pub(super) number: u64,
}
