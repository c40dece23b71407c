//! A credential that is about to be kept.

use std::fmt;

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::profile::Identity;
use crate::secret::Secret;

/// A credential and what is known of the account behind it. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// The provider.
    pub provider: ProviderId,
    /// What proves who pays.
    pub secret: NewSecret,
    /// The provider's id of the account.
    pub account: Option<String>,
    /// The account's e-mail.
    pub email: Option<String>,
}

/// What proves who pays, by its kind.
#[derive(Clone)]
pub enum NewSecret {
    /// An API key.
    ApiKey(Secret),
    /// A subscription or setup token, and when it ends.
    Token(Secret, Option<Timestamp>),
    /// A sign-in.
    OAuth {
        /// The access token.
        access: Secret,
        /// The refresh token.
        refresh: Option<Secret>,
        /// When the access token ends.
        expires: Option<Timestamp>,
        /// The client that it was given to.
        client: Option<String>,
    },
}

impl NewProfile {
    /// A credential of which no account is known.
    #[must_use]
    pub fn new(provider: ProviderId, secret: NewSecret) -> Self {
        Self {
            provider,
            secret,
            account: None,
            email: None,
        }
    }

    /// What it tells of the account behind it.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::new(self.account.as_deref(), self.email.as_deref())
    }

    /// The fields of `auth-profiles.json`, in the order in which OpenClaw writes them.
    pub(super) fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut fields = Vec::new();
        let mut put = |name: &'static str, value: Value| {
            if !value.is_null() {
                fields.push((name, value));
            }
        };
        put("type", self.secret.kind().as_str().into());
        put("provider", self.provider.as_str().into());
        match &self.secret {
            NewSecret::ApiKey(key) => put("key", key.expose().into()),
            NewSecret::Token(token, expires) => {
                put("token", token.expose().into());
                put("expires", json!(expires));
            }
            NewSecret::OAuth {
                access,
                refresh,
                expires,
                client,
            } => {
                put("access", access.expose().into());
                put("refresh", json!(refresh.as_ref().map(Secret::expose)));
                put("expires", json!(expires));
                put("clientId", json!(client));
            }
        }
        put("accountId", json!(self.account));
        put("email", json!(self.email));
        fields
    }
}

impl NewSecret {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::ApiKey(_) => CredentialKind::ApiKey,
            Self::Token(..) => CredentialKind::Token,
            Self::OAuth { .. } => CredentialKind::OAuth,
        }
    }

    /// The secret that goes into requests.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        match self {
            Self::ApiKey(secret) | Self::Token(secret, _) | Self::OAuth { access: secret, .. } => secret,
        }
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", self.kind())
    }
}
