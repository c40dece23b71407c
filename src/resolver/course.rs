//! What a request and its leases know of each other, and what is written down of them.

use std::sync::Arc;

use crate::audit::{Attempt, Became, Code, Crossing as Crossed, Kind, Record, Requested, Served};
use crate::clock::Timestamp;
use crate::outcome::Outcome;
use crate::session::AgentId;

use super::fence::Crossing;
use super::refusal::Refusal;
use super::walk::{Tried, Walk};

/// A request on its way.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) walk: Walk,
    pub(super) about: Option<About>,
    /// What was tried before its sign-in was renewed.
    pub(super) crossing: Option<Crossing>,
}

/// What a request asked for.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) id: Arc<str>,
    pub(super) at: Timestamp,
    pub(super) agent: AgentId,
    pub(super) session: Arc<str>,
    pub(super) requested: Requested,
}

impl Course {
    /// The request as it stands; `None` before it has begun.
    pub(super) fn record(&self, refusal: Option<&Refusal>) -> Option<Record> {
        let about = self.about.as_ref()?;
        let tried = self.walk.tried();
        let place = |tried: &Tried| Served {
            model: tried.model.clone(),
            profile: tried.profile.clone(),
        };
        let answered = |tried: &&Tried| tried.outcome == Some(Outcome::Succeeded);
        let decision = crate::audit::Decision {
            agent: about.agent.clone(),
            session: Arc::clone(&about.session),
            requested: about.requested.clone(),
            chosen: tried.first().map(place),
            attempts: tried.iter().map(attempt).collect(),
            served: tried.iter().find(answered).map(place),
            crossing: self.crossing.as_ref().map(|crossing| Crossed {
                from: crossing.from.clone(),
                to: crossing.to.clone(),
                allowed_by: Code::new(crossing.by.as_str()),
            }),
            refusal: refusal.map(|refusal| Code::new(refusal.code())),
        };
        Some(Record {
            id: Arc::clone(&about.id),
            at: about.at,
            kind: Kind::Decision(Box::new(decision)),
        })
    }
}

fn attempt(tried: &Tried) -> Attempt {
    Attempt {
        model: tried.model.clone(),
        profile: tried.profile.clone(),
        became: match tried.outcome {
            None => Became::Unknown,
            Some(Outcome::Succeeded) => Became::Answered,
            Some(Outcome::Failed { class, .. }) => Became::Failed(class),
        },
        retry_at: tried.retry_at(),
        reason: tried.cause.map(|cause| Code::new(cause.as_str())),
    }
}
