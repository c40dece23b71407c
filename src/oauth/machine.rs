//! The refresh of one sign-in, as a machine without any I/O.
//!
//! ```text
//! Idle ─► Claimed ─► Posted ─► Settled
//!            ▲          ├────► Failed: for now, or for good
//!            └──────────┤      (nothing was sent, or the endpoint is in trouble: three tries)
//!                       └────► Ambiguous: sent, and no answer came
//! ```
//!
//! Each state is on disk before what it announces is done, so that whoever finds the journal after a crash knows the
//! worst that can have happened. A refresh token that may have been used is never sent again: a provider that rotates
//! tokens takes the second use for theft and ends the sign-in (RFC 9700, section 4.14.2).

use super::journal::Note;
use crate::config::Reuse;

/// How often a token endpoint in trouble is asked.
pub const TRIES: u32 = 3;

/// What is stored of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Tells its tokens apart from earlier and later ones.
    pub generation: u64,
    /// Whether the access token can be used as it is.
    pub fresh: bool,
    /// Whether there is a refresh token.
    pub renewable: bool,
}

/// What is seen under the lock, before anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The sign-in; `None` if it is not there any more.
    pub stored: Option<Stored>,
    /// What an earlier refresh left. Its process is not at work: it would hold the lock.
    pub journal: Option<Note>,
    /// Whether the provider takes a token twice.
    pub reuse: Reuse,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Write this into the journal, and let it reach the disk.
    Write(Note),
    /// Wait a little, longer each time; this is the number of tries so far.
    Wait(u32),
    /// Send the refresh token.
    Post,
    /// Put the new tokens into the store, unless somebody else has put others there.
    Commit,
    /// Look again at what is stored.
    Look,
    /// Take the entry out of the journal.
    Clear,
    /// Nothing: it ended so.
    Done(Ended),
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// The journal is on disk, or the entry is out of it.
    Wrote,
    /// It was waited.
    Waited,
    /// The token endpoint was asked.
    Asked(Answer),
    /// The store has tokens that are newer than the ones that were sent: the new ones, or somebody else's.
    Committed,
    /// This is stored now.
    Looked(Option<Stored>),
}

/// What came of asking the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// New tokens.
    Tokens,
    /// Nothing was sent.
    NotSent,
    /// The endpoint is in trouble, and said so.
    Trouble,
    /// It was sent, and no answer came.
    Nothing,
    /// It was refused, for now.
    Refused,
    /// The refresh token will never be accepted again.
    RefusedForGood,
}

/// How a refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// What is stored now can be used.
    Settled,
    /// It may work later.
    Transient,
    /// The refresh token is not accepted any more.
    Permanent,
    /// The refresh token may have been used, and its answer is lost.
    Ambiguous,
    /// There is nothing to renew it with.
    Impossible,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Claiming,
    Posting,
    Posted,
    Committing,
    Retreating,
    Waiting,
    Looking(Ended),
    Ending(Ended),
}

/// One refresh.
#[derive(Debug, Clone)]
pub struct Machine {
    generation: u64,
    state: State,
    tries: u32,
}

impl Machine {
    /// Begins, under the lock, with what is seen there.
    #[must_use]
    pub fn begin(seen: &Seen) -> (Self, Todo) {
        let generation = seen.stored.map_or(0, |stored| stored.generation);
        let mut machine = Self {
            generation,
            state: State::Claiming,
            tries: 0,
        };
        let about_this = seen.journal.filter(|note| note.generation() == generation);
        let todo = match (seen.stored, about_this) {
            (Some(stored), _) if stored.fresh => machine.end(Ended::Settled),
            (Some(stored), _) if !stored.renewable => machine.end(Ended::Impossible),
            (None, _) => machine.end(Ended::Impossible),
            (_, Some(Note::Ended(_))) => Todo::Done(Ended::Permanent),
            (_, Some(Note::Posted(_))) if seen.reuse == Reuse::Unsafe => Todo::Done(Ended::Ambiguous),
            _ => Todo::Write(Note::Claimed(generation)),
        };
        (machine, todo)
    }

    /// Goes on after something was done.
    #[must_use]
    pub fn did(&mut self, did: Did) -> Todo {
        match (self.state, did) {
            (State::Claiming, Did::Wrote) | (State::Waiting, Did::Waited) => {
                self.state = State::Posting;
                Todo::Write(Note::Posted(self.generation))
            }
            (State::Posting, Did::Wrote) => {
                self.state = State::Posted;
                self.tries += 1;
                Todo::Post
            }
            (State::Posted, Did::Asked(answer)) => self.answered(answer),
            (State::Retreating, Did::Wrote) => {
                self.state = State::Waiting;
                Todo::Wait(self.tries)
            }
            (State::Committing, Did::Committed) => self.end(Ended::Settled),
            (State::Looking(otherwise), Did::Looked(stored)) => self.looked(otherwise, stored),
            (State::Ending(ended), Did::Wrote) => Todo::Done(ended),
            // Something was done that nobody asked for: what was sent may be lost.
            (State::Posted | State::Committing, _) => {
                self.state = State::Ending(Ended::Ambiguous);
                Todo::Done(Ended::Ambiguous)
            }
            (_, _) => Todo::Done(Ended::Transient),
        }
    }

    fn answered(&mut self, answer: Answer) -> Todo {
        match answer {
            Answer::Tokens => {
                self.state = State::Committing;
                Todo::Commit
            }
            Answer::NotSent | Answer::Trouble if self.tries < TRIES => {
                self.state = State::Retreating;
                Todo::Write(Note::Claimed(self.generation))
            }
            Answer::NotSent | Answer::Trouble | Answer::Refused => self.look(Ended::Transient),
            Answer::Nothing => self.look(Ended::Ambiguous),
            Answer::RefusedForGood => self.look(Ended::Permanent),
        }
    }

    fn look(&mut self, otherwise: Ended) -> Todo {
        self.state = State::Looking(otherwise);
        Todo::Look
    }

    /// Somebody else may have been there in spite of the lock; their newer tokens are as good as ours.
    fn looked(&mut self, otherwise: Ended, stored: Option<Stored>) -> Todo {
        let newer = stored.is_some_and(|stored| stored.generation != self.generation && stored.fresh);
        if newer {
            return self.end(Ended::Settled);
        }
        match otherwise {
            Ended::Permanent => {
                self.state = State::Ending(Ended::Permanent);
                Todo::Write(Note::Ended(self.generation))
            }
            // The journal says `Posted`, which is what is known.
            Ended::Ambiguous => Todo::Done(Ended::Ambiguous),
            other => self.end(other),
        }
    }

    fn end(&mut self, ended: Ended) -> Todo {
        self.state = State::Ending(ended);
        Todo::Clear
    }
}
