//! Signing in on another machine: a short code, and asking until somebody has typed it there (RFC 8628).

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::description::Description;
use super::exchange::{ExchangeError, granted, tokens};
use super::post::post;
use super::tokens::Tokens;
use crate::secret::Secret;

/// How long to wait between questions if the provider does not say (RFC 8628 §3.2).
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// The longest that is waited between questions, whatever the provider says.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);

/// A code that a person types on another machine. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// What the endpoint is asked with.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where the person types it.
    pub verification_uri: Url,
    /// The same with the code in it, if the provider has that.
    pub verification_uri_complete: Option<Url>,
    /// How long the code is good for.
    pub lasts: Duration,
    /// How long to wait between questions.
    pub interval: Duration,
}

/// What became of a device code.
#[derive(Debug)]
pub enum Poll {
    /// Nobody has said yes or no yet.
    Pending,
    /// The same, and questions must come 5 seconds further apart from now on.
    SlowDown,
    /// Somebody said yes.
    Granted(Tokens),
}

/// Asks for a device code (RFC 8628 §3.1).
///
/// # Errors
/// [`ExchangeError`]; [`NotSent`](ExchangeError::NotSent) also if the provider has no device codes.
pub async fn device_code(at: &Description) -> Result<DeviceCode, ExchangeError> {
    let no_url = ExchangeError::NotSent("this provider has no device codes");
    let url = at.device_url.as_ref().ok_or(no_url)?;
    let scope = at.scopes.join(" ");
    let mut parameters = vec![("client_id", at.client_id.as_str())];
    if !scope.is_empty() {
        parameters.push(("scope", &scope));
    }
    parameters.extend(
        at.extra
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let answer = post(url, &parameters, at.style).await?;
    let body = granted(answer, &parameters)?;
    read(&body).ok_or(ExchangeError::NoAnswer(
        "the answer holds no device code that can be shown",
    ))
}

/// Asks once whether somebody has said yes (RFC 8628 §3.4). Waiting between questions is the caller's part.
///
/// # Errors
/// [`ExchangeError::Refused`] with `access_denied` if somebody said no, with `expired_token` if it took too long. After
/// [`NoAnswer`](ExchangeError::NoAnswer) the endpoint may be asked again, more slowly (RFC 8628 §3.5).
pub async fn device_poll(at: &Description, code: &DeviceCode) -> Result<Poll, ExchangeError> {
    let parameters = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code.device_code.expose()),
        ("client_id", at.client_id.as_str()),
    ];
    match tokens(at, &parameters).await {
        Ok(tokens) => Ok(Poll::Granted(tokens)),
        Err(ExchangeError::Refused { code, .. }) if code == "authorization_pending" => Ok(Poll::Pending),
        Err(ExchangeError::Refused { code, .. }) if code == "slow_down" => Ok(Poll::SlowDown),
        Err(wrong) => Err(wrong),
    }
}

fn read(body: &Value) -> Option<DeviceCode> {
    let text = |name: &str| body[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let url = |name: &str| {
        let url = Url::parse(text(name)?).ok()?;
        matches!(url.scheme(), "https" | "http").then_some(url)
    };
    let seconds = |name: &str| {
        let seconds = body[name].as_u64().or_else(|| text(name)?.parse().ok())?;
        Some(Duration::from_secs(seconds))
    };
    let visible = |c: char| c.is_ascii_graphic() || c == ' ';
    let user_code = text("user_code").filter(|code| code.len() <= 64 && code.chars().all(visible))?;
    Some(DeviceCode {
        device_code: Secret::new(text("device_code")?.to_owned()),
        user_code: user_code.to_owned(),
        // Google's older endpoint writes it so.
        verification_uri: url("verification_uri").or_else(|| url("verification_url"))?,
        verification_uri_complete: url("verification_uri_complete"),
        lasts: seconds("expires_in")?,
        interval: seconds("interval")
            .unwrap_or(USUAL_INTERVAL)
            .min(LONGEST_INTERVAL),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_that_cannot_be_shown_is_none() {
        let good = json!({"device_code": "EXAMPLE", "user_code": "AB-CD", "verification_uri": "https://a.test/x", "expires_in": 60});
        let code = read(&good).expect("a code");
        assert_eq!(code.interval, USUAL_INTERVAL);
        for (name, value) in [
            ("user_code", json!("\u{1b}[2J")),
            ("verification_uri", json!("javascript:alert(1)")),
            ("device_code", json!("")),
            ("expires_in", json!(-1)),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(read(&bad).is_none(), "{name}");
        }
    }
}
