//! What an operator should hear of, as it happens.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::event::{Event, Key, Kind, KindName};
use crate::events::Events;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::provide::RefreshError;
use crate::session::AgentId;

use super::book::Book;
use super::engine::Resolver;
use super::fence::Crossing;
use super::learning::Learning;
use super::refusal::Refusal;

impl Learning {
    fn tell(&self, agent: &AgentId, kind: Kind) {
        self.events.happened(Event {
            kind,
            at: self.clock.now(),
            agent: Some(agent.clone()),
        });
    }

    /// A request was given a credential.
    pub(super) fn tell_of_lease(
        &self,
        book: &Book,
        profile: &ProfileId,
        credential: &Credential,
        crossing: Option<&Crossing>,
        chat: &Arc<str>,
        now: Timestamp,
    ) {
        if let Some(crossing) = crossing {
            let kind = Kind::FenceCrossed {
                from: crossing.from.clone(),
                to: crossing.to.clone(),
                session: Arc::clone(chat),
            };
            self.tell(book.agent(), kind);
        }
        let soon = now.after(book.config().events.warn_within);
        let renews = credential.kind() == CredentialKind::OAuth
            && book.fact(profile).is_some_and(|facts| facts.refreshable);
        if let Some(at) = credential.expires().filter(|at| *at <= soon && !renews) {
            let profile = profile.clone();
            self.tell(book.agent(), Kind::Expiring { profile, at });
        }
    }

    /// A request was refused.
    pub(super) fn tell_of_refusal(&self, agent: &AgentId, refusal: &Refusal) {
        match refusal {
            Refusal::Failed { first, .. } => self.tell_of_refusal(agent, first),
            Refusal::AllRest {
                provider, retry_at, ..
            } => {
                let kind = Kind::AllResting {
                    provider: provider.clone(),
                    until: *retry_at,
                };
                self.tell(agent, kind);
            }
            Refusal::NeedsSignIn { profile } => {
                let profile = profile.clone();
                self.tell(agent, Kind::NeedsSignIn { profile });
            }
            _ => {}
        }
    }

    /// A sign-in was renewed, or not.
    pub(super) fn tell_of_renewal(
        &self,
        agent: &AgentId,
        profile: &ProfileId,
        failed: Option<&RefreshError>,
    ) {
        let id = profile.clone();
        match failed {
            None => self.settle(agent, profile),
            Some(RefreshError::Transient { .. }) => {
                let reason = "the provider could not be asked";
                self.tell(agent, Kind::RefreshFailed { profile: id, reason });
            }
            Some(_) => self.tell(agent, Kind::NeedsSignIn { profile: id }),
        }
    }

    /// A profile has served: what was told of it before is over.
    pub(super) fn tell_of_success(&self, agent: &AgentId, provider: &ProviderId, profile: &ProfileId) {
        if self.events.is_quiet() {
            return;
        }
        self.events.settle(&Key::all_resting(Some(agent), provider));
        self.settle(agent, profile);
    }

    fn settle(&self, agent: &AgentId, profile: &ProfileId) {
        for kind in [KindName::RefreshFailed, KindName::NeedsSignIn] {
            self.events.settle(&Key::of_profile(kind, Some(agent), profile));
        }
    }
}

impl Resolver {
    /// Tells what happens to these events, instead of to nobody but the log.
    #[must_use]
    pub fn telling(mut self, events: Events) -> Self {
        if let Some(learning) = Arc::get_mut(self.learning_mut()) {
            learning.events = events;
        }
        self
    }

    /// Where it is heard what happens.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.learning().events
    }
}
