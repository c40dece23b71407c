//! Where something happened, and who did it.

use std::error::Error;

use matrix_sdk::room::Room;
use matrix_sdk::ruma::events::reaction::OriginalSyncReactionEvent;
use matrix_sdk::ruma::events::room::message::{OriginalSyncRoomMessageEvent, Relation};
use matrix_sdk::ruma::{EventId, OwnedEventId, UserId};
use modelpin::session::Room as Chat;
use modelpin::{Actor, SessionKey};
use serde_json::Value;

/// A room, or a thread of one, and a person in it.
pub(crate) struct Place {
    pub(crate) session: SessionKey,
    pub(crate) actor: Actor,
    pub(crate) room: Room,
    /// The message that the thread begins with.
    pub(crate) thread: Option<OwnedEventId>,
    /// What is answered.
    pub(crate) event: OwnedEventId,
    /// Whether nobody else is in the room.
    alone: bool,
}

impl Place {
    pub(crate) async fn of_message(
        event: &OriginalSyncRoomMessageEvent,
        room: &Room,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let thread = match &event.content.relates_to {
            Some(Relation::Thread(thread)) => Some(thread.event_id.clone()),
            _ => None,
        };
        Self::of(room, thread, &event.sender, &event.event_id).await
    }

    /// A press stands where the message stands that was pressed.
    pub(crate) async fn of_press(
        event: &OriginalSyncReactionEvent,
        pressed: &Value,
        room: &Room,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let relation = &pressed["m.relates_to"];
        let root = relation["event_id"].as_str().filter(|_| relation["rel_type"] == "m.thread");
        let thread = root.map(EventId::parse).transpose()?;
        Self::of(room, thread, &event.sender, &event.content.relates_to.event_id).await
    }

    async fn of(
        room: &Room,
        thread: Option<OwnedEventId>,
        from: &UserId,
        event: &EventId,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let id = room.room_id().as_str();
        let alone = room.is_direct().await? && room.active_members_count() <= 2;
        let mut chat = if alone {
            Chat::direct("matrix", id)?
        } else {
            Chat::channel("matrix", id)?
        };
        let mut actor = Actor::member(&format!("matrix:{from}"));
        if !alone {
            actor = actor.in_room(&chat.to_string());
        }
        if let Some(root) = &thread {
            chat = chat.thread(root.as_str())?;
        }
        Ok(Self {
            session: SessionKey::of(&chat),
            actor,
            room: room.clone(),
            thread,
            event: event.to_owned(),
            alone,
        })
    }

    /// Whether a text that is no command is for this bot: nobody else is there, or it is mentioned.
    pub(crate) fn for_us(&self, event: &OriginalSyncRoomMessageEvent) -> bool {
        let mentions = event.content.mentions.as_ref();
        self.alone || mentions.is_some_and(|it| it.user_ids.contains(self.room.own_user_id()))
    }
}
