//! Noticing that the file was changed, without opening it while nothing was.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::file::{Stamp, Trouble, ask};
use super::reader::Reader;

/// Remembers how the file stood when one kind of record was last read for news.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Option<Seen>>>);

#[derive(Debug, Clone, Copy)]
struct Seen {
    stamp: Stamp,
    trust: Trust,
}

/// Whether the same stamp means the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Not yet: a change right behind the one that was seen may have left the same time.
    Fresh,
    /// It was the same twice.
    Settled,
}

impl Watch {
    /// Asks the file, unless it stands as it stood; `None` if there is nothing new. Blocks its thread.
    pub(super) fn ask<T>(
        &self,
        reader: &Reader,
        path: &Path,
        question: impl Fn(&Connection) -> Result<T, Trouble>,
    ) -> Result<Option<T>, Trouble> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(path);
        let before = seen.take();
        let known = before.filter(|before| before.stamp == stamp);
        if known.is_some_and(|known| known.trust == Trust::Settled) {
            *seen = known;
            return Ok(None);
        }
        let found = match reader.ask(path, &question) {
            None => ask(path, question)?,
            found => found,
        };
        let trust = if known.is_some() {
            Trust::Settled
        } else {
            Trust::Fresh
        };
        *seen = Some(Seen { stamp, trust });
        Ok(found)
    }
}
