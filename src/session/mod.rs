//! Where and who: chats, agents, scopes, and the people who send.
//!
//! `room.rs` has the places that platforms have, and their text. A [`SessionKey`] may be any text; made of a [`Room`], it
//! knows its place, and takes over what is pinned in the chat that it is a part of.

mod room;

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

pub use room::{BadRoom, Company, PLATFORM_BYTES, Place, ROOM_ID_BYTES, Room};

/// The id of an agent: `[a-z0-9][a-z0-9_-]{0,63}`, checked before any path is built from it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(Arc<str>);

/// An agent id that is not of the form [`AgentId`] takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no agent id: it takes 1 to 64 of a-z, 0-9, `_` and `-`, and begins with a letter or a digit"
)]
pub struct BadAgentId(String);

impl AgentId {
    /// Checks and takes an agent id.
    ///
    /// # Errors
    /// [`BadAgentId`] for anything but `[a-z0-9][a-z0-9_-]{0,63}`.
    pub fn new(id: &str) -> Result<Self, BadAgentId> {
        let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        let fits = matches!(id.as_bytes(), [first, rest @ ..]
            if (first.is_ascii_lowercase() || first.is_ascii_digit()) && rest.len() < 64 && rest.iter().all(inner));
        if fits {
            Ok(Self(Arc::from(id)))
        } else {
            Err(BadAgentId(id.chars().take(80).collect()))
        }
    }

    /// `main`, the agent of a configuration that names none.
    #[must_use]
    pub fn main() -> Self {
        Self(Arc::from("main"))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// One chat, as its platform names it, and the agent that answers there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    chat: Arc<str>,
    agent: Option<AgentId>,
    parent: Option<Arc<SessionKey>>,
}

impl SessionKey {
    /// A chat of the default agent. The text is the caller's, for example `telegram:42`.
    #[must_use]
    pub fn new(chat: &str) -> Self {
        Self {
            chat: Arc::from(chat),
            agent: None,
            parent: None,
        }
    }

    /// A room of the default agent. A topic or a thread takes over what is pinned in its chat until it has a pin of its
    /// own.
    #[must_use]
    pub fn of(room: &Room) -> Self {
        Self {
            parent: room.parent().map(|parent| Arc::new(Self::of(&parent))),
            ..Self::new(&room.to_string())
        }
    }

    /// The same chat, answered by `agent`.
    #[must_use]
    pub fn with_agent(mut self, agent: AgentId) -> Self {
        self.parent = self
            .parent
            .map(|parent| Arc::new((*parent).clone().with_agent(agent.clone())));
        self.agent = Some(agent);
        self
    }

    /// The same chat under the name of one of several callers, `<caller>/<chat>`: two callers do not mean the same chat by
    /// the same text. The chats that it is a thread of are under that name too.
    #[must_use]
    pub fn under(&self, caller: &str) -> Self {
        Self {
            chat: Arc::from(format!("{caller}/{}", self.chat)),
            agent: self.agent.clone(),
            parent: self.parent().map(|parent| Arc::new(parent.under(caller))),
        }
    }

    /// The room, where the text is the one of a [`Room`]; whatever stands before the last `/` is a caller's name.
    #[must_use]
    pub fn room(&self) -> Option<Room> {
        let chat = self.chat.rsplit_once('/').map_or(&*self.chat, |(_, chat)| chat);
        chat.parse().ok()
    }

    /// Who reads what is written there: as the [`room`](Self::room) says, or that of the chat that this is a thread of.
    /// `None` if none of them is the text of a room.
    #[must_use]
    pub fn company(&self) -> Option<Company> {
        let known = self.room().map(|room| room.company());
        known.or_else(|| self.parent()?.company())
    }

    /// A thread of this chat: it inherits the chat's pin until it has one of its own.
    #[must_use]
    pub fn thread(&self, chat: &str) -> Self {
        Self {
            chat: Arc::from(chat),
            agent: self.agent.clone(),
            parent: Some(Arc::new(self.clone())),
        }
    }

    /// The chat as its platform names it.
    #[must_use]
    pub fn chat(&self) -> &str {
        &self.chat
    }

    /// The same, without a copy.
    #[must_use]
    pub fn chat_shared(&self) -> Arc<str> {
        Arc::clone(&self.chat)
    }

    /// The agent, where the caller named one.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentId> {
        self.agent.as_ref()
    }

    /// The chat that this one is a thread of.
    #[must_use]
    pub fn parent(&self) -> Option<&SessionKey> {
        self.parent.as_deref()
    }

    /// The same for `actor`, who speaks there: a chat whose text does not say who reads along is one of several people if
    /// the actor is in a room.
    #[must_use]
    pub fn company_of(&self, actor: &Actor) -> Company {
        self.company().unwrap_or(match actor.room() {
            Some(_) => Company::Others,
            None => Company::Alone,
        })
    }
}

/// How far a pin reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Scope {
    /// This chat only.
    #[default]
    Session,
    /// Every chat of the agent that has no pin of its own.
    Agent,
    /// Every chat of every agent that has no narrower pin.
    Global,
}

impl Scope {
    /// The word for it in commands and in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Agent => "agent",
            Self::Global => "global",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who sends: an id as the platform gives it, the room, and the roles there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    id: Arc<str>,
    room: Option<Arc<str>>,
    roles: Vec<Arc<str>>,
    standing: Standing,
}

/// How the engine came to know the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Somebody in a chat: what the configuration allows, and nothing else.
    Member,
    /// The person at the machine, who owns the files anyway: every act is allowed.
    Operator,
}

impl Actor {
    /// Somebody in a chat, by the platform's id, for example `telegram:4242`.
    #[must_use]
    pub fn member(id: &str) -> Self {
        Self {
            id: Arc::from(id),
            room: None,
            roles: Vec::new(),
            standing: Standing::Member,
        }
    }

    /// The person at the machine.
    #[must_use]
    pub fn operator() -> Self {
        Self {
            standing: Standing::Operator,
            ..Self::member("operator")
        }
    }

    /// The same actor, in a room.
    #[must_use]
    pub fn in_room(mut self, room: &str) -> Self {
        self.room = Some(Arc::from(room));
        self
    }

    /// The same actor, with one more role.
    #[must_use]
    pub fn with_role(mut self, role: &str) -> Self {
        self.roles.push(Arc::from(role));
        self
    }

    /// The id as the platform gives it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The room in which the actor speaks.
    #[must_use]
    pub fn room(&self) -> Option<&str> {
        self.room.as_deref()
    }

    /// The actor's roles in that room.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| &**role)
    }

    /// How the engine came to know the actor.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_id_never_leaves_its_folder() {
        for bad in ["", "../x", "a/b", "A", "-a", ".", &"a".repeat(65)] {
            assert!(AgentId::new(bad).is_err(), "{bad:?}");
        }
        for good in ["main", "0", "a_b-c", &"a".repeat(64)] {
            assert!(AgentId::new(good).is_ok(), "{good:?}");
        }
    }
}
