//! The one place where a credential goes into a request.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::WireError;
use crate::credential::{Credential, CredentialKind};
use crate::endpoint::{Api, Endpoint, KeyHeader};
use crate::model::ProviderId;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");
const ANTHROPIC_BETA: HeaderName = HeaderName::from_static("anthropic-beta");
const CHATGPT_ACCOUNT_ID: HeaderName = HeaderName::from_static("chatgpt-account-id");

/// What a caller may have proved its own identity with; none of it goes to a provider.
const CALLERS_OWN: [HeaderName; 7] = [
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    COOKIE,
    X_API_KEY,
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-goog-api-key"),
    CHATGPT_ACCOUNT_ID,
];

/// The version of the Messages API. Source: `docs.claude.com/en/api/versioning`.
const VERSION: HeaderValue = HeaderValue::from_static("2023-06-01");
/// The beta under which Anthropic takes subscription tokens.
const OAUTH_BETA: &str = "oauth-2025-04-20";
const OURSELVES: HeaderValue = HeaderValue::from_static(concat!("modelpin/", env!("CARGO_PKG_VERSION")));
/// More headers than any server takes; far fewer than a `HeaderMap` does.
const MOST_HEADERS: usize = 1000;

/// Puts `credential` into `headers` in the way that `endpoint` wants it.
///
/// The kind of the credential decides, never what its text looks like:
///
/// | API, credential | headers |
/// |---|---|
/// | Anthropic, API key | `x-api-key`, `anthropic-version` |
/// | Anthropic, token or OAuth | `authorization: Bearer`, `anthropic-version`, `anthropic-beta` with `oauth-2025-04-20` |
/// | OpenAI | `authorization: Bearer` |
/// | provider `openai-codex`, OAuth | the same, and `chatgpt-account-id` |
/// | any, `authHeader: true` | `authorization: Bearer` in place of `x-api-key` |
///
/// Headers by which the caller proved who it is are removed. The endpoint's configured headers are added; they
/// win over the caller's, except that names in `anthropic-beta` are united. A request without a user agent gets
/// ours. Values that hold secrets are marked sensitive. On an error `headers` are as they were.
///
/// # Errors
/// [`WireError`] if the credential cannot stand in a header, if the account id that the provider wants is
/// missing, if a configured header is invalid or would take the credential's place.
pub fn present(
    provider: &ProviderId,
    endpoint: &Endpoint,
    credential: &Credential,
    headers: &mut HeaderMap,
) -> Result<(), WireError> {
    let secret = checked(provider, credential)?;
    let anthropic = endpoint.api == Api::AnthropicMessages;
    let key = credential.kind() == CredentialKind::ApiKey;
    let mut added: Vec<(HeaderName, HeaderValue)> = Vec::new();

    if anthropic && key && endpoint.key_header == KeyHeader::ByApi {
        added.push((X_API_KEY, sensitive(provider, secret)?));
    } else {
        added.push((AUTHORIZATION, sensitive(provider, &format!("Bearer {secret}"))?));
    }
    if anthropic {
        added.push((ANTHROPIC_VERSION, VERSION));
    }
    if provider.as_str() == "openai-codex"
        && let Credential::OAuth { account, .. } = credential
    {
        added.push((CHATGPT_ACCOUNT_ID, account_id(provider, account.as_deref())?));
    }
    if !headers.contains_key(USER_AGENT) {
        added.push((USER_AGENT, OURSELVES));
    }
    let configured = configured(provider, endpoint)?;
    let beta = betas(headers, &configured, (anthropic && !key).then_some(OAUTH_BETA))?;
    added.extend(configured);
    added.extend(beta.map(|value| (ANTHROPIC_BETA, value)));
    if headers.keys_len() + added.len() > MOST_HEADERS {
        return Err(WireError::TooManyHeaders { most: MOST_HEADERS });
    }

    for name in CALLERS_OWN {
        headers.remove(name);
    }
    for (name, value) in added {
        headers.insert(name, value);
    }
    Ok(())
}

/// Adds a name to `anthropic-beta`, behind those that are there; each stands there once. On an error `headers` are as they
/// were.
///
/// # Errors
/// [`WireError::BadBeta`] if those that are there cannot be read.
pub(crate) fn add_beta(headers: &mut HeaderMap, name: &str) -> Result<(), WireError> {
    if let Some(value) = betas(headers, &[], Some(name))? {
        headers.insert(ANTHROPIC_BETA, value);
    }
    Ok(())
}

/// The credential's text, if every character of it can stand in a header.
fn checked<'a>(provider: &ProviderId, credential: &'a Credential) -> Result<&'a str, WireError> {
    let provider = provider.clone();
    if credential.secret().is_blank() {
        return Err(WireError::BlankCredential { provider });
    }
    let secret = credential.secret().expose();
    if secret.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        Ok(secret)
    } else {
        Err(WireError::UnusableCredential { provider })
    }
}

fn sensitive(provider: &ProviderId, text: &str) -> Result<HeaderValue, WireError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| WireError::UnusableCredential {
        provider: provider.clone(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn account_id(provider: &ProviderId, account: Option<&str>) -> Result<HeaderValue, WireError> {
    account
        .filter(|id| !id.trim().is_empty() && id.bytes().all(|byte| matches!(byte, b' '..=b'~')))
        .and_then(|id| sensitive(provider, id).ok())
        .ok_or_else(|| WireError::NoAccount {
            provider: provider.clone(),
        })
}

/// The configured headers. One that would stand where the credential goes is refused: it would pay with another
/// account than the one that was chosen, and nobody would see it.
fn configured(
    provider: &ProviderId,
    endpoint: &Endpoint,
) -> Result<Vec<(HeaderName, HeaderValue)>, WireError> {
    let read = |(at, (name, value)): (usize, &(String, String))| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = HeaderValue::from_str(value).ok();
        let Some((name, mut value)) = name.zip(value) else {
            return Err(WireError::BadHeader {
                provider: provider.clone(),
                number: at + 1,
            });
        };
        let taken = match &name {
            name if name == AUTHORIZATION => Some("authorization"),
            name if name == X_API_KEY && endpoint.api == Api::AnthropicMessages => Some("x-api-key"),
            name if name == CHATGPT_ACCOUNT_ID => Some("chatgpt-account-id"),
            _ => None,
        };
        if let Some(name) = taken {
            return Err(WireError::CredentialHeader {
                provider: provider.clone(),
                name,
            });
        }
        // Some gateways take a key of their own in a header of their own.
        value.set_sensitive(true);
        Ok((name, value))
    };
    endpoint.headers.iter().enumerate().map(read).collect()
}

/// All names in `anthropic-beta`, the caller's first, each once; `None` if there is nothing to change.
fn betas(
    headers: &HeaderMap,
    configured: &[(HeaderName, HeaderValue)],
    ours: Option<&str>,
) -> Result<Option<HeaderValue>, WireError> {
    let theirs = configured.iter().filter(|(name, _)| *name == ANTHROPIC_BETA);
    if ours.is_none() && theirs.clone().next().is_none() {
        return Ok(None);
    }
    let mut names: indexmap::IndexSet<&str> = indexmap::IndexSet::new();
    let written = headers.get_all(ANTHROPIC_BETA).iter();
    for value in written.chain(theirs.map(|(_, value)| value)) {
        let value = value.to_str().map_err(|_| WireError::BadBeta)?;
        names.extend(value.split(',').map(str::trim).filter(|name| !name.is_empty()));
    }
    names.extend(ours);
    let joined = names.into_iter().collect::<Vec<_>>().join(",");
    HeaderValue::from_str(&joined)
        .map(Some)
        .map_err(|_| WireError::BadBeta)
}
