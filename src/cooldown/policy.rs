//! How long a failure of each class keeps an account away.

use std::time::Duration;

use crate::outcome::{FailureClass, RestKind};

/// The steps of each class; the last step repeats. Set by `auth.cooldowns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// For rate limits and repeated timeouts.
    pub transient: Vec<Duration>,
    /// For credentials that were not accepted.
    pub auth: Vec<Duration>,
    /// The first rest of an account without money; it doubles each time.
    pub billing_first: Duration,
    /// The longest rest of an account without money.
    pub billing_longest: Duration,
    /// Failures further apart than this are not counted together.
    pub failure_window: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let seconds = |list: &[u64]| list.iter().map(|s| Duration::from_secs(*s)).collect();
        Self {
            transient: seconds(&[30, 60, 300, 900, 3600]),
            auth: seconds(&[60, 300, 1500, 3600]),
            billing_first: Duration::from_secs(600),
            billing_longest: Duration::from_secs(24 * 3600),
            failure_window: Duration::from_secs(24 * 3600),
        }
    }
}

/// Overload is the provider's trouble, not the account's: always the same short rest.
const OVERLOADED: Duration = Duration::from_secs(30);

/// What a failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: the request was at fault, or it was the first time.
    None,
    /// A rest of this length; `None` for one that only a person or a new secret ends.
    Rest(RestKind, Option<Duration>),
}

/// Whether a failure concerns one model or the whole account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Model,
    Account,
}

/// What a failure concerns; `None` if the request itself was wrong.
pub(super) fn reach(class: FailureClass) -> Option<Reach> {
    match class {
        FailureClass::Auth | FailureClass::AuthPermanent | FailureClass::Billing => Some(Reach::Account),
        FailureClass::ModelNotFound | FailureClass::Format | FailureClass::ContextOverflow => None,
        _ => Some(Reach::Model),
    }
}

impl Policy {
    /// What the `count`-th failure of `class` in a row does; `count` begins at 1.
    pub(super) fn effect(&self, class: FailureClass, count: u32) -> Effect {
        let step = |steps: &[Duration], nth: u32| {
            let at = usize::try_from(nth.saturating_sub(1)).unwrap_or(usize::MAX);
            steps.get(at).or(steps.last()).copied().unwrap_or_default()
        };
        let cooldown = |length| Effect::Rest(RestKind::Cooldown, Some(length));
        match class {
            FailureClass::RateLimit => cooldown(step(&self.transient, count)),
            FailureClass::Overloaded | FailureClass::ServerError => cooldown(OVERLOADED),
            FailureClass::Timeout if count < 2 => Effect::None,
            FailureClass::Timeout => cooldown(step(&self.transient, count - 1)),
            FailureClass::Auth => cooldown(step(&self.auth, count)),
            FailureClass::AuthPermanent => Effect::Rest(RestKind::Disabled, None),
            FailureClass::Billing => {
                let doubled = self
                    .billing_first
                    .saturating_mul(1 << count.saturating_sub(1).min(16));
                Effect::Rest(RestKind::Disabled, Some(doubled.min(self.billing_longest)))
            }
            FailureClass::ModelNotFound | FailureClass::Format | FailureClass::ContextOverflow => {
                Effect::None
            }
        }
    }
}
