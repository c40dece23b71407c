//! What is remembered as long as there is room: what nobody has asked for lately goes first.

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;

/// The most lots. Each has a lock of its own.
const LOTS: usize = 64;
/// A lot is not made for fewer than this.
const LEAST: usize = 64;

/// More than this is not counted: how often the hand comes by before an entry goes that nobody asks for any more.
const OFTEN: u8 = 3;

/// A map that never has more than so many entries.
///
/// To make room a hand goes round, and takes the first entry that was not asked for since it last came by; one that was
/// asked for often is passed by a few times (a clock with counts). An answer is remembered or it is not: nothing that
/// somebody relies on belongs here. All calls take one lock of many for a moment.
#[derive(Debug)]
pub struct Recent<K, V> {
    lots: Box<[RwLock<Lot<K, V>>]>,
    /// How many entries a lot has room for.
    room: usize,
    hasher: RandomState,
}

#[derive(Debug)]
struct Lot<K, V> {
    entries: IndexMap<K, Remembered<V>, RandomState>,
    hand: usize,
}

#[derive(Debug, Default)]
struct Remembered<V> {
    value: V,
    /// How often it was asked for, up to [`OFTEN`], less how often the hand came by since.
    asked: AtomicU8,
}

impl<K: Hash + Eq, V: Default> Recent<K, V> {
    /// Room for `most` entries at the most; since each lot has its part of it, it may begin to forget a little before.
    #[must_use]
    pub fn within(most: NonZeroUsize) -> Self {
        let lots = (most.get() / LEAST).clamp(1, LOTS);
        let hasher = RandomState::new();
        let lot = |_| {
            RwLock::new(Lot {
                entries: IndexMap::with_hasher(hasher.clone()),
                hand: 0,
            })
        };
        Self {
            lots: (0..lots).map(lot).collect(),
            room: most.get() / lots,
            hasher,
        }
    }

    /// Shows what is remembered of `key`.
    pub fn look<T>(&self, key: &K, see: impl FnOnce(&V) -> T) -> Option<T> {
        let lot = self.read(key);
        let known = lot.entries.get(key)?;
        known.is_asked_for();
        Some(see(&known.value))
    }

    /// Changes what is remembered of `key`, or what there is at first. `gone` is told what had to make room, before anybody
    /// else can see that it is gone.
    pub fn change<T>(&self, key: K, change: impl FnOnce(&mut V) -> T, gone: impl FnOnce(K, V)) -> T {
        let mut lot = self.write(&key);
        if lot.entries.len() >= self.room
            && !lot.entries.contains_key(&key)
            && let Some((key, value)) = lot.make_room()
        {
            gone(key, value);
        }
        let known = lot.entries.entry(key).or_default();
        known.is_asked_for();
        change(&mut known.value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let of = |lot: &RwLock<Lot<K, V>>| lot.read().unwrap_or_else(PoisonError::into_inner).entries.len();
        self.lots.iter().map(of).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there may be.
    #[must_use]
    pub fn most(&self) -> usize {
        self.room * self.lots.len()
    }

    fn lot(&self, key: &K) -> &RwLock<Lot<K, V>> {
        // The tables within take the lowest bits and the highest ones.
        &self.lots[(self.hasher.hash_one(key) >> 40) as usize % self.lots.len()]
    }

    fn read(&self, key: &K) -> RwLockReadGuard<'_, Lot<K, V>> {
        self.lot(key).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: &K) -> RwLockWriteGuard<'_, Lot<K, V>> {
        self.lot(key).write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Remembered<V> {
    fn is_asked_for(&self) {
        // Written only where it changes something: many may look at the same entry. A count that is lost does no harm.
        let asked = self.asked.load(Ordering::Relaxed);
        if asked < OFTEN {
            self.asked.store(asked + 1, Ordering::Relaxed);
        }
    }
}

impl<K: Hash + Eq, V> Lot<K, V> {
    /// Takes the first entry out that was not asked for lately; at the latest in the last of a few rounds.
    fn make_room(&mut self) -> Option<(K, V)> {
        for _ in 0..=self.entries.len() * usize::from(OFTEN) {
            if self.hand >= self.entries.len() {
                self.hand = 0;
            }
            let (_, entry) = self.entries.get_index_mut(self.hand)?;
            let asked = entry.asked.get_mut();
            if *asked == 0 {
                let (key, gone) = self.entries.swap_remove_index(self.hand)?;
                return Some((key, gone.value));
            }
            *asked -= 1;
            self.hand += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn within(most: usize) -> Recent<u32, u32> {
        Recent::within(NonZeroUsize::new(most).expect("not zero"))
    }

    #[test]
    fn there_are_never_more_than_there_is_room_for() {
        for most in [1, 2, 63, 64, 200, 10_000] {
            let recent = within(most);
            assert!(recent.most() <= most && recent.most() > most - most.min(LOTS));
            let mut gone = 0;
            for n in 0..30_000 {
                recent.change(n, |value| *value = n, |_, _| gone += 1);
                assert!(n % 1_000 != 0 || recent.len() <= most);
            }
            assert!(recent.len() <= most);
            assert_eq!(recent.len() + gone, 30_000);
        }
    }

    #[test]
    fn what_is_asked_for_again_and_again_stays() {
        let recent = within(64);
        recent.change(0, |value| *value = 7, |_, _| {});
        for n in 1..10_000 {
            recent.change(n, |_| (), |_, _| {});
            assert_eq!(recent.look(&0, |value| *value), Some(7));
        }
    }

    proptest! {
        /// Against a plain map: what is remembered is what was last said, and what is not there was told to be gone.
        #[test]
        fn what_is_remembered_is_what_was_said(
            steps in proptest::collection::vec((0..40_u32, any::<u32>()), 1..400),
            most in 1..30_usize,
        ) {
            let (recent, mut map) = (within(most), std::collections::HashMap::new());
            for (key, value) in steps {
                let mut gone = None;
                recent.change(key, |there| *there = value, |key, value| gone = Some((key, value)));
                map.insert(key, value);
                if let Some((key, value)) = gone {
                    prop_assert_eq!(map.remove(&key), Some(value));
                }
                for key in 0..40 {
                    prop_assert_eq!(recent.look(&key, |value| *value), map.get(&key).copied());
                }
            }
            prop_assert_eq!(recent.len(), map.len());
        }
    }
}
