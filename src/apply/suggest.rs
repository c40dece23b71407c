//! What a sender could type: for completion, where a platform has it.

use crate::picker::Pressers;
use crate::resolver::{Book, Snapshot};
use crate::session::{Actor, SessionKey};
use crate::view::Names;

use crate::words::Words;

use super::{Desk, Errand};

impl Desk {
    /// The names that mean something to `actor` in `session`; none if the credentials cannot be read.
    #[must_use]
    pub fn names(&self, session: &SessionKey, actor: &Actor) -> Names {
        let snapshot = self.resolver.snapshot();
        let Ok(book) = snapshot.book(session.agent()) else {
            return Names::default();
        };
        names(&snapshot, &book, session, actor)
    }
}

fn names(snapshot: &Snapshot, book: &Book, session: &SessionKey, actor: &Actor) -> Names {
    let words = Words::english();
    let errand = Errand {
        session,
        actor,
        snapshot,
        book,
        pressers: Pressers::Sender,
        words: &words,
    };
    if !errand.may_command() {
        return Names::default();
    }
    let models = book.catalog().selectable().flat_map(|entry| {
        let provider = entry.model.provider().clone();
        let alias = entry.alias.clone().map(|alias| (alias, provider.clone()));
        alias.into_iter().chain([(entry.model.to_string(), provider)])
    });
    Names {
        models: models.collect(),
        commands: snapshot
            .syntax(Some(book.agent()))
            .map(|syntax| syntax.alias_commands().map(str::to_owned).collect())
            .unwrap_or_default(),
        profiles: errand
            .visible()
            .into_iter()
            .map(|profile| (profile.id, profile.provider))
            .collect(),
    }
}
