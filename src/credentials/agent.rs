//! All credentials of one agent: its own file, what it inherits, the environment, the configuration.

use std::sync::Arc;

use indexmap::IndexMap;

use super::environment::Environment;
use super::file::AuthStore;
use super::profile::{Problem, StoredProfile};
use crate::clock::Timestamp;
use crate::config::{Config, ProviderAuth, SecretInput};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::order::{self, Ask, Declared, Expiry, ProfileFacts, Ranking, SecretState, Source};
use crate::profile::ProfileId;

/// What one agent has to present. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AgentCredentials {
    own: Option<Arc<AuthStore>>,
    inherited: Option<Arc<AuthStore>>,
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
    declared: Arc<IndexMap<ProfileId, Declared>>,
}

impl AgentCredentials {
    /// Joins what the agent has. `inherited` is the store of `main`, for an agent that reads it under its own.
    #[must_use]
    pub fn new(
        own: Option<Arc<AuthStore>>,
        inherited: Option<Arc<AuthStore>>,
        config: Arc<Config>,
        environment: Arc<Environment>,
    ) -> Self {
        let profiles = config.auth.profiles.iter();
        let declared = profiles.map(|(id, profile)| {
            let declared = Declared {
                provider: profile.provider.clone(),
                kind: profile.mode,
            };
            (id.clone(), declared)
        });
        Self {
            declared: Arc::new(declared.collect()),
            own,
            inherited,
            config,
            environment,
        }
    }

    /// The profiles of files: the agent's own, then those that it inherits and does not have itself.
    pub fn stored(&self) -> impl Iterator<Item = (&ProfileId, &StoredProfile, Source)> {
        self.stored_with_store()
            .map(|(_, id, profile, source)| (id, profile, source))
    }

    /// A profile of a file, and where it comes from.
    #[must_use]
    pub fn profile(&self, id: &ProfileId) -> Option<(&StoredProfile, Source)> {
        let own = self.own.as_ref().and_then(|own| own.profiles().get(id));
        let inherited = || Some((self.inherited.as_ref()?.profiles().get(id)?, Source::Inherited));
        own.map(|profile| (profile, Source::Store)).or_else(inherited)
    }

    /// What the configuration declares about profiles.
    #[must_use]
    pub fn declared(&self) -> &IndexMap<ProfileId, Declared> {
        &self.declared
    }

    /// The order that is kept for a provider in the agent's file, else in the file that it inherits.
    #[must_use]
    pub fn stored_order(&self, provider: &ProviderId) -> Option<&[ProfileId]> {
        let own = self.own.as_ref().and_then(|own| own.order(provider));
        own.or_else(|| self.inherited.as_ref()?.order(provider))
    }

    /// The facts for a ranking: all stored profiles, then the provider's key in the environment and in the
    /// configuration.
    ///
    /// Secrets that are kept in files are looked for there, so that a profile without one is no candidate.
    #[must_use]
    pub fn facts(&self, provider: &ProviderId, now: Timestamp) -> Vec<ProfileFacts> {
        let stored = self.stored_with_store().map(|(store, id, profile, source)| {
            let usage = store.usage(id);
            ProfileFacts {
                id: id.clone(),
                provider: profile.provider.clone(),
                kind: profile.kind,
                secret: self.state_of(profile),
                expires: profile.expires,
                refreshable: self.is_there(profile.refresh.as_ref()) == SecretState::Usable,
                last_used: usage.and_then(|usage| usage.last_used),
                rest: usage.and_then(|usage| usage.rest(now)),
                source,
            }
        });
        let mut facts: Vec<ProfileFacts> = stored.collect();
        let key = |id: String, kind, secret, source| ProfileFacts {
            id: ProfileId::new(&id),
            provider: provider.clone(),
            kind,
            secret,
            expires: Expiry::Never,
            refreshable: false,
            last_used: None,
            rest: None,
            source,
        };
        if let Some(found) = self.environment.keys(provider).into_iter().next() {
            let source = Source::Environment(found.name.to_owned());
            let id = format!("{ENV}{}", found.name);
            facts.push(key(id, Some(found.kind), SecretState::Usable, source));
        }
        if let Some((input, kind)) = self.config_key(provider) {
            let id = format!("{CONFIG}{provider}");
            facts.push(key(id, kind, self.is_there(Some(input)), Source::Config));
        }
        facts
    }

    /// Ranks the candidates of a provider. `preferred` go first, strongest first.
    #[must_use]
    pub fn rank(
        &self,
        provider: &ProviderId,
        preferred: &[ProfileId],
        allowed: &dyn Fn(&ProfileId) -> bool,
        now: Timestamp,
    ) -> Ranking {
        self.rank_facts(provider, &self.facts(provider, now), preferred, allowed, now)
    }

    /// The same, of facts to which somebody has added what the ledger knows.
    #[must_use]
    pub fn rank_facts(
        &self,
        provider: &ProviderId,
        profiles: &[ProfileFacts],
        preferred: &[ProfileId],
        allowed: &dyn Fn(&ProfileId) -> bool,
        now: Timestamp,
    ) -> Ranking {
        order::rank(&Ask {
            provider,
            profiles,
            stored_order: self.stored_order(provider),
            config_order: self.config.auth.order.get(provider).map(Vec::as_slice),
            config_profiles: &self.declared,
            preferred,
            allowed,
            now,
        })
    }

    /// The environment that keys are looked for in.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    fn stored_with_store(&self) -> impl Iterator<Item = (&AuthStore, &ProfileId, &StoredProfile, Source)> {
        let own = self.own.as_deref();
        let inherited = self.inherited.as_deref();
        let of_own = own.into_iter().flat_map(|store| {
            let profiles = store.profiles().iter();
            profiles.map(move |(id, profile)| (store, id, profile, Source::Store))
        });
        let of_main = inherited.into_iter().flat_map(move |store| {
            let profiles = store.profiles().iter();
            let others =
                profiles.filter(move |(id, _)| own.is_none_or(|own| !own.profiles().contains_key(*id)));
            others.map(move |(id, profile)| (store, id, profile, Source::Inherited))
        });
        of_own.chain(of_main)
    }

    fn state_of(&self, profile: &StoredProfile) -> SecretState {
        match profile.problem {
            Some(Problem::BadReference(_)) => SecretState::Unresolved,
            Some(_) => SecretState::Blank,
            None => self.is_there(profile.secret.as_ref()),
        }
    }

    pub(super) fn is_there(&self, input: Option<&SecretInput>) -> SecretState {
        match input {
            None => SecretState::Blank,
            // The usual case, without a copy of the secret.
            Some(SecretInput::Plain(secret)) if !secret.is_blank() => SecretState::Usable,
            Some(input) => match self.environment.resolve(input) {
                Ok(secret) if secret.is_blank() => SecretState::Blank,
                Ok(_) => SecretState::Usable,
                Err(_) => SecretState::Unresolved,
            },
        }
    }

    pub(super) fn config_key(&self, provider: &ProviderId) -> Option<(&SecretInput, Option<CredentialKind>)> {
        let config = self.config.providers.get(provider)?;
        let kind = match config.auth {
            None | Some(ProviderAuth::ApiKey) => Some(CredentialKind::ApiKey),
            Some(ProviderAuth::Token | ProviderAuth::OAuth) => Some(CredentialKind::Token),
            Some(ProviderAuth::AwsSdk) => None,
        };
        Some((config.api_key.as_ref()?, kind))
    }
}

/// Before the name of a variable in the profile id of its key.
pub(super) const ENV: &str = "env:";
/// Before the provider in the profile id of its key in the configuration.
pub(super) const CONFIG: &str = "config:";
