//! The same body for another model, with the marks of a cache.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::Value;

use super::outline::Outline;
use super::place::Place;
use crate::retention::Retention;

/// A body that is ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The body; the very same bytes if nothing had to be changed.
    pub body: Bytes,
    /// What was added to it for the provider's cache: [`Retention::None`] if nothing was.
    pub added: Retention,
}

impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filled")
            .field("bytes", &self.body.len())
            .field("added", &self.added)
            .finish()
    }
}

impl Outline {
    /// The body that asks for `model`, and asks an Anthropic endpoint to keep the prompt as `retention` says.
    ///
    /// A body without a model gets one at its beginning. `cache_control` is put on the last block of `system` and on
    /// the last block of the last user message; a string there becomes a list of one text block. Nothing is put where the
    /// provider would refuse it (an empty text, a thinking block), and nothing at all if the caller steers the cache
    /// itself. Every other byte stays as it is. Pass [`Retention::None`] for what is no Anthropic endpoint.
    #[must_use]
    pub fn fill(&self, model: &str, retention: Retention) -> Filled {
        let mut changes: Vec<(usize, usize, String)> = Vec::new();
        match &self.model {
            Some((_, name)) if name == model => {}
            Some((span, _)) => changes.push((span.start, span.end, quoted(model))),
            None => {
                let comma = if self.empty { "" } else { "," };
                let first = format!("\"model\":{}{comma}", quoted(model));
                changes.push((self.open, self.open, first));
            }
        }
        let mut added = Retention::None;
        if let Some(mark) = mark(retention).filter(|_| !self.marked) {
            for place in [&self.system, &self.person].into_iter().flatten() {
                added = retention;
                match place {
                    Place::Text(span) => {
                        let before = "[{\"type\":\"text\",\"text\":".to_owned();
                        changes.push((span.start, span.start, before));
                        changes.push((span.end, span.end, format!(",{mark}}}]")));
                    }
                    Place::Block(end) => changes.push((*end, *end, format!(",{mark}"))),
                }
            }
        }
        Filled {
            body: changed(&self.body, changes),
            added,
        }
    }
}

fn mark(retention: Retention) -> Option<&'static str> {
    match retention {
        Retention::None => None,
        Retention::Short => Some(r#""cache_control":{"type":"ephemeral"}"#),
        Retention::Long => Some(r#""cache_control":{"type":"ephemeral","ttl":"1h"}"#),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The body with texts in place of spans, which do not overlap.
fn changed(body: &Bytes, mut changes: Vec<(usize, usize, String)>) -> Bytes {
    if changes.is_empty() {
        return body.clone();
    }
    changes.sort_by_key(|(start, ..)| *start);
    let more: usize = changes.iter().map(|(.., text)| text.len()).sum();
    let mut new = BytesMut::with_capacity(body.len() + more);
    let mut from = 0;
    for (start, end, text) in changes {
        new.put_slice(&body[from..start]);
        new.put_slice(text.as_bytes());
        from = end;
    }
    new.put_slice(&body[from..]);
    new.freeze()
}
