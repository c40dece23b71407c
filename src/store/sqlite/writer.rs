//! The one thread that writes.
//!
//! Whoever saves while a commit is under way waits for the next one, and all that wait are committed together: one fsync
//! for many. Each save has its own version check.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::file::{Open, Trouble, read_write};
use super::{audit, cells, stored, unavailable};
use crate::clock::Timestamp;
use crate::cooldown::Changed;
use crate::pin::{Record, ScopeKey, Version};
use crate::store::{AuditStoreError, Claimed, LedgerStoreError, PinStoreError, Row};

/// The most jobs in one commit.
const MOST: usize = 512;

/// Ends when it is dropped, after what was handed to it is done and the file is closed.
#[derive(Debug)]
pub(super) struct Writer {
    hand_over: Option<mpsc::Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Something to be written.
enum Job {
    Save(Save),
    Cells(Changed),
    Claim(Claim),
    Audit(Vec<Row>, oneshot::Sender<Result<(), AuditStoreError>>),
    /// Nothing: whoever waits is told when all before it is done.
    Settle(oneshot::Sender<()>),
}

struct Save {
    columns: (&'static str, String, String),
    from: Version,
    version: Version,
    record: String,
    told: oneshot::Sender<Result<(), PinStoreError>>,
}

struct Claim {
    cells: Changed,
    now: Timestamp,
    window: Duration,
    told: oneshot::Sender<Result<Claimed, LedgerStoreError>>,
}

/// What came of a job.
enum Done {
    Saved(Result<(), PinStoreError>),
    Claimed(Claimed),
    Nothing,
}

impl Writer {
    pub(super) fn start(path: PathBuf, most_audited: u64) -> Self {
        let (hand_over, waiting) = mpsc::channel();
        let thread = thread::spawn(move || write(&path, &waiting, most_audited));
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
        self.hand(Job::Save(Save {
            columns: stored::columns(key),
            from,
            version: record.version,
            record: stored::text(record),
            told,
        }));
        answer.await.map_err(|_| unavailable(Gone))?
    }

    pub(super) async fn claim(
        &self,
        cells: Changed,
        now: Timestamp,
        window: Duration,
    ) -> Result<Claimed, LedgerStoreError> {
        let (told, answer) = oneshot::channel();
        self.hand(Job::Claim(Claim {
            cells,
            now,
            window,
            told,
        }));
        answer.await.map_err(|_| LedgerStoreError(Box::new(Gone)))?
    }

    pub(super) fn keep(&self, cells: Changed) {
        self.hand(Job::Cells(cells));
    }

    pub(super) async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError> {
        let (told, answer) = oneshot::channel();
        self.hand(Job::Audit(rows, told));
        answer.await.map_err(|_| AuditStoreError(Box::new(Gone)))?
    }

    pub(super) async fn settled(&self) {
        let (told, answer) = oneshot::channel();
        self.hand(Job::Settle(told));
        let _done = answer.await;
    }

    fn hand(&self, job: Job) {
        // A thread that has ended drops the job, and with it the channel on which the caller waits.
        let _gone = self.hand_over.as_ref().map(|hand_over| hand_over.send(job));
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
#[error("the thread that writes has ended")]
struct Gone;

fn write(path: &Path, waiting: &mpsc::Receiver<Job>, most_audited: u64) {
    let mut open: Option<Open> = None;
    while let Ok(first) = waiting.recv() {
        let jobs: Vec<Job> = std::iter::once(first)
            .chain(waiting.try_iter().take(MOST - 1))
            .collect();
        // Closed before another file of this name is opened: closing takes the log beside it away.
        open = open.filter(|open| open.is_still_at(path));
        let opened = open.take().map_or_else(|| read_write(path), Ok);
        let done = opened.and_then(|mut now| {
            let done = commit(&mut now.file, &jobs, most_audited)?;
            open = Some(now);
            Ok(done)
        });
        match done {
            // A caller that went away is told nothing; what it wanted is done all the same.
            Ok(done) => jobs.into_iter().zip(done).for_each(|(job, done)| job.tell(done)),
            Err(trouble) => {
                let text = trouble.at(path).to_string();
                jobs.into_iter().for_each(|job| job.fail(&text));
            }
        }
    }
}

impl Job {
    fn tell(self, done: Done) {
        match (self, done) {
            (Self::Save(save), Done::Saved(answer)) => drop(save.told.send(answer)),
            (Self::Claim(claim), Done::Claimed(answer)) => drop(claim.told.send(Ok(answer))),
            (Self::Settle(told), _) => drop(told.send(())),
            (Self::Audit(_, told), _) => drop(told.send(Ok(()))),
            _ => {}
        }
    }

    fn fail(self, why: &str) {
        match self {
            Self::Save(save) => drop(save.told.send(Err(PinStoreError::Unavailable(why.into())))),
            Self::Claim(claim) => drop(claim.told.send(Err(LedgerStoreError(why.into())))),
            Self::Settle(told) => drop(told.send(())),
            Self::Cells(_) => tracing::warn!("what was learned of a failure is kept in memory only: {why}"),
            Self::Audit(_, told) => drop(told.send(Err(AuditStoreError(why.into())))),
        }
    }
}

fn commit(file: &mut Connection, jobs: &[Job], most_audited: u64) -> Result<Vec<Done>, Trouble> {
    if jobs.iter().all(|job| matches!(job, Job::Settle(_))) {
        return Ok(jobs.iter().map(|_| Done::Nothing).collect());
    }
    let all = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: Result<Vec<_>, Trouble> = jobs
        .iter()
        .map(|job| {
            Ok(match job {
                Job::Save(save) => Done::Saved(put(&all, save)?),
                Job::Cells(changed) => {
                    cells::merge(&all, changed)?;
                    Done::Nothing
                }
                Job::Claim(claim) => {
                    Done::Claimed(cells::claim(&all, &claim.cells, claim.now, claim.window)?)
                }
                Job::Audit(rows, _) => {
                    audit::put(&all, rows, most_audited)?;
                    Done::Nothing
                }
                Job::Settle(_) => Done::Nothing,
            })
        })
        .collect();
    let done = done?;
    all.commit()?;
    Ok(done)
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
