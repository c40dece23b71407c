//! Which profile served a chat last: our own choice, kept for the provider's caches, dropped at will.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::generations::Generations;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::recent::Recent;
use crate::session::AgentId;

/// How many chats have their affinities remembered. Past it those of chats that have been silent longest go: their next
/// request chooses anew, and pays the provider for a prompt that is not in that credential's cache.
pub const REMEMBERED: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// The profile that served a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affinity {
    /// The profile.
    pub profile: ProfileId,
}

/// Counts how often a person has pinned something: what was learned of a chat under an older count is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Epoch(u64);

type Chat = (AgentId, Arc<str>);

#[derive(Debug, Default)]
struct Served {
    epoch: Epoch,
    by: Vec<(ProviderId, Affinity)>,
}

/// The affinities of chats, one for each provider that served them: of so many chats, and no more.
#[derive(Debug)]
pub struct AffinityTable {
    chats: Recent<Chat, Served>,
    /// How often somebody has pinned something, in any chat.
    pinned: AtomicU64,
    /// The newest epoch of a chat that had to make room; that of all chats which are not there. A request from before it
    /// may be one from before a pin, and teaches nothing.
    floor: AtomicU64,
    generations: Generations,
}

impl Default for AffinityTable {
    fn default() -> Self {
        Self::within(REMEMBERED)
    }
}

impl AffinityTable {
    /// Affinities of `most` chats at the most.
    #[must_use]
    pub fn within(most: NonZeroUsize) -> Self {
        Self {
            chats: Recent::within(most),
            pinned: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            generations: Generations::default(),
        }
    }

    /// The profile of `provider` that served the chat last.
    #[must_use]
    pub fn of(&self, agent: &AgentId, chat: &Arc<str>, provider: &ProviderId) -> Option<Affinity> {
        let of = |served: &Served| {
            let found = served.by.iter().find(|(by, _)| by == provider);
            found.map(|(_, affinity)| affinity.clone())
        };
        self.chats.look(&(agent.clone(), Arc::clone(chat)), of)?
    }

    /// The epoch of a chat, for a request that begins now.
    #[must_use]
    pub fn epoch(&self, agent: &AgentId, chat: &Arc<str>) -> Epoch {
        let known = self
            .chats
            .look(&(agent.clone(), Arc::clone(chat)), |served| served.epoch);
        known.unwrap_or_else(|| self.floor())
    }

    /// A chat is served as before: it is not among those that have been silent longest.
    pub(crate) fn is_served(&self, agent: &AgentId, chat: &Arc<str>) {
        self.chats.look(&(agent.clone(), Arc::clone(chat)), |_| ());
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
        if self.of(agent, chat, provider).as_ref() == Some(&affinity) {
            return;
        }
        let remember = |served: &mut Served| {
            if served.by.is_empty() && served.epoch == Epoch::default() {
                served.epoch = self.floor();
            }
            if served.epoch != epoch {
                return;
            }
            match served.by.iter_mut().find(|(by, _)| by == provider) {
                Some((_, old)) => *old = affinity,
                None => {
                    // Most chats have one.
                    served.by.reserve_exact(1);
                    served.by.push((provider.clone(), affinity));
                }
            }
        };
        self.change(agent, chat, remember);
    }

    /// Forgets the affinities of a chat: a person has pinned something there.
    pub fn forget(&self, agent: &AgentId, chat: &Arc<str>) {
        self.change(agent, chat, |served| {
            served.epoch = Epoch(self.pinned.fetch_add(1, Ordering::Relaxed) + 1);
            served.by = Vec::new();
        });
    }

    /// Of how many chats something is remembered.
    #[must_use]
    pub fn chats(&self) -> usize {
        self.chats.len()
    }

    /// Counts the changes of a chat, and perhaps of others: while it stays the same, so does [`of`](Self::of), and who is
    /// remembered under the [`epoch`](Self::epoch) that was told then has served after the last pin of the chat. Takes no
    /// lock. What is read after the call is at least as new.
    #[must_use]
    pub fn generation(&self, chat: &str) -> u64 {
        self.generations.of(chat)
    }

    fn floor(&self) -> Epoch {
        Epoch(self.floor.load(Ordering::Acquire))
    }

    fn change(&self, agent: &AgentId, chat: &Arc<str>, change: impl FnOnce(&mut Served)) {
        let mut gone = None;
        self.chats
            .change((agent.clone(), Arc::clone(chat)), change, |(_, chat), served| {
                self.floor.fetch_max(served.epoch.0, Ordering::Release);
                gone = Some(chat);
            });
        self.generations.changed(chat);
        if let Some(gone) = gone {
            self.generations.changed(&gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chat(n: usize) -> Arc<str> {
        Arc::from(format!("chat-{n}"))
    }

    fn by(n: usize) -> Affinity {
        Affinity {
            profile: ProfileId::new(&format!("demo:{n}")),
        }
    }

    fn within(most: usize) -> AffinityTable {
        AffinityTable::within(NonZeroUsize::new(most).expect("not zero"))
    }

    #[test]
    fn the_chats_that_were_silent_longest_are_forgotten_first() {
        let (table, agent, provider) = (within(1_000), AgentId::main(), ProviderId::new("demo"));
        for n in 0..10_000 {
            let (chat, lively) = (chat(n), chat(0));
            table.remember(&agent, &chat, &provider, by(n), table.epoch(&agent, &chat));
            assert_eq!(table.of(&agent, &chat, &provider), Some(by(n)));
            assert_eq!(table.of(&agent, &lively, &provider), Some(by(0)));
        }
        assert!(table.chats() <= 1_000);
        assert_eq!(table.of(&agent, &chat(1), &provider), None);
    }

    #[test]
    fn of_each_provider_the_last_who_served_is_remembered_until_a_person_pins() {
        let (table, agent, chat) = (within(10), AgentId::main(), chat(0));
        let [one, two] = ["one", "two"].map(ProviderId::new);
        let epoch = table.epoch(&agent, &chat);
        let remember = |provider, n, epoch| {
            let before = table.generation(&chat);
            table.remember(&agent, &chat, provider, by(n), epoch);
            table.generation(&chat) > before
        };
        assert!(remember(&one, 1, epoch) && remember(&two, 2, epoch) && remember(&one, 3, epoch));
        assert!(!remember(&one, 3, epoch), "what is known is no change");
        let known = || [&one, &two].map(|provider| table.of(&agent, &chat, provider));
        assert_eq!(known(), [Some(by(3)), Some(by(2))]);

        let before = table.generation(&chat);
        table.forget(&agent, &chat);
        assert!(table.generation(&chat) > before);
        assert_eq!(known(), [None, None]);
        remember(&one, 4, epoch);
        assert_eq!(known(), [None, None], "it began before the pin");
        assert!(remember(&one, 4, table.epoch(&agent, &chat)));
        assert_eq!(known(), [Some(by(4)), None]);
        table.forget(&agent, &Arc::from("another"));
        assert_eq!(table.chats(), 2);
    }

    proptest! {
        /// Whatever had to make room meanwhile: an outcome of a request that began before the last pin of its chat is
        /// never remembered, and there are never more chats than there is room for.
        #[test]
        fn a_request_from_before_the_last_pin_teaches_nothing_though_the_chat_was_forgotten(
            steps in proptest::collection::vec((0..12_usize, 0..3_u8), 1..200),
            most in 1..6_usize,
        ) {
            let (table, agent, provider) = (within(most), AgentId::main(), ProviderId::new("demo"));
            // Per chat: requests under way by when they began, and when a person pinned last.
            let mut begun: [Vec<(usize, Epoch)>; 12] = Default::default();
            let mut pinned = [0; 12];
            for (now, (n, what)) in steps.into_iter().enumerate() {
                let now = now + 1;
                let chat = chat(n);
                match what {
                    0 => begun[n].push((now, table.epoch(&agent, &chat))),
                    1 => {
                        table.forget(&agent, &chat);
                        pinned[n] = now;
                    }
                    _ => {
                        let Some((at, epoch)) = begun[n].pop() else { continue };
                        table.remember(&agent, &chat, &provider, by(at), epoch);
                        let known = table.of(&agent, &chat, &provider);
                        prop_assert!(at > pinned[n] || known != Some(by(at)));
                    }
                }
                prop_assert!(table.chats() <= most);
            }
        }
    }
}
