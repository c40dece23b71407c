//! Which chats have changed since somebody looked: counters that are read without a lock.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHasher;

/// How many counters there are. Chats that share one are taken for changed together, which costs a look and nothing else.
const COUNTERS: usize = 2_048;

/// Counts the changes of chats, many chats to a counter. Counters only grow: where a sum of them is the same as before,
/// nothing has changed.
#[derive(Debug)]
pub(crate) struct Generations(Box<[AtomicU64]>);

impl Default for Generations {
    fn default() -> Self {
        Self((0..COUNTERS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Generations {
    /// The counter of a chat. What is read after this call is at least as new as the count.
    pub(crate) fn of(&self, chat: &str) -> u64 {
        self.counter(chat).load(Ordering::Acquire)
    }

    /// A chat has changed: called after the change can be seen, and before anybody is told that it was made.
    pub(crate) fn changed(&self, chat: &str) {
        self.counter(chat).fetch_add(1, Ordering::Release);
    }

    /// All chats have changed.
    pub(crate) fn all_changed(&self) {
        for counter in &self.0 {
            counter.fetch_add(1, Ordering::Release);
        }
    }

    fn counter(&self, chat: &str) -> &AtomicU64 {
        &self.0[place(chat, self.0.len())]
    }
}

/// The place of a chat among `places`, of which there is a power of two.
pub(crate) fn place(chat: &str, places: usize) -> usize {
    let mut hasher = FxHasher::default();
    chat.hash(&mut hasher);
    // The remainder is less than `places`.
    (hasher.finish() as usize) & (places - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_others_are_taken_for_changed_with_a_chat() {
        let generations = Generations::default();
        generations.changed("chat-0");
        let changed = |n: &u32| generations.of(&format!("chat-{n}")) > 0;
        let with_it = (0..1_000).filter(changed).count();
        assert!((1..=8).contains(&with_it), "{with_it}");
        generations.all_changed();
        assert_eq!((0..1_000).filter(changed).count(), 1_000);
    }

    #[test]
    fn a_change_is_counted_for_its_chat() {
        let generations = Generations::default();
        let before = generations.of("telegram:42");
        generations.changed("telegram:42");
        assert!(generations.of("telegram:42") > before);
    }
}
