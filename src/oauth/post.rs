//! One request to an endpoint of a sign-in, and its answer as a JSON object.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Method, header, redirect};
use serde_json::{Map, Value};
use tokio::time::timeout;
use url::Url;
use url::form_urlencoded::Serializer;

use super::exchange::ExchangeError;
use crate::config::Style;

/// How long a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the whole of a request may take.
const WHOLE: Duration = Duration::from_secs(30);
/// The most of an answer that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// A status and what stood in the body, if that was a JSON object.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

/// Posts parameters once: no redirect is followed, nothing is tried twice, no connection is kept.
pub(super) async fn post(
    url: &Url,
    parameters: &[(&str, &str)],
    style: Style,
) -> Result<Answer, ExchangeError> {
    let (kind, body) = match style {
        Style::Form => {
            let form = Serializer::new(String::new()).extend_pairs(parameters).finish();
            ("application/x-www-form-urlencoded", form)
        }
        Style::Json => {
            let entries = parameters.iter();
            let object: Map<String, Value> = entries
                .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
                .collect();
            ("application/json", Value::from(object).to_string())
        }
    };
    let request = client(url)?
        .request(Method::POST, url.clone())
        .header(header::CONTENT_TYPE, kind)
        .header(header::ACCEPT, "application/json")
        .body(body);
    // The body is a secret, and errors of the client may name the URL: what is told of them is in words of ours.
    let mut response = match timeout(WHOLE, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) if error.is_builder() => {
            return Err(ExchangeError::NotSent("the request cannot be built"));
        }
        Ok(Err(error)) if error.is_connect() => {
            return Err(ExchangeError::NotSent("no connection to the provider"));
        }
        Ok(Err(_)) => return Err(ExchangeError::NoAnswer("the connection broke off")),
        Err(_) => return Err(ExchangeError::NoAnswer("no answer came in time")),
    };
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    let read = async {
        while let Some(chunk) = response.chunk().await.map_err(|_| "the answer broke off")? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST {
                return Err("the answer is too long");
            }
        }
        Ok(())
    };
    let whole = timeout(WHOLE, read)
        .await
        .unwrap_or(Err("the answer stopped halfway"));
    match whole {
        // Of a failure the status alone is worth telling.
        Err(why) if (200..300).contains(&status) => Err(ExchangeError::NoAnswer(why)),
        Err(_) => Ok(Answer { status, body: None }),
        Ok(()) => {
            let body = serde_json::from_slice(&bytes).ok().filter(Value::is_object);
            Ok(Answer { status, body })
        }
    }
}

/// A client for one request, by the rules of [`wire::Client`](crate::wire::Client): on this machine without a proxy.
fn client(url: &Url) -> Result<reqwest::Client, ExchangeError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(ExchangeError::NotSent(
            "no TLS cryptography is installed: call `rustls::crypto::CryptoProvider::install_default` at the start of `main`",
        ));
    }
    let loopback = is_loopback(url);
    let plain = url.scheme() != "https";
    if plain && !loopback {
        return Err(ExchangeError::NotSent("tokens are not sent over plain http"));
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("modelpin/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT);
    if loopback {
        builder = builder.no_proxy();
    }
    if plain {
        builder = builder.tls_certs_only([]);
    }
    let unbuilt = |_| ExchangeError::NotSent("the HTTP client cannot be built");
    builder.build().map_err(unbuilt)
}

/// Whether an address is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
