//! The ledger of failures.

use dashmap::DashMap;

use super::policy::{Effect, Policy, Reach, reach};
use crate::clock::Timestamp;
use crate::outcome::{FailureClass, Outcome, Rest, RestKind};
use crate::profile::AccountId;

#[derive(Debug, Clone)]
struct Window {
    class: FailureClass,
    count: u32,
    rest: Option<(RestKind, Option<Timestamp>)>,
}

/// Failures and rests, by account and model. The whole account is the entry without a model.
#[derive(Debug, Default)]
pub struct CooldownLedger {
    policy: Policy,
    windows: DashMap<(AccountId, Option<Box<str>>), Window>,
}

impl CooldownLedger {
    /// An empty ledger with these steps.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            windows: DashMap::new(),
        }
    }

    /// Takes an outcome in.
    ///
    /// Success clears what belongs to the account and the model. A failure while a window is open does not lengthen
    /// it, unless the provider itself gave a later time.
    pub fn record(&self, account: &AccountId, model: &str, outcome: Outcome, now: Timestamp) {
        let of_model = (account.clone(), Some(Box::from(model)));
        let of_account = (account.clone(), None);
        let (class, retry_at) = match outcome {
            Outcome::Succeeded => {
                self.windows.remove(&of_model);
                self.windows.remove(&of_account);
                return;
            }
            Outcome::Failed { class, retry_at } => (class, retry_at),
        };
        let key = if reach(class) == Reach::Account {
            of_account
        } else {
            of_model
        };
        let mut window = self.windows.entry(key).or_insert(Window {
            class,
            count: 0,
            rest: None,
        });
        let given = retry_at.filter(|at| *at > now);
        if let Some((kind, until)) = window.rest
            && until.is_none_or(|until| until > now)
        {
            window.rest = Some((kind, until.map(|until| given.map_or(until, |at| at.max(until)))));
            return;
        }
        if window.class != class {
            window.class = class;
            window.count = 0;
        }
        window.count = window.count.saturating_add(1);
        window.rest = match self.policy.effect(class, window.count) {
            Effect::None => given.map(|at| (RestKind::Cooldown, Some(at))),
            Effect::Rest(kind, None) => Some((kind, None)),
            Effect::Rest(kind, Some(length)) => {
                Some((kind, Some(given.unwrap_or_else(|| now.after(length)))))
            }
        };
    }

    /// Whether the account rests for `model` at `now`; of two rests, the one that ends later.
    #[must_use]
    pub fn rest(&self, account: &AccountId, model: &str, now: Timestamp) -> Option<Rest> {
        let keys = [(account.clone(), Some(Box::from(model))), (account.clone(), None)];
        keys.iter()
            .filter_map(|key| {
                let window = self.windows.get(key)?;
                let (kind, until) = window.rest?;
                until.is_none_or(|until| until > now).then_some(Rest {
                    kind,
                    until,
                    class: Some(window.class),
                })
            })
            .max_by_key(|rest| rest.until.map_or(i64::MAX, Timestamp::as_millis))
    }

    /// Forgets the account's failures, for all models: a person says that it works again.
    pub fn clear(&self, account: &AccountId) {
        self.windows.retain(|(of, _), _| of != account);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::ProviderId;
    use crate::profile::ProfileId;

    fn account() -> AccountId {
        AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x"))
    }

    fn failed(class: FailureClass) -> Outcome {
        Outcome::Failed {
            class,
            retry_at: None,
        }
    }

    const START: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn a_rate_limit_rests_one_model_and_steps_up() {
        let ledger = CooldownLedger::default();
        let mut now = START;
        for seconds in [30, 60, 300] {
            ledger.record(&account(), "m", failed(FailureClass::RateLimit), now);
            // A second failure inside the window changes nothing.
            ledger.record(&account(), "m", failed(FailureClass::RateLimit), now);
            let until = now.after(Duration::from_secs(seconds));
            assert_eq!(
                ledger.rest(&account(), "m", now).and_then(|rest| rest.until),
                Some(until)
            );
            assert_eq!(ledger.rest(&account(), "other", now), None);
            assert_eq!(ledger.rest(&account(), "m", until), None);
            now = until;
        }
        ledger.record(&account(), "m", Outcome::Succeeded, now);
        ledger.record(&account(), "m", failed(FailureClass::RateLimit), now);
        let until = now.after(Duration::from_secs(30));
        assert_eq!(
            ledger.rest(&account(), "m", now).and_then(|rest| rest.until),
            Some(until)
        );
    }

    #[test]
    fn auth_and_billing_rest_the_whole_account() {
        for class in [
            FailureClass::Auth,
            FailureClass::Billing,
            FailureClass::AuthPermanent,
        ] {
            let ledger = CooldownLedger::default();
            ledger.record(&account(), "m", failed(class), START);
            assert!(ledger.rest(&account(), "other", START).is_some(), "{class}");
        }
    }

    #[test]
    fn the_providers_own_time_wins_and_a_later_one_lengthens() {
        let ledger = CooldownLedger::default();
        let given = |ms| Outcome::Failed {
            class: FailureClass::RateLimit,
            retry_at: Some(Timestamp::from_millis(ms)),
        };
        let until = || ledger.rest(&account(), "m", START).and_then(|rest| rest.until);
        ledger.record(&account(), "m", given(5_000), START);
        assert_eq!(until(), Some(Timestamp::from_millis(5_000)));
        ledger.record(&account(), "m", given(3_000), START);
        assert_eq!(until(), Some(Timestamp::from_millis(5_000)));
        ledger.record(&account(), "m", given(9_000), START);
        assert_eq!(until(), Some(Timestamp::from_millis(9_000)));
    }

    #[test]
    fn a_wrong_request_and_a_first_timeout_rest_nobody() {
        let ledger = CooldownLedger::default();
        for class in [
            FailureClass::Format,
            FailureClass::ContextOverflow,
            FailureClass::ModelNotFound,
        ] {
            ledger.record(&account(), "m", failed(class), START);
            assert_eq!(ledger.rest(&account(), "m", START), None);
        }
        ledger.record(&account(), "m", failed(FailureClass::Timeout), START);
        assert_eq!(ledger.rest(&account(), "m", START), None);
        ledger.record(&account(), "m", failed(FailureClass::Timeout), START);
        assert!(ledger.rest(&account(), "m", START).is_some());
    }
}
