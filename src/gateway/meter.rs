//! What is counted: requests, attempts, what we add.
//!
//! It refuses to know who asked: no profile, chat, caller or key is a label, and there are no more than [`MODELS`] models.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use dashmap::DashMap;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::echo::{discreet, legible};
use crate::model::ModelRef;
use crate::outcome::FailureClass;

/// The most models that have a label of their own; the others share one.
pub(super) const MODELS: u64 = 200;
/// The label of those others, and of requests that came to no model.
const OTHER: &str = "other";
/// What we add, in seconds: from a twentieth of a millisecond to a second.
const ADDED: [f64; 11] = [
    0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1.0,
];

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

impl Became {
    /// The places that [`Became::place`] tells.
    const PLACES: usize = FailureClass::ALL.len() + 2;

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed(class) => class.as_str(),
            Self::Refused => "refused",
        }
    }

    /// A place of its own in a row.
    fn place(self) -> usize {
        match self {
            Self::Answered => 0,
            Self::Refused => 1,
            Self::Failed(class) => 2 + class as usize,
        }
    }
}

/// What became of files that were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reloaded {
    /// They were taken.
    Taken,
    /// They are wrong: those before stay in use.
    Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfModel {
    provider: String,
    model: String,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfResult {
    pub(super) result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

/// A counter for each thing that can become of something, made when it is first needed.
type Row = [OnceLock<Counter>; Became::PLACES];

/// The counters of one model: a request looks them up and adds, and allocates nothing.
#[derive(Debug, Default)]
struct Counted {
    provider: String,
    model: String,
    requests: Row,
    attempts: Row,
}

impl Counted {
    fn add(&self, row: &Row, family: &Family<OfModel, Counter>, became: Became) {
        let Some(counter) = row.get(became.place()) else {
            return;
        };
        let counter = counter.get_or_init(|| {
            family.get_or_create_owned(&OfModel {
                provider: self.provider.clone(),
                model: self.model.clone(),
                class: became.as_str(),
            })
        });
        counter.inc();
    }
}

/// The counters.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) registry: Registry,
    models: DashMap<ModelRef, Arc<Counted>>,
    known: AtomicU64,
    others: Arc<Counted>,
    requests: Family<OfModel, Counter>,
    attempts: Family<OfModel, Counter>,
    added: Histogram,
    reloads: Family<OfResult, Counter>,
    events: Family<OfKind, Counter>,
    connections: Gauge,
}

impl Default for Meter {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("modelpin");
        let requests = Family::<OfModel, Counter>::default();
        registry.register(
            "requests",
            "Requests to the proxy by what became of them: answered, refused here, or the class of the last failure",
            requests.clone(),
        );
        let attempts = Family::<OfModel, Counter>::default();
        registry.register(
            "attempts",
            "Times that a provider was asked, by what became of it",
            attempts.clone(),
        );
        let added = Histogram::new(ADDED);
        registry.register(
            "added_seconds",
            "How long a request was here until the first provider was asked, its body included",
            added.clone(),
        );
        let reloads = Family::<OfResult, Counter>::default();
        for result in ["ok", "failed"] {
            drop(reloads.get_or_create(&OfResult { result }));
        }
        registry.register(
            "reloads",
            "Changed files that were read again, taken or found wrong",
            reloads.clone(),
        );
        let events = Family::<OfKind, Counter>::default();
        for kind in crate::event::KindName::ALL {
            drop(events.get_or_create(&OfKind { kind: kind.as_str() }));
        }
        registry.register(
            "events",
            "What an operator should know of: sign-ins that could not be renewed, providers that rest, requests that cost",
            events.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Connections of clients", connections.clone());
        Self {
            registry,
            models: DashMap::new(),
            known: AtomicU64::new(0),
            others: Arc::new(Counted {
                provider: OTHER.to_owned(),
                model: OTHER.to_owned(),
                ..Counted::default()
            }),
            requests,
            attempts,
            added,
            reloads,
            events,
            connections,
        }
    }
}

impl Meter {
    /// A request is over, as far as we have a hand in it; `model` served or was asked for last.
    pub(super) fn request(&self, model: Option<&ModelRef>, became: Became) {
        self.counted(model, |counted| {
            counted.add(&counted.requests, &self.requests, became);
        });
    }

    /// A provider was asked once.
    pub(super) fn attempt(&self, model: &ModelRef, failed: Option<FailureClass>) {
        let became = failed.map_or(Became::Answered, Became::Failed);
        self.counted(Some(model), |counted| {
            counted.add(&counted.attempts, &self.attempts, became);
        });
    }

    /// How long we took until the first provider was asked.
    pub(super) fn added(&self, took: Duration) {
        self.added.observe(took.as_secs_f64());
    }

    /// Files were changed and read again.
    pub(super) fn reloaded(&self, reloaded: Reloaded) {
        let result = match reloaded {
            Reloaded::Taken => "ok",
            Reloaded::Wrong => "failed",
        };
        self.reloads.get_or_create(&OfResult { result }).inc();
    }

    /// Something happened that an operator should know of.
    pub(super) fn event(&self, kind: crate::event::KindName) {
        self.events.get_or_create(&OfKind { kind: kind.as_str() }).inc();
    }

    /// A connection was taken in, and lasts as long as what is returned.
    pub(super) fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    fn counted(&self, model: Option<&ModelRef>, count: impl FnOnce(&Counted)) {
        let Some(model) = model else {
            return count(&self.others);
        };
        let known = self.models.get(model).map(|known| Arc::clone(&known));
        if let Some(known) = known {
            return count(&known);
        }
        // A count that goes too far only at the edge: two models may be the last one at once.
        if self.known.load(Ordering::Relaxed) >= MODELS {
            return count(&self.others);
        }
        let counted = Arc::clone(&self.models.entry(model.clone()).or_insert_with(|| {
            self.known.fetch_add(1, Ordering::Relaxed);
            Arc::new(Counted {
                provider: told(model.provider().as_str()),
                model: told(model.model()),
                ..Counted::default()
            })
        }));
        count(&counted);
    }
}

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A name as a label: nothing that looks like a key, nothing that cannot be read, not too long.
pub(super) fn told(name: &str) -> String {
    discreet(&legible(name)).chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProviderId;

    fn text(meter: &Meter) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode_registry(&mut text, &meter.registry)
            .expect("it is written");
        text
    }

    #[test]
    fn every_class_has_a_place_of_its_own() {
        let mut all: Vec<Became> = FailureClass::ALL.map(Became::Failed).into();
        all.extend([Became::Answered, Became::Refused]);
        let mut places: Vec<usize> = all.iter().map(|became| became.place()).collect();
        places.sort_unstable();
        assert_eq!(places, (0..Became::PLACES).collect::<Vec<_>>());
    }

    #[test]
    fn models_beyond_the_bound_share_a_label_and_no_key_is_one() {
        let meter = Meter::default();
        let provider = ProviderId::new("p");
        let key = ModelRef::new(provider.clone(), "sk-ant-api03-EXAMPLE-CANARY-3v3nTq8Zx");
        meter.request(Some(&key), Became::Answered);
        for at in 0..1_000 {
            let model = ModelRef::new(provider.clone(), &format!("m{at}"));
            meter.request(Some(&model), Became::Answered);
            meter.request(Some(&model), Became::Failed(FailureClass::RateLimit));
        }
        let text = text(&meter);
        let lines = text
            .lines()
            .filter(|line| line.starts_with("modelpin_requests_total"));
        assert_eq!(lines.count(), 2 * 200 - 1 + 2);
        assert!(
            text.contains("{provider=\"other\",model=\"other\",class=\"rate_limit\"} 801"),
            "{text}"
        );
        assert!(!text.contains("CANARY"), "{text}");
    }

    #[test]
    fn a_connection_is_counted_while_it_lasts() {
        let meter = Meter::default();
        let connected = meter.connected();
        assert!(text(&meter).contains("modelpin_connections 1\n"));
        drop(connected);
        assert!(text(&meter).contains("modelpin_connections 0\n"));
    }
}
