//! From a profile to what is presented: the credential, the account behind it, the place it may go to.

use thiserror::Error;

use super::agent::{AgentCredentials, CONFIG, ENV};
use super::env::provider_of;
use super::profile::{Problem, StoredProfile};
use super::resolve::Unresolved;
use crate::config::SecretInput;
use crate::credential::{Credential, CredentialKind};
use crate::endpoint::Endpoint;
use crate::model::ProviderId;
use crate::order::{Expiry, SecretState};
use crate::profile::{AccountId, Identity, ProfileId};
use crate::secret::Secret;

/// Why there is no credential to present.
#[derive(Debug, Error)]
pub enum CredentialError {
    /// There is no such profile.
    #[error("there is no profile `{0}`")]
    Unknown(ProfileId),
    /// Its entry cannot be used.
    #[error("the profile `{profile}` cannot be used")]
    Unusable {
        /// The profile.
        profile: ProfileId,
        /// What is wrong with it.
        #[source]
        problem: Problem,
    },
    /// It is of a type that we do not know.
    #[error("the profile `{0}` is of a type that modelpin does not know")]
    UnknownType(ProfileId),
    /// There is no secret in it.
    #[error("the profile `{0}` holds no secret")]
    Blank(ProfileId),
    /// It has a refresh token only.
    #[error("the profile `{0}` has to be refreshed before it can be used")]
    NeedsRefresh(ProfileId),
    /// Its secret is kept elsewhere and is not to be had there.
    #[error("the secret of `{profile}` is kept elsewhere")]
    Unresolved {
        /// The profile.
        profile: ProfileId,
        /// Where it was looked for.
        #[source]
        cause: Unresolved,
    },
}

impl AgentCredentials {
    /// The credential behind a profile, sanitised. Whether it has ended is not asked here.
    ///
    /// `env:NAME` and `config:provider` are the keys that [`facts`](Self::facts) calls so. A profile of the
    /// store that has such an id goes before them. Only variables of the table are reached by `env:NAME`.
    ///
    /// # Errors
    /// [`CredentialError`] says why there is nothing to present.
    pub fn credential(&self, id: &ProfileId) -> Result<Credential, CredentialError> {
        if let Some((profile, _)) = self.profile(id) {
            return self.stored_credential(id, profile);
        }
        let unknown = || CredentialError::Unknown(id.clone());
        if let Some(name) = id.as_str().strip_prefix(ENV) {
            let provider = provider_of(name).ok_or_else(unknown)?;
            let found = self.environment.keys(&provider).into_iter();
            let found = found
                .into_iter()
                .find(|found| found.name == name)
                .ok_or_else(unknown)?;
            return Ok(present(found.kind, found.value));
        }
        let provider = id.as_str().strip_prefix(CONFIG).ok_or_else(unknown)?;
        let (input, kind) = self.config_key(&ProviderId::new(provider)).ok_or_else(unknown)?;
        let kind = kind.ok_or_else(|| CredentialError::UnknownType(id.clone()))?;
        Ok(present(kind, self.resolve(id, input)?))
    }

    /// Whether the credential of a profile and the endpoint of a provider are the same each time: no part of them is read
    /// from a file whenever it is asked for.
    #[must_use]
    pub fn is_fixed(&self, provider: &ProviderId, id: &ProfileId) -> bool {
        let fixed = |input: &SecretInput| !matches!(input, SecretInput::File(_) | SecretInput::Exec(_));
        let secret = match self.profile(id) {
            Some((profile, _)) => profile.secret.as_ref(),
            None => self.config_key(provider).map(|(input, _)| input),
        };
        let endpoint = self.config.providers.get(provider);
        let parts = endpoint
            .into_iter()
            .flat_map(|own| own.base_url.iter().chain(own.headers.values()));
        secret.into_iter().chain(parts).all(fixed)
    }

    /// What a profile tells of the account behind it: its entry, and the e-mail in `auth.profiles`.
    #[must_use]
    pub fn identity(&self, id: &ProfileId) -> Identity {
        let stored = self.profile(id).map(|(profile, _)| profile);
        let account = stored.and_then(|profile| profile.account.as_deref());
        let configured = || self.config.auth.profiles.get(id)?.email.as_deref();
        let email = stored
            .and_then(|profile| profile.email.as_deref())
            .or_else(configured);
        Identity::new(account, email)
    }

    /// The account behind a profile: what its entry tells, else the e-mail in `auth.profiles`.
    #[must_use]
    pub fn account(&self, id: &ProfileId) -> AccountId {
        let written = id.as_str();
        let stored = self.profile(id).map(|(profile, _)| profile);
        let provider = match (stored, written.strip_prefix(ENV)) {
            (Some(profile), _) => profile.provider.clone(),
            (None, Some(name)) => provider_of(name).unwrap_or_else(|| ProviderId::new("")),
            (None, None) => {
                let rest = written.strip_prefix(CONFIG).unwrap_or(written);
                ProviderId::new(rest.split(':').next().unwrap_or_default())
            }
        };
        let told = |text: &&String| !text.trim().is_empty();
        let account = stored
            .and_then(|profile| {
                let account = profile.account.as_ref().filter(told);
                account.or(profile.email.as_ref().filter(told))
            })
            .or_else(|| self.config.auth.profiles.get(id)?.email.as_ref());
        AccountId::new(&provider, account.map(String::as_str), id)
    }

    /// Where requests to a provider go, with all that is kept elsewhere put in.
    ///
    /// # Errors
    /// [`Unresolved`] names the variable that is not set.
    pub fn endpoint(&self, provider: &ProviderId) -> Result<Option<Endpoint>, Unresolved> {
        let resolve = |input: &SecretInput| Ok(self.environment.resolve(input)?.expose().to_owned());
        self.config.endpoint_with(provider, resolve)
    }

    fn stored_credential(
        &self,
        id: &ProfileId,
        profile: &StoredProfile,
    ) -> Result<Credential, CredentialError> {
        if let Some(problem) = &profile.problem {
            return Err(CredentialError::Unusable {
                profile: id.clone(),
                problem: problem.clone(),
            });
        }
        let kind = profile
            .kind
            .ok_or_else(|| CredentialError::UnknownType(id.clone()))?;
        let blank = || match self.is_there(profile.refresh.as_ref()) {
            SecretState::Usable => CredentialError::NeedsRefresh(id.clone()),
            _ => CredentialError::Blank(id.clone()),
        };
        let secret = match &profile.secret {
            Some(input) => self.resolve(id, input)?,
            None => return Err(blank()),
        };
        if secret.is_blank() {
            return Err(blank());
        }
        let expires = match profile.expires {
            Expiry::At(end) => Some(end),
            Expiry::Never | Expiry::Invalid => None,
        };
        Ok(match kind {
            CredentialKind::ApiKey => Credential::ApiKey { key: secret },
            CredentialKind::Token => Credential::Token {
                token: secret,
                expires,
            },
            CredentialKind::OAuth => Credential::OAuth {
                access: secret,
                expires,
                account: profile.account.clone(),
            },
        })
    }

    fn resolve(&self, id: &ProfileId, input: &SecretInput) -> Result<Secret, CredentialError> {
        self.environment
            .resolve(input)
            .map_err(|cause| CredentialError::Unresolved {
                profile: id.clone(),
                cause,
            })
    }
}

fn present(kind: CredentialKind, secret: Secret) -> Credential {
    match kind {
        CredentialKind::ApiKey => Credential::ApiKey { key: secret },
        CredentialKind::Token | CredentialKind::OAuth => Credential::Token {
            token: secret,
            expires: None,
        },
    }
}
