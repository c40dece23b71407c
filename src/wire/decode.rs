//! What the events of a streamed answer say.

use serde_json::Value;

use super::piece::{Fault, Piece};
use super::sse::SseEvent;
use super::{anthropic, openai, responses};
use crate::endpoint::Api;

/// Reads the events of one answer in the order in which they come.
#[derive(Debug)]
pub struct Decoder(Events);

#[derive(Debug)]
enum Events {
    Anthropic(anthropic::Events),
    Completions(openai::Events),
    Responses,
}

impl Decoder {
    /// A decoder for one answer of `api`.
    #[must_use]
    pub fn new(api: Api) -> Self {
        Self(match api {
            Api::AnthropicMessages => Events::Anthropic(anthropic::Events::default()),
            Api::OpenAiCompletions => Events::Completions(openai::Events::default()),
            Api::OpenAiResponses => Events::Responses,
        })
    }

    /// Reads one event; most of those that carry no text give nothing.
    ///
    /// An event of the type `error` is one in every API, also if its data is not JSON, and so is an array that holds
    /// an error (Google).
    ///
    /// # Errors
    /// [`Fault::Refused`] for an error event, [`Fault::Garbled`] for data that is not JSON.
    pub fn read(&mut self, event: &SseEvent) -> Result<Option<Piece>, Fault> {
        if let (Events::Completions(events), "[DONE]") = (&mut self.0, event.data.trim()) {
            return Ok(Some(events.done()));
        }
        let data = serde_json::from_str::<Value>(&event.data);
        if event.event == "error" {
            return Err(Fault::refused(
                &data.unwrap_or_else(|_| Value::String(event.data.clone())),
            ));
        }
        let data = match data.map_err(|_| Fault::Garbled)? {
            Value::Array(list) => match list.into_iter().next() {
                Some(first) if !first["error"].is_null() => return Err(Fault::refused(&first)),
                _ => return Ok(None),
            },
            data => data,
        };
        match &mut self.0 {
            Events::Anthropic(events) => events.read(&data),
            Events::Completions(events) => events.read(&data),
            Events::Responses => responses::read(&data),
        }
    }

    /// Reads the end of the bytes: the last piece, if the events so far were a complete answer.
    #[must_use]
    pub fn end(&mut self) -> Option<Piece> {
        match &mut self.0 {
            Events::Completions(events) => events.end(),
            Events::Anthropic(_) | Events::Responses => None,
        }
    }
}
