//! The one thread that writes.
//!
//! Whoever saves while a commit is under way waits for the next one, and all that wait are committed together: one fsync
//! for many. Each save has its own version check.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::file::{Open, Trouble, read_write};
use super::{stored, unavailable};
use crate::pin::{Record, ScopeKey, Version};
use crate::store::PinStoreError;

/// The most saves in one commit.
const MOST: usize = 512;

/// Ends when it is dropped, after what was handed to it is done and the file is closed.
#[derive(Debug)]
pub(super) struct Writer {
    hand_over: Option<mpsc::Sender<Save>>,
    thread: Option<thread::JoinHandle<()>>,
}

struct Save {
    columns: (&'static str, String, String),
    from: Version,
    version: Version,
    record: String,
    told: oneshot::Sender<Result<(), PinStoreError>>,
}

impl Writer {
    pub(super) fn start(path: PathBuf) -> Self {
        let (hand_over, waiting) = mpsc::channel();
        let thread = thread::spawn(move || write(&path, &waiting));
        Self {
            hand_over: Some(hand_over),
            thread: Some(thread),
        }
    }

    pub(super) async fn save(
        &self,
        key: &ScopeKey,
        from: Version,
        record: &Record,
    ) -> Result<(), PinStoreError> {
        let (told, answer) = oneshot::channel();
        let save = Save {
            columns: stored::columns(key),
            from,
            version: record.version,
            record: stored::text(record),
            told,
        };
        let hand_over = self.hand_over.as_ref().ok_or_else(|| unavailable(Gone))?;
        hand_over.send(save).map_err(|_| unavailable(Gone))?;
        answer.await.map_err(|_| unavailable(Gone))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.hand_over.take());
        if let Some(thread) = self.thread.take() {
            // The thread has told its callers whatever went wrong.
            drop(thread.join());
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the thread that writes pins has ended")]
struct Gone;

fn write(path: &std::path::Path, waiting: &mpsc::Receiver<Save>) {
    let mut open: Option<Open> = None;
    while let Ok(first) = waiting.recv() {
        let saves: Vec<Save> = std::iter::once(first)
            .chain(waiting.try_iter().take(MOST - 1))
            .collect();
        // Closed before another file of this name is opened: closing takes the log beside it away.
        open = open.filter(|open| open.is_still_at(path));
        let opened = open.take().map_or_else(|| read_write(path), Ok);
        let done = opened.and_then(|mut now| {
            let done = commit(&mut now.file, &saves)?;
            open = Some(now);
            Ok(done)
        });
        match done {
            Ok(answers) => {
                for (save, answer) in saves.into_iter().zip(answers) {
                    // A caller that went away is told nothing; the record is kept all the same.
                    drop(save.told.send(answer));
                }
            }
            Err(trouble) => {
                let text = trouble.at(path).to_string();
                for save in saves {
                    drop(
                        save.told
                            .send(Err(PinStoreError::Unavailable(text.clone().into()))),
                    );
                }
            }
        }
    }
}

fn commit(file: &mut Connection, saves: &[Save]) -> Result<Vec<Result<(), PinStoreError>>, Trouble> {
    let all = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answers: Result<Vec<_>, Trouble> = saves.iter().map(|save| put(&all, save)).collect();
    let answers = answers?;
    all.commit()?;
    Ok(answers)
}

fn put(file: &Connection, save: &Save) -> Result<Result<(), PinStoreError>, Trouble> {
    let (scope, agent, session) = &save.columns;
    let mut version =
        file.prepare_cached("SELECT version FROM pins WHERE scope = ?1 AND agent = ?2 AND session = ?3")?;
    let there: Option<u64> = version
        .query_row(params![scope, agent, session], |row| row.get(0))
        .optional()?;
    let there = Version(there.unwrap_or_default());
    if there != save.from {
        return Ok(Err(PinStoreError::Conflict(there)));
    }
    let mut put = file.prepare_cached(
        "INSERT INTO pins (scope, agent, session, version, changed, record)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(changed), 0) + 1 FROM pins), ?5)
         ON CONFLICT DO UPDATE SET version = excluded.version, changed = excluded.changed, record = excluded.record",
    )?;
    put.execute(params![scope, agent, session, save.version.0, save.record])?;
    Ok(Ok(()))
}
