//! What is served here, in OpenAPI 3.1: for people who generate a client, and for programs that try all of it.
//!
//! Paths are described where they are handled, shapes by the types that are written and read (`schemas.rs`).
//! `responses.rs` has the answers that several paths give, `passing.rs` the paths whose bodies are a provider's.
//! `docs/openapi.json` is what is served where callers have tokens.

mod passing;
mod responses;
mod schemas;

use axum::Extension;
use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::{Value, json};
use utoipa::OpenApi;

pub(super) use responses::{Broken, NotFound, NotJson, NotKept, TooLong, TooSlow};

/// What is said with the whole.
const ABOUT: &str = "Any client, any language, one pin: clients of providers pass through `/v1/messages`, \
`/v1/chat/completions` and `/v1/responses`, and the pin of a chat decides which model and which credential serves. Bots \
post what people write to `/v1/chat/handle`.\n\nChats are kept apart by the caller's token. Fields and parameters that \
are not known are refused. Fields may be added to answers.";

#[derive(OpenApi)]
#[openapi(
    info(title = "modelpin gateway", description = ABOUT),
    paths(
        super::chat::handle,
        super::chat::press,
        super::complete::autocomplete,
        super::sessions::show,
        super::sessions::clear,
        super::told::explain,
        super::told::status,
        super::decisions::list,
    ),
    components(responses(Broken, NotFound, NotJson, NotKept, TooLong, TooSlow)),
    tags(
        (name = "chat", description = "The middleware, for bots."),
        (name = "sessions", description = "What holds, what would be decided, what was."),
        (name = "providers", description = "Requests to providers."),
        (name = "watching", description = "Whether it runs, and how."),
    )
)]
struct Described;

/// The description, as bytes.
#[derive(Debug, Clone)]
pub(super) struct Served(Bytes);

impl Served {
    pub(super) fn new(wants_tokens: bool) -> Self {
        let text = serde_json::to_string_pretty(&whole(wants_tokens)).unwrap_or_default();
        Self(Bytes::from(text + "\n"))
    }
}

/// `GET /openapi.json`.
pub(super) async fn serve(Extension(Served(text)): Extension<Served>) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

fn whole(wants_tokens: bool) -> Value {
    let mut whole = serde_json::to_value(Described::openapi()).unwrap_or_default();
    if let Some(paths) = whole["paths"].as_object_mut() {
        paths.extend(passing::paths());
    }
    whole["components"]["schemas"] = Value::Object(schemas::all());
    whole["components"]["schemas"]["AnthropicError"] = passing::anthropic_error();
    responses::everywhere(&mut whole, wants_tokens);
    if wants_tokens {
        whole["components"]["securitySchemes"] = json!({
            "bearer": { "type": "http", "scheme": "bearer", "description": "A token of the token file." },
            "token": { "type": "apiKey", "in": "header", "name": "x-modelpin-token",
                "description": "The same, where `authorization` is taken." },
            "key": { "type": "apiKey", "in": "header", "name": "x-api-key",
                "description": "The same, for clients of Anthropic." },
        });
        whole["security"] = json!([{ "bearer": [] }, { "token": [] }, { "key": [] }]);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` below a value.
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let whole = whole(true);
        let mut found = Vec::new();
        references(&whole, &mut found);
        assert!(found.len() > 30, "{found:?}");
        for reference in found {
            let place = whole.pointer(reference.trim_start_matches('#'));
            assert!(place.is_some(), "{reference} leads nowhere");
        }
    }

    #[test]
    fn tokens_are_told_of_where_they_are_wanted() {
        assert!(whole(true)["security"].is_array());
        assert_eq!(whole(false).get("security"), None);
        assert_eq!(whole(false)["components"].get("securitySchemes"), None);
    }
}
