//! What a token tells of the account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::model::ProviderId;

/// The longest account id or address that is taken over, in bytes.
const LONGEST: usize = 320;

/// The payload of a JSON Web Token (RFC 7519).
///
/// The signature is not looked at: the token comes straight from the token endpoint over TLS, which is proof enough for an
/// ID token (OpenID Connect Core 1.0 §3.1.3.7, point 6). It decides under which name a profile is kept, and nothing else.
pub(super) struct Claims(Value);

impl Claims {
    /// Reads a token; one that is no JSON Web Token tells nothing.
    pub(super) fn of(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let claims: Value = serde_json::from_slice(&payload).ok()?;
        claims.is_object().then_some(Self(claims))
    }

    /// The account: for OpenAI the one that its requests must name; else the subject.
    pub(super) fn account(&self, provider: &ProviderId) -> Option<String> {
        match provider.as_str() {
            "openai-codex" => named(&self.0["https://api.openai.com/auth"]["chatgpt_account_id"]),
            _ => named(&self.0["sub"]),
        }
    }

    /// The address of the account.
    pub(super) fn email(&self) -> Option<String> {
        let told = |claim: &Value| named(claim).filter(|address| address.contains('@'));
        told(&self.0["email"]).or_else(|| told(&self.0["https://api.openai.com/profile"]["email"]))
    }

    /// When the token ends (`exp`, in seconds).
    pub(super) fn expires(&self) -> Option<Timestamp> {
        let seconds = self.0["exp"].as_i64().filter(|seconds| *seconds > 0)?;
        Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
    }
}

/// A claim that can stand in a name: short, and visible as it is.
fn named(claim: &Value) -> Option<String> {
    let text = claim.as_str()?.trim();
    let fits = !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_account_of_openai_is_the_one_that_its_requests_name() {
        let token = token(r#"{"sub":"s","https://api.openai.com/auth":{"chatgpt_account_id":"acc-1"}}"#);
        let claims = Claims::of(&token).expect("claims");
        let of = |provider| claims.account(&ProviderId::new(provider));
        assert_eq!(of("openai-codex").as_deref(), Some("acc-1"));
        assert_eq!(of("acme").as_deref(), Some("s"));
    }

    #[test]
    fn claims_that_would_not_fit_in_a_name_are_not_taken() {
        let long = "a".repeat(400);
        for claims in [
            r#"{"email":"two words@x"}"#.to_owned(),
            r#"{"email":"\u001b[2J@x"}"#.to_owned(),
            r#"{"email":7}"#.to_owned(),
            format!(r#"{{"email":"{long}@x"}}"#),
        ] {
            assert_eq!(
                Claims::of(&token(&claims)).and_then(|claims| claims.email()),
                None
            );
        }
        assert!(Claims::of("opaque").is_none());
        assert!(Claims::of("a.!.b").is_none());
    }
}
