//! What a token endpoint hands out (RFC 6749 §5.1).

use serde_json::Value;

use super::claims::Claims;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::secret::Secret;

/// The longest time that `expires_in` may tell, in seconds: a hundred years.
const LONGEST: f64 = 100.0 * 366.0 * 86_400.0;

/// A sign-in, fresh from the token endpoint. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// What goes into requests.
    pub access: Secret,
    /// What the next one is had for; `None` if the endpoint sent none, which in a renewal means that the old one stays.
    pub refresh: Option<Secret>,
    /// When the access token ends, if that is known.
    pub expires: Option<Timestamp>,
    /// The provider's id of the account, if a token tells it.
    pub account: Option<String>,
    /// The account's e-mail, if a token tells it.
    pub email: Option<String>,
}

impl Tokens {
    /// Reads an answer that came at `now`; `Err` says in words of ours why it cannot be used.
    pub(super) fn read(answer: &Value, provider: &ProviderId, now: Timestamp) -> Result<Self, &'static str> {
        let access = token(&answer["access_token"])?.ok_or("it has no access token")?;
        // Another kind must not be sent as a bearer token (RFC 6749 §7.1).
        let kind = answer["token_type"].as_str();
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err("its token is no bearer token");
        }
        let told = token(&answer["id_token"]).ok().flatten();
        let claims: Vec<Claims> = [told.as_ref(), Some(&access)]
            .into_iter()
            .flatten()
            .filter_map(|token| Claims::of(token.expose()))
            .collect();
        let by_itself = || Claims::of(access.expose())?.expires();
        Ok(Self {
            refresh: token(&answer["refresh_token"])?,
            expires: ends(&answer["expires_in"], now).or_else(by_itself),
            account: claims.iter().find_map(|claims| claims.account(provider)),
            email: claims.iter().find_map(Claims::email),
            access,
        })
    }
}

/// A token that a header takes; an empty one counts as absent.
fn token(value: &Value) -> Result<Option<Secret>, &'static str> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(Secret::new(text.clone())))
        }
        _ => Err("a token in it has characters that no token has"),
    }
}

/// `expires_in`, which some write in quotes.
fn ends(told: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = told
        .as_f64()
        .or_else(|| told.as_str().and_then(|text| text.trim().parse().ok()))?;
    if !(seconds > 0.0 && seconds <= LONGEST) {
        return None;
    }
    Some(now.after(std::time::Duration::try_from_secs_f64(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn read(answer: &Value) -> Result<Tokens, &'static str> {
        Tokens::read(answer, &ProviderId::new("acme"), NOW)
    }

    #[test]
    fn the_end_is_told_in_seconds_from_now_also_in_quotes() {
        for told in [json!(60), json!("60"), json!(60.0)] {
            let tokens = read(&json!({"access_token": "EXAMPLE", "expires_in": told})).expect("tokens");
            assert_eq!(tokens.expires, Some(Timestamp::from_millis(1_060_000)));
        }
        for told in [json!(-1), json!(0), json!("soon"), json!(1e300), json!(null)] {
            let tokens = read(&json!({"access_token": "EXAMPLE", "expires_in": told})).expect("tokens");
            assert_eq!(tokens.expires, None);
        }
    }

    #[test]
    fn an_empty_refresh_token_is_none() {
        let tokens = read(&json!({"access_token": "EXAMPLE", "refresh_token": ""})).expect("tokens");
        assert!(tokens.refresh.is_none());
    }

    #[test]
    fn what_no_header_takes_is_no_token() {
        assert!(read(&json!({})).is_err());
        assert!(read(&json!({"access_token": "a\r\nb"})).is_err());
        assert!(read(&json!({"access_token": 7})).is_err());
        assert!(read(&json!({"access_token": "EXAMPLE", "token_type": "mac"})).is_err());
        assert!(read(&json!({"access_token": "EXAMPLE", "token_type": "BEARER"})).is_ok());
    }
}
