//! What is wrong with a request: what, where in it, and what to do.

use axum::body::Body;
use axum::response::IntoResponse;
use http::{HeaderValue, Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::gateway::dialect::json_answer;

/// A request that is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Where it is: a path into the JSON (`actor.roles[2]`), or the name of a parameter or header field.
    pub(super) param: Option<String>,
}

/// An error: what is wrong, where, and what to do.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ErrorAnswer {
    error: ErrorTold,
}

/// What is wrong.
#[derive(Debug, Serialize, JsonSchema)]
struct ErrorTold {
    /// What is wrong and what to do, for people.
    message: String,
    /// What kind of error it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where it is: a path into the body (`actor.roles[2]`), or the name of a parameter or a header field.
    param: Option<String>,
    /// What is wrong, for programs.
    code: String,
    /// The decision that it goes back to: `GET /v1/decisions?id=` tells of it.
    decision: Option<String>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            param: None,
        }
    }

    /// One of the request's own making.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The same, at a place.
    pub(super) fn at(mut self, place: impl Into<String>) -> Self {
        self.param = Some(place.into());
        self
    }

    fn kind(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response<Body> {
        tracing::info!(status = self.status.as_u16(), code = self.code, "request refused");
        let told = ErrorAnswer {
            error: ErrorTold {
                kind: self.kind(),
                message: self.message,
                param: self.param,
                code: self.code.to_owned(),
                decision: None,
            },
        };
        answer(self.status, &told)
    }
}

/// An answer with this JSON.
pub(super) fn answer(status: StatusCode, told: &impl Serialize) -> Response<Body> {
    let value = serde_json::to_value(told);
    match value {
        Ok(value) => {
            let mut answer = json_answer(status, &value);
            // What is told here is of the moment, and of one caller.
            let none = HeaderValue::from_static("no-store");
            answer.headers_mut().insert(http::header::CACHE_CONTROL, none);
            answer
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
