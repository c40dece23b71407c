//! Which list a number belongs to: the last picker shown in a chat.

use std::sync::Arc;

use dashmap::DashMap;

use crate::model::ModelRef;
use crate::picker::Picker;
use crate::session::{AgentId, SessionKey};

type Chat = (AgentId, Arc<str>);

#[derive(Debug, Clone)]
struct List {
    generation: u64,
    models: Arc<[ModelRef]>,
}

/// The last picker of each chat.
#[derive(Debug, Default)]
pub(super) struct Shown {
    lists: DashMap<Chat, List>,
}

impl Shown {
    /// Remembers a picker: its numbers hold from now on, those of the one before do not.
    pub(super) fn remember(&self, session: &SessionKey, agent: &AgentId, picker: &Picker) {
        let list = List {
            generation: picker.generation(),
            models: picker
                .choices()
                .iter()
                .map(|choice| choice.model.clone())
                .collect(),
        };
        self.lists.insert((agent.clone(), session.chat_shared()), list);
    }

    /// The model of a number in the last picker; `None` if there is none, if it has no such number, or if it was made
    /// from another catalogue than the present one.
    pub(super) fn model(
        &self,
        session: &SessionKey,
        agent: &AgentId,
        number: u16,
        generation: u64,
    ) -> Option<ModelRef> {
        let list = self.lists.get(&(agent.clone(), session.chat_shared()))?.clone();
        if list.generation != generation {
            return None;
        }
        list.models.get(usize::from(number).checked_sub(1)?).cloned()
    }
}
