//! What is known of one kind of failure: a value that copies of it can be joined to, in any order.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::outcome::FailureClass;
use crate::profile::AccountId;

/// How long a trial may take before somebody else may try: whoever began it may have gone away.
pub const TRIAL_LASTS: Duration = Duration::from_secs(120);
/// A rest that ends within this time may be tried before its end, when everybody rests.
pub const NEAR_END: Duration = Duration::from_secs(120);
/// The time between two such tries, and between the failure and the first.
pub const EARLY_TRIES: Duration = Duration::from_secs(30);

/// Which failures a cell is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// The account.
    pub account: AccountId,
    /// Which of its secrets failed; 0 where the failure is the account's, whatever its secret is.
    pub generation: u64,
    /// The model; `None` for all of the account.
    pub model: Option<Box<str>>,
    /// The kind of failure.
    pub class: FailureClass,
}

/// The end of a rest. What ends later is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum End {
    /// There is no rest.
    #[default]
    None,
    /// It ends by itself.
    At(Timestamp),
    /// A person or a new secret ends it.
    Person,
}

impl End {
    /// Whether the rest goes on at `now`.
    #[must_use]
    pub fn is_ahead(self, now: Timestamp) -> bool {
        self > Self::At(now)
    }

    /// The moment, if it has one.
    #[must_use]
    pub fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::None | Self::Person => None,
        }
    }
}

/// The failures of one account, model and class.
///
/// [`join`](Self::join) is commutative, associative and idempotent: of two cells the later `epoch` holds alone, and
/// within one epoch each value grows. So copies that heard the same things in any order, twice or late, are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// All that was known before is forgotten, and this is when; 0 if nothing ever was.
    pub epoch: i64,
    /// How many windows of rest there were.
    pub count: u32,
    /// The last failure.
    pub failed_at: Option<Timestamp>,
    /// The end of the rest.
    pub until: End,
    /// The end that the provider itself gave.
    pub given: Option<Timestamp>,
    /// When the last trial began.
    pub trial: Option<Timestamp>,
    /// When the last try before the end of the rest began.
    pub early: Option<Timestamp>,
    /// When a person asked for a trial.
    pub pardon: Option<Timestamp>,
}

/// How an account stands with a model at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known against it.
    Clear,
    /// Its rest is over, or a person asked for it: one request may try.
    Due,
    /// That request is on its way; if nothing is heard of it, another may try at this moment.
    OnTrial(Timestamp),
    /// It rests.
    Resting(End),
}

impl Cell {
    /// Both cells in one.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match self.epoch.cmp(&other.epoch) {
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Equal => Self {
                epoch: self.epoch,
                count: self.count.max(other.count),
                failed_at: self.failed_at.max(other.failed_at),
                until: self.until.max(other.until),
                given: self.given.max(other.given),
                trial: self.trial.max(other.trial),
                early: self.early.max(other.early),
                pardon: self.pardon.max(other.pardon),
            },
        }
    }

    /// A cell that knows nothing, and of which all that this one knows is forgotten.
    #[must_use]
    pub fn forgotten(self, at: Timestamp) -> Self {
        Self {
            epoch: at.as_millis().max(self.epoch.saturating_add(1)),
            ..Self::default()
        }
    }

    /// Whether it tells of a failure.
    pub(super) fn is_of_failures(self) -> bool {
        self.count > 0 || self.failed_at.is_some()
    }

    /// Whether it is so long ago that it counts for nothing.
    #[must_use]
    pub fn is_over(self, now: Timestamp, window: Duration) -> bool {
        let Some(failed) = self.failed_at else { return true };
        let end = match self.until {
            End::None => failed,
            End::At(until) => until.max(failed),
            End::Person => return false,
        };
        now > end.after(window)
    }

    /// Whether it can be dropped: it counts for nothing, and every copy that it took the place of is as old.
    #[must_use]
    pub fn is_swept(self, now: Timestamp, window: Duration) -> bool {
        let forgotten = Timestamp::from_millis(self.epoch);
        self.is_over(now, window) && now > forgotten.after(window)
    }

    /// How the account stands as far as these failures go; what the provider asked for is all that counts for one that is
    /// `alone`.
    #[must_use]
    pub fn standing(self, now: Timestamp, window: Duration, alone: Alone) -> Standing {
        let until = match alone {
            Alone::No => self.until,
            Alone::Yes => self.given.map_or(End::None, End::At),
        };
        if until == End::None || self.is_over(now, window) {
            return Standing::Clear;
        }
        let Some(begin) = self.trial_from(until, now) else {
            return Standing::Resting(until);
        };
        match self.trial.filter(|trial| *trial >= begin) {
            Some(trial) if trial.after(TRIAL_LASTS) > now => Standing::OnTrial(trial.after(TRIAL_LASTS)),
            _ => Standing::Due,
        }
    }

    /// Since when a trial is allowed; `None` if none is.
    fn trial_from(self, until: End, now: Timestamp) -> Option<Timestamp> {
        if !until.is_ahead(now) {
            return until.moment();
        }
        let pardon = self.pardon.filter(|at| Some(*at) >= self.failed_at)?;
        // One trial for each pardon: a trial of the same moment is that one, and it is over when it has failed.
        let used = self.trial.is_some_and(|trial| trial >= pardon);
        let failed = self.trial.is_some_and(|trial| self.failed_at >= Some(trial));
        (!used || !failed).then_some(pardon)
    }

    /// Whether it may be tried before the end of its rest, if nobody else can serve.
    #[must_use]
    pub fn may_be_tried_early(self, now: Timestamp) -> bool {
        let near = self
            .until
            .moment()
            .is_some_and(|until| until.since(now) <= NEAR_END);
        let last = self.early.max(self.failed_at);
        near && last.is_none_or(|at| now.since(at) >= EARLY_TRIES)
    }
}

/// Whether a provider has one credential only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// Nothing else could serve: it rests no longer than the provider asked for.
    Yes,
    /// Others may serve while it rests.
    No,
}
