//! The pins in memory, before whatever store keeps them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use super::chats::{Chats, Over};
use super::generations::Generations;
use super::kept::{Holds, Kept};
use super::key::{ScopeKey, ScopeName};
use super::merge::{Effective, Merge};
use super::plain::Plain;
use super::record::{End, Record, Version};
use super::shares::{Shares, What};
use crate::clock::Timestamp;
use crate::session::{AgentId, Scope, SessionKey};

/// A record by rank, by age, and by name so that there is one order.
type Ranked = ((u8, Reverse<Option<Timestamp>>, ScopeKey), Arc<Record>);

/// Every scope's record, shared by all threads.
///
/// There may be millions: records are packed, and what many chats ask for alike is kept once (`kept.rs`, `shares.rs`).
/// A look takes the read lock of one of many lots and copies out what is asked for. Nothing is ever evicted.
#[derive(Debug, Default)]
pub struct PinTable {
    chats: Chats,
    wide: ArcSwap<Wide>,
    shares: Shares,
    generations: Generations,
    /// Counts the changes of agents' and global pins.
    wide_generation: AtomicU64,
}

/// The records of agents and of all chats: few, seldom changed, and looked at with every request.
#[derive(Debug, Clone, Default)]
struct Wide {
    agents: HashMap<AgentId, Arc<Kept>>,
    global: Option<Arc<Kept>>,
}

impl PinTable {
    /// The record of one scope, unpacked. For a look at what holds, [`effective`](Self::effective) copies less.
    #[must_use]
    pub fn record(&self, key: &ScopeKey) -> Option<Arc<Record>> {
        let record = match key {
            ScopeKey::Session(agent, chat) => self.chats.look(agent, chat, Kept::record)?,
            ScopeKey::Agent(agent) => self.wide.load().agents.get(agent)?.record(),
            ScopeKey::Global => self.wide.load().global.as_deref()?.record(),
        };
        Some(Arc::new(record))
    }

    /// Puts a committed record in place, unless it is there already or a newer one is: commits may arrive out of order, and
    /// twice. One of the same version stays as it is, with what was noted on it in memory alone.
    pub fn put(&self, key: ScopeKey, record: Record) {
        self.lay(&key, record, Over::Older);
    }

    /// Puts the record of a chat in place as [`put`](Self::put) does, for a store that reads millions.
    pub fn put_plain(&self, agent: &AgentId, chat: &str, plain: Plain<'_>) {
        self.chats.put(agent, chat, Kept::plain(plain), Over::Older);
        self.generations.changed(chat);
    }

    /// What is asked for, shared by all records of this table that ask for the same.
    #[must_use]
    pub fn share(&self, what: What) -> Arc<What> {
        self.shares.share(what)
    }

    /// Makes room for so many more chats at once, instead of a little at a time while they are put in.
    pub fn reserve(&self, chats: usize) {
        self.chats.reserve(chats);
    }

    /// Puts a record in the place of `old`, whatever its version, or where there is none. If another one is there by now,
    /// that one stays: `false`.
    pub fn exchange(&self, key: &ScopeKey, old: &Record, record: Record) -> bool {
        self.lay(key, record, Over::This(old))
    }

    fn lay(&self, key: &ScopeKey, record: Record, over: Over<'_>) -> bool {
        let kept = Kept::pack(record, &self.shares);
        match key {
            ScopeKey::Session(agent, chat) => {
                let laid = self.chats.put(agent, chat, kept, over);
                self.generations.changed(chat);
                laid
            }
            ScopeKey::Agent(_) | ScopeKey::Global => {
                let kept = Arc::new(kept);
                let mut laid = false;
                self.wide.rcu(|wide| {
                    let mut next = Wide::clone(wide);
                    laid = next.of(key).is_none_or(|there| over.takes(there, &kept));
                    if laid {
                        next.set(key, Arc::clone(&kept));
                    }
                    next
                });
                self.wide_generation.fetch_add(1, Ordering::Release);
                laid
            }
        }
    }

    /// Counts the changes of everything that holds for a chat, and perhaps some more: while it stays the same, so does what
    /// is pinned there, but for what ends by itself. Takes no lock. What is read after the call is at least as new.
    #[must_use]
    pub fn generation(&self, session: &SessionKey) -> u64 {
        let chats = std::iter::successors(Some(session), |session| session.parent());
        // Each of them only grows: no two of them make up for each other.
        chats.fold(self.wide_generation(), |sum, session| {
            sum.wrapping_add(self.generations.of(session.chat()))
        })
    }

    /// The same for what is pinned for agents and for all.
    #[must_use]
    pub fn wide_generation(&self) -> u64 {
        self.wide_generation.load(Ordering::Acquire)
    }

    /// Shows the record of one chat where it lies: nothing is copied, and one lot is locked for reading meanwhile.
    pub fn look<T>(&self, agent: &AgentId, chat: &str, see: impl FnOnce(&Kept) -> T) -> Option<T> {
        self.chats.look(agent, chat, see)
    }

    /// When the next pin that holds for a chat ends by itself.
    #[must_use]
    pub fn next_end(&self, session: &SessionKey, agent: &AgentId, now: Timestamp) -> Option<Timestamp> {
        let next = |kept: &Kept| {
            let ends = kept.passing().filter_map(|pin| match pin.end {
                End::At(end) => Some(end),
                End::Never | End::NextRequest => None,
            });
            ends.filter(|end| *end > now).min()
        };
        let chats = std::iter::successors(Some(session), |session| session.parent());
        let of_chats = chats.filter_map(|session| self.chats.look(agent, session.chat(), next)?);
        let wide = self.wide.load();
        let of_wide = wide.above(agent).filter_map(|(_, kept)| next(kept));
        of_chats.chain(of_wide).min()
    }

    /// The records that are newer than the version that `known` tells of their scope.
    #[must_use]
    pub fn newer_than(&self, known: impl Fn(&ScopeKey) -> Version) -> Vec<(ScopeKey, Record)> {
        let mut newer = Vec::new();
        let mut see = |key: ScopeKey, kept: &Kept| {
            if kept.version() > known(&key) {
                newer.push((key, kept.record()));
            }
        };
        self.chats.each(|agent, chat, kept| {
            if let Ok(agent) = AgentId::new(agent) {
                see(ScopeKey::Session(agent, Arc::from(chat)), kept);
            }
        });
        let wide = self.wide.load();
        for (agent, kept) in &wide.agents {
            see(ScopeKey::Agent(agent.clone()), kept);
        }
        if let Some(kept) = &wide.global {
            see(ScopeKey::Global, kept);
        }
        newer
    }

    /// What is pinned for a chat at `now`.
    #[must_use]
    pub fn effective(&self, session: &SessionKey, agent: &AgentId, now: Timestamp) -> Effective {
        let mut merge = Merge::default();
        for session in std::iter::successors(Some(session), |session| session.parent()) {
            if merge.wants(Scope::Session) {
                let key = || ScopeKey::of(Scope::Session, session, agent);
                self.chats
                    .look(agent, session.chat(), |kept| merge.take(&key, kept.holding(now)));
            }
        }
        let wide = self.wide.load();
        for (scope, kept) in wide.above(agent) {
            merge.take(&|| ScopeKey::of(scope, session, agent), kept.holding(now));
        }
        merge.all()
    }

    /// How many chats that `wanted` picks, by agent and chat, hold a pin at `now`. It looks at all there are: one lot is
    /// locked at a time, and nothing is copied out.
    #[must_use]
    pub fn count(&self, now: Timestamp, wanted: impl Fn(&str, &str) -> bool) -> usize {
        let mut count = 0;
        self.chats.each(|agent, chat, kept| {
            count += usize::from(kept.holding(now).any(|pin| !pin.is_empty()) && wanted(agent, chat));
        });
        count
    }

    /// Scopes that hold a pin at `now`: the first `most` of them by the rank that `rank` gives, and of one rank the newest
    /// first; those without a rank are left out. And how many there are in all.
    ///
    /// It looks at everything there is, which takes a while where that is much; one lot is locked at a time, and no more
    /// is copied out than can be among the first.
    pub fn first(
        &self,
        now: Timestamp,
        most: usize,
        rank: impl Fn(ScopeName<'_>) -> Option<u8>,
    ) -> (Vec<(ScopeKey, Arc<Record>)>, usize) {
        let mut found = First::new(now, most);
        self.chats.each(|agent, chat, kept| {
            let key = || AgentId::new(agent).map(|agent| ScopeKey::Session(agent, Arc::from(chat)));
            // It was an agent's id before it was packed.
            found.see(kept, rank(ScopeName::Session(agent, chat)), || key().ok());
        });
        let wide = self.wide.load();
        for (agent, kept) in &wide.agents {
            let key = || Some(ScopeKey::Agent(agent.clone()));
            found.see(kept, rank(ScopeName::Agent(agent.as_str())), key);
        }
        if let Some(kept) = &wide.global {
            found.see(kept, rank(ScopeName::Global), || Some(ScopeKey::Global));
        }
        found.told()
    }

    /// How many scopes of each kind hold a pin at `now`: sessions, agents, global. The sessions are counted as they are
    /// put in: however many there are, asking takes as long.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> [usize; 3] {
        let holds = |kept: &Arc<Kept>| match kept.holds() {
            Holds::Nothing => false,
            Holds::Until(end) => now < end,
            Holds::Always => true,
        };
        let wide = self.wide.load();
        [
            self.chats.holding(now),
            wide.agents.values().filter(|kept| holds(kept)).count(),
            usize::from(wide.global.as_ref().is_some_and(holds)),
        ]
    }

    /// How many scopes have a record, whether it holds a pin or only remembers what was taken back.
    #[must_use]
    pub fn len(&self) -> usize {
        let wide = self.wide.load();
        self.chats.len() + wide.agents.len() + usize::from(wide.global.is_some())
    }

    /// Whether no scope has a record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all records: they are read again from the beginning.
    pub fn clear(&self) {
        self.chats.clear();
        self.wide.store(Arc::default());
        self.generations.all_changed();
        self.wide_generation.fetch_add(1, Ordering::Release);
    }
}

impl Wide {
    fn of(&self, key: &ScopeKey) -> Option<&Arc<Kept>> {
        match key {
            ScopeKey::Agent(agent) => self.agents.get(agent),
            ScopeKey::Session(..) | ScopeKey::Global => self.global.as_ref(),
        }
    }

    fn set(&mut self, key: &ScopeKey, kept: Arc<Kept>) {
        match key {
            ScopeKey::Agent(agent) => drop(self.agents.insert(agent.clone(), kept)),
            ScopeKey::Session(..) | ScopeKey::Global => self.global = Some(kept),
        }
    }

    /// What holds for the chats of an agent, the narrower one first.
    fn above(&self, agent: &AgentId) -> impl Iterator<Item = (Scope, &Kept)> {
        let of_agent = self.agents.get(agent).map(|kept| (Scope::Agent, &**kept));
        let of_all = self.global.as_deref().map(|kept| (Scope::Global, kept));
        of_agent.into_iter().chain(of_all)
    }
}

/// The first of many, while they are looked at.
struct First {
    now: Timestamp,
    most: usize,
    count: usize,
    found: Vec<Ranked>,
    /// What the next one has to come before, once there are enough.
    bar: Option<(u8, Reverse<Option<Timestamp>>)>,
}

impl First {
    fn new(now: Timestamp, most: usize) -> Self {
        Self {
            now,
            most,
            count: 0,
            found: Vec::new(),
            bar: None,
        }
    }

    fn see(&mut self, kept: &Kept, rank: Option<u8>, key: impl FnOnce() -> Option<ScopeKey>) {
        let (Some(rank), Some(pin)) = (rank, kept.holding(self.now).find(|pin| !pin.is_empty())) else {
            return;
        };
        self.count += 1;
        let age = (rank, Reverse(pin.at));
        if self.bar.is_some_and(|bar| bar < age) {
            return;
        }
        let Some(key) = key() else { return };
        self.found.push(((age.0, age.1, key), Arc::new(kept.record())));
        if self.found.len() >= self.most.saturating_mul(4).max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.found.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.found.truncate(self.most);
        if self.found.len() == self.most {
            self.bar = self.found.last().map(|((rank, at, _), _)| (*rank, *at));
        }
    }

    fn told(mut self) -> (Vec<(ScopeKey, Arc<Record>)>, usize) {
        self.cut();
        let found = self.found.into_iter().map(|((_, _, key), record)| (key, record));
        (found.collect(), self.count)
    }
}

#[cfg(test)]
mod tests;
