//! The ledger of failures.

use dashmap::DashMap;

use super::policy::{Effect, Policy, Reach, reach};
use crate::clock::Timestamp;
use crate::outcome::{FailureClass, Outcome, Rest, RestKind};
use crate::profile::AccountId;

/// An account with one secret: a new secret begins with a clean sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// The account.
    pub account: AccountId,
    /// Tells its secrets apart; says nothing about them.
    pub generation: u64,
}

/// The failures of one class, of one model or (without a model) of the whole account.
#[derive(Debug, Clone)]
struct Window {
    model: Option<Box<str>>,
    class: FailureClass,
    count: u32,
    failed_at: Timestamp,
    rest: Option<(RestKind, Option<Timestamp>)>,
}

impl Window {
    fn concerns(&self, model: &str) -> bool {
        self.model.as_deref().is_none_or(|of| of == model)
    }

    fn open_rest(&self, now: Timestamp) -> Option<(RestKind, Option<Timestamp>)> {
        self.rest
            .filter(|(_, until)| until.is_none_or(|until| until > now))
    }
}

/// Failures and rests, by account, model and class.
#[derive(Debug, Default)]
pub struct CooldownLedger {
    policy: Policy,
    accounts: DashMap<AccountKey, Vec<Window>>,
}

impl CooldownLedger {
    /// An empty ledger with these steps.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            accounts: DashMap::new(),
        }
    }

    /// Takes in the outcome of a request that began at `begun`.
    ///
    /// Success clears what belongs to the account and the model, but not failures that came after the request had
    /// begun. A failure while a window is open does not lengthen it, unless the provider itself gave a later time. A
    /// request that was itself wrong is nobody's failure.
    pub fn record(&self, key: &AccountKey, model: &str, outcome: Outcome, begun: Timestamp, now: Timestamp) {
        match outcome {
            Outcome::Succeeded => {
                if let Some(mut windows) = self.accounts.get_mut(key) {
                    windows.retain(|window| !window.concerns(model) || window.failed_at > begun);
                }
            }
            Outcome::Failed { class, retry_at } => {
                let Some(reach) = reach(class) else { return };
                let of = (reach == Reach::Model).then(|| Box::from(model));
                let given = retry_at.filter(|at| *at > now);
                let mut windows = self.accounts.entry(key.clone()).or_default();
                let known = windows
                    .iter_mut()
                    .find(|window| window.model == of && window.class == class);
                match known {
                    Some(window) => self.fail(window, given, now),
                    None => {
                        let mut window = Window {
                            model: of,
                            class,
                            count: 0,
                            failed_at: now,
                            rest: None,
                        };
                        self.fail(&mut window, given, now);
                        windows.push(window);
                    }
                }
            }
        }
    }

    fn fail(&self, window: &mut Window, given: Option<Timestamp>, now: Timestamp) {
        let before = std::mem::replace(&mut window.failed_at, now);
        if let Some((kind, until)) = window.open_rest(now) {
            window.rest = Some((kind, until.map(|until| given.map_or(until, |at| at.max(until)))));
            return;
        }
        if now.since(before) > self.policy.failure_window {
            window.count = 0;
        }
        window.count = window.count.saturating_add(1);
        window.rest = match self.policy.effect(window.class, window.count) {
            Effect::None => given.map(|at| (RestKind::Cooldown, Some(at))),
            Effect::Rest(kind, None) => Some((kind, None)),
            Effect::Rest(kind, Some(length)) => {
                Some((kind, Some(given.unwrap_or_else(|| now.after(length)))))
            }
        };
    }

    /// Whether the account rests for `model` at `now`; of several rests, the one that ends last.
    #[must_use]
    pub fn rest(&self, key: &AccountKey, model: &str, now: Timestamp) -> Option<Rest> {
        let windows = self.accounts.get(key)?;
        let rests = windows
            .iter()
            .filter(|window| window.concerns(model))
            .filter_map(|window| {
                let (kind, until) = window.open_rest(now)?;
                let class = Some(window.class);
                Some(Rest { kind, until, class })
            });
        rests.max_by_key(Rest::end)
    }

    /// Forgets the account's failures, for all models: a person says that it works again.
    pub fn clear(&self, account: &AccountId) {
        self.accounts.retain(|key, _| key.account != *account);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::ProviderId;
    use crate::profile::ProfileId;

    fn account() -> AccountKey {
        AccountKey {
            account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
            generation: 1,
        }
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
            ledger.record(&account(), "m", failed(FailureClass::RateLimit), now, now);
            // A second failure inside the window changes nothing.
            ledger.record(&account(), "m", failed(FailureClass::RateLimit), now, now);
            let until = now.after(Duration::from_secs(seconds));
            assert_eq!(
                ledger.rest(&account(), "m", now).and_then(|rest| rest.until),
                Some(until)
            );
            assert_eq!(ledger.rest(&account(), "other", now), None);
            assert_eq!(ledger.rest(&account(), "m", until), None);
            now = until;
        }
        ledger.record(&account(), "m", Outcome::Succeeded, now, now);
        ledger.record(&account(), "m", failed(FailureClass::RateLimit), now, now);
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
            ledger.record(&account(), "m", failed(class), START, START);
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
        ledger.record(&account(), "m", given(5_000), START, START);
        assert_eq!(until(), Some(Timestamp::from_millis(5_000)));
        ledger.record(&account(), "m", given(3_000), START, START);
        assert_eq!(until(), Some(Timestamp::from_millis(5_000)));
        ledger.record(&account(), "m", given(9_000), START, START);
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
            ledger.record(&account(), "m", failed(class), START, START);
            assert_eq!(ledger.rest(&account(), "m", START), None);
        }
        ledger.record(&account(), "m", failed(FailureClass::Timeout), START, START);
        assert_eq!(ledger.rest(&account(), "m", START), None);
        ledger.record(&account(), "m", failed(FailureClass::Timeout), START, START);
        assert!(ledger.rest(&account(), "m", START).is_some());
    }

    #[test]
    fn a_late_success_does_not_clear_a_newer_failure() {
        let ledger = CooldownLedger::default();
        let later = START.after(Duration::from_secs(5));
        ledger.record(&account(), "m", failed(FailureClass::Billing), START, later);
        ledger.record(&account(), "m", Outcome::Succeeded, START, later);
        assert!(ledger.rest(&account(), "m", later).is_some());
        ledger.record(&account(), "m", Outcome::Succeeded, later, later);
        assert_eq!(ledger.rest(&account(), "m", later), None);
    }

    #[test]
    fn a_new_secret_is_a_new_generation_and_classes_do_not_hide_each_other() {
        let ledger = CooldownLedger::default();
        ledger.record(&account(), "m", failed(FailureClass::Auth), START, START);
        ledger.record(&account(), "m", failed(FailureClass::AuthPermanent), START, START);
        let rest = ledger.rest(&account(), "m", START).expect("it rests");
        assert_eq!((rest.kind, rest.until), (RestKind::Disabled, None));
        let renewed = AccountKey {
            generation: 2,
            ..account()
        };
        assert_eq!(ledger.rest(&renewed, "m", START), None);
    }
}
