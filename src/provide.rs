//! Where a credential comes from: one question, and a chain of those who may answer it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use crate::credential::Credential;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::session::AgentId;

/// Which credential is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The agent whose credentials may be used.
    pub agent: &'a AgentId,
    /// The provider that it is for.
    pub provider: &'a ProviderId,
    /// The profile that was chosen.
    pub profile: &'a ProfileId,
}

/// Hands out the credential of a profile.
#[async_trait]
pub trait ProvideCredential: fmt::Debug + Send + Sync {
    /// The credential, or `None` if the profile is not one of this provider's: only then is the next in a chain asked.
    ///
    /// # Errors
    /// [`ProvideError`] if the profile is known here and its credential cannot be had. The chain stops there: another
    /// credential is never used in place of a broken one.
    async fn provide(&self, wanted: Wanted<'_>) -> Result<Option<Credential>, ProvideError>;
}

/// A credential that is known and cannot be had.
#[derive(Debug, Error)]
#[error("the credential of profile {profile} cannot be had: {reason}")]
pub struct ProvideError {
    /// The profile.
    pub profile: ProfileId,
    /// What is wrong with it, without any part of it.
    pub reason: String,
}

/// Asks one after the other until one says that the profile is its own.
#[derive(Debug, Clone, Default)]
pub struct CredentialChain {
    links: Vec<Arc<dyn ProvideCredential>>,
}

impl CredentialChain {
    /// A chain with one more link at its end.
    #[must_use]
    pub fn then(mut self, link: Arc<dyn ProvideCredential>) -> Self {
        self.links.push(link);
        self
    }

    /// Whether nobody is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }
}

#[async_trait]
impl ProvideCredential for CredentialChain {
    async fn provide(&self, wanted: Wanted<'_>) -> Result<Option<Credential>, ProvideError> {
        for link in &self.links {
            if let Some(credential) = link.provide(wanted).await? {
                return Ok(Some(credential));
            }
        }
        Ok(None)
    }
}

/// A sign-in that is to be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The credential file that holds it.
    pub store: std::path::PathBuf,
    /// The profile.
    pub profile: ProfileId,
    /// The provider that it is for.
    pub provider: ProviderId,
}

/// Why a sign-in is renewed.
#[derive(Debug, Clone)]
pub enum Renewal {
    /// It ends soon, or has ended.
    Due,
    /// The provider did not accept this access token, whatever its end is. If the store has another one by now, that is
    /// used instead.
    Rejected(Secret),
}

/// Renews sign-ins.
#[async_trait]
pub trait RefreshToken: fmt::Debug + Send + Sync {
    /// Renews a sign-in, and returns the new credential when the store has it.
    ///
    /// However many callers wait, in this process and in others, a token is sent once; a newer one that is found in the
    /// store is used instead. The work runs in a task of its own: a caller that goes away loses no token.
    ///
    /// # Errors
    /// [`RefreshError`]. What is stored is then as it was.
    async fn refresh(&self, sign_in: &SignIn, why: Renewal) -> Result<Credential, RefreshError>;

    /// Takes over what another machine has renewed, where several share sign-ins; and tells them what they do not know.
    ///
    /// `concerns` is asked whether the name under which they share this sign-in is one that has changed.
    ///
    /// # Errors
    /// [`RefreshError::Transient`] if that is to be tried again. What is stored is then as it was.
    async fn adopt(&self, _sign_in: &SignIn, _concerns: &Concerns) -> Result<Adopted, RefreshError> {
        Ok(Adopted::NotConcerned)
    }

    /// Returns when nothing is being renewed: whoever ends a process waits for this, so that no new token is lost.
    async fn finished(&self) {}
}

/// Whether a sign-in that machines share under this name is one that has changed.
pub type Concerns = dyn Fn(&str) -> bool + Send + Sync;

/// What came of looking whether another machine has renewed a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopted {
    /// It is not shared, or not one that has changed.
    NotConcerned,
    /// What is stored is as new as what the others have.
    Same,
    /// What is stored is newer than before.
    Newer,
}

/// Why a sign-in was not renewed.
#[derive(Debug, Clone, Error)]
pub enum RefreshError {
    /// It may work later: the token endpoint could not be reached, or is in trouble.
    #[error("the sign-in of {profile} could not be renewed for now: {reason}")]
    Transient {
        /// The profile.
        profile: ProfileId,
        /// What went wrong.
        reason: String,
    },
    /// The provider does not accept the refresh token any more.
    #[error("the sign-in of {profile} has ended ({reason}); sign in again")]
    Permanent {
        /// The profile.
        profile: ProfileId,
        /// What the provider said.
        reason: String,
    },
    /// The refresh token was sent and no answer came: it is not sent again, for it may have been used.
    #[error("whether the sign-in of {profile} was renewed is not known; sign in again")]
    Ambiguous {
        /// The profile.
        profile: ProfileId,
    },
    /// It has no refresh token, or nothing says where it would be renewed.
    #[error("the sign-in of {profile} cannot be renewed: {reason}")]
    Impossible {
        /// The profile.
        profile: ProfileId,
        /// What is missing.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Says(fn() -> Result<Option<Credential>, ProvideError>);

    #[async_trait]
    impl ProvideCredential for Says {
        async fn provide(&self, _: Wanted<'_>) -> Result<Option<Credential>, ProvideError> {
            (self.0)()
        }
    }

    fn key() -> Result<Option<Credential>, ProvideError> {
        let key = Secret::new("sk-EXAMPLE".into());
        Ok(Some(Credential::ApiKey { key }))
    }

    fn broken() -> Result<Option<Credential>, ProvideError> {
        Err(ProvideError {
            profile: ProfileId::new("a:x"),
            reason: "its file is gone".into(),
        })
    }

    #[tokio::test]
    async fn only_not_mine_lets_the_chain_go_on() {
        let (agent, provider, profile) = (AgentId::main(), ProviderId::new("a"), ProfileId::new("a:x"));
        let wanted = Wanted {
            agent: &agent,
            provider: &provider,
            profile: &profile,
        };
        let chain = |links: Vec<fn() -> _>| {
            let link = |chain: CredentialChain, says| chain.then(Arc::new(Says(says)));
            links.into_iter().fold(CredentialChain::default(), link)
        };
        assert!(matches!(
            chain(vec![|| Ok(None), key]).provide(wanted).await,
            Ok(Some(_))
        ));
        assert!(chain(vec![broken, key]).provide(wanted).await.is_err());
        assert!(matches!(chain(vec![|| Ok(None)]).provide(wanted).await, Ok(None)));
    }
}
