//! OpenAI Responses. Source: `platform.openai.com/docs/api-reference/responses-streaming`.

use serde_json::{Value, json};

use super::piece::{Fault, Piece};
use super::turn::{Role, Turn};

/// The body that asks for a stream, of which the provider keeps no copy for later turns.
pub(super) fn body(model: &str, turns: &[Turn], max_tokens: u32) -> Value {
    let input: Vec<Value> = turns
        .iter()
        .map(|turn| {
            let kind = match turn.role {
                Role::User => "input_text",
                Role::Assistant => "output_text",
            };
            json!({ "role": turn.role.as_str(), "content": [{ "type": kind, "text": turn.text }] })
        })
        .collect();
    json!({ "model": model, "max_output_tokens": max_tokens, "stream": true, "store": false, "input": input })
}

/// Reads one event.
pub(super) fn read(event: &Value) -> Result<Option<Piece>, Fault> {
    match event["type"].as_str() {
        Some("response.output_text.delta" | "response.refusal.delta") => Ok(Piece::text(&event["delta"])),
        Some("response.completed") => Ok(Some(Piece::Done {
            stop: Some("completed".to_owned()),
        })),
        Some("response.incomplete") => Ok(Some(Piece::Done {
            stop: event["response"]["incomplete_details"]["reason"]
                .as_str()
                .map(str::to_owned),
        })),
        Some("response.failed") => Err(Fault::refused(&event["response"])),
        Some("error") => Err(Fault::refused(event)),
        _ => Ok(None),
    }
}
