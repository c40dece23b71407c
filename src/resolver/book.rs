//! What is known of one agent: its models, its credentials, its endpoints.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use thiserror::Error;

use crate::catalog::Catalog;
use crate::clock::Timestamp;
use crate::config::{Config, UnknownAgent};
use crate::cooldown::{AccountKey, Alone, Told};
use crate::credential::{Credential, CredentialKind};
use crate::credentials::{AgentCredentials, AuthStore, CredentialError, Environment, StoreError, UsageStats};
use crate::echo::causes;
use crate::endpoint::Endpoint;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Declared, Expiry, ProfileFacts, SecretState, Source};
use crate::outcome::Rest;
use crate::profile::{Identity, ProfileId};
use crate::provide::CredentialChain;
use crate::retention::Retention;
use crate::secret::{Handle, HandleKey};
use crate::session::AgentId;

use super::from_files::{self, FromFiles};
use super::models::{self, Models};

/// A sign-in that ends sooner is renewed first.
pub(super) const RENEWED_BEFORE: Duration = Duration::from_secs(5 * 60);

/// Why an agent's book cannot be opened.
#[derive(Debug, Clone, Error)]
pub enum BookError {
    /// There is no such agent.
    #[error(transparent)]
    UnknownAgent(#[from] UnknownAgent),
    /// Its credential file is there and cannot be used.
    #[error("{}", causes(.0))]
    Store(Arc<StoreError>),
}

/// The facts of one agent, as the files told them when they were read.
#[derive(Debug)]
pub struct Book {
    agent: AgentId,
    store: String,
    config: Arc<Config>,
    catalog: Catalog,
    fallbacks: Vec<ModelRef>,
    credentials: Arc<AgentCredentials>,
    chain: CredentialChain,
    stores: [Option<Arc<AuthStore>>; 2],
    facts: Vec<ProfileFacts>,
    by_id: HashMap<ProfileId, usize>,
    identities: Vec<(ProfileId, Identity)>,
    accounts: HashMap<ProfileId, AccountKey>,
    notes: Vec<String>,
    /// Whether nobody but the files is asked for credentials.
    only_files: bool,
    declared: IndexMap<ProfileId, Declared>,
    handles: HandleKey,
    inherited: Option<PathBuf>,
    retentions: HashMap<ModelRef, Retention>,
}

/// What a book is made from.
pub(super) struct Leaves {
    pub(super) agent: AgentId,
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
    pub(super) store: String,
    pub(super) own: Option<Arc<AuthStore>>,
    pub(super) inherited: Option<Arc<AuthStore>>,
    /// The file of those.
    pub(super) inherited_store: Option<PathBuf>,
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
            inherited_store,
            handles,
            more,
        } = leaves;
        let credentials = Arc::new(AgentCredentials::new(
            own.clone(),
            inherited.clone(),
            Arc::clone(&config),
            Arc::clone(&environment),
        ));
        let mut facts = from_files::all_facts(&credentials, &config, &environment);
        for facts in &mut facts {
            let place = match (&facts.source, &inherited_store) {
                (Source::Inherited, Some(path)) => path.as_path(),
                _ => Path::new(&store),
            };
            facts.refreshable &= !ended(place, facts, &config);
        }
        let Models {
            catalog,
            fallbacks,
            notes,
        } = models::catalog(&config, &agent, &facts)?;
        for note in &notes {
            tracing::warn!(%agent, "{note}");
        }
        let retentions = config.agent(&agent)?.retentions();
        let retentions = retentions
            .map(|(model, retention)| (model.clone(), retention))
            .collect();
        let identity = |facts: &ProfileFacts| (facts.id.clone(), credentials.identity(&facts.id));
        let account = |facts: &ProfileFacts| {
            let account = credentials.account(&facts.id);
            let secret = credentials.credential(&facts.id).ok();
            let generation = secret.map_or(0, |held| handles.generation(held.secret()));
            // A sign-in gets new tokens by itself: its limits and its money stay what they are.
            let lasting = match facts.kind {
                Some(CredentialKind::OAuth) => 0,
                _ => generation,
            };
            let key = AccountKey {
                account,
                generation,
                lasting,
            };
            (facts.id.clone(), key)
        };
        Ok(Self {
            only_files: more.is_empty(),
            chain: more.then(Arc::new(FromFiles::new(Arc::clone(&credentials)))),
            declared: credentials.declared().clone(),
            stores: [own, inherited],
            by_id: facts
                .iter()
                .enumerate()
                .rev()
                .map(|(at, facts)| (facts.id.clone(), at))
                .collect(),
            identities: facts.iter().map(identity).collect(),
            accounts: facts.iter().map(account).collect(),
            agent,
            store,
            config,
            catalog,
            fallbacks,
            credentials,
            facts,
            handles,
            inherited: inherited_store,
            retentions,
            notes,
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

    /// The models that step in when the selected one cannot be served, in order.
    #[must_use]
    pub fn fallbacks(&self) -> &[ModelRef] {
        &self.fallbacks
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The path of its credential file, there or not.
    #[must_use]
    pub fn store_path(&self) -> &str {
        &self.store
    }

    /// What was odd about the agent's models when the book was opened.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The facts of one profile. Its rest is told by [`rest`](Self::rest), which knows the moment.
    #[must_use]
    pub fn fact(&self, id: &ProfileId) -> Option<&ProfileFacts> {
        self.by_id.get(id).map(|at| &self.facts[*at])
    }

    /// What each profile tells of its account.
    #[must_use]
    pub fn identities(&self) -> &[(ProfileId, Identity)] {
        &self.identities
    }

    /// The rest that another program wrote into the credential file, if it is not over.
    #[must_use]
    pub fn rest(&self, id: &ProfileId, now: Timestamp) -> Option<Rest> {
        self.stores
            .iter()
            .flatten()
            .find_map(|store| store.usage(id))?
            .rest(now)
    }

    /// The same in the words of the ledger.
    pub(super) fn told(&self, id: &ProfileId) -> Vec<Told> {
        let usage = self.stores.iter().flatten().find_map(|store| store.usage(id));
        usage.map(UsageStats::told).unwrap_or_default()
    }

    /// Whether a provider has one credential only, whoever may use it.
    #[must_use]
    pub fn alone(&self, provider: &ProviderId) -> Alone {
        let there = |facts: &&ProfileFacts| {
            facts.provider == *provider
                && facts.secret == SecretState::Usable
                && facts.expires != Expiry::Invalid
        };
        match self.facts.iter().filter(there).nth(1) {
            None => Alone::Yes,
            Some(_) => Alone::No,
        }
    }

    /// Whether a sign-in has ended and has to be renewed before it can be used.
    #[must_use]
    pub fn is_stale(&self, id: &ProfileId, now: Timestamp) -> bool {
        self.fact(id).is_some_and(|facts| {
            let over = matches!(facts.expires, Expiry::At(end) if end <= now);
            facts.kind == Some(CredentialKind::OAuth) && (over || facts.secret != SecretState::Usable)
        })
    }

    /// Whether a sign-in ends within five minutes, or has ended.
    #[must_use]
    pub fn is_due(&self, id: &ProfileId, now: Timestamp) -> bool {
        self.is_stale(id, now.after(RENEWED_BEFORE))
    }

    /// The file that a profile is in.
    #[must_use]
    pub fn store_of(&self, id: &ProfileId) -> PathBuf {
        match (self.fact(id).map(|facts| &facts.source), &self.inherited) {
            (Some(Source::Inherited), Some(path)) => path.clone(),
            _ => PathBuf::from(&self.store),
        }
    }

    /// The credential files that it was read from.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let own = std::iter::once(PathBuf::from(&self.store));
        own.chain(self.inherited.clone()).collect()
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

    /// The account behind a profile, with the secret that it has now.
    #[must_use]
    pub fn account(&self, id: &ProfileId) -> AccountKey {
        let unknown = || AccountKey {
            account: self.credentials.account(id),
            generation: 0,
            lasting: 0,
        };
        self.accounts.get(id).cloned().unwrap_or_else(unknown)
    }

    /// The same with a secret that was had just now.
    pub(super) fn account_with(&self, id: &ProfileId, credential: &Credential) -> AccountKey {
        let known = self.account(id);
        let generation = self.handles.generation(credential.secret());
        AccountKey {
            lasting: if known.lasting == 0 { 0 } else { generation },
            generation,
            ..known
        }
    }

    /// What a profile tells of its account.
    #[must_use]
    pub fn identity(&self, id: &ProfileId) -> Identity {
        self.credentials.identity(id)
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

    /// The credential of a profile, for asking a provider whether it takes it. Requests of chats go through a lease.
    ///
    /// # Errors
    /// [`CredentialError`] says why there is none.
    pub fn credential(&self, id: &ProfileId) -> Result<Credential, CredentialError> {
        self.credentials.credential(id)
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

    /// How long a provider is to keep prompts of a model: what the configuration says, else a short time.
    #[must_use]
    pub fn retention(&self, model: &ModelRef) -> Retention {
        self.retentions.get(model).copied().unwrap_or_default()
    }

    /// Where a provider is reached, as the configuration has it: values of variables are not shown.
    #[must_use]
    pub fn shown_endpoint(&self, provider: &ProviderId) -> Option<Endpoint> {
        self.config.endpoint(provider)
    }

    /// Whether the credential and the endpoint are the same each time they are asked for, as long as the book is open: they
    /// are not where a caller's own code hands credentials out, or a secret is read from a file each time.
    pub(super) fn is_fixed(&self, provider: &ProviderId, profile: &ProfileId) -> bool {
        self.only_files && self.credentials.is_fixed(provider, profile)
    }

    /// Hands out credentials.
    pub(super) fn credentials(&self) -> &CredentialChain {
        &self.chain
    }

    /// Whether a provider has a credential at `now` that `may` allows, resting or not.
    #[must_use]
    pub fn has_credential(
        &self,
        provider: &ProviderId,
        may: &dyn Fn(&ProfileId) -> bool,
        now: Timestamp,
    ) -> bool {
        let ranking = self.credentials.rank_facts(provider, &self.facts, &[], may, now);
        !ranking.candidates.is_empty()
    }
}

/// Whether a sign-in can be renewed no more: the provider said so, or the answer to the last try was lost.
#[cfg(feature = "oauth")]
fn ended(store: &Path, facts: &ProfileFacts, config: &Config) -> bool {
    use crate::oauth::{Description, journal};
    if !facts.refreshable {
        return false;
    }
    let described = Description::of(&facts.provider, config).ok().flatten();
    let reuse = described.map(|at| at.reuse).unwrap_or_default();
    // A note that cannot be read may have said that a token must not be sent again.
    !matches!(
        journal::state(store, &facts.id, reuse),
        Ok(journal::Standing::Quiet | journal::Standing::UnderWay(_))
    )
}

/// Whether a sign-in can be renewed no more: nothing renews here.
#[cfg(not(feature = "oauth"))]
fn ended(_: &Path, _: &ProfileFacts, _: &Config) -> bool {
    false
}
