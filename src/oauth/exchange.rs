//! The token endpoint: something is given, tokens come back (RFC 6749 §4.1.3, §6).

use serde_json::Value;
use thiserror::Error;

use super::description::Description;
use super::post::{Answer, post};
use super::tokens::Tokens;
use crate::clock::{Clock, SystemClock};
use crate::secret::Secret;

/// Why no tokens came. No message holds anything that was sent, nor a sentence of the provider.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// Nothing has left this machine, so what was to be sent is unused.
    #[error("the provider was not asked: {0}")]
    NotSent(&'static str),
    /// It was sent, and what became of it is not known: it may be used up, and the tokens given for it lost.
    #[error("the provider was asked, and what it did is not known: {0}")]
    NoAnswer(&'static str),
    /// The provider said no.
    #[error("the provider refused: {code}")]
    Refused {
        /// Its word for it, of letters and underscores alone, for example `invalid_grant`; `unknown` for any other.
        code: String,
        /// Whether the same would be refused again: the code, the refresh token or the client is not good any more.
        permanent: bool,
    },
    /// The provider, or something on the way, is in trouble, and did not do what was asked.
    #[error("the provider is in trouble: HTTP status {status}")]
    Trouble {
        /// The status of its answer.
        status: u16,
    },
}

/// Exchanges a refresh token for new tokens: one request, never repeated.
///
/// Dropping the future may lose tokens that are on their way: run it in a task of its own.
///
/// # Errors
/// [`ExchangeError`]. After [`NoAnswer`](ExchangeError::NoAnswer) the refresh token may be used up.
pub async fn refresh(at: &Description, refresh_token: &Secret) -> Result<Tokens, ExchangeError> {
    refresh_by(at, refresh_token, &SystemClock).await
}

/// The same by another clock than this machine's: that of several machines, who must agree on when a token ends.
pub(super) async fn refresh_by(
    at: &Description,
    refresh_token: &Secret,
    clock: &dyn Clock,
) -> Result<Tokens, ExchangeError> {
    let parameters = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.expose()),
        ("client_id", at.client_id.as_str()),
    ];
    tokens_by(at, &parameters, clock).await
}

/// Exchanges the code of a browser for tokens, with the secret half of PKCE (RFC 7636 §4.5).
///
/// # Errors
/// [`ExchangeError`]. A code works once, so after any of them the person has to say yes again.
pub async fn code(
    at: &Description,
    code: &Secret,
    redirect_uri: &str,
    verifier: &Secret,
) -> Result<Tokens, ExchangeError> {
    let parameters = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect_uri),
        ("client_id", at.client_id.as_str()),
        ("code_verifier", verifier.expose()),
    ];
    tokens(at, &parameters).await
}

pub(super) async fn tokens(at: &Description, parameters: &[(&str, &str)]) -> Result<Tokens, ExchangeError> {
    tokens_by(at, parameters, &SystemClock).await
}

async fn tokens_by(
    at: &Description,
    parameters: &[(&str, &str)],
    clock: &dyn Clock,
) -> Result<Tokens, ExchangeError> {
    let answer = post(&at.token_url, parameters, at.style).await?;
    let body = granted(answer, parameters)?;
    Tokens::read(&body, &at.provider, clock.now()).map_err(ExchangeError::NoAnswer)
}

/// The body of an answer that says yes.
pub(super) fn granted(answer: Answer, sent: &[(&str, &str)]) -> Result<Value, ExchangeError> {
    let Answer { status, body } = answer;
    // Some say no with status 200.
    let word = body.as_ref().and_then(refusal);
    match status {
        200..=299 if word.is_none() => body.ok_or(ExchangeError::NoAnswer("the answer is no JSON object")),
        // Too busy or too slow is no verdict on what was sent, whatever the body calls it.
        408 | 425 | 429 => Err(ExchangeError::Trouble { status }),
        200..=299 | 400..=499 => match word {
            Some(word) => Err(refused(word, sent)),
            None if status == 401 => Err(refused("invalid_client", sent)),
            None => Err(ExchangeError::Trouble { status }),
        },
        _ => Err(ExchangeError::Trouble { status }),
    }
}

/// The provider's word for a refusal: a text as RFC 6749 §5.2 has it, or within an object, as OpenAI writes it.
fn refusal(body: &Value) -> Option<&str> {
    let error = &body["error"];
    match error {
        Value::Null => None,
        Value::String(word) => Some(word),
        Value::Object(_) => {
            let word = error["code"].as_str().or_else(|| error["type"].as_str());
            Some(word.unwrap_or("unknown"))
        }
        _ => Some("unknown"),
    }
}

fn refused(word: &str, sent: &[(&str, &str)]) -> ExchangeError {
    let passing = [
        "authorization_pending",
        "slow_down",
        "server_error",
        "temporarily_unavailable",
        "rate_limit_exceeded",
    ];
    ExchangeError::Refused {
        permanent: !passing.contains(&word),
        code: discreet(word, sent).to_owned(),
    }
}

/// The word, if it is one: a token that was sent, or looks like one, is not repeated.
pub(super) fn discreet<'a>(word: &'a str, sent: &[(&str, &str)]) -> &'a str {
    let fits = word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let told = sent.iter().any(|(_, value)| value.contains(word));
    if fits && !word.is_empty() && !told {
        word
    } else {
        "unknown"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(status: u16, body: Value) -> Result<Value, ExchangeError> {
        let body = Some(body).filter(Value::is_object);
        granted(Answer { status, body }, &[("refresh_token", "canary_of_letters")])
    }

    fn refusal_of(status: u16, body: Value) -> (String, bool) {
        match answered(status, body) {
            Err(ExchangeError::Refused { code, permanent }) => (code, permanent),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_is_known_by_its_word_and_not_by_its_status_alone() {
        let word = |word: &str| json!({"error": word, "error_description": "EXAMPLE"});
        assert_eq!(
            refusal_of(400, word("invalid_grant")),
            ("invalid_grant".into(), true)
        );
        assert_eq!(
            refusal_of(200, word("access_denied")),
            ("access_denied".into(), true)
        );
        assert_eq!(refusal_of(400, word("slow_down")), ("slow_down".into(), false));
        let object = json!({"error": {"code": "refresh_token_reused", "message": "EXAMPLE"}});
        assert_eq!(refusal_of(401, object), ("refresh_token_reused".into(), true));
        assert_eq!(refusal_of(401, json!({})), ("invalid_client".into(), true));
    }

    #[test]
    fn trouble_on_the_way_is_no_verdict_on_the_token() {
        for status in [301, 302, 403, 404, 408, 429, 500, 502, 503, 504] {
            let said = answered(status, json!(null));
            assert_eq!(said, Err(ExchangeError::Trouble { status }));
        }
        let said = answered(429, json!({"error": "invalid_grant"}));
        assert_eq!(said, Err(ExchangeError::Trouble { status: 429 }));
        assert!(matches!(
            answered(200, json!(null)),
            Err(ExchangeError::NoAnswer(_))
        ));
    }

    #[test]
    fn a_word_that_may_be_a_token_is_not_repeated() {
        for word in [
            "canary_of_letters",
            "EXAMPLE9",
            "of_letters",
            "",
            &"a".repeat(41),
            "two words",
        ] {
            assert_eq!(refusal_of(400, json!({"error": word})).0, "unknown");
        }
    }
}
