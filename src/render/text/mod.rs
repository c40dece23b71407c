//! Replies as text, plain or Markdown: for terminals, Matrix, mail, and as the fallback everywhere.
//!
//! Lines stand by themselves: nothing is aligned in columns, so that a narrow chat window with a proportional font
//! shows them as well as a terminal does. Plain text is folded at 80 columns. `message.rs` cuts long replies between
//! items; `ink.rs` knows the two styles; the sentences are in [`prose`](super::prose).

mod fold;
mod ink;
mod message;

use super::Render;
use super::prose::Prose;
use crate::view::{Body, View};
use crate::words::say;
use ink::Ink;
use message::Items;

pub use super::prose::clean;
pub use fold::COLUMNS;
pub use message::MESSAGE_CHARS;

/// Renders views as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    ink: Ink,
}

impl Text {
    /// Text without any markup.
    #[must_use]
    pub fn plain() -> Self {
        Self { ink: Ink::Plain }
    }

    /// CommonMark: names of the user's own cannot become markup.
    #[must_use]
    pub fn markdown() -> Self {
        Self { ink: Ink::Markdown }
    }
}

impl Render for Text {
    /// One message, or more if one would be longer than [`MESSAGE_CHARS`]; never none.
    type Message = Vec<String>;

    fn render(&self, view: &View) -> Vec<String> {
        let mut items = Items::default();
        for block in Prose::of(view).blocks {
            self.ink.write(&mut items, &block);
        }
        let drawn = matches!(view.body, Body::Help | Body::Faults(_));
        if self.ink == Ink::Plain && !drawn {
            items.fold();
        }
        items.into_messages(&say!(view.words, "more-follows"))
    }
}
