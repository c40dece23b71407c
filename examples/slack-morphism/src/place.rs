//! Where something happened, and who did it, in modelpin's words.

use modelpin::session::{BadRoom, Room};
use modelpin::{Actor, SessionKey};

/// A chat and a person in it.
pub(crate) struct Place {
    pub(crate) session: SessionKey,
    pub(crate) actor: Actor,
}

impl Place {
    /// What `user` did in `channel`, or in a thread of it. The first letter of an id says what it is the id of.
    pub(crate) fn of(channel: &str, thread: Option<&str>, user: &str) -> Result<Self, BadRoom> {
        let actor = Actor::member(&format!("slack:{user}"));
        if channel.starts_with('D') {
            // A person's threads with the bot are one talk.
            let session = SessionKey::of(&Room::direct("slack", user)?);
            return Ok(Self { session, actor });
        }
        let room = match channel.starts_with('G') {
            true => Room::group("slack", channel)?,
            false => Room::channel("slack", channel)?,
        };
        let room = match thread {
            Some(thread) => room.thread(thread)?,
            None => room,
        };
        Ok(Self {
            session: SessionKey::of(&room),
            actor: actor.in_room(&room.to_string()),
        })
    }
}
