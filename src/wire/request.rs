//! A chat as a streaming request of the endpoint's API.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use thiserror::Error;

use super::{anthropic, openai, responses};
use crate::endpoint::{Api, Endpoint};
use crate::model::ProviderId;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// The word for it in every API here.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// What one side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub text: String,
}

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
    #[error("the sign-in for {provider} does not tell its account: sign in again")]
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

/// Builds the request that asks `model` to answer `turns` with a stream.
///
/// It has no credential yet; [`present`](super::present) adds one. `max_tokens` bounds the answer.
///
/// # Errors
/// [`WireError::BadUrl`] if the endpoint's base URL is not an `http` or `https` URL.
pub fn request(
    endpoint: &Endpoint,
    model: &str,
    turns: &[Turn],
    max_tokens: u32,
) -> Result<Request<Vec<u8>>, WireError> {
    let (path, body) = match endpoint.api {
        Api::AnthropicMessages => ("/v1/messages", anthropic::body(model, turns, max_tokens)),
        Api::OpenAiCompletions => (
            "/chat/completions",
            openai::body(endpoint, model, turns, max_tokens),
        ),
        Api::OpenAiResponses => ("/responses", responses::body(model, turns, max_tokens)),
    };
    let uri: Uri = format!("{}{path}", endpoint.base_url)
        .parse()
        .map_err(|_| WireError::BadUrl)?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(WireError::BadUrl);
    }
    let mut request = Request::new(body.to_string().into_bytes());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    Ok(request)
}
