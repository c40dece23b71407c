//! The server's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::{Clock, SystemClock, Timestamp};

/// How far the server's clock is ahead of this machine's, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Offset(AtomicI64);

impl Offset {
    /// The server's clock stood at `server` between these two moments of ours.
    pub(super) fn learn(&self, server: Timestamp, asked: Timestamp, answered: Timestamp) {
        let middle = i64::midpoint(asked.as_millis(), answered.as_millis());
        let ahead = server.as_millis().saturating_sub(middle);
        self.0.store(ahead, Ordering::Relaxed);
    }

    pub(super) fn ahead(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The time that all machines of a fleet go by.
///
/// It is this machine's clock, set right by the server's at every heartbeat, to about half a round trip. While the server is
/// away it goes on as it was set last.
#[derive(Debug, Clone)]
pub struct ServerClock(pub(super) Arc<Offset>);

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        let here = SystemClock.now().as_millis();
        Timestamp::from_millis(here.saturating_add(self.0.ahead()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_whose_clocks_differ_by_minutes_tell_the_same_time() {
        let at = Timestamp::from_millis;
        for wrong in [-300_000, 0, 300_000] {
            let offset = Offset::default();
            offset.learn(
                at(1_000_000),
                at(1_000_000 + wrong - 5),
                at(1_000_000 + wrong + 5),
            );
            assert_eq!(offset.ahead(), -wrong);
        }
    }
}
