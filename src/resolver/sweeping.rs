//! Dropping what counts for nothing any more, so that what is learned does not grow for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::echo::causes;

use super::learning::Learning;

/// The time between two sweeps.
const EVERY: Duration = Duration::from_secs(3_600);

/// When the last sweep was.
#[derive(Debug)]
pub(crate) struct Swept(AtomicI64);

impl Default for Swept {
    /// Never.
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Swept {
    /// Whether the time has come, of which one caller is told.
    fn is_due(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let next = Timestamp::from_millis(last).after(EVERY);
        // A clock that was set back is no reason to wait for it.
        let is_due = last == i64::MIN || now >= next || now.as_millis() < last;
        let set = |is| {
            self.0
                .compare_exchange(last, is, Ordering::Relaxed, Ordering::Relaxed)
        };
        is_due && set(now.as_millis()).is_ok()
    }
}

impl Learning {
    /// Drops the failures that count for nothing any more, here and in the store, if it was not done for an hour.
    pub(super) fn sweep(&self) {
        let now = self.clock.now();
        // The store has what we have. Where we have nothing to drop it is left in peace: a process that only looks
        // writes nothing.
        if !self.swept.is_due(now) || self.ledger.sweep(now) == 0 {
            return;
        }
        let (store, window) = (Arc::clone(&self.kept.ledger), self.ledger.failure_window());
        self.writes.begin(self.writes.one_more(), async move {
            if let Err(broken) = store.sweep(now, window).await {
                tracing::debug!(error = %causes(&broken), "what counts for nothing any more stays in the store");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_due_at_first_and_every_hour_and_once() {
        let (swept, hour) = (Swept::default(), 3_600_000);
        let is_due = |ms| swept.is_due(Timestamp::from_millis(ms));
        let asked = [0, 0, hour - 1, hour, hour, 5 * hour, 2 * hour, 3 * hour - 1];
        let told = asked.map(is_due);
        assert_eq!(told, [true, false, false, true, false, true, true, false]);
    }
}
