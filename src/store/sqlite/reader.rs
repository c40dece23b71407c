//! The connection that reads beside the writer.
//!
//! To open a file and to learn its tables costs more than to ask it for news, and while this process writes there is news
//! many times a second, if only its own. So a connection is kept for the next question, but only as long as the writer has
//! the file open: the last one that closes the file takes the log away, and one that only reads cannot. It is closed
//! before the writer closes, who tells it when.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::file::{Identity, Trouble, read_beside};

/// Copies are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Reader(Arc<Mutex<State>>);

#[derive(Debug, Default)]
enum State {
    /// The writer has no file open.
    #[default]
    Closed,
    /// The writer has this file open.
    Beside {
        identity: Option<Identity>,
        kept: Option<Connection>,
    },
}

impl Reader {
    /// The writer has opened this file.
    pub(super) fn opened(&self, identity: Option<Identity>) {
        let mut state = self.state();
        if !matches!(&*state, State::Beside { identity: there, .. } if *there == identity) {
            *state = State::Beside { identity, kept: None };
        }
    }

    /// The writer is about to close the file. Waits for the end of a question that is being asked.
    pub(super) fn close(&self) {
        *self.state() = State::Closed;
    }

    /// Asks the file that the writer has open. `None` if it has none, if another one is in its place by now, and if there
    /// was no answer: whoever opens the file learns why.
    pub(super) fn ask<T>(
        &self,
        path: &Path,
        question: impl Fn(&Connection) -> Result<T, Trouble>,
    ) -> Option<T> {
        let mut state = self.state();
        let State::Beside { identity, kept } = &mut *state else {
            return None;
        };
        if kept.is_none() {
            *kept = read_beside(path).ok().flatten();
        }
        // Asked after it was opened: what was opened then is the writer's file.
        let answer = match kept {
            Some(file) if *identity == Identity::of(path) => question(file).ok(),
            _ => None,
        };
        if answer.is_none() {
            *kept = None;
        }
        answer
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn keeps_one(&self) -> bool {
        matches!(&*self.state(), State::Beside { kept: Some(_), .. })
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::{Open, read_write};
    use super::*;
    use crate::store::stored::Unreadable;

    fn count(file: &Connection) -> Result<i64, Trouble> {
        Ok(file.query_row("SELECT count(*) FROM pins", [], |row| row.get(0))?)
    }

    fn written(folder: &Path) -> (std::path::PathBuf, Open) {
        let path = folder.join("modelpin.sqlite");
        let open = read_write(&path).expect("it opens");
        (path, open)
    }

    #[test]
    fn a_connection_is_kept_while_the_writer_has_the_file_open_and_no_longer() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, open) = written(dir.path());
        let reader = Reader::default();
        assert_eq!(reader.ask(&path, count), None, "nobody said that it is open");
        reader.opened(open.identity());
        for rows in 1..4 {
            let row = "INSERT INTO pins VALUES ('session', 'main', ?1, 1, ?1, '{}')";
            open.file.execute(row, [rows]).expect("written");
            assert_eq!(
                reader.ask(&path, count),
                Some(rows),
                "what was just written is seen"
            );
            assert!(reader.keeps_one());
            reader.opened(open.identity());
            assert!(reader.keeps_one(), "it is the same file");
        }
        reader.close();
        assert_eq!(reader.ask(&path, count), None);
        drop(open);
        let beside = std::fs::read_dir(dir.path()).expect("a folder").count();
        assert_eq!(beside, 1, "the log went with the last who had it open");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_took_the_place_of_the_writers_is_not_asked_for_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, open) = written(dir.path());
        let reader = Reader::default();
        reader.opened(open.identity());
        assert_eq!(reader.ask(&path, count), Some(0));
        std::fs::rename(&path, dir.path().join("aside")).expect("moved");
        assert_eq!(reader.ask(&path, count), None);
        assert!(!reader.keeps_one());
        let other = tempfile::tempdir().expect("a directory");
        let (theirs, closed) = written(other.path());
        drop(closed);
        std::fs::copy(&theirs, &path).expect("copied");
        assert_eq!(reader.ask(&path, count), None, "it is another file");
        assert!(!reader.keeps_one());
    }

    #[test]
    fn a_question_without_an_answer_is_for_those_who_open_the_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, open) = written(dir.path());
        let reader = Reader::default();
        reader.opened(open.identity());
        let wrong = |_: &Connection| Err::<(), _>(Trouble::Record(Unreadable("its text")));
        assert_eq!(reader.ask(&path, wrong), None);
        assert!(!reader.keeps_one());
        assert_eq!(reader.ask(&path, count), Some(0), "the next one is answered");
    }
}
