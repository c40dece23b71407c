//! Which list a number belongs to: the last picker shown in a chat.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::ModelRef;
use crate::picker::Picker;
use crate::recent::Recent;
use crate::session::{AgentId, SessionKey};

/// How many chats have their last picker remembered. Past it a chat that has not asked for long is asked to look at the
/// list again.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

type Chat = (AgentId, Arc<str>);

#[derive(Debug, Clone, Default)]
struct List {
    generation: u64,
    models: Arc<[ModelRef]>,
}

/// The last picker of each chat.
#[derive(Debug)]
pub(super) struct Shown {
    lists: Recent<Chat, List>,
    /// The models of the last one: most chats are shown the same, and share it.
    last: Mutex<Arc<[ModelRef]>>,
}

impl Default for Shown {
    fn default() -> Self {
        Self::within(REMEMBERED)
    }
}

impl Shown {
    fn within(most: NonZeroUsize) -> Self {
        Self {
            lists: Recent::within(most),
            last: Mutex::default(),
        }
    }

    /// Remembers a picker: its numbers hold from now on, those of the one before do not.
    pub(super) fn remember(&self, session: &SessionKey, agent: &AgentId, picker: &Picker) {
        let models = picker.choices().iter().map(|choice| &choice.model);
        let new = List {
            generation: picker.generation(),
            models: self.share(models),
        };
        let chat = (agent.clone(), session.chat_shared());
        self.lists.change(chat, |list| *list = new, |_, _| ());
    }

    fn share<'a>(&self, models: impl Iterator<Item = &'a ModelRef> + Clone) -> Arc<[ModelRef]> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !models.clone().eq(last.iter()) {
            *last = models.cloned().collect();
        }
        Arc::clone(&last)
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
        let chat = (agent.clone(), session.chat_shared());
        let list = self.lists.look(&chat, List::clone)?;
        if list.generation != generation {
            return None;
        }
        list.models.get(usize::from(number).checked_sub(1)?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProviderId;
    use crate::picker::{Choice, Standing};

    fn picker(names: &[&str]) -> Picker {
        let choice = |name: &&str| Choice {
            number: 0,
            model: ModelRef::new(ProviderId::new("demo"), name),
            alias: None,
            standing: Standing::Other,
            serving: None,
            token: None,
            profiles_token: None,
        };
        Picker::new(names.iter().map(choice).collect(), 7)
    }

    #[test]
    fn lists_are_remembered_of_so_many_chats_and_the_same_list_is_kept_once() {
        let (shown, agent) = (Shown::within(NonZeroUsize::MIN), AgentId::main());
        let chats = ["a", "b"].map(SessionKey::new);
        let of = |chat: &SessionKey, number| shown.model(chat, &agent, number, 7);
        let named = |name: &str| Some(ModelRef::new(ProviderId::new("demo"), name));
        shown.remember(&chats[0], &agent, &picker(&["one", "two"]));
        let first = Arc::clone(&shown.last.lock().expect("nobody panicked"));
        assert_eq!((of(&chats[0], 2), of(&chats[0], 3)), (named("two"), None));
        shown.remember(&chats[1], &agent, &picker(&["one", "two"]));
        assert_eq!((of(&chats[0], 2), of(&chats[1], 2)), (None, named("two")));
        assert!(Arc::ptr_eq(&first, &shown.last.lock().expect("nobody panicked")));
        shown.remember(&chats[1], &agent, &picker(&["three"]));
        assert_eq!((of(&chats[1], 1), of(&chats[1], 2)), (named("three"), None));
    }
}
