//! What the files and the environment have: facts for the rules, credentials for the chain.

use std::sync::Arc;

use async_trait::async_trait;
use indexmap::IndexSet;

use crate::clock::Timestamp;
use crate::config::Config;
use crate::credential::Credential;
use crate::credentials::{AgentCredentials, CredentialError, Environment};
use crate::echo::causes;
use crate::model::ProviderId;
use crate::order::ProfileFacts;
use crate::provide::{ProvideCredential, ProvideError, Wanted};

/// The credentials of the files and the environment, as the last link of the chain.
#[derive(Debug)]
pub(super) struct FromFiles(Arc<AgentCredentials>);

impl FromFiles {
    pub(super) fn new(credentials: Arc<AgentCredentials>) -> Self {
        Self(credentials)
    }
}

#[async_trait]
impl ProvideCredential for FromFiles {
    async fn provide(&self, wanted: Wanted<'_>) -> Result<Option<Credential>, ProvideError> {
        match self.0.credential(wanted.profile) {
            Ok(credential) => Ok(Some(credential)),
            Err(CredentialError::Unknown(_)) => Ok(None),
            Err(error) => Err(ProvideError {
                profile: wanted.profile.clone(),
                reason: causes(&error),
            }),
        }
    }
}

/// The facts of all providers at once, without rests: those depend on the moment.
pub(super) fn all_facts(
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
    for facts in &mut facts {
        facts.rest = None;
    }
    facts
}
