//! Asking the token endpoint.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

use super::claims::Claims;
use super::description::Description;
use crate::config::Style;
use crate::secret::Secret;

/// For a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// For the whole answer. The lock of the store is held meanwhile, and OpenClaw takes a lock of 30 s for left behind.
const WHOLE: Duration = Duration::from_secs(20);
/// The most of an answer that is read.
const MOST: usize = 64 * 1024;

/// What the token endpoint gave. `Debug` shows no token.
#[derive(Clone)]
pub struct Tokens {
    /// The access token.
    pub access: Secret,
    /// The refresh token; the old one stays if there is none.
    pub refresh: Option<Secret>,
    /// How long the access token holds.
    pub lifetime: Option<Duration>,
    /// The provider's id of the account.
    pub account: Option<String>,
    /// The account's e-mail.
    pub email: Option<String>,
}

/// Why there are no tokens. What the endpoint said in its own words is not passed on: it may repeat what it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// Nothing was sent.
    #[error("the token endpoint {0} cannot be reached")]
    NotSent(String),
    /// It was sent, and no answer came.
    #[error("the token endpoint {0} did not answer")]
    NoAnswer(String),
    /// The endpoint is in trouble.
    #[error("the token endpoint {endpoint} is in trouble (status {status})")]
    Trouble {
        /// Its host.
        endpoint: String,
        /// The status.
        status: u16,
    },
    /// It said no (RFC 6749, section 5.2; RFC 8628, section 3.5).
    #[error("the token endpoint {endpoint} said no: {code}")]
    Refused {
        /// Its host.
        endpoint: String,
        /// The code.
        code: String,
    },
    /// Its answer is none.
    #[error("what the token endpoint {0} answered is no token")]
    Garbled(String),
}

impl ExchangeError {
    /// Whether what was sent will never be accepted again.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// A parameter; its value may be a secret.
pub(super) type Parameter<'a> = (&'a str, &'a str);

/// Exchanges a refresh token.
pub(super) async fn refresh(of: &Description, client: &str, token: &Secret) -> Result<Tokens, ExchangeError> {
    let parameters = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()),
        ("client_id", client),
    ];
    tokens(&of.token_url, of.style, &parameters).await
}

/// Asks for tokens.
pub(super) async fn tokens(
    url: &str,
    style: Style,
    parameters: &[Parameter<'_>],
) -> Result<Tokens, ExchangeError> {
    let answer = ask(url, style, parameters).await?;
    let text = |key: &str| {
        answer
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let access = text("access_token").ok_or_else(|| ExchangeError::Garbled(host(url)))?;
    let lifetime = answer
        .get("expires_in")
        .and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()))
        .filter(|seconds| seconds.is_finite() && *seconds > 0.0 && *seconds < 1e10);
    let claims = Claims::of(&[text("id_token"), Some(access)]);
    Ok(Tokens {
        access: Secret::new(access.to_owned()),
        refresh: text("refresh_token").map(|token| Secret::new(token.to_owned())),
        lifetime: lifetime.map(Duration::from_secs_f64),
        account: claims.account.or_else(|| text("account_id").map(str::to_owned)),
        email: claims.email,
    })
}

/// Posts parameters and reads a JSON object.
pub(super) async fn ask(
    url: &str,
    style: Style,
    parameters: &[Parameter<'_>],
) -> Result<Map<String, Value>, ExchangeError> {
    let endpoint = host(url);
    let unsent = |_| ExchangeError::NotSent(endpoint.clone());
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        tracing::warn!("no TLS cryptography is installed in this process: no sign-in is renewed");
        return Err(ExchangeError::NotSent(endpoint));
    }
    let client = client(url).map_err(unsent)?;
    let request = client.post(url).header("accept", "application/json");
    let request = match style {
        Style::Form => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(parameters);
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.finish())
        }
        Style::Json => {
            let body: Map<String, Value> = parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
                .collect();
            request
                .header("content-type", "application/json")
                .body(Value::Object(body).to_string())
        }
    };
    let sent = request.send().await.map_err(|error| {
        if error.is_connect() || error.is_builder() {
            ExchangeError::NotSent(endpoint.clone())
        } else {
            ExchangeError::NoAnswer(endpoint.clone())
        }
    });
    let mut response = sent?;
    let status = response.status();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MOST => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(ExchangeError::Garbled(endpoint)),
            Ok(None) => break,
            Err(_) => return Err(ExchangeError::NoAnswer(endpoint)),
        }
    }
    if status.is_server_error() || status.as_u16() == 429 {
        return Err(ExchangeError::Trouble {
            endpoint,
            status: status.as_u16(),
        });
    }
    let answer = match serde_json::from_slice(&body) {
        Ok(Value::Object(answer)) => answer,
        _ if status.is_success() => return Err(ExchangeError::Garbled(endpoint)),
        _ => Map::new(),
    };
    // GitHub answers errors with 200.
    let code = match answer.get("error") {
        Some(Value::String(code)) => Some(code.as_str()),
        Some(Value::Object(error)) => error.get("code").or(error.get("type")).and_then(Value::as_str),
        _ => None,
    };
    match code {
        Some(code) => Err(ExchangeError::Refused {
            endpoint,
            code: word(code),
        }),
        None if !status.is_success() => Err(ExchangeError::Refused {
            endpoint,
            code: format!("status {}", status.as_u16()),
        }),
        None => Ok(answer),
    }
}

/// A code is a short word; anything else might be what was sent.
fn word(code: &str) -> String {
    let fits = code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if fits {
        code.to_owned()
    } else {
        "an unknown error".to_owned()
    }
}

pub(super) fn host(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| Some(url.host_str()?.to_owned()))
        .unwrap_or_default()
}

fn client(url: &str) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(WHOLE);
    if url.starts_with("http://") {
        // This machine alone: no proxy, and no certificates to load.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build()
}
