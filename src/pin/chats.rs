//! The records of all chats, by name.
//!
//! Many small tables, each behind a lock of its own: a look holds one of them for reading, and when one has to grow, the
//! others go on. An entry is one piece of memory that has name and record side by side: a look among millions goes to
//! memory that nobody has touched lately three times, as in a bare `DashMap`, and the tables themselves stay small.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Place;

use super::kept::{Holds, Kept};
use super::name::Name;
use super::record::Record;
use crate::clock::Timestamp;
use crate::session::AgentId;

/// How many tables there are. At ten million chats one of them has to move forty thousand entries when it grows.
const LOTS: usize = 256;

/// The records of chats.
#[derive(Debug)]
pub(super) struct Chats {
    lots: Box<[Lot]>,
    hasher: RandomState,
}

/// On cache lines of its own, so that the locks do not disturb each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Lot(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    entries: HashTable<Box<Entry>>,
    standing: Standing,
}

#[derive(Debug)]
struct Entry {
    name: Name,
    kept: Kept,
}

/// How many of the records hold a pin: counted as they are put in, so that nobody has to look at all of them.
#[derive(Debug, Default)]
struct Standing {
    always: usize,
    until: BTreeMap<Timestamp, usize>,
}

/// What a new record may take the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over<'a> {
    /// Of one that is older.
    Older,
    /// Of this one, and of no other.
    This(&'a Record),
}

impl Over<'_> {
    /// Whether `kept` takes the place of what is there.
    pub(super) fn takes(self, there: &Kept, kept: &Kept) -> bool {
        match self {
            Self::Older => there.version() < kept.version(),
            Self::This(record) => there.record() == *record,
        }
    }
}

impl Default for Chats {
    fn default() -> Self {
        Self {
            lots: (0..LOTS).map(|_| Lot::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Chats {
    /// Shows a record where it lies. One lot is locked for reading meanwhile.
    pub(super) fn look<T>(&self, agent: &AgentId, chat: &str, see: impl FnOnce(&Kept) -> T) -> Option<T> {
        let hash = self.hash(agent.as_str(), chat);
        let table = self.lot(hash).read();
        let entry = table.entries.find(hash, |entry| entry.name.is(agent, chat))?;
        Some(see(&entry.kept))
    }

    /// Puts a record in place, if it may take the place of what is there; tells whether it did.
    pub(super) fn put(&self, agent: &AgentId, chat: &str, kept: Kept, over: Over<'_>) -> bool {
        let hash = self.hash(agent.as_str(), chat);
        let mut table = self.lot(hash).write();
        let Table { entries, standing } = &mut *table;
        match entries.entry(
            hash,
            |entry| entry.name.is(agent, chat),
            |entry| self.of_entry(entry),
        ) {
            Place::Occupied(mut there) => {
                let there = &mut there.get_mut().kept;
                if !over.takes(there, &kept) {
                    return false;
                }
                standing.leaves(there.holds());
                standing.comes(kept.holds());
                *there = kept;
            }
            Place::Vacant(place) => {
                standing.comes(kept.holds());
                let name = Name::new(agent, chat);
                place.insert(Box::new(Entry { name, kept }));
            }
        }
        true
    }

    /// Makes room for so many more, which names divide among the lots nearly evenly.
    pub(super) fn reserve(&self, more: usize) {
        for lot in &self.lots {
            let mut table = lot.write();
            table.entries.reserve(more / LOTS, |entry| self.of_entry(entry));
        }
    }

    fn of_entry(&self, entry: &Entry) -> u64 {
        let (agent, chat) = entry.name.parts();
        self.hash(agent, chat)
    }

    /// Shows all of them, in no order, with agent and chat; one lot is locked for reading at a time.
    pub(super) fn each(&self, mut see: impl FnMut(&str, &str, &Kept)) {
        for lot in &self.lots {
            for entry in &lot.read().entries {
                let (agent, chat) = entry.name.parts();
                see(agent, chat, &entry.kept);
            }
        }
    }

    /// How many of them hold a pin at `now`. It looks at none.
    pub(super) fn holding(&self, now: Timestamp) -> usize {
        let of = |lot: &Lot| lot.read().standing.at(now);
        self.lots.iter().map(of).sum()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lots.iter().map(|lot| lot.read().entries.len()).sum()
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        for lot in &self.lots {
            *lot.write() = Table::default();
        }
    }

    fn hash(&self, agent: &str, chat: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(chat.as_bytes());
        // No part has a byte that ends another: `0xff` is in no text.
        hasher.write_u8(0xff);
        hasher.write(agent.as_bytes());
        hasher.finish()
    }

    fn lot(&self, hash: u64) -> &Lot {
        // The tables take the lowest bits and the highest ones.
        &self.lots[(hash >> 40) as usize % LOTS]
    }
}

impl Lot {
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn comes(&mut self, holds: Holds) {
        match holds {
            Holds::Nothing => {}
            Holds::Until(end) => *self.until.entry(end).or_default() += 1,
            Holds::Always => self.always += 1,
        }
    }

    fn leaves(&mut self, holds: Holds) {
        match holds {
            Holds::Nothing => {}
            Holds::Until(end) => {
                if let Some(count) = self.until.get_mut(&end) {
                    *count -= 1;
                    if *count == 0 {
                        self.until.remove(&end);
                    }
                }
            }
            Holds::Always => self.always -= 1,
        }
    }

    fn at(&self, now: Timestamp) -> usize {
        // A pin is over at its end.
        let after = (std::ops::Bound::Excluded(now), std::ops::Bound::Unbounded);
        self.always + self.until.range(after).map(|(_, count)| count).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::shares::Shares;
    use super::*;

    #[test]
    fn chats_are_spread_over_the_lots_and_share_no_hash() {
        let (chats, shares) = (Chats::default(), Shares::default());
        for n in 0..LOTS * 40 {
            let kept = Kept::pack(Record::default(), &shares);
            chats.put(&AgentId::main(), &n.to_string(), kept, Over::Older);
        }
        let fullest = chats.lots.iter().map(|lot| lot.read().entries.len()).max();
        assert!(fullest < Some(40 * 4), "{fullest:?}");
        let agents = ["main", "two"];
        let hashes: Vec<u64> = agents.map(|agent| chats.hash(agent, "chat")).into();
        assert_ne!(hashes[0], hashes[1]);
    }
}
