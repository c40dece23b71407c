//! Requests over the network.

use std::fmt;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use reqwest::redirect;
use thiserror::Error;
use tokio::time::timeout;

use super::connections::Connections;
use super::failure::{Broken, Failure};
use super::stream::AnswerStream;
use crate::endpoint::Api;

/// The most of an error's body that is read.
pub(super) const MOST_OF_AN_ERROR: usize = 64 * 1024;

/// How long the client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the answer to begin.
    pub first_byte: Duration,
    /// For the next bytes of an answer that has begun.
    pub idle: Duration,
}

impl Default for Limits {
    /// 10 s, 120 s, 300 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(120),
            idle: Duration::from_secs(300),
        }
    }
}

/// Why there is no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The process has not said which cryptography TLS is to use.
    #[error(
        "no TLS cryptography is installed: call `rustls::crypto::CryptoProvider::install_default` at the start of `main`"
    )]
    NoCrypto,
}

/// Asks providers over HTTP/1.1, and follows no redirect: a credential goes to its own provider and nowhere else.
///
/// The proxy of the environment is used for `https` alone, where it carries what it cannot read; over plain `http` it would
/// be handed the credential. It is not used for loopback, where a proxy would be another machine's loopback.
/// A request is sent once and never repeated. Connections are kept open between requests.
pub struct Client {
    limits: Limits,
    plain: OnceLock<reqwest::Client>,
    loopback_tls: OnceLock<reqwest::Client>,
    outside: OnceLock<reqwest::Client>,
    forwarding: OnceLock<Connections>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Which way a request goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// `http`, to this machine or another: without a proxy, and on a machine without any certificates.
    Plain,
    /// `https` on this machine.
    LoopbackTls,
    /// Everything else.
    Outside,
}

impl Client {
    /// A client that waits as `limits` say.
    ///
    /// # Errors
    /// [`ClientError::NoCrypto`] if the process has installed no rustls crypto provider: a library does not pick one.
    pub fn new(limits: Limits) -> Result<Self, ClientError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(ClientError::NoCrypto);
        }
        Ok(Self {
            limits,
            plain: OnceLock::new(),
            loopback_tls: OnceLock::new(),
            outside: OnceLock::new(),
            forwarding: OnceLock::new(),
        })
    }

    /// How long it waits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What passes requests on over `http`.
    pub(super) fn connections(&self) -> &Connections {
        self.forwarding
            .get_or_init(|| Connections::new(self.limits.connect))
    }

    /// Sends `request` and waits for the first piece of the answer, so that every failure that comes before any
    /// text is an error here, where another candidate may still be tried.
    ///
    /// Dropping the future or the stream closes the connection, and with it ends the request.
    ///
    /// # Errors
    /// [`Failure::Refused`] for a status other than 2xx or an error event at the start of the stream,
    /// [`Failure::Transport`] if the network failed, [`Failure::Garbled`] if the answer is no stream of `api`,
    /// [`Failure::Unsent`] if the request could not be sent from here.
    pub async fn ask(&self, request: Request<impl Into<Bytes>>, api: Api) -> Result<AnswerStream, Failure> {
        let client = self.client(route(request.uri()))?;
        let request = reqwest::Request::try_from(request.map(Into::<Bytes>::into)).map_err(unsent)?;
        let mut response = match timeout(self.limits.first_byte, client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_builder() => {
                return Err(unsent(error));
            }
            Ok(Err(error)) => return Err(Failure::network(Broken::CutOff, error)),
            Err(_) => return Err(Failure::broken(Broken::NoAnswer)),
        };
        if response.status().is_success() {
            return AnswerStream::begin(response, api, self.limits.idle).await;
        }
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        // The status alone is worth reporting, so a body that breaks off or hangs is taken as far as it came, and
        // it gets no more time than a connection.
        let mut body = Vec::new();
        let read = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                body.extend_from_slice(&chunk);
                if body.len() >= MOST_OF_AN_ERROR {
                    break;
                }
            }
        };
        let _late = timeout(self.limits.connect, read).await;
        body.truncate(MOST_OF_AN_ERROR);
        Err(Failure::Refused {
            status,
            headers,
            body,
        })
    }

    /// Whether somebody answers HTTP at this address: connects, TLS included, and asks for nothing. No credential and no
    /// configured header is sent; any status will do.
    ///
    /// # Errors
    /// [`Failure`] if nobody answers.
    pub async fn reach(&self, uri: &Uri) -> Result<(), Failure> {
        let request = Request::head(uri).body(Vec::new());
        let request = request.map_err(|_| Failure::Garbled)?;
        let client = self.client(route(uri))?;
        let request = reqwest::Request::try_from(request).map_err(unsent)?;
        match timeout(self.limits.first_byte, client.execute(request)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::network(Broken::CutOff, error)),
            Err(_) => Err(Failure::broken(Broken::NoAnswer)),
        }
    }

    pub(super) fn client(&self, route: Route) -> Result<&reqwest::Client, Failure> {
        let kept = match route {
            Route::Plain => &self.plain,
            Route::LoopbackTls => &self.loopback_tls,
            Route::Outside => &self.outside,
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(self.limits.connect);
        if route != Route::Outside {
            builder = builder.no_proxy();
        }
        if route == Route::Plain {
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(unsent)?;
        Ok(kept.get_or_init(|| client))
    }
}

pub(super) fn route(uri: &Uri) -> Route {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match (loopback, uri.scheme_str()) {
        (_, Some("http")) => Route::Plain,
        (true, _) => Route::LoopbackTls,
        (false, _) => Route::Outside,
    }
}

pub(super) fn unsent(error: reqwest::Error) -> Failure {
    Failure::Unsent {
        source: Box::new(error.without_url()),
    }
}
