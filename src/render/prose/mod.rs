//! What a view says, in sentences with styles, before any platform: [`Prose::of`].
//!
//! A renderer walks the [`Block`]s, writes each [`Rich`] line in its platform's markup, escapes everything itself, and cuts
//! where a message is full. Platforms with buttons take [`Prose::beside_buttons`], which leaves out what the buttons say,
//! and the words on the buttons from [`Labels`]. All foreign text in here is clean already ([`clean`]): no control
//! characters, no switches of the writing direction, nothing that looks like a key.
//!
//! `rich.rs` has the styles; each other file has the sentences of one kind of reply.

mod block;
mod candidate;
mod change;
mod label;
mod last;
mod name;
mod next;
mod pen;
mod phrase;
mod picker;
mod refusal;
mod rich;
mod status;
mod time;

use crate::view::{Body, Prompt, View};
use crate::words::say;
use block::Blocks;
use pen::Pen;

pub use block::{Above, Block, Standout};
pub use label::{ChoiceLabel, Labels, ProfileLabel};
pub(super) use last::in_words as last_in_words;
pub use name::{clean, cut};
pub(super) use name::{short, shortened};
pub(super) use refusal::in_words;
pub use rich::{Rich, Span, Style};

/// The blocks of a reply, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose {
    /// The blocks.
    pub blocks: Vec<Block>,
}

impl Prose {
    /// All that a view says, pickers as numbered lists.
    #[must_use]
    pub fn of(view: &View) -> Self {
        Self::said(view, picker::Beside::Nothing)
    }

    /// What stands beside buttons: the same, but a picker does not list what its buttons say.
    #[must_use]
    pub fn beside_buttons(view: &View) -> Self {
        Self::said(view, picker::Beside::Buttons)
    }

    fn said(view: &View, beside: picker::Beside) -> Self {
        let pen = Pen { words: &view.words };
        let mut blocks = Blocks::default();
        match &view.body {
            Body::Picker(shown) => picker::say(&mut blocks, pen, shown, beside, view.at),
            Body::Status(status) => status::say(&mut blocks, pen, status, view.at),
            Body::Why(why) => status::say_why(&mut blocks, pen, why, view.at),
            Body::Changed(changed) => change::say(&mut blocks, pen, changed, view.at),
            Body::Help => blocks.drawn(&crate::command::help::short_in(&view.words)),
            Body::Faults(drawing) => blocks.drawn(drawing),
            Body::Refused(refusal) => refusal::say(&mut blocks, pen, refusal),
        }
        if view.prompt == Prompt::NotSent {
            blocks.gap();
            blocks.line(&say!(view.words, "not-sent"));
        }
        Self {
            blocks: blocks.done(),
        }
    }
}
