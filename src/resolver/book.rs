//! What is known of one agent: its models, its credentials, its endpoints.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use indexmap::{IndexMap, IndexSet};
use thiserror::Error;

use crate::catalog::{Allowlist, Catalog, Entry, builtin_models};
use crate::clock::Timestamp;
use crate::config::{Config, UnknownAgent};
use crate::credential::Credential;
use crate::credentials::{AgentCredentials, AuthStore, Environment, StoreError};
use crate::endpoint::Endpoint;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Declared, ProfileFacts};
use crate::profile::{AccountId, ProfileId};
use crate::provide::{CredentialChain, ProvideCredential, ProvideError, Wanted};
use crate::secret::{Handle, HandleKey};
use crate::session::AgentId;

/// Why an agent's book cannot be opened.
#[derive(Debug, Clone, Error)]
pub enum BookError {
    /// There is no such agent.
    #[error(transparent)]
    UnknownAgent(#[from] UnknownAgent),
    /// Its credential file is there and cannot be used.
    #[error("{}", chain(.0))]
    Store(Arc<StoreError>),
}

/// An error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error)
        .chain(causes)
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// The facts of one agent, as the files told them when they were read.
#[derive(Debug)]
pub struct Book {
    agent: AgentId,
    store: String,
    config: Arc<Config>,
    catalog: Catalog,
    credentials: Arc<AgentCredentials>,
    chain: CredentialChain,
    stores: [Option<Arc<AuthStore>>; 2],
    facts: Vec<ProfileFacts>,
    declared: IndexMap<ProfileId, Declared>,
    handles: HandleKey,
}

/// What a book is made from.
pub(super) struct Leaves {
    pub(super) agent: AgentId,
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
    pub(super) store: String,
    pub(super) own: Option<Arc<AuthStore>>,
    pub(super) inherited: Option<Arc<AuthStore>>,
    pub(super) handles: HandleKey,
    pub(super) more: CredentialChain,
}

impl Book {
    pub(super) fn bind(leaves: Leaves) -> Result<Self, BookError> {
        let Leaves {
            agent,
            config,
            environment,
            store,
            own,
            inherited,
            handles,
            more,
        } = leaves;
        let credentials = Arc::new(AgentCredentials::new(
            own.clone(),
            inherited.clone(),
            Arc::clone(&config),
            Arc::clone(&environment),
        ));
        let facts = all_facts(&credentials, &config, &environment);
        let catalog = catalog(&config, &agent, &facts)?;
        Ok(Self {
            chain: more.then(Arc::new(FromFiles(Arc::clone(&credentials)))),
            declared: credentials.declared().clone(),
            stores: [own, inherited],
            agent,
            store,
            config,
            catalog,
            credentials,
            facts,
            handles,
        })
    }

    /// The agent.
    #[must_use]
    pub fn agent(&self) -> &AgentId {
        &self.agent
    }

    /// Its models, aliases and allowlist.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The path of its credential file, there or not.
    #[must_use]
    pub fn store_path(&self) -> String {
        self.store.clone()
    }

    /// Every profile and key that the files and the environment have, in file order, keys last.
    #[must_use]
    pub fn facts(&self) -> &[ProfileFacts] {
        &self.facts
    }

    /// The order kept in the credential file.
    #[must_use]
    pub fn stored_order(&self, provider: &ProviderId) -> Option<&[ProfileId]> {
        self.credentials.stored_order(provider)
    }

    /// The order of the configuration.
    #[must_use]
    pub fn config_order(&self, provider: &ProviderId) -> Option<&[ProfileId]> {
        self.config.auth.order.get(provider).map(Vec::as_slice)
    }

    /// What the configuration declares about profiles.
    #[must_use]
    pub fn declared(&self) -> &IndexMap<ProfileId, Declared> {
        &self.declared
    }

    /// The account behind a profile.
    #[must_use]
    pub fn account(&self, id: &ProfileId) -> AccountId {
        self.credentials.account(id)
    }

    /// The e-mail of a profile's account, as the file or the configuration tells it.
    #[must_use]
    pub fn email(&self, id: &ProfileId) -> Option<&str> {
        let stored = self
            .credentials
            .profile(id)
            .and_then(|(profile, _)| profile.email.as_deref());
        let configured = || self.config.auth.profiles.get(id)?.email.as_deref();
        stored.or_else(configured)
    }

    /// The profile that another program marked as the last good one.
    #[must_use]
    pub fn last_good(&self, provider: &ProviderId) -> Option<&ProfileId> {
        self.stores
            .iter()
            .flatten()
            .find_map(|store| store.last_good(provider))
    }

    /// Stands for a profile's secret.
    #[must_use]
    pub fn handle(&self, id: &ProfileId) -> Option<Handle> {
        let credential = self.credentials.credential(id).ok()?;
        Some(credential.secret().handle(&self.handles))
    }

    /// Where a provider is reached, variables filled in; `None` if that is not known.
    #[must_use]
    pub fn endpoint(&self, provider: &ProviderId) -> Option<Endpoint> {
        self.credentials.endpoint(provider).ok().flatten()
    }

    /// Where a provider is reached, as the configuration has it: values of variables are not shown.
    #[must_use]
    pub fn shown_endpoint(&self, provider: &ProviderId) -> Option<Endpoint> {
        self.config.endpoint(provider)
    }

    /// Hands out credentials.
    pub(super) fn credentials(&self) -> &CredentialChain {
        &self.chain
    }

    /// Whether a provider has a credential that exists and that `may` allows, resting or not.
    #[must_use]
    pub fn has_credential(&self, provider: &ProviderId, may: &dyn Fn(&ProfileId) -> bool) -> bool {
        let now = Timestamp::from_millis(0);
        let ranking = self.credentials.rank_facts(provider, &self.facts, &[], may, now);
        !ranking.candidates.is_empty()
    }
}

/// The credentials of the files and the environment, as the last link of the chain.
#[derive(Debug)]
struct FromFiles(Arc<AgentCredentials>);

#[async_trait]
impl ProvideCredential for FromFiles {
    async fn provide(&self, wanted: Wanted<'_>) -> Result<Option<Credential>, ProvideError> {
        let found = self.0.credential(wanted.profile);
        found.map(Some).map_err(|error| ProvideError {
            profile: wanted.profile.clone(),
            reason: chain(&error),
        })
    }
}

/// The facts of all providers at once. Rests are taken as the file has them; the rules look whether they are over.
fn all_facts(
    credentials: &AgentCredentials,
    config: &Config,
    environment: &Environment,
) -> Vec<ProfileFacts> {
    let keyed: IndexSet<ProviderId> = environment
        .providers()
        .into_iter()
        .chain(config.providers.keys().cloned())
        .collect();
    let start = Timestamp::from_millis(0);
    let nobody = ProviderId::new("");
    let mut facts = credentials.facts(&nobody, start);
    let stored = facts.len();
    for provider in keyed {
        facts.extend(credentials.facts(&provider, start).into_iter().skip(stored));
    }
    facts
}

/// The models of the configuration, then the built-in ones of providers that have a credential or are named in it.
fn catalog(config: &Config, agent: &AgentId, facts: &[ProfileFacts]) -> Result<Catalog, BookError> {
    let of_agent = config.agent(agent)?;
    let models = of_agent.models();
    let chosen = models.iter().map(|(model, entry)| Entry {
        model: model.clone(),
        alias: entry.alias.clone(),
        auth_profile: entry.auth_profile.clone(),
    });
    let listed = config.providers.iter().flat_map(|(provider, own)| {
        own.models
            .iter()
            .map(|model| Entry::new(ModelRef::new(provider.clone(), &model.id)))
    });
    let with_credential: HashSet<&ProviderId> = facts.iter().map(|facts| &facts.provider).collect();
    let builtin = builtin_models().filter(|entry| {
        let provider = entry.model.provider();
        with_credential.contains(provider)
            && config
                .providers
                .get(provider)
                .is_none_or(|own| own.models.is_empty())
    });
    let mut entries: Vec<Entry> = chosen.chain(listed).chain(builtin).collect();
    let by_name = |name: &str, entries: &[Entry]| {
        let alias = entries.iter().find(|entry| entry.alias.as_deref() == Some(name));
        alias
            .map(|entry| entry.model.clone())
            .or_else(|| ModelRef::parse(name))
    };
    let default = match of_agent.primary() {
        Some(name) => by_name(name, &entries),
        None => entries.first().map(|entry| entry.model.clone()),
    };
    let fallbacks: Vec<Entry> = of_agent
        .fallbacks()
        .iter()
        .filter_map(|name| by_name(name, &entries))
        .map(Entry::new)
        .collect();
    entries.extend(fallbacks);
    let own_list = config
        .agent_list
        .get(agent)
        .is_some_and(|own| !own.models.is_empty());
    let allowed = (!models.is_empty()).then(|| Allowlist {
        models: models.keys().cloned().collect(),
        rule: if own_list {
            format!("agents.list[{agent}].models")
        } else {
            "agents.defaults.models".to_owned()
        },
    });
    Ok(Catalog::new(entries, allowed, default))
}
