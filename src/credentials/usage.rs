//! `usageStats`: what other programs wrote down about the use of profiles.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::cooldown::{Cell, End, Told};
use crate::outcome::{FailureClass, Rest, RestKind};

/// What the file tells of the use of one profile. A value that is not a positive finite number tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsageStats {
    /// When it last served a request.
    pub last_used: Option<Timestamp>,
    /// Until when it rests after passing failures.
    pub cooldown_until: Option<Timestamp>,
    /// Until when it is disabled.
    pub disabled_until: Option<Timestamp>,
    /// Why it is disabled, if that is a class that we know.
    pub disabled_reason: Option<FailureClass>,
    /// When it last failed.
    pub last_failure: Option<Timestamp>,
}

impl UsageStats {
    pub(super) fn from_json(entry: &Value) -> Self {
        let moment = |key| entry.get(key).and_then(moment);
        Self {
            last_used: moment("lastUsed"),
            cooldown_until: moment("cooldownUntil"),
            disabled_until: moment("disabledUntil"),
            disabled_reason: entry
                .get("disabledReason")
                .and_then(Value::as_str)
                .and_then(FailureClass::from_word),
            last_failure: moment("lastFailureAt"),
        }
    }

    /// The same in the words of the ledger, as facts that are as old as the failure.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let cell = |until: Timestamp| Cell {
            epoch: self.last_failure.map_or(0, Timestamp::as_millis),
            count: 1,
            failed_at: Some(self.last_failure.unwrap_or(Timestamp::from_millis(0))),
            until: End::At(until),
            given: Some(until),
            ..Cell::default()
        };
        let cooldown = self
            .cooldown_until
            .map(|until| (FailureClass::RateLimit, cell(until)));
        let reason = self.disabled_reason.unwrap_or(FailureClass::Billing);
        let disabled = self.disabled_until.map(|until| (reason, cell(until)));
        cooldown.into_iter().chain(disabled).collect()
    }

    /// The rest at `now`: until the later of the two ends, and *disabled* if that is one of them.
    #[must_use]
    pub fn rest(&self, now: Timestamp) -> Option<Rest> {
        let ahead = |moment: Option<Timestamp>| moment.filter(|until| now < *until);
        let (cooldown, disabled) = (ahead(self.cooldown_until), ahead(self.disabled_until));
        let (kind, class) = match disabled {
            Some(_) => (RestKind::Disabled, self.disabled_reason),
            None => (RestKind::Cooldown, None),
        };
        let until = Some(cooldown.max(disabled)?);
        Some(Rest { kind, until, class })
    }
}

/// Epoch milliseconds, if it is a positive finite number.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    let ms = value.as_f64().filter(|ms| ms.is_finite() && *ms > 0.0)?;
    // A number beyond the end of time is the end of time; a fraction of a millisecond is dropped.
    Some(Timestamp::from_millis(ms as i64))
}
