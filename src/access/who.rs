//! A set of people, by what platforms tell of them.

use std::collections::HashSet;

use crate::session::Actor;

/// Everybody, or those whom a list names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Who {
    /// Everybody.
    #[default]
    Everybody,
    /// Those whom any of the three lists names; three empty lists name nobody.
    Only {
        /// Sender ids.
        senders: HashSet<String>,
        /// Rooms: whoever speaks there.
        rooms: HashSet<String>,
        /// Roles: whoever has one of them.
        roles: HashSet<String>,
    },
}

impl Who {
    /// Those whom any of the three lists names.
    #[must_use]
    pub fn only<S: Into<String>, R: Into<String>, L: Into<String>>(
        senders: impl IntoIterator<Item = S>,
        rooms: impl IntoIterator<Item = R>,
        roles: impl IntoIterator<Item = L>,
    ) -> Self {
        Self::Only {
            senders: senders.into_iter().map(Into::into).collect(),
            rooms: rooms.into_iter().map(Into::into).collect(),
            roles: roles.into_iter().map(Into::into).collect(),
        }
    }

    /// Whether `actor` is one of them. Ids are compared exactly.
    #[must_use]
    pub fn includes(&self, actor: &Actor) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only {
                senders,
                rooms,
                roles,
            } => {
                senders.contains(actor.id())
                    || actor.room().is_some_and(|room| rooms.contains(room))
                    || actor.roles().any(|role| roles.contains(role))
            }
        }
    }
}
