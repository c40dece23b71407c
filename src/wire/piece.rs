//! What comes of a streamed answer: pieces, or the fault that ends it.

use serde_json::{Value, json};
use thiserror::Error;

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that the model wrote; never empty.
    Text(String),
    /// The answer is complete.
    Done {
        /// Why the model stopped, in the provider's word: `end_turn`, `stop`, `max_tokens`, …
        stop: Option<String>,
    },
}

impl Piece {
    /// The text that a JSON value is, if it is one and is not empty.
    pub(super) fn text(value: &Value) -> Option<Self> {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(Self::Text(text.to_owned()))
    }
}

/// Why an answer stops without being complete.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The provider sent an error as an event, after a status of success.
    #[error("the provider broke its answer off with an error that stands for status {status}")]
    Refused {
        /// The status with which the provider would have answered, had it known in time.
        status: u16,
        /// The error, in the JSON in which it would then have come. Provider's words: not for logs.
        body: String,
    },
    /// The events are not what the API promises.
    #[error("the answer is not in the form that its API promises: check `baseUrl` and `api` of the endpoint")]
    Garbled,
}

/// The statuses that stand for error types and codes. Sources: `docs.claude.com/en/api/errors`,
/// `platform.openai.com/docs/guides/error-codes`.
const STATUSES: &[(&str, u16)] = &[
    ("invalid_request_error", 400),
    ("context_length_exceeded", 400),
    ("model_not_supported", 400),
    ("authentication_error", 401),
    ("account_deactivated", 401),
    ("invalid_api_key", 401),
    ("token_expired", 401),
    ("token_revoked", 401),
    ("billing_error", 402),
    ("permission_error", 403),
    ("not_found_error", 404),
    ("model_not_found", 404),
    ("request_too_large", 413),
    ("rate_limit_error", 429),
    ("rate_limit_exceeded", 429),
    ("credit_balance_exhausted", 429),
    ("insufficient_quota", 429),
    ("usage_limit_reached", 429),
    ("usage_not_included", 429),
    ("server_is_overloaded", 503),
    ("slow_down", 503),
    ("timeout_error", 504),
    ("overloaded_error", 529),
];

impl Fault {
    /// Reads an event that holds `error`, or is one itself.
    ///
    /// A number in `code` that is an error status is taken for it (OpenRouter), or the status beside the error
    /// (ChatGPT); else the code, then the type, is looked up; what is not known counts as a failure of the provider, 500.
    pub(super) fn refused(event: &Value) -> Self {
        let error = match &event["error"] {
            Value::Null => event,
            error => error,
        };
        let beside = [&error["code"], &event["status"], &event["status_code"]];
        let number = beside.into_iter().find_map(status);
        let word = || {
            let words = [&error["code"], &error["type"]];
            words.into_iter().filter_map(Value::as_str).find_map(|word| {
                let known = STATUSES
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(word));
                known.map(|(_, status)| *status)
            })
        };
        Self::Refused {
            status: number.or_else(word).unwrap_or(500),
            body: json!({ "error": error }).to_string(),
        }
    }
}

/// An error status, as a number or as its digits.
fn status(value: &Value) -> Option<u16> {
    let told = match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().and_then(|number| u16::try_from(number).ok()),
    };
    told.filter(|status| (400..600).contains(status))
}
