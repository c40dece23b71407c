//! Posting events to a URL.

use std::fmt;
use std::time::Duration;

use reqwest::{StatusCode, redirect};

use super::target::{DeliveryError, Limits, TargetError};
use crate::event::Event;
use crate::secret::Secret;

/// How often an event is posted at most.
const TRIES: u32 = 3;

/// A URL, and the client that posts there. `Debug` shows nothing of the URL: it often holds a token.
pub(super) struct Webhook {
    url: Secret,
    client: reqwest::Client,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}

impl Webhook {
    pub(super) fn new(url: &str, limits: Limits) -> Result<Self, TargetError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(TargetError::NoClient("no TLS cryptography is installed"));
        }
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("modelpin/", env!("CARGO_PKG_VERSION")))
            .timeout(limits.each);
        if url.starts_with("http:") {
            // It is this machine itself, which a proxy would not be.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let client = builder.build();
        Ok(Self {
            url: Secret::new(url.to_owned()),
            client: client.map_err(|_| TargetError::NoClient("its TLS cannot be set up"))?,
        })
    }

    /// Posts an event, once more where that can help.
    pub(super) async fn post(&self, event: &Event, pause: Duration) -> Result<(), DeliveryError> {
        let body = event.data().to_string();
        let mut pause = pause;
        let mut tries = 0;
        loop {
            tries += 1;
            let wrong = match self.once(body.clone()).await {
                Ok(status) if status.is_success() => return Ok(()),
                Ok(status) if status.is_redirection() => {
                    return Err(DeliveryError::Redirected {
                        status: status.as_u16(),
                    });
                }
                Ok(status) => {
                    let refused = DeliveryError::Refused {
                        status: status.as_u16(),
                        tries,
                    };
                    if !(status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS) {
                        return Err(refused);
                    }
                    refused
                }
                Err(error) => DeliveryError::Unreached {
                    tries,
                    source: Box::new(error.without_url()),
                },
            };
            if tries == TRIES {
                return Err(wrong);
            }
            tokio::time::sleep(pause).await;
            pause *= 4;
        }
    }

    async fn once(&self, body: String) -> reqwest::Result<StatusCode> {
        let request = self.client.post(self.url.expose());
        let request = request.header(http::header::CONTENT_TYPE, "application/json");
        Ok(request.body(body).send().await?.status())
    }
}
