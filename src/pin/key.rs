//! The name of a scope in the tables.

use std::sync::Arc;

use crate::session::{AgentId, Scope, SessionKey};

/// One chat of an agent, an agent, or everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScopeKey {
    /// One chat.
    Session(AgentId, Arc<str>),
    /// Every chat of an agent.
    Agent(AgentId),
    /// Every chat.
    Global,
}

impl ScopeKey {
    /// The key of `scope` as seen from a chat of `agent`.
    #[must_use]
    pub fn of(scope: Scope, session: &SessionKey, agent: &AgentId) -> Self {
        match scope {
            Scope::Session => Self::Session(agent.clone(), session.chat_shared()),
            Scope::Agent => Self::Agent(agent.clone()),
            Scope::Global => Self::Global,
        }
    }

    /// How far it reaches.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Session(..) => Scope::Session,
            Self::Agent(_) => Scope::Agent,
            Self::Global => Scope::Global,
        }
    }
}

/// The name of a scope where it lies, for a look at many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeName<'a> {
    /// A chat: its agent, and the chat.
    Session(&'a str, &'a str),
    /// Every chat of an agent.
    Agent(&'a str),
    /// Every chat.
    Global,
}

/// The scopes that hold for a chat, narrowest first: the chat, the chats that it is a thread of, the agent, all.
pub fn scopes<'a>(session: &'a SessionKey, agent: &'a AgentId) -> impl Iterator<Item = ScopeKey> + 'a {
    std::iter::successors(Some(session), |session| session.parent())
        .map(|session| ScopeKey::of(Scope::Session, session, agent))
        .chain([ScopeKey::Agent(agent.clone()), ScopeKey::Global])
}
