//! How long a failure of each class keeps an account away.

use std::collections::HashMap;
use std::hash::Hasher;
use std::time::Duration;

use super::cell::CellKey;
use crate::clock::Timestamp;
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
    /// The same for accounts of single providers.
    pub billing_first_by_provider: HashMap<String, Duration>,
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
            billing_first_by_provider: HashMap::new(),
            billing_longest: Duration::from_secs(24 * 3600),
            failure_window: Duration::from_secs(24 * 3600),
        }
    }
}

/// Overload is the provider's trouble, not the account's: always the same short rest.
const OVERLOADED: Duration = Duration::from_secs(30);
/// How far a step may be off, either way, in percent: so that those who failed together do not come back together.
const JITTER: u64 = 10;

/// What a failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: the request was at fault, or it was the first time.
    None,
    /// A rest of this length.
    Rest(Duration),
    /// A rest that only a person or a new secret ends.
    Disabled,
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

/// Whether a failure passes by itself.
pub(crate) fn is_transient(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::RateLimit
            | FailureClass::Overloaded
            | FailureClass::ServerError
            | FailureClass::Timeout
    )
}

/// The kind of rest that a failure leads to.
pub(super) fn kind(class: FailureClass) -> RestKind {
    match class {
        FailureClass::AuthPermanent | FailureClass::Billing => RestKind::Disabled,
        _ => RestKind::Cooldown,
    }
}

impl Policy {
    /// What the `count`-th failure in a row does; `count` begins at 1.
    pub(super) fn effect(&self, key: &CellKey, count: u32, now: Timestamp) -> Effect {
        let step = |steps: &[Duration], nth: u32| {
            let at = usize::try_from(nth.saturating_sub(1)).unwrap_or(usize::MAX);
            steps.get(at).or(steps.last()).copied().unwrap_or_default()
        };
        let length = match key.class {
            FailureClass::RateLimit => step(&self.transient, count),
            FailureClass::Overloaded | FailureClass::ServerError => OVERLOADED,
            FailureClass::Timeout if count < 2 => return Effect::None,
            FailureClass::Timeout => step(&self.transient, count - 1),
            FailureClass::Auth => step(&self.auth, count),
            FailureClass::AuthPermanent => return Effect::Disabled,
            FailureClass::Billing => {
                let first = self
                    .billing_first_by_provider
                    .get(key.account.provider())
                    .unwrap_or(&self.billing_first);
                let doubled = first.saturating_mul(1 << count.saturating_sub(1).min(16));
                doubled.min(self.billing_longest)
            }
            FailureClass::ModelNotFound | FailureClass::Format | FailureClass::ContextOverflow => {
                return Effect::None;
            }
        };
        Effect::Rest(jittered(length, key, count, now))
    }
}

/// A step that is up to [`JITTER`] percent longer or shorter. What is drawn depends on whose failure it is and when it
/// was, and on nothing else: rules have no dice, and a failure that is looked at twice has one end.
fn jittered(length: Duration, key: &CellKey, count: u32, now: Timestamp) -> Duration {
    let mut dice = std::hash::DefaultHasher::new();
    dice.write(key.account.as_str().as_bytes());
    dice.write(key.model.as_deref().unwrap_or_default().as_bytes());
    dice.write(key.class.as_str().as_bytes());
    dice.write_u32(count);
    dice.write_i64(now.as_millis());
    let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX / 1000);
    let spread = ms / 100 * JITTER;
    let drawn = dice.finish() % (2 * spread + 1);
    Duration::from_millis(ms - spread + drawn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProviderId;
    use crate::profile::{AccountId, ProfileId};

    #[test]
    fn steps_are_spread_by_a_tenth_and_no_more() {
        let policy = Policy::default();
        let key = CellKey {
            account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
            generation: 1,
            model: None,
            class: FailureClass::RateLimit,
        };
        let lengths: Vec<Duration> = (0..1000)
            .map(|ms| match policy.effect(&key, 1, Timestamp::from_millis(ms)) {
                Effect::Rest(length) => length,
                other => panic!("{other:?}"),
            })
            .collect();
        let (least, most) = (lengths.iter().min(), lengths.iter().max());
        let seconds = |s: f64| Duration::from_secs_f64(s);
        assert!(
            least >= Some(&seconds(27.0)) && least < Some(&seconds(27.2)),
            "{least:?}"
        );
        assert!(
            most <= Some(&seconds(33.0)) && most > Some(&seconds(32.8)),
            "{most:?}"
        );
    }

    fn lengths(class: FailureClass, policy: &Policy) -> Vec<Duration> {
        let key = CellKey {
            account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
            generation: 1,
            model: None,
            class,
        };
        let of = |count| match policy.effect(&key, count, Timestamp::from_millis(0)) {
            Effect::Rest(length) => Some(length),
            Effect::None | Effect::Disabled => None,
        };
        (1..10).filter_map(of).collect()
    }

    fn are_about(lengths: &[Duration], seconds: &[u64]) {
        let about =
            |(length, s): (&Duration, &u64)| (s * 900..=s * 1100).contains(&(length.as_millis() as u64));
        let all = lengths.iter().zip(seconds).all(about);
        assert!(all && lengths.len() == seconds.len(), "{lengths:?}");
    }

    #[test]
    fn rests_without_money_double_up_to_the_longest() {
        let seconds = [600, 1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400];
        are_about(&lengths(FailureClass::Billing, &Policy::default()), &seconds);
    }

    #[test]
    fn the_first_timeout_is_none_and_those_after_it_step_up_as_limits_do() {
        let seconds = [30, 60, 300, 900, 3600, 3600, 3600, 3600];
        are_about(&lengths(FailureClass::Timeout, &Policy::default()), &seconds);
    }

    #[test]
    fn a_step_longer_than_can_be_counted_is_a_very_long_one() {
        let policy = Policy {
            transient: vec![Duration::MAX],
            ..Policy::default()
        };
        let century = Duration::from_secs(100 * 365 * 86400);
        assert!(
            lengths(FailureClass::RateLimit, &policy)
                .iter()
                .all(|length| *length > century)
        );
    }

    #[test]
    fn a_step_may_be_off_by_any_length_up_to_a_tenth() {
        let policy = Policy {
            transient: vec![Duration::from_millis(100)],
            ..Policy::default()
        };
        let key = |ms: i64| CellKey {
            account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new(&format!("a:{ms}"))),
            generation: 1,
            model: None,
            class: FailureClass::RateLimit,
        };
        let effect = |ms| policy.effect(&key(ms), 1, Timestamp::from_millis(ms));
        let seen: std::collections::BTreeSet<u128> = (0..1000)
            .filter_map(|ms| match effect(ms) {
                Effect::Rest(length) => Some(length.as_millis()),
                Effect::None | Effect::Disabled => None,
            })
            .collect();
        assert!(seen.into_iter().eq(90..=110));
    }
}
