//! Replies as Block Kit messages of Slack.
//!
//! A picker is a menu of models with what is current chosen in it, a menu that leads to their profiles, and buttons for
//! pages; the text beside it tells the same as a numbered list, for notifications, screen readers and those who type.
//! Where no buttons were made the list is what is shown.
//!
//! A command is answered with [`Render::render`], a press with [`Slack::answer_to_press`]. It knows no channel, no token and
//! no connection. Read `controls.rs` for the picker, `mrkdwn.rs` for text, `pack.rs` for cutting; `limits.rs` has each limit
//! with its source, `message.rs` the JSON.

mod controls;
mod label;
pub mod limits;
mod message;
mod mrkdwn;
mod pack;
mod press;
mod written;

use super::Render;
use super::prose::Prose;
use crate::view::{Audience, View};

pub use message::{
    Element, Group, LayoutBlock, Markup, Menu, MenuOption, Message, Options, Plain, ResponseType,
};
pub use press::{Answer, Discard, Original};

/// Renders views for Slack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slack;

impl Render for Slack {
    /// One message, or more if one would be too long; never none. The first goes first.
    type Message = Vec<Message>;

    fn render(&self, view: &View) -> Vec<Message> {
        let to = match view.to {
            Audience::Chat => ResponseType::InChannel,
            Audience::Sender => ResponseType::Ephemeral,
        };
        match controls::controls(view) {
            Some(buttons) => {
                let listed = pack::told(&Prose::of(view).blocks);
                pack::messages(&Prose::beside_buttons(view).blocks, buttons, Some(&listed), to)
            }
            None => pack::messages(&Prose::of(view).blocks, Vec::new(), None, to),
        }
    }
}
