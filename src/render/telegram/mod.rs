//! What a view looks like in Telegram: text with entities, and buttons below it.
//!
//! [`Telegram`] gives the part of a message that is to be shown ([`Payload`]); [`Telegram::reply`] and
//! [`Telegram::press`] give whole requests of the Bot API ([`Call`]), which a bot sends as they are. It refuses to know
//! how they are sent, and any framework.
//!
//! `keyboard.rs` first: what a picker is made of. `limits.rs` has what Telegram takes, `ink.rs` the styles, `cut.rs` the
//! ends of messages, `guard.rs` the words that would notify somebody, `answer.rs` who sees what.

mod answer;
mod call;
mod cut;
mod guard;
mod ink;
mod keyboard;
mod label;
mod limits;
mod payload;

use super::Render;
use super::prose::{Labels, Prose};
use crate::view::{Body, View};
use ink::Piece;

pub use answer::{Asked, Pressed, PressedMessage};
pub use call::{
    AnswerCallbackQuery, Call, EditEphemeralMessageText, EditMessageText, EphemeralMessageParameters,
    ReplyParameters, SendMessage,
};
pub use limits::{
    BUTTONS, CALLBACK_BYTES, ENTITIES, LABEL_UNITS, MARKUP_BYTES, NOTICE_UNITS, ROW_BUTTONS, TEXT_UNITS,
};
pub use payload::{Button, Entity, EntityKind, InlineKeyboard, LinkPreviewOptions, Payload};

/// Renders views for Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Telegram {
    ephemeral: bool,
}

impl Telegram {
    /// What is for one person in a group is said there, without the names of accounts: every client shows that.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is for one person in a group is an ephemeral message, where the command or the press makes one possible.
    ///
    /// Telegram has them since Bot API 10.2, in groups only; a bot that is no administrator may send one within 15
    /// seconds, as an answer to a press or to a command registered with `is_ephemeral`. Telegram does not promise that it
    /// arrives (<https://core.telegram.org/bots/api#ephemeral-messages-and-commands>).
    #[must_use]
    pub fn ephemeral() -> Self {
        Self { ephemeral: true }
    }

    /// A text that a model wrote, as it is: in as many messages as it needs, none if there is nothing to see in it.
    ///
    /// No word in it notifies anybody or acts as a command; its own markup is shown as it was written.
    #[must_use]
    pub fn written(text: &str) -> Vec<Payload> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let text = text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "");
        cut::messages(text.trim().lines().map(Piece::words))
    }
}

impl Render for Telegram {
    /// What to show, in one message or more; never none. The buttons are below the last.
    type Message = Vec<Payload>;

    fn render(&self, view: &View) -> Vec<Payload> {
        let (prose, keyboard) = match &view.body {
            Body::Picker(shown) => {
                let prose = if keyboard::is_whole(shown) {
                    Prose::beside_buttons(view)
                } else {
                    Prose::of(view)
                };
                (prose, keyboard::keyboard(shown, &Labels::of(view)))
            }
            _ => (Prose::of(view), None),
        };
        let mut payloads = cut::messages(prose.blocks.iter().map(Piece::of));
        if let Some(last) = payloads.last_mut() {
            last.reply_markup = keyboard;
        }
        payloads
    }
}
