//! The shape of `modelpin models status --json`: OpenClaw's, and ours under `modelpin`.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};

use crate::catalog::Entry;
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::middleware::ModelPin;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Candidate, Expiry, ProfileFacts, Reason, Source};
use crate::outcome::FailureClass;
use crate::resolver::{About, Book, Decision, Question, Snapshot};
use crate::session::{Actor, SessionKey};

use super::super::explain::Explained;

/// A credential that ends within this time is told as expiring.
const SOON_MS: i64 = 24 * 3_600 * 1_000;

/// What the JSON is made from.
pub(super) struct Shape<'a> {
    modelpin: &'a ModelPin,
    snapshot: &'a Snapshot,
    book: &'a Book,
    now: Timestamp,
    providers: IndexMap<ProviderId, Decision>,
}

impl<'a> Shape<'a> {
    pub(super) fn new(
        modelpin: &'a ModelPin,
        snapshot: &'a Snapshot,
        book: &'a Book,
        session: &'a SessionKey,
    ) -> Self {
        let actor = Actor::operator();
        let ids: IndexSet<&ProviderId> = book
            .catalog()
            .providers()
            .into_iter()
            .chain(book.facts().iter().map(|facts| &facts.provider))
            .collect();
        let decide = |provider: &ProviderId| {
            let question = Question {
                about: About::Provider(provider),
                ..Question::new(session, &actor)
            };
            modelpin.resolver().explain(question).ok()
        };
        let providers = ids
            .into_iter()
            .filter_map(|provider| Some((provider.clone(), decide(provider)?)));
        Self {
            providers: providers.collect(),
            now: modelpin.resolver().now(),
            modelpin,
            snapshot,
            book,
        }
    }

    pub(super) fn whole(&self) -> Value {
        let catalog = self.book.catalog();
        let agent = self.snapshot.config().agent(self.book.agent());
        let fallbacks: Vec<&String> = agent.iter().flat_map(|agent| agent.fallbacks()).collect();
        let image = self
            .snapshot
            .config()
            .agents
            .image_model
            .clone()
            .unwrap_or_default();
        let mut aliases = serde_json::Map::new();
        for entry in catalog.selectable() {
            if let Some(alias) = &entry.alias {
                // Of two models with one alias, the first has it.
                aliases
                    .entry(alias)
                    .or_insert_with(|| entry.model.to_string().into());
            }
        }
        let allowed: Vec<String> = match &agent {
            Ok(agent) => agent.models().keys().map(ToString::to_string).collect(),
            Err(_) => Vec::new(),
        };
        let paths = self.snapshot.paths(self.book.agent());
        json!({
            "configPath": self.snapshot.sources().config.path.display().to_string(),
            "agentId": self.book.agent().as_str(),
            "agentDir": paths.map(|paths| paths.dir.display().to_string()).ok(),
            "defaultModel": agent.ok().and_then(|agent| agent.primary()),
            "resolvedDefault": catalog.default_model().map(ToString::to_string),
            "fallbacks": fallbacks,
            "imageModel": image.primary,
            "imageFallbacks": image.fallbacks.unwrap_or_default(),
            "aliases": aliases,
            "allowed": allowed,
            "auth": self.auth(),
            "modelpin": self.ours(),
        })
    }

    fn auth(&self) -> Value {
        let shell = &self.snapshot.config().env.shell;
        let oauth = self
            .stored()
            .filter(|facts| facts.kind == Some(CredentialKind::OAuth));
        let mut with_oauth: IndexMap<&ProviderId, usize> = IndexMap::new();
        for facts in oauth {
            *with_oauth.entry(&facts.provider).or_default() += 1;
        }
        let missing = self.in_use().into_iter().filter(|provider| {
            let decision = self.providers.get(provider);
            decision.is_none_or(|decision| decision.ranking.candidates.is_empty())
        });
        json!({
            "storePath": self.book.store_path(),
            "shellEnvFallback": { "enabled": shell.enabled, "appliedKeys": [] },
            "providersWithOAuth": with_oauth.iter().map(|(id, count)| format!("{id} ({count})")).collect::<Vec<_>>(),
            "missingProvidersInUse": missing.map(|provider| provider.to_string()).collect::<Vec<_>>(),
            "providers": self.providers.keys().map(|provider| self.provider(provider)).collect::<Vec<_>>(),
            "unusableProfiles": self.unusable(),
            "oauth": self.ages(),
        })
    }

    /// The providers of the default model, the image model, and what follows them when they fail.
    fn in_use(&self) -> IndexSet<ProviderId> {
        let catalog = self.book.catalog();
        let agent = self.snapshot.config().agent(self.book.agent()).ok();
        let image = self.snapshot.config().agents.image_model.iter();
        let names = agent
            .iter()
            .flat_map(|agent| agent.fallbacks())
            .chain(image.flat_map(|image| image.primary.iter().chain(image.fallbacks.iter().flatten())));
        let by_name = |name: &String| {
            let called = |entry: &&Entry| entry.alias.as_ref() == Some(name);
            let entry = catalog.entries().iter().find(called);
            let model = entry.map(|entry| entry.model.clone());
            Some(model.or_else(|| ModelRef::parse(name))?.provider().clone())
        };
        let default = catalog.default_model().map(|model| model.provider().clone());
        default.into_iter().chain(names.filter_map(by_name)).collect()
    }

    fn stored(&self) -> impl Iterator<Item = &ProfileFacts> {
        self.book.facts().iter().filter(|facts| facts.source.is_stored())
    }

    fn provider(&self, provider: &ProviderId) -> Value {
        let profiles: Vec<&ProfileFacts> = self
            .stored()
            .filter(|facts| facts.provider == *provider)
            .collect();
        let count = |kind| profiles.iter().filter(|facts| facts.kind == Some(kind)).count();
        let mut keys = self
            .book
            .facts()
            .iter()
            .filter(|facts| facts.provider == *provider);
        let env = keys
            .clone()
            .find(|facts| matches!(facts.source, Source::Environment(_)));
        let config = keys.find(|facts| facts.source == Source::Config);
        let (kind, detail) = match (profiles.is_empty(), env, config) {
            (false, _, _) => ("profiles", self.book.store_path().to_owned()),
            (true, Some(env), _) => ("env", env.source.to_string()),
            (true, None, Some(_)) => ("models.json", "models.providers".to_owned()),
            (true, None, None) => ("missing", "missing".to_owned()),
        };
        let mut whole = json!({
            "provider": provider.as_str(),
            "effective": { "kind": kind, "detail": detail },
            "profiles": {
                "count": profiles.len(),
                "oauth": count(CredentialKind::OAuth),
                "token": count(CredentialKind::Token),
                "apiKey": count(CredentialKind::ApiKey),
                "labels": profiles.iter().map(|facts| self.label(facts)).collect::<Vec<_>>(),
            },
        });
        let handle = |facts: &ProfileFacts| self.book.handle(&facts.id).map(|handle| handle.to_string());
        if let Some(env) = env {
            whole["env"] = json!({ "value": handle(env), "source": env.source.to_string() });
        }
        if let Some(config) = config {
            whole["modelsJson"] = json!({ "value": handle(config), "source": "models.providers" });
        }
        whole
    }

    /// `anthropic:default=<handle> [cooldown 5m]`
    fn label(&self, facts: &ProfileFacts) -> String {
        let handle = self
            .book
            .handle(&facts.id)
            .map_or("none".to_owned(), |handle| handle.to_string());
        let rest = self
            .resting()
            .find(|(.., candidate)| candidate.profile == facts.id)
            .map(|(_, kind, candidate)| {
                let minutes = candidate
                    .until
                    .map(|until| until.since(self.now).as_secs().div_ceil(60));
                minutes.map_or(format!(" [{kind}]"), |minutes| format!(" [{kind} {minutes}m]"))
            });
        format!("{}={handle}{}", facts.id, rest.unwrap_or_default())
    }

    /// The candidates that rest, with the word for that kind of rest.
    fn resting(&self) -> impl Iterator<Item = (&ProviderId, &'static str, &Candidate)> {
        let of_each = self.providers.iter().flat_map(|(provider, decision)| {
            decision
                .ranking
                .candidates
                .iter()
                .map(move |candidate| (provider, candidate))
        });
        of_each.filter_map(|(provider, candidate)| match candidate.reason {
            Reason::Cooldown => Some((provider, "cooldown", candidate)),
            Reason::Disabled => Some((provider, "disabled", candidate)),
            _ => None,
        })
    }

    fn unusable(&self) -> Vec<Value> {
        let mut rests: Vec<_> = self.resting().collect();
        rests.sort_by_key(|(.., candidate)| candidate.until.map_or(i64::MAX, Timestamp::as_millis));
        rests
            .into_iter()
            .map(|(provider, kind, candidate)| {
                json!({
                    "profileId": candidate.profile.as_str(),
                    "provider": provider.as_str(),
                    "kind": kind,
                    "reason": candidate.class.map(FailureClass::as_str),
                    "until": candidate.until,
                    "remainingMs": candidate.until.map(|until| until.as_millis() - self.now.as_millis()),
                })
            })
            .collect()
    }

    /// How old tokens are.
    fn ages(&self) -> Value {
        let profiles: Vec<(&ProfileFacts, &'static str)> =
            self.stored().map(|facts| (facts, self.age(facts))).collect();
        let one = |(facts, status): &(&ProfileFacts, &'static str)| {
            let mut whole = json!({
                "profileId": facts.id.as_str(),
                "provider": facts.provider.as_str(),
                "type": facts.kind.map_or("unknown", CredentialKind::as_str),
                "status": status,
                "source": "store",
                "label": facts.id.as_str(),
            });
            if let Expiry::At(at) = facts.expires {
                whole["expiresAt"] = json!(at);
                whole["remainingMs"] = json!(at.as_millis() - self.now.as_millis());
            }
            whole
        };
        let by_provider = self.providers.keys().filter_map(|provider| {
            let of: Vec<_> = profiles
                .iter()
                .filter(|(facts, _)| facts.provider == *provider)
                .collect();
            let worst = ["expired", "missing", "expiring", "ok", "static"];
            let status = worst
                .into_iter()
                .find(|status| of.iter().any(|(_, is)| is == status))?;
            Some(json!({
                "provider": provider.as_str(),
                "status": status,
                "profiles": of.iter().map(|facts| one(facts)).collect::<Vec<_>>(),
            }))
        });
        json!({
            "warnAfterMs": SOON_MS,
            "profiles": profiles.iter().map(one).collect::<Vec<_>>(),
            "providers": by_provider.collect::<Vec<_>>(),
        })
    }

    fn age(&self, facts: &ProfileFacts) -> &'static str {
        match (facts.kind, facts.expires) {
            (Some(CredentialKind::ApiKey) | None, _) | (Some(CredentialKind::Token), Expiry::Never) => {
                "static"
            }
            (Some(CredentialKind::OAuth), Expiry::Never) => "missing",
            _ if facts.refreshable => "ok",
            (_, Expiry::Invalid) => "expired",
            (_, Expiry::At(at)) if at <= self.now => "expired",
            (_, Expiry::At(at)) if at.as_millis() - self.now.as_millis() <= SOON_MS => "expiring",
            _ => "ok",
        }
    }

    fn ours(&self) -> Value {
        let sources = self.snapshot.sources();
        let providers = self.providers.iter().map(|(provider, decision)| {
            let endpoint = self.book.shown_endpoint(provider);
            let explained = Explained::new(provider, None, decision);
            json!({
                "provider": provider.as_str(),
                "endpoint": endpoint.as_ref().map(|endpoint| &endpoint.base_url),
                "api": endpoint.as_ref().map(|endpoint| endpoint.api.as_str()),
                "chosen": explained.chosen,
                "candidates": explained.candidates,
            })
        });
        let [session, agent, global] = self.modelpin.resolver().pins().table().counts(self.now);
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "stateDir": sources.state.path.display().to_string(),
            "stateDirReason": sources.state.reason.to_string(),
            "providers": providers.collect::<Vec<_>>(),
            "notes": unused_variables(self.snapshot, self.book),
            "pins": { "session": session, "agent": agent, "global": global },
        })
    }
}

/// Variables that are set and not used, because a stronger one of the same provider is set too.
pub(super) fn unused_variables(snapshot: &Snapshot, book: &Book) -> Vec<String> {
    let providers: IndexSet<&ProviderId> = book.facts().iter().map(|facts| &facts.provider).collect();
    let note = |provider: &ProviderId| {
        let names: Vec<&str> = snapshot
            .environment()
            .keys(provider)
            .iter()
            .map(|key| key.name)
            .collect();
        let (used, unused) = names.split_first()?;
        (!unused.is_empty())
            .then(|| format!("{used} and {} are both set; {used} wins.", unused.join(" and ")))
    };
    providers.into_iter().filter_map(note).collect()
}
