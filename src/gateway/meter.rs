//! What is counted, for `/metrics`.

use std::time::Duration;

use crate::model::ModelRef;
use crate::outcome::FailureClass;

/// What became of a request to the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// A provider answered.
    Answered,
    /// Providers failed.
    Failed(FailureClass),
    /// Nobody was asked.
    Refused,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Meter {}

impl Meter {
    /// A request is over, as far as we have a hand in it; `model` served or was asked for last.
    pub(super) fn request(&self, model: Option<&ModelRef>, became: Became) {
        let _ = (self, model, became);
    }

    /// A provider was asked once.
    pub(super) fn attempt(&self, model: &ModelRef, failed: Option<FailureClass>) {
        let _ = (self, model, failed);
    }

    /// How long we took until the first provider was asked.
    pub(super) fn added(&self, took: Duration) {
        let _ = (self, took);
    }
}
