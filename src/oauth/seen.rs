//! A sign-in as the store has it at one moment.

use thiserror::Error;

use super::generation::Generation;
use super::machine::Fitness;
use crate::clock::Timestamp;
use crate::config::SecretInput;
use crate::credential::{Credential, CredentialKind};
use crate::credentials::{AuthStore, sanitised};
use crate::model::ProviderId;
use crate::order::Expiry;
use crate::profile::ProfileId;
use crate::provide::Renewal;
use crate::secret::Secret;

/// How long before its end a sign-in is renewed, in milliseconds.
const AHEAD: i64 = 5 * 60 * 1000;

/// A sign-in that can be renewed.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) generation: Generation,
    pub(super) provider: ProviderId,
    pub(super) refresh: Secret,
    pub(super) access: Secret,
    pub(super) expires: Expiry,
    pub(super) account: Option<String>,
    pub(super) email: Option<String>,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Unseen {
    #[error("there is no such profile")]
    NoProfile,
    #[error("it is no sign-in, or something is wrong with it")]
    NoSignIn,
    #[error("it has no refresh token")]
    NoRefreshToken,
    #[error("its tokens are kept elsewhere, where modelpin does not write")]
    Elsewhere,
}

impl Seen {
    pub(super) fn of(store: &AuthStore, profile: &ProfileId) -> Result<Self, Unseen> {
        let stored = store.profiles().get(profile).ok_or(Unseen::NoProfile)?;
        if stored.kind != Some(CredentialKind::OAuth) || stored.problem.is_some() {
            return Err(Unseen::NoSignIn);
        }
        let refresh = match stored.refresh_token() {
            None => return Err(Unseen::NoRefreshToken),
            Some(SecretInput::Plain(refresh)) => sanitised(refresh.expose()),
            Some(_) => return Err(Unseen::Elsewhere),
        };
        if refresh.is_blank() {
            return Err(Unseen::NoRefreshToken);
        }
        let access = match stored.access_token() {
            None => Secret::new(String::new()),
            Some(SecretInput::Plain(access)) => sanitised(access.expose()),
            Some(_) => return Err(Unseen::Elsewhere),
        };
        Ok(Self {
            generation: Generation::of(&refresh),
            provider: stored.provider.clone(),
            refresh,
            access,
            expires: stored.expires,
            account: stored.account.clone(),
            email: stored.email.clone(),
        })
    }

    pub(super) fn credential(&self) -> Credential {
        Credential::OAuth {
            access: self.access.clone(),
            expires: match self.expires {
                Expiry::At(at) => Some(at),
                Expiry::Never | Expiry::Invalid => None,
            },
            account: self.account.clone(),
        }
    }

    /// Whether it does for whoever asks at `now`. `before` is the access token that the store had when the renewal began:
    /// a newer one does as long as it holds, also if tokens of this provider never last for five minutes.
    pub(super) fn fitness(&self, why: &Renewal, before: &Secret, now: Timestamp) -> Fitness {
        let left = match self.expires {
            Expiry::Never => i64::MAX,
            Expiry::At(at) => at.as_millis().saturating_sub(now.as_millis()),
            Expiry::Invalid => 0,
        };
        let holds = left > 0 && !self.access.is_blank();
        let wanted = match why {
            Renewal::Due => left >= AHEAD || self.access.expose() != before.expose(),
            Renewal::Rejected(refused) => self.access.expose() != refused.expose(),
        };
        if holds && wanted {
            Fitness::Fit
        } else {
            Fitness::Due
        }
    }
}
