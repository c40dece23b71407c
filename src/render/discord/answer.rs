//! Which message answers what: a command with a new one, a press in place, and what only one person may read to them alone.

use super::Discord;
use super::wire::{EPHEMERAL, InteractionResponse, Message, ResponseData, ResponseType, SUPPRESS_EMBEDS};
use crate::render::Render as _;
use crate::view::{Audience, View};

/// The messages that answer a command or a press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    place: Place,
    first: Message,
    more: Vec<Message>,
}

/// Where the first message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is a new message.
    New,
    /// It takes the place of the message whose component was pressed.
    Pressed,
}

impl Answer {
    /// What answers a slash command: a new message, which only the sender sees where the view says so.
    #[must_use]
    pub fn to_command(view: &View) -> Self {
        Self::of(view, Place::New, view.to)
    }

    /// What answers a press on a message that `seen_by` sees.
    ///
    /// It takes the place of that message; but what only the presser may read is a new message for them where others see
    /// the pressed one, which stays as it is.
    #[must_use]
    pub fn to_press(view: &View, seen_by: Audience) -> Self {
        match (view.to, seen_by) {
            (Audience::Sender, Audience::Chat) => Self::of(view, Place::New, Audience::Sender),
            (_, seen_by) => Self::of(view, Place::Pressed, seen_by),
        }
    }

    fn of(view: &View, place: Place, audience: Audience) -> Self {
        let mut messages = Discord
            .render(view)
            .into_iter()
            .map(|message| message.seen_by(audience));
        let first = messages.next().unwrap_or_else(|| Message::of(String::new()));
        let first = match place {
            Place::New => first,
            // Who sees a message is settled when it is sent: an edit that says it again is refused.
            Place::Pressed => first.seen_by(Audience::Chat),
        };
        Self {
            place,
            first,
            more: messages.collect(),
        }
    }

    /// Where the first message goes.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The first message: for an edit of the deferred answer, or for a follow-up.
    #[must_use]
    pub fn first(&self) -> &Message {
        &self.first
    }

    /// The messages behind the first, which are follow-ups: `POST /webhooks/{application}/{token}`.
    #[must_use]
    pub fn more(&self) -> &[Message] {
        &self.more
    }

    /// The first answer to the interaction, with the first message in it: `POST /interactions/{id}/{token}/callback`, or the
    /// body of an HTTP interaction's answer.
    #[must_use]
    pub fn response(&self) -> InteractionResponse {
        let kind = match self.place {
            Place::New => ResponseType::Message,
            Place::Pressed => ResponseType::Update,
        };
        InteractionResponse {
            r#type: kind,
            data: Some(ResponseData::Message(self.first.clone())),
        }
    }
}

impl InteractionResponse {
    /// The first answer to a command whose reply takes longer. Who is to see the reply has to be said now; what comes
    /// after it can only be seen by the same.
    #[must_use]
    pub fn later(audience: Audience) -> Self {
        let flags = match audience {
            Audience::Chat => 0,
            Audience::Sender => EPHEMERAL,
        };
        Self {
            r#type: ResponseType::MessageLater,
            data: Some(ResponseData::Later { flags }),
        }
    }

    /// The first answer to a press whose reply takes longer.
    #[must_use]
    pub fn update_later() -> Self {
        Self {
            r#type: ResponseType::UpdateLater,
            data: None,
        }
    }
}

impl Message {
    /// The same, seen by these. A message of a channel, which answers no interaction, is seen by all that see the channel.
    #[must_use]
    pub fn seen_by(self, audience: Audience) -> Self {
        let flags = match audience {
            Audience::Chat => SUPPRESS_EMBEDS,
            Audience::Sender => SUPPRESS_EMBEDS | EPHEMERAL,
        };
        Self { flags, ..self }
    }
}
