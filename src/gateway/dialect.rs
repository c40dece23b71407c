//! How errors are written: as the API of the path writes its own.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::endpoint::Api;

/// The API that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Dialect {
    /// Anthropic Messages.
    Messages,
    /// OpenAI Chat Completions.
    Completions,
    /// OpenAI Responses.
    Responses,
}

impl Dialect {
    /// The one that is spoken at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        match path {
            "/v1/messages" | "/v1/messages/count_tokens" => Some(Self::Messages),
            "/v1/chat/completions" => Some(Self::Completions),
            "/v1/responses" => Some(Self::Responses),
            _ => None,
        }
    }

    /// The one of a client, where the path is of both APIs: Anthropic's clients say which version they speak.
    pub(super) fn of_client(headers: &HeaderMap) -> Self {
        if headers.contains_key("anthropic-version") {
            Self::Messages
        } else {
            Self::Completions
        }
    }

    /// The APIs of endpoints that take its requests. Whoever serves OpenAI's completions is asked for responses too, as
    /// OpenAI itself takes both at one base URL.
    pub(super) fn apis(self) -> &'static [Api] {
        match self {
            Self::Messages => &[Api::AnthropicMessages],
            Self::Completions => &[Api::OpenAiCompletions],
            Self::Responses => &[Api::OpenAiResponses, Api::OpenAiCompletions],
        }
    }

    /// The path at an endpoint, behind its base URL.
    pub(super) fn path(self, asked: &str) -> &str {
        match self {
            Self::Messages => asked,
            Self::Completions | Self::Responses => asked.trim_start_matches("/v1"),
        }
    }

    /// The body of an error.
    ///
    /// Sources: `docs.claude.com/en/api/errors`, `platform.openai.com/docs/guides/error-codes`.
    pub(super) fn error(self, kind: Kind, code: &str, message: &str, decision: Option<&str>) -> Value {
        match self {
            Self::Messages => json!({
                "type": "error",
                "error": { "type": kind.anthropic(), "message": message, "code": code, "decision": decision },
                "request_id": decision,
            }),
            Self::Completions | Self::Responses => json!({
                "error": {
                    "message": message, "type": kind.openai(), "param": null, "code": code, "decision": decision,
                },
            }),
        }
    }
}

/// What kind of error it is, in the words of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Invalid,
    TooLarge,
    Unauthenticated,
    Forbidden,
    NotFound,
    Payment,
    RateLimit,
    Overloaded,
    Timeout,
    Failed,
}

impl Kind {
    pub(super) fn status(self, dialect: Dialect) -> StatusCode {
        let number = match (self, dialect) {
            (Self::Invalid, _) => 400,
            (Self::TooLarge, _) => 413,
            (Self::Unauthenticated, _) => 401,
            (Self::Forbidden, _) => 403,
            (Self::NotFound, _) => 404,
            (Self::Payment, Dialect::Messages) => 402,
            // OpenAI has no status of its own for it: `insufficient_quota` comes with 429.
            (Self::Payment | Self::RateLimit, _) => 429,
            (Self::Overloaded, Dialect::Messages) => 529,
            (Self::Overloaded, _) => 503,
            (Self::Timeout, _) => 504,
            (Self::Failed, _) => 502,
        };
        StatusCode::from_u16(number).unwrap_or(StatusCode::BAD_GATEWAY)
    }

    fn anthropic(self) -> &'static str {
        match self {
            Self::Invalid => "invalid_request_error",
            Self::TooLarge => "request_too_large",
            Self::Unauthenticated => "authentication_error",
            Self::Forbidden => "permission_error",
            Self::NotFound => "not_found_error",
            Self::Payment => "billing_error",
            Self::RateLimit => "rate_limit_error",
            Self::Overloaded => "overloaded_error",
            Self::Timeout => "timeout_error",
            Self::Failed => "api_error",
        }
    }

    fn openai(self) -> &'static str {
        match self {
            Self::Invalid | Self::TooLarge | Self::NotFound => "invalid_request_error",
            Self::Unauthenticated => "authentication_error",
            Self::Forbidden => "permission_error",
            Self::Payment => "insufficient_quota",
            Self::RateLimit => "rate_limit_error",
            Self::Overloaded | Self::Timeout | Self::Failed => "server_error",
        }
    }
}

/// An answer with this JSON.
pub(super) fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut answer = Response::new(Body::from(value.to_string()));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}
