//! How things stand: asked of the engine when somebody looks, never kept.

use std::collections::BTreeMap;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::credential::CredentialKind;
use crate::gateway::gate::Gate;
use crate::gateway::meter::{MODELS, OfResult, told};
use crate::model::ProviderId;
use crate::order::{Expiry, Reason};
use crate::profile::ProfileId;
use crate::resolver::{About, Book, Question, Resolver};
use crate::session::{Actor, Scope, SessionKey};

/// What ends within this time is about to end.
const SOON: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    provider: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfProvider {
    provider: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfScope {
    scope: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVersion {
    version: &'static str,
}

/// How a profile stands. Of what is found for several models, the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Unused,
    Ready,
    Resting,
    Disabled,
    Expired,
    Unusable,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Unused,
        Self::Ready,
        Self::Resting,
        Self::Disabled,
        Self::Expired,
        Self::Unusable,
    ];

    fn of(reason: Reason) -> Self {
        match reason {
            Reason::Ok | Reason::Fenced => Self::Ready,
            Reason::Cooldown => Self::Resting,
            Reason::Disabled => Self::Disabled,
            Reason::Expired => Self::Expired,
            Reason::NotInOrder | Reason::NotAllowed => Self::Unused,
            _ => Self::Unusable,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Ready => "ready",
            Self::Resting => "resting",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Unusable => "unusable",
        }
    }
}

/// Everything that stands, as gauges. Profiles are those of the default agent.
pub(super) fn registry(gate: &Gate) -> Registry {
    let mut registry = Registry::with_prefix("modelpin");
    let resolver = gate.modelpin.resolver();
    let under_way = Gauge::<i64>::default();
    let taken = gate
        .limits
        .in_flight
        .saturating_sub(gate.in_flight.available_permits());
    under_way.set(count(taken));
    registry.register(
        "requests_in_flight",
        "Requests to providers that are under way",
        under_way,
    );
    registry.register(
        "pins",
        "Pins that hold, by the scope that they are for",
        pins(resolver),
    );
    let renewals = resolver.renewals();
    let refreshes = Family::<OfResult, Counter>::default();
    for (result, counted) in [("ok", renewals.renewed), ("failed", renewals.failed)] {
        refreshes.get_or_create(&OfResult { result }).inc_by(counted);
    }
    registry.register(
        "refreshes",
        "Requests that had to wait for a sign-in to be renewed: it was, or could not be",
        refreshes,
    );
    if let Ok(book) = resolver.snapshot().book(None) {
        registry.register(
            "profiles",
            "Profiles of the default agent by how they stand; one that rests for a single model rests",
            profiles(resolver, &book),
        );
        registry.register(
            "profiles_expiring",
            "Profiles of the default agent that end within a day and do not renew themselves",
            expiring(resolver, &book),
        );
    }
    #[cfg(feature = "redis")]
    super::store::register(gate, &mut registry);
    // Not as the encoder's `Info`, which is a kind that Prometheus' own format has not.
    let build = Family::<OfVersion, Gauge>::default();
    let version = env!("CARGO_PKG_VERSION");
    build.get_or_create(&OfVersion { version }).set(1);
    registry.register("build_info", "The version that runs", build);
    registry
}

fn pins(resolver: &Resolver) -> Family<OfScope, Gauge> {
    let family = Family::<OfScope, Gauge>::default();
    let counts = resolver.pins().table().counts(resolver.now());
    for (scope, pins) in [Scope::Session, Scope::Agent, Scope::Global]
        .into_iter()
        .zip(counts)
    {
        let labels = OfScope {
            scope: scope.as_str(),
        };
        family.get_or_create(&labels).set(count(pins));
    }
    family
}

fn profiles(resolver: &Resolver, book: &Book) -> Family<OfState, Gauge> {
    let (session, actor) = (SessionKey::new("metrics"), Actor::operator());
    let mut states = BTreeMap::<(ProviderId, ProfileId), State>::new();
    let models = usize::try_from(MODELS).unwrap_or(usize::MAX);
    for entry in book.catalog().selectable().take(models) {
        let mut question = Question::new(&session, &actor);
        question.about = About::Model(&entry.model);
        let Ok(decision) = resolver.explain(question) else {
            continue;
        };
        for candidate in &decision.ranking.candidates {
            let key = (entry.model.provider().clone(), candidate.profile.clone());
            let state = State::of(candidate.reason);
            states
                .entry(key)
                .and_modify(|known| *known = state.max(*known))
                .or_insert(state);
        }
    }
    let family = Family::<OfState, Gauge>::default();
    for ((provider, _), state) in states {
        let provider = told(provider.as_str());
        // A state that nobody is in is told too: an alert that looks for it must find a 0.
        for each in State::ALL {
            let labels = OfState {
                provider: provider.clone(),
                state: each.as_str(),
            };
            let gauge = family.get_or_create_owned(&labels);
            if each == state {
                gauge.inc();
            }
        }
    }
    family
}

fn expiring(resolver: &Resolver, book: &Book) -> Family<OfProvider, Gauge> {
    let family = Family::<OfProvider, Gauge>::default();
    let now = resolver.now();
    for facts in book.facts() {
        let labels = OfProvider {
            provider: told(facts.provider.as_str()),
        };
        let gauge = family.get_or_create_owned(&labels);
        let soon = matches!(facts.expires, Expiry::At(end) if end > now && end <= now.after(SOON));
        if soon && facts.kind != Some(CredentialKind::OAuth) {
            gauge.inc();
        }
    }
    family
}

/// A count as a gauge has it.
fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
