//! From what the resolver and the files say to the shape of `models status --json`.

use std::time::Duration;

use indexmap::{IndexMap, IndexSet};

use crate::access::Act;
use crate::catalog::Entry;
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::middleware::ModelPin;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Candidate, Expiry, ProfileFacts, Reason, Source};
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::resolver::{About, Book, Decision, Question, Snapshot};
use crate::session::{Actor, Scope, SessionKey};

use super::shape::{
    Age, Ages, AuthPart, Effective, EffectiveKind, Key, Ours, PinCounts, ProfileAge, Profiles, ProviderAge,
    ProviderNow, ProviderPart, RestWord, ShellEnvFallback, Status, StoreWord, Unusable,
};
use crate::report::Explained;

/// What the status is made from: what `actor` may know of.
pub(crate) struct Gathered<'a> {
    modelpin: &'a ModelPin,
    snapshot: &'a Snapshot,
    book: &'a Book,
    actor: &'a Actor,
    pub(crate) now: Timestamp,
    /// A credential that ends within so many milliseconds ends soon.
    soon: i64,
    pub(crate) providers: IndexMap<ProviderId, Decision>,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(
        modelpin: &'a ModelPin,
        snapshot: &'a Snapshot,
        book: &'a Book,
        session: &'a SessionKey,
        actor: &'a Actor,
        soon: Duration,
    ) -> Self {
        let sees = |id: &ProfileId| may_see(snapshot, actor, id);
        let facts = || book.facts().iter().filter(|facts| sees(&facts.id));
        let ids: IndexSet<&ProviderId> = book
            .catalog()
            .providers()
            .into_iter()
            .chain(facts().map(|facts| &facts.provider))
            .collect();
        let decide = |provider: &ProviderId| {
            let question = Question {
                about: About::Provider(provider),
                ..Question::new(session, actor)
            };
            let mut decision = modelpin.resolver().explain(question).ok()?;
            decision.ranking.candidates.retain(|one| sees(&one.profile));
            decision.ranking.excluded.retain(|out| sees(&out.profile));
            Some(decision)
        };
        let providers = ids
            .into_iter()
            .filter_map(|provider| Some((provider.clone(), decide(provider)?)));
        Self {
            providers: providers.collect(),
            now: modelpin.resolver().now(),
            soon: i64::try_from(soon.as_millis()).unwrap_or(i64::MAX),
            actor,
            modelpin,
            snapshot,
            book,
        }
    }

    /// What is known of the profiles that are seen.
    fn facts(&self) -> impl Iterator<Item = &ProfileFacts> {
        let all = self.book.facts().iter();
        all.filter(|facts| may_see(self.snapshot, self.actor, &facts.id))
    }

    pub(crate) fn whole(&self) -> Status {
        let catalog = self.book.catalog();
        let agent = self.snapshot.config().agent(self.book.agent());
        let image = self
            .snapshot
            .config()
            .agents
            .image_model
            .clone()
            .unwrap_or_default();
        let mut aliases = std::collections::BTreeMap::new();
        for entry in catalog.selectable() {
            if let Some(alias) = &entry.alias {
                // Of two models with one alias, the first has it.
                aliases
                    .entry(alias.clone())
                    .or_insert_with(|| entry.model.to_string());
            }
        }
        let allowed: Vec<String> = match &agent {
            Ok(agent) => agent.models().keys().map(ToString::to_string).collect(),
            Err(_) => Vec::new(),
        };
        let paths = self.snapshot.paths(self.book.agent());
        Status {
            config_path: self.snapshot.sources().config.path.display().to_string(),
            agent_id: self.book.agent().to_string(),
            agent_dir: paths.map(|paths| paths.dir.display().to_string()).ok(),
            fallbacks: agent
                .iter()
                .flat_map(|agent| agent.fallbacks())
                .cloned()
                .collect(),
            default_model: agent.ok().and_then(|agent| agent.primary()).map(str::to_owned),
            resolved_default: catalog.default_model().map(ToString::to_string),
            image_model: image.primary,
            image_fallbacks: image.fallbacks.unwrap_or_default(),
            aliases,
            allowed,
            auth: self.auth(),
            modelpin: self.ours(),
        }
    }

    fn auth(&self) -> AuthPart {
        let shell = &self.snapshot.config().env.shell;
        let oauth = self
            .stored()
            .filter(|facts| facts.kind == Some(CredentialKind::OAuth));
        let mut with_oauth: IndexMap<&ProviderId, usize> = IndexMap::new();
        for facts in oauth {
            *with_oauth.entry(&facts.provider).or_default() += 1;
        }
        let applied = self.snapshot.environment().applied_from_shell();
        AuthPart {
            store_path: self.book.store_path().to_owned(),
            shell_env_fallback: ShellEnvFallback {
                enabled: shell.enabled,
                applied_keys: applied.iter().map(|name| (*name).to_owned()).collect(),
            },
            providers_with_oauth: with_oauth
                .iter()
                .map(|(id, count)| format!("{id} ({count})"))
                .collect(),
            missing_providers_in_use: self.missing().iter().map(ToString::to_string).collect(),
            providers: self
                .providers
                .keys()
                .map(|provider| self.provider(provider))
                .collect(),
            unusable_profiles: self.unusable(),
            oauth: self.ages(),
            probes: None,
        }
    }

    /// The providers in use that have nothing to present.
    pub(crate) fn missing(&self) -> Vec<ProviderId> {
        let mut in_use: Vec<ProviderId> = self.in_use().into_iter().collect();
        in_use.retain(|provider| {
            let decision = self.providers.get(provider);
            decision.is_none_or(|decision| decision.ranking.candidates.is_empty())
        });
        in_use
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

    pub(crate) fn stored(&self) -> impl Iterator<Item = &ProfileFacts> {
        self.facts().filter(|facts| facts.source.is_stored())
    }

    fn provider(&self, provider: &ProviderId) -> ProviderPart {
        let profiles: Vec<&ProfileFacts> = self
            .stored()
            .filter(|facts| facts.provider == *provider)
            .collect();
        let count = |kind| profiles.iter().filter(|facts| facts.kind == Some(kind)).count();
        let keys = || self.facts().filter(|facts| facts.provider == *provider);
        let env = keys().find(|facts| matches!(facts.source, Source::Environment(_)));
        let config = keys().find(|facts| facts.source == Source::Config);
        let (kind, detail) = match (profiles.is_empty(), env, config) {
            (false, _, _) => (EffectiveKind::Profiles, self.book.store_path().to_owned()),
            (true, Some(env), _) => (EffectiveKind::Env, env.source.to_string()),
            (true, None, Some(_)) => (EffectiveKind::ModelsJson, "models.providers".to_owned()),
            (true, None, None) => (EffectiveKind::Missing, "missing".to_owned()),
        };
        let handle = |facts: &ProfileFacts| self.book.handle(&facts.id).map(|handle| handle.to_string());
        ProviderPart {
            provider: provider.to_string(),
            effective: Effective { kind, detail },
            profiles: Profiles {
                count: profiles.len(),
                oauth: count(CredentialKind::OAuth),
                token: count(CredentialKind::Token),
                api_key: count(CredentialKind::ApiKey),
                labels: profiles.iter().map(|facts| self.label(facts)).collect(),
            },
            env: env.map(|env| Key {
                value: handle(env),
                source: env.source.to_string(),
            }),
            models_json: config.map(|config| Key {
                value: handle(config),
                source: "models.providers".to_owned(),
            }),
        }
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
                let kind = kind.as_str();
                minutes.map_or(format!(" [{kind}]"), |minutes| format!(" [{kind} {minutes}m]"))
            });
        format!("{}={handle}{}", facts.id, rest.unwrap_or_default())
    }

    /// The candidates that rest, with the word for that kind of rest.
    fn resting(&self) -> impl Iterator<Item = (&ProviderId, RestWord, &Candidate)> {
        let of_each = self.providers.iter().flat_map(|(provider, decision)| {
            decision
                .ranking
                .candidates
                .iter()
                .map(move |candidate| (provider, candidate))
        });
        of_each.filter_map(|(provider, candidate)| match candidate.reason {
            Reason::Cooldown => Some((provider, RestWord::Cooldown, candidate)),
            Reason::Disabled => Some((provider, RestWord::Disabled, candidate)),
            _ => None,
        })
    }

    fn unusable(&self) -> Vec<Unusable> {
        let mut rests: Vec<_> = self.resting().collect();
        rests.sort_by_key(|(.., candidate)| candidate.until.map_or(i64::MAX, Timestamp::as_millis));
        rests
            .into_iter()
            .map(|(provider, kind, candidate)| Unusable {
                profile_id: candidate.profile.to_string(),
                provider: provider.to_string(),
                kind,
                reason: candidate
                    .class
                    .map(|class| FailureClass::as_str(class).to_owned()),
                until: candidate.until.map(Timestamp::as_millis),
                remaining_ms: candidate.until.map(|until| self.remaining(until)),
                // Rests of single models are learned and kept in a running process; files tell of whole accounts.
                model: None,
            })
            .collect()
    }

    /// The kind that the configuration says a profile is of.
    pub(crate) fn declared(&self, id: &ProfileId) -> Option<CredentialKind> {
        self.book.declared().get(id)?.kind
    }

    fn remaining(&self, until: Timestamp) -> i64 {
        until.as_millis() - self.now.as_millis()
    }

    /// How old credentials are.
    fn ages(&self) -> Ages {
        let profiles: Vec<ProfileAge> = self.stored().map(|facts| self.profile_age(facts)).collect();
        let by_provider = self.providers.keys().filter_map(|provider| {
            let of = profiles.iter().filter(|age| age.provider == provider.as_str());
            let of: Vec<ProfileAge> = of.cloned().collect();
            let first = of.iter().filter_map(|age| age.expires_at).min();
            Some(ProviderAge {
                provider: provider.to_string(),
                status: of.iter().map(|age| age.status).min()?,
                expires_at: first,
                remaining_ms: first.map(|at| at - self.now.as_millis()),
                profiles: of,
            })
        });
        Ages {
            warn_after_ms: self.soon,
            providers: by_provider.collect(),
            profiles,
        }
    }

    fn profile_age(&self, facts: &ProfileFacts) -> ProfileAge {
        let ends = match facts.expires {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Invalid => None,
        };
        ProfileAge {
            profile_id: facts.id.to_string(),
            provider: facts.provider.to_string(),
            kind: facts.kind.map_or("unknown", CredentialKind::as_str).to_owned(),
            status: self.age(facts),
            expires_at: ends.map(Timestamp::as_millis),
            remaining_ms: ends.map(|at| self.remaining(at)),
            source: if facts.source == Source::Inherited {
                StoreWord::Inherited
            } else {
                StoreWord::Store
            },
            label: facts.id.to_string(),
        }
    }

    pub(crate) fn age(&self, facts: &ProfileFacts) -> Age {
        match (facts.kind, facts.expires) {
            (Some(CredentialKind::ApiKey) | None, _) | (Some(CredentialKind::Token), Expiry::Never) => {
                Age::Static
            }
            (Some(CredentialKind::OAuth), Expiry::Never) => Age::Missing,
            _ if facts.refreshable => Age::Ok,
            (_, Expiry::Invalid) => Age::Expired,
            (_, Expiry::At(at)) if at <= self.now => Age::Expired,
            (_, Expiry::At(at)) if self.remaining(at) <= self.soon => Age::Expiring,
            _ => Age::Ok,
        }
    }

    fn ours(&self) -> Ours {
        let sources = self.snapshot.sources();
        let providers = self.providers.iter().map(|(provider, decision)| {
            let endpoint = self.book.shown_endpoint(provider);
            let explained = Explained::of(provider, None, decision);
            ProviderNow {
                provider: provider.to_string(),
                api: endpoint.as_ref().map(|endpoint| endpoint.api.as_str().to_owned()),
                endpoint: endpoint.map(|endpoint| endpoint.base_url),
                chosen: explained.chosen,
                candidates: explained.candidates,
            }
        });
        let [session, agent, global] = self.modelpin.resolver().pins().table().counts(self.now);
        Ours {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            state_dir: sources.state.path.display().to_string(),
            state_dir_reason: sources.state.reason.to_string(),
            providers: providers.collect(),
            notes: unused_variables(self.snapshot, self.book),
            pins: PinCounts {
                session,
                agent,
                global,
            },
        }
    }
}

fn may_see(snapshot: &Snapshot, actor: &Actor, id: &ProfileId) -> bool {
    snapshot.rules().may(actor, Act::See, Scope::Session, Some(id))
}

/// Variables that are set and not used, because a stronger one of the same provider is set too.
pub(crate) fn unused_variables(snapshot: &Snapshot, book: &Book) -> Vec<String> {
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
