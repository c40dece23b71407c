//! What proves to a provider who pays.

use std::fmt;

use crate::clock::Timestamp;
use crate::secret::Secret;

/// How a credential is presented and how it ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A sign-in with an access token and, usually, a refresh token.
    OAuth,
    /// A subscription or setup token that cannot be refreshed.
    Token,
    /// A key that does not expire by itself.
    ApiKey,
}

impl CredentialKind {
    /// The word for it in files and in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OAuth => "oauth",
            Self::Token => "token",
            Self::ApiKey => "api_key",
        }
    }

    /// The kind that a file's word names; `None` for a word that we do not know.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "oauth" => Some(Self::OAuth),
            "token" => Some(Self::Token),
            "api_key" | "api-key" | "apiKey" => Some(Self::ApiKey),
            _ => None,
        }
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A credential that can go into a request now.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An API key.
    ApiKey {
        /// The key.
        key: Secret,
    },
    /// A subscription or setup token.
    Token {
        /// The token.
        token: Secret,
        /// When it ends, if it does.
        expires: Option<Timestamp>,
    },
    /// An OAuth access token.
    OAuth {
        /// The access token.
        access: Secret,
        /// When it ends, if that is known.
        expires: Option<Timestamp>,
        /// The provider's account id, which some providers want in a header.
        account: Option<String>,
    },
}

impl Credential {
    /// How it is presented and how it ages.
    #[must_use]
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::ApiKey { .. } => CredentialKind::ApiKey,
            Self::Token { .. } => CredentialKind::Token,
            Self::OAuth { .. } => CredentialKind::OAuth,
        }
    }

    /// The secret part that goes into a header.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        match self {
            Self::ApiKey { key } => key,
            Self::Token { token, .. } => token,
            Self::OAuth { access, .. } => access,
        }
    }

    /// When it ends, if it does and that is known.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        match self {
            Self::ApiKey { .. } => None,
            Self::Token { expires, .. } | Self::OAuth { expires, .. } => *expires,
        }
    }
}
