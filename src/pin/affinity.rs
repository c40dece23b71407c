//! Which profile served a chat last: our own choice, kept for the provider's caches, dropped at will.

use std::sync::Arc;

use dashmap::DashMap;

use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::session::AgentId;

/// The profile that served a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affinity {
    /// The profile.
    pub profile: ProfileId,
    /// When it served last.
    pub at: Timestamp,
}

type Chat = (AgentId, Arc<str>);

/// The affinities of all chats, one for each provider that served them.
#[derive(Debug, Default)]
pub struct AffinityTable {
    served: DashMap<Chat, Vec<(ProviderId, Affinity)>>,
}

impl AffinityTable {
    /// The profile of `provider` that served the chat last.
    #[must_use]
    pub fn of(&self, agent: &AgentId, chat: &Arc<str>, provider: &ProviderId) -> Option<Affinity> {
        let served = self.served.get(&(agent.clone(), Arc::clone(chat)))?;
        served
            .iter()
            .find(|(by, _)| by == provider)
            .map(|(_, affinity)| affinity.clone())
    }

    /// Remembers who served.
    pub fn remember(&self, agent: &AgentId, chat: &Arc<str>, provider: &ProviderId, affinity: Affinity) {
        let mut served = self.served.entry((agent.clone(), Arc::clone(chat))).or_default();
        match served.iter_mut().find(|(by, _)| by == provider) {
            Some((_, old)) => *old = affinity,
            None => served.push((provider.clone(), affinity)),
        }
    }

    /// Forgets the affinities of a chat: a person has pinned something there.
    pub fn forget(&self, agent: &AgentId, chat: &Arc<str>) {
        self.served.remove(&(agent.clone(), Arc::clone(chat)));
    }
}
