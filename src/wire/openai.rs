//! OpenAI Chat Completions, and what is compatible with it.
//! Source: `platform.openai.com/docs/api-reference/chat-streaming`.

use serde_json::{Value, json};

use super::piece::{Fault, Piece};
use super::turn::Turn;
use crate::endpoint::Endpoint;

/// The body that asks for a stream.
///
/// OpenAI's newer models refuse `max_tokens`, and other servers know nothing else, so its own host gets the new
/// name and everybody else the old one.
pub(super) fn body(endpoint: &Endpoint, model: &str, turns: &[Turn], max_tokens: u32) -> Value {
    let messages: Vec<Value> = turns
        .iter()
        .map(|turn| json!({ "role": turn.role.as_str(), "content": turn.text }))
        .collect();
    let limit = if endpoint.base_url.starts_with("https://api.openai.com/") {
        "max_completion_tokens"
    } else {
        "max_tokens"
    };
    json!({ "model": model, limit: max_tokens, "stream": true, "messages": messages })
}

/// Reads the chunks of one answer.
#[derive(Debug, Default)]
pub(super) struct Events {
    stop: Option<String>,
}

impl Events {
    /// Reads one chunk.
    pub(super) fn read(&mut self, chunk: &Value) -> Result<Option<Piece>, Fault> {
        if !chunk["error"].is_null() {
            return Err(Fault::refused(chunk));
        }
        let choice = &chunk["choices"][0];
        if let Some(stop) = choice["finish_reason"].as_str() {
            self.stop = Some(stop.to_owned());
        }
        let delta = &choice["delta"];
        Ok(Piece::text(&delta["content"]).or_else(|| Piece::text(&delta["refusal"])))
    }

    /// Reads `[DONE]`.
    pub(super) fn done(&mut self) -> Piece {
        Piece::Done {
            stop: self.stop.take(),
        }
    }

    /// Reads the end of the bytes. Some servers leave `[DONE]` out; a finish reason says as much.
    pub(super) fn end(&mut self) -> Option<Piece> {
        self.stop.is_some().then(|| self.done())
    }
}
