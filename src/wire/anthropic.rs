//! Anthropic Messages. Source: `docs.claude.com/en/api/messages-streaming`.

use serde_json::{Value, json};

use super::piece::{Fault, Piece};
use super::turn::Turn;

/// The body that asks for a stream.
pub(super) fn body(model: &str, turns: &[Turn], max_tokens: u32) -> Value {
    let messages: Vec<Value> = turns
        .iter()
        .map(|turn| json!({ "role": turn.role.as_str(), "content": turn.text }))
        .collect();
    json!({ "model": model, "max_tokens": max_tokens, "stream": true, "messages": messages })
}

/// Reads the events of one answer.
#[derive(Debug, Default)]
pub(super) struct Events {
    stop: Option<String>,
}

impl Events {
    /// Reads one event; events that carry no text for the person (`ping`, thinking, tools) give nothing.
    pub(super) fn read(&mut self, event: &Value) -> Result<Option<Piece>, Fault> {
        match event["type"].as_str() {
            Some("content_block_delta") => Ok(Piece::text(&event["delta"]["text"])),
            Some("message_delta") => {
                if let Some(stop) = event["delta"]["stop_reason"].as_str() {
                    self.stop = Some(stop.to_owned());
                }
                Ok(None)
            }
            Some("message_stop") => Ok(Some(Piece::Done {
                stop: self.stop.take(),
            })),
            Some("error") => Err(Fault::refused(event)),
            // Gateways that speak this API may have another word for their own errors.
            None if !event["error"].is_null() => Err(Fault::refused(event)),
            _ => Ok(None),
        }
    }
}
