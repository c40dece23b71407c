//! Replies as Discord's messages: what `POST /channels/{id}/messages` takes, and the answers to interactions.
//!
//! It uses the components that every client shows, one select or five buttons a row: the newer layout components take the
//! place of a message's text for ever, and are refused by size in ways that are not written down
//! (<https://docs.discord.com/developers/components/reference#legacy-message-component-behavior>). It refuses to know any
//! framework: what comes out is JSON.
//!
//! Read `picker.rs` first: the rows of a picker, and [`pressed`], which finds the token of a press. `answer.rs` has which
//! message answers what, `content.rs` cuts texts into messages, `markup.rs` keeps names from becoming markup, `wire.rs` is
//! what is sent, `limits.rs` what Discord refuses.

mod answer;
mod content;
pub mod limits;
mod markup;
mod picker;
mod wire;

use super::Render;
use super::prose::{Block, Labels, Prose, Rich, clean};
use crate::view::{Body, View};

pub use answer::{Answer, Place};
pub use picker::{MODELS, PROFILES, PROVIDERS, pressed};
pub use wire::{
    AllowedMentions, Button, ButtonStyle, ButtonType, Component, EPHEMERAL, InteractionResponse, Message,
    ResponseData, ResponseType, Row, RowType, SUPPRESS_EMBEDS, Select, SelectOption, SelectType,
};

/// Renders views for Discord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discord;

impl Render for Discord {
    /// Messages in order, never none: buttons are on the last. They are messages of a channel; [`Answer`] makes answers to
    /// commands and presses of them.
    type Message = Vec<Message>;

    fn render(&self, view: &View) -> Vec<Message> {
        let rows = match &view.body {
            Body::Picker(shown) => picker::rows(shown, &Labels::of(view)),
            _ => None,
        };
        let prose = match rows {
            Some(_) => Prose::beside_buttons(view),
            None => Prose::of(view),
        };
        let texts = content::contents(&prose.blocks);
        let mut messages: Vec<Message> = texts.into_iter().map(Message::of).collect();
        if let (Some(last), Some(rows)) = (messages.last_mut(), rows) {
            last.components = rows;
        }
        messages
    }
}

impl Message {
    /// A message of this text, which is Markdown already.
    #[must_use]
    pub fn of(content: String) -> Self {
        Self {
            content,
            flags: SUPPRESS_EMBEDS,
            allowed_mentions: AllowedMentions::default(),
            components: Vec::new(),
        }
    }

    /// Words that are nobody's Markdown, such as an error's: they are shown as they are, as far as one message holds them.
    #[must_use]
    pub fn said(words: &str) -> Self {
        let block = Block::Line(Rich::plain(&clean(words)));
        let texts = content::contents(&[block]);
        Self::of(texts.into_iter().next().unwrap_or_default())
    }

    /// Markdown that a model wrote, cut into messages between its lines; none if it wrote nothing that shows.
    ///
    /// Nobody is notified by it, whatever it mentions, and its links have no previews.
    #[must_use]
    pub fn written(markdown: &str) -> Vec<Self> {
        let texts = content::written_by_others(markdown);
        texts.into_iter().map(Self::of).collect()
    }
}
