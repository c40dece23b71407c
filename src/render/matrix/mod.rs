//! What a view looks like in Matrix: a notice with HTML beside its plain text, and reactions that can be pressed.
//!
//! Matrix has no buttons. A picker is a numbered list, and a number is typed, or pressed where a bot puts the reactions of
//! [`Content::presses`] below it. Many clients keep commands with a slash for themselves: what is to be typed is told with
//! the prefix of [`Matrix::with_prefix`], which the middleware has to know too
//! (`Builder::prefix`, or `commands.prefixes` of the configuration). Matrix cannot show a message to one person alone: what a
//! view has for its sender is said in the room.
//!
//! `message.rs` first: how blocks become lines, and lines messages. `content.rs` has the contents of events, `press.rs` the
//! reactions, `html.rs` the tags.

mod content;
mod html;
mod limits;
mod message;
mod press;
mod typed;

use super::Render;
use super::prose::{Block, Prose, Rich};
use crate::view::{Body, View};

pub use content::{Content, Event, Nobody, Reaction, Relation};
pub use html::TAGS;
pub use limits::{CONTENT_BYTES, EVENT_BYTES, ID_BYTES, MESSAGE_BYTES};
pub use press::{Press, Presses};

/// Renders views for Matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    prefix: String,
}

impl Default for Matrix {
    fn default() -> Self {
        Self::new()
    }
}

impl Matrix {
    /// Commands to type begin with `!`, as is the custom in Matrix.
    #[must_use]
    pub fn new() -> Self {
        Self::with_prefix("!")
    }

    /// A text that is not modelpin's, such as the answer of a model: without markup, in as many messages as it takes, and
    /// in none if it is blank.
    #[must_use]
    pub fn written(text: &str) -> Vec<Content> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        message::messages(&[Block::Line(Rich::plain(text.trim()))], "/")
    }

    /// Commands to type begin with `prefix`.
    #[must_use]
    pub fn with_prefix(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }
}

impl Render for Matrix {
    /// One message, or more if one would be longer than [`MESSAGE_BYTES`]; never none. The last can be pressed.
    type Message = Vec<Content>;

    fn render(&self, view: &View) -> Vec<Content> {
        let prose = Prose::of(view);
        let mut messages = match &view.body {
            // It repeats what was typed, with marks below: nothing in it may move.
            Body::Faults(_) => message::messages(&prose.blocks, "/"),
            _ => message::messages(&prose.blocks, &self.prefix),
        };
        if let (Body::Picker(shown), Some(last)) = (&view.body, messages.last_mut()) {
            last.presses = Presses::of(shown);
        }
        messages
    }
}
