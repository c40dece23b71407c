//! Signing in with a code that is typed on another screen (RFC 8628).

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::code::PATIENCE;
use super::description::Description;
use super::exchange::{self, ExchangeError, Tokens};
use crate::secret::Secret;

/// Between two questions if the provider does not say (section 3.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// What is added when the provider asks to be asked less often (section 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// Why nobody is signed in.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// The provider has no device codes.
    #[error("{provider} has no device codes; leave --device-code away, or set oauth.{provider}.deviceUrl", provider = .0)]
    NoCodes(crate::model::ProviderId),
    /// The provider's answer holds no code.
    #[error("what {0} answered is no device code")]
    Garbled(String),
    /// The person said no.
    #[error("the sign-in was refused on the other screen")]
    Denied,
    /// Nobody typed the code in time.
    #[error("the code was not typed in time; begin again")]
    Expired,
    /// The provider could not be asked.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// A sign-in on another screen that was begun.
#[derive(Debug)]
pub struct Device {
    description: Description,
    code: Secret,
    user_code: String,
    page: String,
    interval: Duration,
    lasts: Duration,
}

impl Device {
    /// Asks for a code.
    ///
    /// # Errors
    /// [`DeviceError`]
    pub async fn begin(description: Description) -> Result<Self, DeviceError> {
        let url = description
            .device_url
            .clone()
            .ok_or_else(|| DeviceError::NoCodes(description.provider.clone()))?;
        let scope = description.scopes.join(" ");
        let parameters = [("client_id", description.client_id.as_str()), ("scope", &scope)];
        let answer = exchange::ask(&url, description.style, &parameters).await?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        let seconds = |key: &str| answer.get(key).and_then(Value::as_u64).map(Duration::from_secs);
        let garbled = || DeviceError::Garbled(exchange::host(&url));
        let page = text("verification_uri_complete")
            .or_else(|| text("verification_uri"))
            .or_else(|| text("verification_url"));
        Ok(Self {
            code: Secret::new(text("device_code").ok_or_else(garbled)?),
            user_code: text("user_code")
                .filter(|code| is_plain(code))
                .ok_or_else(garbled)?,
            page: page.filter(|page| is_plain(page)).ok_or_else(garbled)?,
            interval: seconds("interval").unwrap_or(INTERVAL),
            lasts: seconds("expires_in").unwrap_or(PATIENCE).min(PATIENCE * 3),
            description,
        })
    }

    /// What a person types.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where they type it.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Waits until they have, asking as often as the provider allows. Dropping the future ends the waiting.
    ///
    /// # Errors
    /// [`DeviceError`]
    pub async fn finish(self) -> Result<Tokens, DeviceError> {
        let limit = tokio::time::sleep(self.lasts);
        tokio::select! {
            tokens = self.asked() => tokens,
            () = limit => Err(DeviceError::Expired),
        }
    }

    async fn asked(&self) -> Result<Tokens, DeviceError> {
        let mut interval = self.interval;
        let of = &self.description;
        loop {
            tokio::time::sleep(interval).await;
            let parameters = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", self.code.expose()),
                ("client_id", of.client_id.as_str()),
            ];
            match exchange::tokens(&of.token_url, of.style, &parameters).await {
                Ok(tokens) => return Ok(tokens),
                Err(ExchangeError::Refused { code, endpoint }) => match code.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => interval += SLOWER,
                    "access_denied" => return Err(DeviceError::Denied),
                    "expired_token" => return Err(DeviceError::Expired),
                    _ => return Err(ExchangeError::Refused { endpoint, code }.into()),
                },
                // Section 3.5: trouble of the connection means asking less often.
                Err(
                    ExchangeError::NoAnswer(_) | ExchangeError::NotSent(_) | ExchangeError::Trouble { .. },
                ) => {
                    interval += SLOWER;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

/// Whether a text can be shown as it is: it comes from a provider, and goes to a terminal.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= 2048 && text.chars().all(|c| c.is_ascii_graphic())
}
