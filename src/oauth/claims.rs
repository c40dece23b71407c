//! What a token says of the person behind it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Where ChatGPT's tokens name the account.
const CHATGPT: &str = "https://api.openai.com/auth";

/// The account and the e-mail that tokens tell.
///
/// Signatures are not checked: the tokens came from the token endpoint itself, over TLS (OpenID Connect Core 1.0, section
/// 3.1.3.7, point 6), and nothing is allowed because of what they say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Claims {
    pub(super) account: Option<String>,
    pub(super) email: Option<String>,
}

impl Claims {
    /// Takes the first that tells: usually the id token, then the access token.
    pub(super) fn of(tokens: &[Option<&str>]) -> Self {
        let mut claims = Self::default();
        for token in tokens.iter().flatten() {
            let Some(payload) = payload(token) else { continue };
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let chatgpt = || text(&payload[CHATGPT]["chatgpt_account_id"]);
            claims.account = claims.account.or_else(chatgpt);
            claims.account = claims.account.or_else(|| text(&payload["account_id"]));
            claims.email = claims
                .email
                .or_else(|| text(&payload["email"]))
                .or_else(|| text(&payload["https://api.openai.com/profile"]["email"]));
        }
        if claims.account.is_none() && claims.email.is_none() {
            let subject = |token: &&str| payload(token)?["sub"].as_str().map(str::to_owned);
            claims.account = tokens.iter().flatten().find_map(subject);
        }
        claims
    }
}

fn payload(token: &str) -> Option<Value> {
    let middle = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(middle.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn the_account_is_where_the_provider_puts_it() {
        let id = token(r#"{"email":"me@x.org","sub":"u1"}"#);
        let access = token(r#"{"https://api.openai.com/auth":{"chatgpt_account_id":"acc-1"}}"#);
        let claims = Claims::of(&[Some(&id), Some(&access)]);
        assert_eq!(claims.account.as_deref(), Some("acc-1"));
        assert_eq!(claims.email.as_deref(), Some("me@x.org"));
        let claims = Claims::of(&[Some(&token(r#"{"sub":"u1"}"#)), Some("opaque")]);
        assert_eq!(claims.account.as_deref(), Some("u1"));
        assert_eq!(Claims::of(&[None, Some("a.b.c"), Some("")]), Claims::default());
    }
}
