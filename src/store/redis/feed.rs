//! What others have changed, until it is asked for.

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use tokio::sync::Notify;

/// The most changes that wait. Where there are more, everything is read anew, which is less.
const MOST: usize = 100_000;

/// The changes of one kind of record.
#[derive(Debug)]
pub(super) struct Feed<K, V> {
    waiting: Mutex<Waiting<K, V>>,
    /// Rung when there may be something.
    bell: Arc<Notify>,
}

#[derive(Debug)]
struct Waiting<K, V> {
    changes: IndexMap<K, V>,
    /// Whether messages were lost, so that changes alone do not tell it all.
    hole: Hole,
    mark: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    No,
    Yes,
}

/// What is new.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum New<K, V> {
    /// These were changed.
    Changes(Vec<(K, V)>),
    /// Nobody knows: read everything.
    Unknown,
}

impl<K: Hash + Eq, V> Feed<K, V> {
    /// At first nothing is known.
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                changes: IndexMap::new(),
                hole: Hole::Yes,
                mark: 0,
            }),
            bell: Arc::default(),
        }
    }

    /// Rings when there may be something new. Rings that nobody waited for are one.
    pub(super) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// A change was heard of, or made here. `newer` says what is left of two.
    pub(super) fn heard(&self, key: K, value: V, newer: impl FnOnce(V, V) -> V) {
        let mut waiting = self.waiting();
        let value = match waiting.changes.swap_remove(&key) {
            Some(before) => newer(before, value),
            None => value,
        };
        waiting.changes.insert(key, value);
        if waiting.changes.len() > MOST {
            waiting.changes.clear();
            waiting.hole = Hole::Yes;
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Messages may have been lost.
    pub(super) fn lost(&self) {
        self.waiting().hole = Hole::Yes;
        self.bell.notify_one();
    }

    /// What is new since the question that was answered with the mark `since`, and the mark of this one: larger each time
    /// that there is something. Whoever did not take the last answer in comes with an older mark, and nobody knows any more
    /// what that answer was.
    ///
    /// Changes that are heard of while everything is read are told by the next question.
    pub(super) fn take(&self, since: u64) -> (New<K, V>, u64) {
        let mut waiting = self.waiting();
        let changes = std::mem::take(&mut waiting.changes);
        let mut hole = std::mem::replace(&mut waiting.hole, Hole::No);
        if since != waiting.mark {
            hole = Hole::Yes;
        }
        if hole == Hole::Yes || !changes.is_empty() {
            waiting.mark += 1;
        }
        let mark = waiting.mark;
        match hole {
            Hole::Yes => (New::Unknown, mark),
            Hole::No => (New::Changes(changes.into_iter().collect()), mark),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<K, V>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_hole_everything_is_read_and_nothing_heard_meanwhile_is_lost() {
        let feed = Feed::new();
        feed.heard("a", 1, u32::max);
        assert_eq!(feed.take(0), (New::Unknown, 1), "at first nothing is known");
        feed.heard("a", 3, u32::max);
        feed.heard("a", 2, u32::max);
        feed.heard("b", 1, u32::max);
        let (New::Changes(mut told), 2) = feed.take(1) else {
            panic!("changes are told")
        };
        told.sort_unstable();
        assert_eq!(told, [("a", 3), ("b", 1)], "the newer one of two is left");
        assert_eq!(feed.take(2), (New::Changes(Vec::new()), 2));
        feed.lost();
        feed.heard("c", 1, u32::max);
        assert_eq!(feed.take(2), (New::Unknown, 3));
        feed.heard("d", 1, u32::max);
        assert_eq!(feed.take(3), (New::Changes(vec![("d", 1)]), 4));
    }

    #[test]
    fn an_answer_that_was_not_taken_in_is_given_again_as_everything() {
        let feed = Feed::new();
        assert_eq!(feed.take(0), (New::Unknown, 1));
        feed.heard("a", 1, u32::max);
        assert_eq!(feed.take(1), (New::Changes(vec![("a", 1)]), 2));
        assert_eq!(feed.take(1), (New::Unknown, 3), "the second answer was lost");
        assert_eq!(feed.take(3), (New::Changes(Vec::new()), 3));
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_by_what_is_heard_before_or_after() {
        let feed = Feed::new();
        let bell = feed.bell();
        feed.heard("a", 1, u32::max);
        feed.heard("b", 1, u32::max);
        bell.notified().await;
        let waits = tokio::spawn(async move { bell.notified().await });
        feed.lost();
        waits.await.expect("it is woken");
    }

    #[test]
    fn what_nobody_asks_for_does_not_fill_the_memory() {
        let feed = Feed::new();
        let _all = feed.take(0);
        for key in 0..=MOST {
            feed.heard(key, (), |_, new| new);
        }
        assert_eq!(feed.take(1).0, New::Unknown);
    }
}
