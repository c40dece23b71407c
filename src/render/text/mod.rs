//! Replies as text, plain or Markdown: for terminals, Matrix, mail, and as the fallback everywhere.
//!
//! Lines stand by themselves: nothing is aligned in columns, so that a narrow chat window with a proportional font
//! shows them as well as a terminal does. Plain text is folded at 80 columns. `message.rs` cuts long replies between items; `ink.rs` knows the two styles;
//! the other files have the sentences, one kind of reply a file.

mod candidate;
mod change;
mod fold;
mod ink;
mod message;
mod name;
mod phrase;
mod picker;
mod refusal;
mod status;
mod time;

use super::Render;
use crate::view::{Body, Prompt, View};
use ink::Ink;
use message::Items;

pub use fold::COLUMNS;
pub use message::MESSAGE_CHARS;
pub use name::clean;
pub(super) use name::{short, shortened};
pub(super) use refusal::in_words;

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
        let ink = self.ink;
        let mut items = Items::default();
        match &view.body {
            Body::Picker(shown) => picker::say(&mut items, ink, shown, view.at),
            Body::Status(status) => status::say(&mut items, ink, status, view.at),
            Body::Why(why) => status::say_why(&mut items, ink, why, view.at),
            Body::Changed(changed) => change::say(&mut items, ink, changed, view.at),
            Body::Help => items.push(ink.block(crate::command::help::short())),
            Body::Faults(drawing) => items.push(ink.block(drawing)),
            Body::Refused(refusal) => refusal::say(&mut items, ink, refusal),
        }
        if view.prompt == Prompt::NotSent {
            items.gap();
            items.push("The text after the command was not sent to a model.".to_owned());
        }
        let drawn = matches!(view.body, Body::Help | Body::Faults(_));
        if ink == Ink::Plain && !drawn {
            items.fold();
        }
        items.into_messages()
    }
}
