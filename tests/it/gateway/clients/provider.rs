//! A provider of three APIs on loopback, with an answer for each path.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::Response;
use serde_json::{Value, json};

use crate::gateway::upstream::{Asked, Upstream, event, events, json_of};

/// What it says; the scripts expect it.
const TEXT: &str = "Hello, wörld 🦀: what passes is not touched.";

/// The provider, and what it has seen.
pub(super) struct Provider {
    pub(super) address: SocketAddr,
    seen: Arc<Seen>,
    _upstream: Upstream,
}

#[derive(Default)]
struct Seen {
    /// How often each path that fails was asked.
    failures: Mutex<BTreeMap<String, usize>>,
    /// Endless answers that were begun, and those whose client went away.
    begun: AtomicUsize,
    ended: AtomicUsize,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let kept = Arc::clone(&seen);
        let upstream = Upstream::start(move |asked| answer(asked, &kept)).await;
        Self {
            address: upstream.address,
            seen,
            _upstream: upstream,
        }
    }

    /// The paths that fail, and how often each was asked.
    pub(super) fn failures(&self) -> BTreeMap<String, usize> {
        self.seen.failures.lock().expect("whole").clone()
    }

    /// Returns when the provider has seen every client go that asked for an answer without an end.
    pub(super) async fn nobody_listens_any_more(&self, clients: usize) {
        let gone = async {
            while self.seen.ended.load(Ordering::SeqCst) < clients {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(20), gone).await;
        let begun = self.seen.begun.load(Ordering::SeqCst);
        assert!(came.is_ok(), "an answer that nobody reads goes on");
        assert_eq!(begun, clients, "each client has begun one");
    }
}

fn answer(asked: &Asked, seen: &Arc<Seen>) -> Response<Body> {
    let body = asked.json();
    let (behaviour, path) = asked
        .path
        .trim_start_matches('/')
        .split_once('/')
        .expect("two parts");
    let api = match path {
        "v1/messages" => Api::Messages,
        "v1/messages/count_tokens" => return json_of(200, &json!({ "input_tokens": 7 })),
        "v1/chat/completions" => Api::Completions,
        "v1/responses" => Api::Responses,
        other => panic!("{other} was asked for"),
    };
    if behaviour != "fine" {
        let letter = if api == Api::Messages { 'a' } else { 'o' };
        let mut failures = seen.failures.lock().expect("whole");
        *failures.entry(format!("{letter}{behaviour}")).or_default() += 1;
    }
    if let Some(status) = behaviour.strip_prefix('s').and_then(|text| text.parse().ok()) {
        return json_of(status, &api.error(status));
    }
    if behaviour == "stream429" {
        let error = format!("event: error\ndata: {}\n\n", api.error(429));
        return events(Body::from(error));
    }
    assert_eq!(behaviour, "fine");
    let text = body["messages"][0]["content"].as_str().unwrap_or("");
    match text {
        _ if body["stream"] != true => json_of(200, &api.whole()),
        "break" => events(pieces(api.events().concat().into_bytes(), Ending::CutOff)),
        text if text.starts_with("endless") => {
            seen.begun.fetch_add(1, Ordering::SeqCst);
            events(endless(api, Arc::clone(seen)))
        }
        _ => events(pieces(api.events().concat().into_bytes(), Ending::Whole)),
    }
}

#[derive(PartialEq, Eq)]
enum Ending {
    Whole,
    CutOff,
}

/// The bytes in pieces that end in the middle of lines and of characters.
fn pieces(bytes: Vec<u8>, ending: Ending) -> Body {
    let mut pieces: Vec<Result<Bytes, std::io::Error>> = bytes
        .chunks(29)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    if ending == Ending::CutOff {
        pieces.truncate(pieces.len() / 2);
        pieces.push(Err(std::io::Error::other("cut off")));
    }
    Body::from_stream(stream::iter(pieces))
}

/// Tells when it is dropped.
struct Listening(Arc<Seen>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

/// The beginning of an answer, and then the same word for ever.
fn endless(api: Api, seen: Arc<Seen>) -> Body {
    let events = api.events();
    let word = api.word();
    let beginning: Vec<String> = events
        .iter()
        .take_while(|event| **event != word)
        .cloned()
        .collect();
    let state = (beginning.into_iter(), Listening(seen));
    Body::from_stream(stream::unfold(state, move |(mut beginning, listening)| {
        let word = word.clone();
        async move {
            let event = match beginning.next() {
                Some(event) => event,
                None => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    word
                }
            };
            Some((Ok::<_, Infallible>(event), (beginning, listening)))
        }
    }))
}

/// The API that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    Messages,
    Completions,
    Responses,
}

impl Api {
    fn error(self, status: u16) -> Value {
        let (kind, message) = match status {
            400 => ("invalid_request_error", "messages.0.content: Field required"),
            401 => ("authentication_error", "invalid key"),
            402 => ("billing_error", "payment required"),
            404 => ("not_found_error", "model: m"),
            413 => ("request_too_large", "Request exceeds the maximum size"),
            429 => ("rate_limit_error", "slow down"),
            529 => ("overloaded_error", "Overloaded"),
            _ => ("api_error", "Internal server error"),
        };
        match self {
            Self::Messages => json!({ "type": "error", "error": { "type": kind, "message": message } }),
            Self::Completions | Self::Responses => {
                let code = if status == 404 { "model_not_found" } else { kind };
                json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
            }
        }
    }

    fn whole(self) -> Value {
        match self {
            Self::Messages => message(&json!([{ "type": "text", "text": TEXT }]), &json!("end_turn")),
            Self::Completions => json!({
                "id": "c", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{
                    "index": 0, "finish_reason": "stop",
                    "message": { "role": "assistant", "content": TEXT },
                }],
            }),
            Self::Responses => response("completed", &json!([output("completed")])),
        }
    }

    /// The event with the first word of the text.
    fn word(self) -> String {
        self.delta(words().first().expect("a word"))
    }

    fn delta(self, text: &str) -> String {
        match self {
            Self::Messages => event(&json!({
                "type": "content_block_delta", "index": 0,
                "delta": { "type": "text_delta", "text": text },
            })),
            Self::Completions => chunk(&json!({ "content": text }), &Value::Null),
            Self::Responses => event(&json!({
                "type": "response.output_text.delta", "sequence_number": 4, "item_id": "i",
                "output_index": 0, "content_index": 0, "delta": text, "logprobs": [],
            })),
        }
    }

    fn events(self) -> Vec<String> {
        let (before, after) = match self {
            Self::Messages => (
                vec![
                    event(&json!({ "type": "message_start", "message": message(&json!([]), &Value::Null) })),
                    event(&json!({
                        "type": "content_block_start", "index": 0,
                        "content_block": { "type": "text", "text": "" },
                    })),
                    event(&json!({ "type": "ping" })),
                ],
                vec![
                    event(&json!({ "type": "content_block_stop", "index": 0 })),
                    event(&json!({
                        "type": "message_delta",
                        "delta": { "stop_reason": "end_turn", "stop_sequence": null },
                        "usage": { "output_tokens": 9 },
                    })),
                    event(&json!({ "type": "message_stop" })),
                ],
            ),
            Self::Completions => (
                vec![chunk(
                    &json!({ "role": "assistant", "content": "" }),
                    &Value::Null,
                )],
                vec![chunk(&json!({}), &json!("stop")), "data: [DONE]\n\n".to_owned()],
            ),
            Self::Responses => of_a_response(),
        };
        let words = words().into_iter().map(|word| self.delta(word));
        before.into_iter().chain(words).chain(after).collect()
    }
}

fn words() -> Vec<&'static str> {
    TEXT.split_inclusive(' ').collect()
}

fn message(content: &Value, stop: &Value) -> Value {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": stop, "stop_sequence": null, "usage": { "input_tokens": 1, "output_tokens": 1 },
    })
}

fn chunk(delta: &Value, stop: &Value) -> String {
    let chunk = json!({
        "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": stop }],
    });
    format!("data: {chunk}\n\n")
}

fn output(status: &str) -> Value {
    let part = json!({ "type": "output_text", "text": TEXT, "annotations": [], "logprobs": [] });
    json!({ "type": "message", "id": "i", "role": "assistant", "status": status, "content": [part] })
}

fn response(status: &str, output: &Value) -> Value {
    json!({
        "id": "r", "object": "response", "created_at": 1, "status": status, "model": "m", "output": output,
        "error": null, "incomplete_details": null, "instructions": null, "metadata": {},
        "parallel_tool_calls": true, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
    })
}

/// The events of a response before its words, and after them.
fn of_a_response() -> (Vec<String>, Vec<String>) {
    let empty = json!({
        "type": "message", "id": "i", "role": "assistant", "status": "in_progress", "content": [],
    });
    let nothing = json!({ "type": "output_text", "text": "", "annotations": [], "logprobs": [] });
    let part = output("completed")["content"][0].clone();
    (
        vec![
            event(&json!({
                "type": "response.created", "sequence_number": 0,
                "response": response("in_progress", &json!([])),
            })),
            event(&json!({
                "type": "response.output_item.added", "sequence_number": 1, "output_index": 0, "item": empty,
            })),
            event(&json!({
                "type": "response.content_part.added", "sequence_number": 2, "item_id": "i",
                "output_index": 0, "content_index": 0, "part": nothing,
            })),
        ],
        vec![
            event(&json!({
                "type": "response.output_text.done", "sequence_number": 5, "item_id": "i",
                "output_index": 0, "content_index": 0, "text": TEXT, "logprobs": [],
            })),
            event(&json!({
                "type": "response.content_part.done", "sequence_number": 6, "item_id": "i",
                "output_index": 0, "content_index": 0, "part": part,
            })),
            event(&json!({
                "type": "response.output_item.done", "sequence_number": 7, "output_index": 0,
                "item": output("completed"),
            })),
            event(&json!({
                "type": "response.completed", "sequence_number": 8,
                "response": response("completed", &json!([output("completed")])),
            })),
        ],
    )
}
