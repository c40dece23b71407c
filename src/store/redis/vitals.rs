//! What became of changes and news since this process began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What became of changes and news since this process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vitals {
    /// How often all pins were read anew: at the beginning, and after each break in which news may have been lost.
    pub resyncs: u64,
    /// How many changes of pins were refused because the server was away, full, or too slow.
    pub refused: u64,
    /// How many changes are in doubt now: the answer was lost, and they are taken back when the server can be asked.
    pub doubts: u64,
    /// How many refused changes had been made, and were taken back.
    pub taken_back: u64,
    /// How long it takes from a publish until it is heard, by messages of this process to itself. While one is not heard,
    /// it grows. `None` before the first.
    pub lag: Option<Duration>,
}

/// The counts behind [`Vitals`].
#[derive(Debug, Default)]
pub(super) struct Counts {
    resyncs: AtomicU64,
    refused: AtomicU64,
    taken_back: AtomicU64,
    pulse: Mutex<Pulse>,
}

/// The messages to oneself.
#[derive(Debug, Default)]
struct Pulse {
    number: u64,
    /// When the last one went out, as long as it was not heard.
    unheard: Option<Instant>,
    lag: Option<Duration>,
}

impl Counts {
    pub(super) fn resynced(&self) {
        self.resyncs.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn taken_back(&self) {
        self.taken_back.fetch_add(1, Ordering::Relaxed);
    }

    /// A message to oneself goes out; its number. One that is not heard goes on counting from where it went out.
    pub(super) fn sent(&self) -> u64 {
        let mut pulse = self.pulse();
        pulse.number += 1;
        pulse.unheard.get_or_insert_with(Instant::now);
        pulse.number
    }

    /// A message to oneself was heard.
    pub(super) fn heard(&self, number: u64) {
        let mut pulse = self.pulse();
        if number == pulse.number
            && let Some(sent) = pulse.unheard.take()
        {
            pulse.lag = Some(sent.elapsed());
        }
    }

    /// Whether the last message to oneself was heard.
    pub(super) fn is_heard(&self) -> bool {
        self.pulse().unheard.is_none()
    }

    pub(super) fn vitals(&self, doubts: usize) -> Vitals {
        let pulse = self.pulse();
        let waiting = pulse.unheard.map(|sent| sent.elapsed());
        Vitals {
            resyncs: self.resyncs.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            doubts: doubts as u64,
            taken_back: self.taken_back.load(Ordering::Relaxed),
            lag: pulse.lag.max(waiting),
        }
    }

    fn pulse(&self) -> MutexGuard<'_, Pulse> {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_nobody_hears_counts_from_where_it_went_out() {
        let counts = Counts::default();
        assert_eq!(counts.vitals(0).lag, None);
        let first = counts.sent();
        assert!(!counts.is_heard());
        let second = counts.sent();
        counts.heard(first);
        assert!(!counts.is_heard(), "the first one comes too late to count");
        assert!(counts.vitals(0).lag.is_some());
        counts.heard(second);
        assert!(counts.is_heard());
        let lag = counts.vitals(3).lag;
        assert!(
            lag.is_some() && counts.vitals(3).lag == lag,
            "it stays until the next"
        );
        assert_eq!(counts.vitals(3).doubts, 3);
    }
}
