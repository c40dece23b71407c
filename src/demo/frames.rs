//! Anthropic's shapes: the events of a stream, a whole message, an error, the list of models.
//!
//! Source: `docs.claude.com/en/api/messages`, `…/messages-streaming`, `…/errors`, `…/models-list`.

use serde_json::{Value, json};

use super::script::MODELS;

/// The type and the message of the error that goes with a status.
pub(super) fn error_of(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => (
            "invalid_request_error",
            "messages: this request is not one that the demo understands.",
        ),
        401 => ("authentication_error", "invalid x-api-key"),
        402 => (
            "billing_error",
            "Your credit balance is too low to access the demo API. Please go to Plans & Billing.",
        ),
        403 => ("permission_error", "Your key may not use this."),
        429 => ("rate_limit_error", "This request would exceed your rate limit."),
        504 => ("timeout_error", "The request took too long."),
        529 => ("overloaded_error", "Overloaded"),
        _ => ("api_error", "Internal server error"),
    }
}

pub(super) fn error(kind: &str, message: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message } })
}

fn message(id: &str, model: &str, content: &Value, stop: Option<&str>, usage: &Value) -> Value {
    json!({
        "id": id, "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": stop, "stop_sequence": null, "usage": usage,
    })
}

/// A whole answer.
pub(super) fn whole(id: &str, model: &str, prompt: &str, text: &str) -> Value {
    let usage = json!({ "input_tokens": tokens(prompt), "output_tokens": tokens(text) });
    message(
        id,
        model,
        &json!([{ "type": "text", "text": text }]),
        Some("end_turn"),
        &usage,
    )
}

/// The same answer as events, a word each.
pub(super) fn events(id: &str, model: &str, prompt: &str, text: &str) -> Vec<String> {
    let usage = json!({ "input_tokens": tokens(prompt), "output_tokens": 1 });
    let mut events = vec![
        event(&json!({
            "type": "message_start", "message": message(id, model, &json!([]), None, &usage),
        })),
        event(&json!({
            "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" },
        })),
        event(&json!({ "type": "ping" })),
    ];
    events.extend(text.split_inclusive(' ').map(|word| {
        event(&json!({
            "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": word },
        }))
    }));
    events.extend([
        event(&json!({ "type": "content_block_stop", "index": 0 })),
        event(&json!({
            "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null },
            "usage": { "output_tokens": tokens(text) },
        })),
        event(&json!({ "type": "message_stop" })),
    ]);
    events
}

fn event(data: &Value) -> String {
    format!(
        "event: {}\ndata: {data}\n\n",
        data["type"].as_str().unwrap_or_default()
    )
}

/// As many tokens as people guess with: one for four bytes.
fn tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}

/// The list of models.
pub(super) fn models() -> Value {
    let model = |id: &str| json!({ "type": "model", "id": id, "display_name": format!("Demo {id}"), "created_at": "2026-01-01T00:00:00Z" });
    json!({
        "data": MODELS.map(model), "has_more": false,
        "first_id": MODELS.first(), "last_id": MODELS.last(),
    })
}

/// The text of the last turn of the person, in either way of writing content.
pub(super) fn prompt(request: &Value) -> String {
    let turns = request["messages"].as_array().into_iter().flatten();
    let last = turns.rev().find(|turn| turn["role"] == "user");
    match last.map(|turn| &turn["content"]) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(blocks)) => blocks
            .iter()
            .filter_map(|block| block["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}
