//! What is news: the same thing is told once in a while, and at once when it had been settled.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::event::{Key, KindName};

/// The most keys that are remembered. Past it the quarter that was told longest ago is forgotten, and may be told again.
const MOST: usize = 4_096;

/// How long after one event another one with the same key is no news.
pub(super) fn window(kind: KindName) -> Duration {
    const HOUR: Duration = Duration::from_secs(3_600);
    match kind {
        // Nothing but a person can end these: once a day is enough.
        KindName::Expiring | KindName::NeedsSignIn => Duration::from_secs(24 * 3_600),
        KindName::RefreshFailed | KindName::AllResting | KindName::FenceCrossed => HOUR,
        KindName::Test => Duration::ZERO,
    }
}

/// What was told, and when.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<Key, Timestamp>);

impl Told {
    /// Whether it is news at `now`; it is then taken as told.
    pub(super) fn tell(&mut self, key: Key, now: Timestamp) -> bool {
        let open = |kind, told: Timestamp| {
            // A clock that was set back does not make an event wait for longer than its window.
            now.since(told).max(told.since(now)) < window(kind)
        };
        if self.0.get(&key).is_some_and(|told| open(key.kind(), *told)) {
            return false;
        }
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            self.0.retain(|key, told| open(key.kind(), *told));
            if self.0.len() >= MOST {
                self.forget_a_quarter();
            }
        }
        self.0.insert(key, now);
        true
    }

    /// A quarter at once, so that most events find room without a search.
    fn forget_a_quarter(&mut self) {
        let mut keys: Vec<(Timestamp, Key)> = self.0.iter().map(|(key, told)| (*told, key.clone())).collect();
        keys.sort_unstable();
        for (_, key) in keys.iter().take(MOST / 4) {
            self.0.remove(key);
        }
    }

    /// Whether there is nothing that could be over.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// It is over: the next one is news.
    pub(super) fn settle(&mut self, key: &Key) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::ProfileId;

    const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

    fn key(name: &str) -> Key {
        Key::of_profile(KindName::RefreshFailed, None, &ProfileId::new(name))
    }

    #[test]
    fn the_number_of_keys_is_bounded_and_what_was_told_last_is_remembered() {
        let mut told = Told::default();
        for n in 0..3 * MOST {
            let now = NOW.after(Duration::from_millis(n as u64));
            assert!(told.tell(key(&n.to_string()), now));
            assert!(!told.tell(key(&n.to_string()), now));
            assert!(told.0.len() <= MOST);
        }
        let hour = NOW.after(Duration::from_secs(3_700));
        assert!(told.tell(key("later"), hour));
        assert_eq!(told.0.len(), 1, "what is over makes room");
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_silence_events() {
        let mut told = Told::default();
        assert!(told.tell(key("a"), NOW));
        let year_before = Timestamp::from_millis(NOW.as_millis() - 365 * 24 * 3_600_000);
        assert!(told.tell(key("a"), year_before));
        assert!(!told.tell(key("a"), year_before));
    }
}
