//! How fast everything is read, so that a thousand machines that do it at once leave the server room for changes.
//!
//! A step is short at first, and longer while the server is quick. Where it is not, others ask it, too: steps become short
//! again, and most of the time is left to them.

use std::time::Duration;

/// How many names the first step looks at: of a thousand machines, all first steps together take a tenth of a second.
const FIRST: usize = 50;
/// How many names a step looks at where nobody else is there: about two milliseconds of the server's time.
const MOST: usize = 1_000;
/// A server that takes longer for a question is busy.
const QUICK: Duration = Duration::from_millis(10);
/// How much longer than for a step it is waited before the next one where the server is busy.
const LEFT_TO_OTHERS: u32 = 4;
/// How often a step that is not answered in time is asked again.
const AGAIN: u32 = 5;

/// The pace of one reading.
#[derive(Debug)]
pub(super) struct Pace {
    count: usize,
    unanswered: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            count: FIRST,
            unanswered: 0,
        }
    }
}

impl Pace {
    /// How many names the next step looks at.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The server took so long to answer; how long to leave it to others.
    pub(super) fn took(&mut self, took: Duration) -> Duration {
        self.unanswered = 0;
        if took <= QUICK {
            self.count = (self.count * 2).min(MOST);
            return Duration::ZERO;
        }
        self.count = (self.count / 2).max(FIRST);
        took * LEFT_TO_OTHERS
    }

    /// A step was not answered, which was waited for so long; how long to wait before it is asked again. Nothing if that
    /// has no use any more.
    pub(super) fn was_unanswered(&mut self, waited: Duration) -> Option<Duration> {
        self.count = FIRST;
        self.unanswered += 1;
        (self.unanswered <= AGAIN).then_some(waited * LEFT_TO_OTHERS)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_server_that_is_quick_is_asked_for_more_and_a_busy_one_for_less_and_seldom() {
        let mut pace = Pace::default();
        let mut counts = Vec::new();
        for _ in 0..6 {
            counts.push(pace.count());
            assert_eq!(pace.took(MS), Duration::ZERO);
        }
        assert_eq!(counts, [50, 100, 200, 400, 800, 1_000]);
        assert_eq!(pace.took(50 * MS), 200 * MS);
        assert_eq!(pace.count(), 500);
        for _ in 0..9 {
            pace.took(50 * MS);
        }
        assert_eq!(pace.count(), FIRST);
    }

    /// A server that does one thing after the other, and machines that read it all at once.
    #[test]
    fn a_thousand_machines_that_read_everything_leave_room_for_changes() {
        /// What the server takes for a name, in microseconds.
        const NAME: u64 = 2;
        let mut paces: Vec<Pace> = (0..1_000).map(|_| Pace::default()).collect();
        // When each asks the next time.
        let mut asking: BTreeSet<(u64, usize)> = (0..1_000).map(|machine| (0, machine)).collect();
        let (mut free_at, mut longest, mut late) = (0_u64, 0, 0);
        for step in 0..50_000 {
            let (asked_at, machine) = asking.pop_first().expect("there are some");
            let pace = &mut paces[machine];
            free_at = free_at.max(asked_at) + NAME * pace.count() as u64;
            let took = free_at - asked_at;
            let wait = pace.took(Duration::from_micros(took)).as_micros();
            asking.insert((free_at + u64::try_from(wait).expect("it is short"), machine));
            if step > 10_000 {
                longest = longest.max(took);
                late += u64::from(took > 100_000);
            }
        }
        assert!(longest < 200_000, "{longest} µs: a heartbeat is answered in time");
        assert_eq!(late, 0, "a change is made in time");
    }

    #[test]
    fn a_step_that_is_not_answered_is_asked_again_and_not_for_ever() {
        let mut pace = Pace::default();
        for _ in 0..AGAIN {
            assert_eq!(pace.was_unanswered(200 * MS), Some(800 * MS));
        }
        assert_eq!(pace.was_unanswered(200 * MS), None);
        pace.took(MS);
        assert!(
            pace.was_unanswered(200 * MS).is_some(),
            "it counts those in a row"
        );
    }
}
