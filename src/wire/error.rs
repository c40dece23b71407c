//! Why a request cannot go out.

use thiserror::Error;

use crate::model::ProviderId;

/// Why no request could be made. None of them repeats a credential, a header's value or a URL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// The credential is nothing but blanks.
    #[error("the credential for {provider} is blank: store it again")]
    BlankCredential {
        /// Whose credential it is.
        provider: ProviderId,
    },
    /// The credential has a character that no header takes.
    #[error(
        "the credential for {provider} has a control character or a non-ASCII one in it: copy it again from where it was issued"
    )]
    UnusableCredential {
        /// Whose credential it is.
        provider: ProviderId,
    },
    /// The provider wants the account named, and the sign-in tells none that can be sent.
    #[error(
        "the sign-in for {provider} does not tell its account; sign in again: modelpin models auth login --provider {provider}"
    )]
    NoAccount {
        /// Whose credential it is.
        provider: ProviderId,
    },
    /// The configuration adds a header that is none.
    #[error("header {number} of models.providers.{provider}.headers is not a valid header: correct it")]
    BadHeader {
        /// Whose endpoint it is.
        provider: ProviderId,
        /// Which one, from 1.
        number: usize,
    },
    /// The configuration adds a header that would take the credential's place.
    #[error(
        "models.providers.{provider}.headers sets `{name}`, where the chosen credential goes: store its value as a profile instead"
    )]
    CredentialHeader {
        /// Whose endpoint it is.
        provider: ProviderId,
        /// The header.
        name: &'static str,
    },
    /// The request came with an `anthropic-beta` that cannot be read.
    #[error("`anthropic-beta` of the request is not readable text: send names with commas between them")]
    BadBeta,
    /// The request has more headers than can be sent.
    #[error("the request has more than {most} headers: send fewer")]
    TooManyHeaders {
        /// How many may be.
        most: usize,
    },
    /// The base URL of the endpoint cannot be used.
    #[error("the base URL of the endpoint is not an http or https URL: correct `baseUrl`")]
    BadUrl,
}
