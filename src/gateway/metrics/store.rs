//! The store that several machines share: whether it is there, how fast it is, what became of changes.
//!
//! Nothing here names it: an address is nobody's business who may look at figures.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::gateway::gate::Gate;
use crate::store::redis::Health;

type Seconds = Gauge<f64, AtomicU64>;

/// Adds what is known of the store, where there is one. What was not measured is not told: a 0 would be a lie.
pub(super) fn register(gate: &Gate, registry: &mut Registry) {
    let Some(redis) = gate.modelpin.shared() else {
        return;
    };
    let vitals = redis.vitals();
    let up = Gauge::<i64>::default();
    let mut seconds = |name: &str, help: &str, value: f64| {
        let gauge = Seconds::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    if let Health::Well { took, ahead } = redis.health() {
        up.set(1);
        seconds(
            "store_round_trip_seconds",
            "How long the shared store took for its last answer",
            took.as_secs_f64(),
        );
        let ahead = Duration::from_millis(ahead.unsigned_abs()).as_secs_f64() * ahead.signum() as f64;
        seconds(
            "store_clock_ahead_seconds",
            "How far the clock of the shared store is ahead of this machine's",
            ahead,
        );
    }
    if let Some(lag) = vitals.lag {
        seconds(
            "store_news_lag_seconds",
            "How long it takes from a change until other machines hear of it; it grows while nothing is heard",
            lag.as_secs_f64(),
        );
    }
    registry.register("store_up", "Whether the shared store answers", up);
    let doubts = Gauge::<i64>::default();
    doubts.set(i64::try_from(vitals.doubts).unwrap_or(i64::MAX));
    registry.register(
        "store_doubts",
        "Changes of pins whose answer was lost, and that are taken back when the store can be asked",
        doubts,
    );
    for (name, help, counted) in [
        (
            "store_resyncs",
            "How often all pins were read anew: at the beginning, and after each break",
            vitals.resyncs,
        ),
        (
            "store_changes_refused",
            "Changes of pins that were refused because the store was away, full or slow",
            vitals.refused,
        ),
        (
            "store_changes_taken_back",
            "Changes of pins that were refused, had been made all the same, and were taken back",
            vitals.taken_back,
        ),
    ] {
        let counter = Counter::<u64>::default();
        counter.inc_by(counted);
        registry.register(name, help, counter);
    }
}
