//! The one thread that writes.
//!
//! Whoever writes while a commit is under way waits for the next one, and all that wait are committed together: one fsync
//! for many. Each piece of work asks its own questions within the transaction, and sees what those before it did. Work that
//! is in no hurry goes with the next commit, or without one after a moment.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::file::{Open, Trouble, read_write};
use super::reader::Reader;

/// The most pieces of work in one commit.
const MOST: usize = 512;
/// How long work that is in no hurry waits for a commit to go with.
const WAIT: Duration = Duration::from_millis(50);
/// The most pieces of work that wait though they are in no hurry: more would fill the memory where the disk is slow.
const MOST_WAITING: usize = 16_384;

/// How long a commit that nobody waits for lets others go first: whoever answers requests may have one core with it.
const COURTESY: Duration = Duration::from_millis(20);
/// How often it does, in steps of SQLite's machine: about five rows.
const STEPS: i32 = 200;

/// Ends when it is dropped, after what was handed to it is done and the file is closed.
#[derive(Debug)]
pub(super) struct Writer {
    hand_over: Option<mpsc::Sender<Handed>>,
    thread: Option<thread::JoinHandle<()>>,
    waiting: Arc<AtomicUsize>,
}

/// How soon work is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// At once.
    Now,
    /// Within a moment. It is given up first where there is trouble.
    CanWait,
}

/// Work within a transaction. It may be carried out again, if the transaction before failed.
type Work<T> = Box<dyn FnMut(&Connection) -> Result<T, Trouble> + Send>;
type Handed = (Haste, Box<dyn Job>);

/// Work that somebody waits for.
trait Job: Send {
    fn carry_out(&mut self, file: &Connection) -> Result<(), Trouble>;
    /// Tells the answer, after the commit.
    fn tell(self: Box<Self>);
    fn refuse(self: Box<Self>, why: &str);
}

struct Asked<T> {
    work: Work<T>,
    answer: Option<T>,
    told: oneshot::Sender<Result<T, Refused>>,
}

/// Nothing of the work was kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("{0}")]
    Trouble(String),
    #[error("the thread that writes has ended")]
    Gone,
    #[error("too much waits to be written already")]
    Full,
}

impl<T: Send> Job for Asked<T> {
    fn carry_out(&mut self, file: &Connection) -> Result<(), Trouble> {
        self.answer = Some((self.work)(file)?);
        Ok(())
    }

    fn tell(self: Box<Self>) {
        let Self { answer, told, .. } = *self;
        if let Some(answer) = answer {
            // A caller that went away is told nothing; what was asked is kept all the same.
            drop(told.send(Ok(answer)));
        }
    }

    fn refuse(self: Box<Self>, why: &str) {
        drop(self.told.send(Err(Refused::Trouble(why.to_owned()))));
    }
}

impl Writer {
    pub(super) fn start(path: PathBuf, reader: Reader) -> Self {
        let (hand_over, handed) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let desk = Desk {
            path,
            open: None,
            reader,
            urgent: Vec::new(),
            others: Vec::new(),
            waiting: Arc::clone(&waiting),
            due: None,
        };
        let thread = thread::spawn(move || desk.serve(&handed));
        Self {
            hand_over: Some(hand_over),
            thread: Some(thread),
            waiting,
        }
    }

    /// Carries work out in a transaction, and returns its answer when that is on disk.
    ///
    /// From the first poll on the work is done, whether somebody still waits for it or not.
    pub(super) async fn carry_out<T: Send + 'static>(
        &self,
        haste: Haste,
        work: impl FnMut(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Refused> {
        let (told, answer) = oneshot::channel();
        let job = Asked {
            work: Box::new(work),
            answer: None,
            told,
        };
        if haste == Haste::CanWait && self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Refused::Full);
        }
        let hand_over = self.hand_over.as_ref().ok_or(Refused::Gone)?;
        hand_over
            .send((haste, Box::new(job)))
            .map_err(|_| Refused::Gone)?;
        answer.await.map_err(|_| Refused::Gone)?
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

/// What the thread has before it.
struct Desk {
    path: PathBuf,
    open: Option<Open>,
    /// It is told of what is opened and closed here.
    reader: Reader,
    urgent: Vec<Box<dyn Job>>,
    others: Vec<Box<dyn Job>>,
    /// How many others are here or on their way.
    waiting: Arc<AtomicUsize>,
    /// By when the others are written.
    due: Option<Instant>,
}

impl Desk {
    fn serve(mut self, handed: &mpsc::Receiver<Handed>) {
        loop {
            let first = match self.due {
                None => handed.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
                Some(due) => handed.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match first {
                Ok(first) => {
                    self.put_down(first);
                    while self.urgent.len() < MOST && self.others.len() < MOST {
                        let Ok(next) = handed.try_recv() else { break };
                        self.put_down(next);
                    }
                    let is_early = self.due.is_some_and(|due| due > Instant::now());
                    if self.urgent.is_empty() && self.others.len() < MOST && is_early {
                        continue;
                    }
                    self.write();
                }
                Err(mpsc::RecvTimeoutError::Timeout) => self.write(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return self.write(),
            }
        }
    }

    fn put_down(&mut self, (haste, job): Handed) {
        match haste {
            Haste::Now => self.urgent.push(job),
            Haste::CanWait => {
                self.due.get_or_insert_with(|| Instant::now() + WAIT);
                self.others.push(job);
            }
        }
    }

    fn write(&mut self) {
        let mut jobs = std::mem::take(&mut self.urgent);
        let urgent = jobs.len();
        jobs.append(&mut self.others);
        self.due = None;
        self.waiting.fetch_sub(jobs.len() - urgent, Ordering::Relaxed);
        if jobs.is_empty() {
            return;
        }
        let hurry = if urgent == 0 { Haste::CanWait } else { Haste::Now };
        let mut done = self.commit(&mut jobs, hurry);
        if done.is_err() && (1..jobs.len()).contains(&urgent) {
            // What is urgent does not fail for the sake of the rest.
            let others = jobs.split_off(urgent);
            self.answer(others, done);
            done = self.commit(&mut jobs, Haste::Now);
        }
        match done {
            Err(trouble) if trouble.is_of_one_row() => {
                // Others do not fail for the sake of one that meets a row that cannot be read.
                for job in jobs {
                    let mut alone = vec![job];
                    let done = self.commit(&mut alone, Haste::Now);
                    self.answer(alone, done);
                }
            }
            done => self.answer(jobs, done),
        }
    }

    fn answer(&self, jobs: Vec<Box<dyn Job>>, done: Result<(), Trouble>) {
        match done {
            Ok(()) => jobs.into_iter().for_each(|job| job.tell()),
            Err(trouble) => {
                let why = trouble.at(&self.path).to_string();
                jobs.into_iter().for_each(|job| job.refuse(&why));
            }
        }
    }

    fn commit(&mut self, jobs: &mut [Box<dyn Job>], haste: Haste) -> Result<(), Trouble> {
        if !self
            .open
            .as_ref()
            .is_some_and(|open| open.is_still_at(&self.path))
        {
            // Closed before another file of this name is opened: closing takes the log beside it away.
            self.close();
        }
        let done = self.transaction(jobs, haste);
        if done.is_err() {
            self.close();
        }
        done
    }

    fn transaction(&mut self, jobs: &mut [Box<dyn Job>], haste: Haste) -> Result<(), Trouble> {
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(read_write(&self.path)?),
        };
        open.file
            .progress_handler(STEPS, (haste == Haste::CanWait).then(courtesy))?;
        let all = open
            .file
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        jobs.iter_mut().try_for_each(|job| job.carry_out(&all))?;
        all.commit()?;
        self.reader.opened(open.identity());
        Ok(())
    }

    /// Who reads beside it goes first.
    fn close(&mut self) {
        self.reader.close();
        self.open = None;
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.close();
    }
}

/// Lets others go first for a while, then no more: where there is no end to others, this work has to be done too.
fn courtesy() -> impl FnMut() -> bool + Send + 'static {
    let until = Instant::now() + COURTESY;
    move || {
        if Instant::now() < until {
            thread::yield_now();
        }
        // The work goes on.
        false
    }
}
