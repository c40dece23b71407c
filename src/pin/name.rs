//! The name of a chat in the table: short ones lie in the entry itself.

use crate::session::AgentId;

/// The longest name, with its agent, that needs no memory of its own. With it an entry fits a size that allocators have.
const SHORT: usize = 46;
/// Between agent and chat. It is in no agent's id, so that the first one ends the agent.
const SEAM: u8 = b'/';

/// An agent and a chat.
#[derive(Debug)]
pub(super) enum Name {
    /// The first `len` of these.
    Short {
        len: u8,
        text: [u8; SHORT],
    },
    Long(Box<[u8]>),
}

impl Name {
    pub(super) fn new(agent: &AgentId, chat: &str) -> Self {
        let (agent, chat) = (agent.as_str().as_bytes(), chat.as_bytes());
        let whole = agent.len() + 1 + chat.len();
        let parts = || agent.iter().chain([&SEAM]).chain(chat).copied();
        match u8::try_from(whole) {
            Ok(len) if whole <= SHORT => {
                let mut text = [0; SHORT];
                text.iter_mut()
                    .zip(parts())
                    .for_each(|(place, byte)| *place = byte);
                Self::Short { len, text }
            }
            _ => Self::Long(parts().collect()),
        }
    }

    /// Whether it is this one.
    pub(super) fn is(&self, agent: &AgentId, chat: &str) -> bool {
        let rest = self.bytes().strip_prefix(agent.as_str().as_bytes());
        rest.and_then(|rest| rest.strip_prefix(&[SEAM])) == Some(chat.as_bytes())
    }

    /// The agent and the chat.
    pub(super) fn parts(&self) -> (&str, &str) {
        // What was put together from texts is one.
        let text = std::str::from_utf8(self.bytes()).unwrap_or_default();
        text.split_once(char::from(SEAM)).unwrap_or_default()
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short { len, text } => &text[..usize::from(*len)],
            Self::Long(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_is_its_agent_and_its_chat_and_no_others(
            agents in ("[a-z0-9][a-z0-9_-]{0,63}", "[a-z0-9][a-z0-9_-]{0,3}"),
            chats in (".{0,60}", "[a-z/]{0,3}"),
        ) {
            let agents = [agents.0, agents.1].map(|id| AgentId::new(&id).expect("an id"));
            let chats = [chats.0, chats.1];
            for (agent, chat) in agents.iter().flat_map(|agent| chats.iter().map(move |chat| (agent, chat))) {
                let name = Name::new(agent, chat);
                prop_assert_eq!(name.parts(), (agent.as_str(), chat.as_str()));
                for (other, of) in agents.iter().flat_map(|agent| chats.iter().map(move |chat| (agent, chat))) {
                    prop_assert_eq!(name.is(other, of), (agent, chat) == (other, of));
                }
            }
        }
    }
}
