//! A chat as a streaming request of the endpoint's API.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};

use super::error::WireError;
use super::turn::Turn;
use super::{anthropic, openai, responses};
use crate::endpoint::{Api, Endpoint};

/// Builds the request that asks `model` to answer `turns` with a stream.
///
/// It has no credential yet; [`present`](super::present) adds one. `max_tokens` bounds the answer.
///
/// # Errors
/// [`WireError::BadUrl`] if the endpoint's base URL is not an `http` or `https` URL.
pub fn request(
    endpoint: &Endpoint,
    model: &str,
    turns: &[Turn],
    max_tokens: u32,
) -> Result<Request<Vec<u8>>, WireError> {
    let (path, body) = match endpoint.api {
        Api::AnthropicMessages => ("/v1/messages", anthropic::body(model, turns, max_tokens)),
        Api::OpenAiCompletions => (
            "/chat/completions",
            openai::body(endpoint, model, turns, max_tokens),
        ),
        Api::OpenAiResponses => ("/responses", responses::body(model, turns, max_tokens)),
    };
    let uri: Uri = format!("{}{path}", endpoint.base_url)
        .parse()
        .map_err(|_| WireError::BadUrl)?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(WireError::BadUrl);
    }
    let mut request = Request::new(body.to_string().into_bytes());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    Ok(request)
}
