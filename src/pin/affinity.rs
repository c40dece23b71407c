//! Which profile served a chat last: our own choice, kept for the provider's caches, dropped at will.

use std::sync::Arc;

use dashmap::DashMap;

use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::session::AgentId;

/// The profile that served a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affinity {
    /// The profile.
    pub profile: ProfileId,
}

/// Counts how often a person has pinned something in a chat: what was learned under an older count is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Epoch(u64);

type Chat = (AgentId, Arc<str>);

#[derive(Debug, Default)]
struct Served {
    epoch: Epoch,
    by: Vec<(ProviderId, Affinity)>,
}

/// The affinities of all chats, one for each provider that served them.
#[derive(Debug, Default)]
pub struct AffinityTable {
    chats: DashMap<Chat, Served>,
}

impl AffinityTable {
    /// The profile of `provider` that served the chat last.
    #[must_use]
    pub fn of(&self, agent: &AgentId, chat: &Arc<str>, provider: &ProviderId) -> Option<Affinity> {
        let served = self.chats.get(&(agent.clone(), Arc::clone(chat)))?;
        let found = served.by.iter().find(|(by, _)| by == provider);
        found.map(|(_, affinity)| affinity.clone())
    }

    /// The epoch of a chat, for a request that begins now.
    #[must_use]
    pub fn epoch(&self, agent: &AgentId, chat: &Arc<str>) -> Epoch {
        let served = self.chats.get(&(agent.clone(), Arc::clone(chat)));
        served.map(|served| served.epoch).unwrap_or_default()
    }

    /// Remembers who served a request that began in `epoch`; a request from before the last pin teaches nothing.
    pub fn remember(
        &self,
        agent: &AgentId,
        chat: &Arc<str>,
        provider: &ProviderId,
        affinity: Affinity,
        epoch: Epoch,
    ) {
        let mut served = self.chats.entry((agent.clone(), Arc::clone(chat))).or_default();
        if served.epoch != epoch {
            return;
        }
        match served.by.iter_mut().find(|(by, _)| by == provider) {
            Some((_, old)) => *old = affinity,
            None => served.by.push((provider.clone(), affinity)),
        }
    }

    /// Forgets the affinities of a chat: a person has pinned something there.
    pub fn forget(&self, agent: &AgentId, chat: &Arc<str>) {
        let mut served = self.chats.entry((agent.clone(), Arc::clone(chat))).or_default();
        served.epoch.0 += 1;
        served.by.clear();
    }
}
