//! Signing in with a browser: authorization code (RFC 6749) with PKCE (RFC 7636), sent back to this machine (RFC 8252).

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

use super::description::Description;
use super::exchange::{self, ExchangeError, Tokens};
use crate::secret::Secret;

/// How long a person may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Why nobody is signed in.
#[derive(Debug, Error)]
pub enum CodeError {
    /// The provider has no page for it.
    #[error("{0} has no sign-in in a browser; add --device-code")]
    NoPage(crate::model::ProviderId),
    /// The address of the page is none.
    #[error("{0} is no address")]
    NoAddress(String),
    /// Nobody can be sent back here.
    #[error(
        "port {port} of this machine is taken, and the provider sends the browser nowhere else; end what uses it, paste the address, or add --device-code"
    )]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// What came back was not asked for here.
    #[error(
        "what came back belongs to another sign-in (its state differs); nothing was changed, begin again"
    )]
    State,
    /// The person or the provider said no.
    #[error("the provider said no: {0}")]
    Denied(String),
    /// What was pasted holds no code.
    #[error("there is no code in it; paste the whole address that the browser was sent to")]
    NoCode,
    /// Nobody came back.
    #[error("nobody signed in within 10 minutes")]
    TooLate,
    /// This machine has no randomness.
    #[error("this machine gives no random numbers")]
    Random,
    /// The code was not exchanged.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// A sign-in in a browser that was begun.
#[derive(Debug)]
pub struct Code {
    description: Description,
    page: Url,
    redirect: String,
    verifier: Secret,
    state: Secret,
    listener: Option<TcpListener>,
}

/// What the browser brought back.
#[derive(Debug, Deserialize)]
pub struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

impl Code {
    /// Listens on this machine, and makes the address at which a person signs in.
    ///
    /// Where the port is taken, the sign-in goes on without listening: the address can be pasted.
    ///
    /// # Errors
    /// [`CodeError`]
    pub async fn begin(description: Description) -> Result<Self, CodeError> {
        let page = description
            .authorize_url
            .clone()
            .ok_or_else(|| CodeError::NoPage(description.provider.clone()))?;
        let mut page = Url::parse(&page).map_err(|_| CodeError::NoAddress(page.clone()))?;
        let wanted = description.redirect.port;
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.unwrap_or(0))).await {
            Ok(listener) => Some(listener),
            Err(source) => match wanted {
                Some(port) => {
                    tracing::warn!(port, %source, "nobody can be sent back here");
                    None
                }
                None => return Err(CodeError::Port { port: 0, source }),
            },
        };
        let port = listener
            .as_ref()
            .and_then(|listener| Some(listener.local_addr().ok()?.port()))
            .or(wanted)
            .unwrap_or_default();
        let redirect = format!(
            "http://{}:{port}{}",
            description.redirect.host, description.redirect.path
        );
        let (verifier, state) = (random()?, random()?);
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &description.client_id)
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", &description.scopes.join(" "))
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256")
            .append_pair("state", state.expose())
            .extend_pairs(&description.extra);
        Ok(Self {
            description,
            page,
            redirect,
            verifier,
            state,
            listener,
        })
    }

    /// Where a person signs in.
    #[must_use]
    pub fn page(&self) -> &str {
        self.page.as_str()
    }

    /// Whether the browser can be sent back here; if not, its address has to be pasted.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.listener.is_some()
    }

    /// Waits until the browser is sent back. Dropping the future ends the listening.
    ///
    /// # Errors
    /// [`CodeError::TooLate`] after ten minutes.
    pub async fn returned(&mut self) -> Result<Returned, CodeError> {
        let Some(listener) = self.listener.take() else {
            std::future::pending::<()>().await;
            return Err(CodeError::TooLate);
        };
        let (came, mut back) = mpsc::channel(1);
        let expected = self.state.clone();
        let pages = Router::new()
            .route(self.description.redirect.path, get(come_back))
            .with_state((came, expected));
        let serving = axum::serve(listener, pages);
        tokio::select! {
            returned = back.recv() => {
                // The page is still on its way to the browser.
                tokio::time::sleep(Duration::from_millis(200)).await;
                returned.ok_or(CodeError::TooLate)
            }
            _ = async { serving.await } => Err(CodeError::TooLate),
            () = tokio::time::sleep(PATIENCE) => Err(CodeError::TooLate),
        }
    }

    /// Reads the address that a person pasted.
    ///
    /// # Errors
    /// [`CodeError::NoCode`] if it holds neither a code nor an error.
    pub fn pasted(address: &str) -> Result<Returned, CodeError> {
        let url = Url::parse(address.trim()).map_err(|_| CodeError::NoCode)?;
        let find = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let returned = Returned {
            code: find("code"),
            state: find("state"),
            error: find("error"),
        };
        if returned.code.is_none() && returned.error.is_none() {
            return Err(CodeError::NoCode);
        }
        Ok(returned)
    }

    /// Exchanges what came back for tokens.
    ///
    /// # Errors
    /// [`CodeError::State`] if it belongs to another sign-in, which somebody may have slipped in: nothing is exchanged.
    pub async fn finish(self, returned: Returned) -> Result<Tokens, CodeError> {
        if !is_same(returned.state.as_deref().unwrap_or_default(), self.state.expose()) {
            return Err(CodeError::State);
        }
        if let Some(error) = returned.error {
            return Err(CodeError::Denied(word(&error)));
        }
        let code = returned.code.ok_or(CodeError::NoCode)?;
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", self.redirect.as_str()),
            ("client_id", self.description.client_id.as_str()),
            ("code_verifier", self.verifier.expose()),
        ];
        let of = &self.description;
        Ok(exchange::tokens(&of.token_url, of.style, &parameters).await?)
    }
}

type Came = (mpsc::Sender<Returned>, Secret);

async fn come_back(
    State((came, expected)): State<Came>,
    Query(returned): Query<Returned>,
) -> (StatusCode, Html<String>) {
    let same = is_same(returned.state.as_deref().unwrap_or_default(), expected.expose());
    let well = same && returned.error.is_none() && returned.code.is_some();
    let _second = came.try_send(returned);
    let (status, text) = match (same, well) {
        (true, true) => (StatusCode::OK, "You are signed in. This page can be closed."),
        (true, false) => (StatusCode::OK, "Nobody was signed in. This page can be closed."),
        (false, _) => (
            StatusCode::BAD_REQUEST,
            "This belongs to another sign-in; nothing was changed.",
        ),
    };
    let page = format!("<!doctype html><meta charset=utf-8><title>modelpin</title><p>{text}");
    (status, Html(page))
}

/// 32 random bytes (RFC 7636, section 4.1).
fn random() -> Result<Secret, CodeError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| CodeError::Random)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differ = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differ, (one, other)| differ | (one ^ other));
    one.len() == other.len() && differ == 0
}

/// A code of RFC 6749 is a short word; anything else is not repeated.
fn word(error: &str) -> String {
    let fits = error.len() <= 40
        && error
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if fits {
        error.to_owned()
    } else {
        "an unknown error".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::ProviderId;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(
            challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[tokio::test]
    async fn what_comes_back_has_to_belong_to_this_sign_in() {
        let text = "{ oauth: { acme: { authorizeUrl: 'http://127.0.0.1:9/a', tokenUrl: 'http://127.0.0.1:9/t', clientId: 'c' } } }";
        let (config, _) = Config::parse(text, "c").expect("it is a configuration");
        let describe = || Description::of(&ProviderId::new("acme"), &config).expect("it is described");
        let begin = async || Code::begin(describe()).await.expect("it begins");
        let code = begin().await;
        let page = Url::parse(code.page()).expect("an address");
        let sent: std::collections::HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!(sent["code_challenge_method"], "S256");
        assert_eq!(sent["state"].len(), 43);
        for (address, expected) in [
            (
                "http://127.0.0.1/callback?code=x&state=other".to_owned(),
                "another sign-in",
            ),
            ("http://127.0.0.1/callback?code=x".to_owned(), "another sign-in"),
            (
                format!(
                    "http://127.0.0.1/callback?error=access_denied&state={}",
                    sent["state"]
                ),
                "access_denied",
            ),
        ] {
            let mut code = begin().await;
            code.state = Secret::new(sent["state"].clone());
            let returned = Code::pasted(&address).expect("it holds something");
            let told = code
                .finish(returned)
                .await
                .expect_err("it is refused")
                .to_string();
            assert!(told.contains(expected), "{told}");
        }
        assert!(matches!(Code::pasted("not an address"), Err(CodeError::NoCode)));
        assert!(matches!(
            Code::pasted("http://127.0.0.1/callback"),
            Err(CodeError::NoCode)
        ));
    }
}
