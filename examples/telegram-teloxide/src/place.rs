//! Where something happened, and who did it.

use modelpin::render::telegram::{Asked, Pressed, PressedMessage};
use modelpin::session::Room;
use modelpin::{Actor, SessionKey};
use teloxide::prelude::*;
use teloxide::types::{Chat, User};

/// A chat, or a topic of one, and a person in it.
pub(crate) struct Place {
    pub(crate) session: SessionKey,
    pub(crate) actor: Actor,
    /// The language of the person's Telegram; an empty one is none that there is.
    pub(crate) language: String,
    chat: i64,
    topic: Option<i64>,
    from: i64,
    message: i64,
}

impl Place {
    /// `None` for what nobody in particular wrote, such as a post of a channel.
    pub(crate) fn of_message(message: &Message) -> Option<Self> {
        Self::of(&message.chat, Some(message), message.id.0, message.from.as_ref()?)
    }

    /// `None` for a button below a message that is not in a chat.
    pub(crate) fn of_press(query: &CallbackQuery) -> Option<Self> {
        let message = query.message.as_ref()?;
        Self::of(
            message.chat(),
            message.regular_message(),
            message.id().0,
            &query.from,
        )
    }

    fn of(chat: &Chat, whole: Option<&Message>, message: i32, from: &User) -> Option<Self> {
        let id = chat.id.0.to_string();
        let room = if chat.is_private() {
            Room::direct("telegram", &id)
        } else {
            Room::group("telegram", &id)
        };
        let (mut room, mut actor) = (room.ok()?, Actor::member(&format!("telegram:{}", from.id)));
        if !chat.is_private() {
            actor = actor.in_room(&room.to_string());
        }
        // A thread of answers has an id too; only a forum's topic is a place of its own.
        let topic = whole.filter(|it| it.is_topic_message).and_then(|it| it.thread_id);
        let topic = topic.map(|topic| i64::from(topic.0.0));
        if let Some(topic) = topic {
            room = room.topic(&topic.to_string()).ok()?;
        }
        Some(Self {
            session: SessionKey::of(&room),
            actor,
            language: from.language_code.clone().unwrap_or_default(),
            chat: chat.id.0,
            topic,
            from: i64::try_from(from.id.0).ok()?,
            message: i64::from(message),
        })
    }

    /// A message of this place, to be answered.
    pub(crate) fn asked(&self) -> Asked {
        Asked {
            chat_id: self.chat,
            message_thread_id: self.topic,
            message_id: Some(self.message),
            from: self.from,
            // teloxide 0.17 does not know ephemeral messages.
            ephemeral_message_id: None,
        }
    }

    /// A press in this place, to be answered.
    pub(crate) fn pressed(&self, query: &CallbackQuery) -> Pressed {
        Pressed {
            callback_query_id: query.id.0.clone(),
            from: self.from,
            chat_id: self.chat,
            message_thread_id: self.topic,
            message: PressedMessage::InChat(self.message),
        }
    }
}
