//! Writing a plain success down: not on the request's way, but a moment later, together with others.
//!
//! A request that was served at once by what it was given says nothing that is not known: its decision is
//! [`Ready`], and beside it there are an id, a chat and a moment. So the request leaves those here and goes. One thread
//! makes the record and the row of them; whoever asks for records before that does it first. What is told in any other way
//! ([`Learning::note`]) waits behind what was left here, so that records keep the order in which they came.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::audit::{AuditLog, Record};
use crate::clock::Timestamp;
use crate::outcome::Outcome;

use super::engine::Resolver;
use super::learning::Learning;
use super::lease::{Choice, Id};
use super::noting::{MOST_WAITING, too_slow};
use super::ready::Ready;

/// How long the thread lets others join what it was called for.
const GATHERED: Duration = Duration::from_millis(10);

/// For how many there is room from the start, and again after there were many.
const ROOM: usize = 256;

/// A request that was served at its first attempt.
#[derive(Debug)]
pub(super) struct Brief {
    pub(super) ready: Arc<Ready>,
    pub(super) id: Id,
    pub(super) chat: Arc<str>,
    pub(super) at: Timestamp,
}

impl Brief {
    /// The same record that a request of several attempts has.
    fn record(&self) -> Option<Record> {
        let id = Arc::clone(self.id.text());
        let mut course = self.ready.course(id, &self.chat, self.at);
        course.walk.ended(0, Outcome::Succeeded);
        course.record(None)
    }
}

/// What waits to be made a record. Dropping it ends its thread.
#[derive(Debug, Default)]
pub(crate) struct Later(Arc<Desk>);

#[derive(Debug, Default)]
struct Desk {
    pile: Mutex<Pile>,
    comes: Condvar,
    /// Held by whoever makes records, with the other room for a pile.
    turn: Mutex<VecDeque<Brief>>,
}

#[derive(Debug, Default)]
struct Pile {
    briefs: VecDeque<Brief>,
    scribe: Scribe,
    /// Where a store that has to wait may do it.
    tasks: Option<Handle>,
    over: bool,
}

/// The thread that makes records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Scribe {
    /// Nobody ever called for it.
    #[default]
    None,
    Asleep,
    Awake,
}

impl Desk {
    fn pile(&self) -> MutexGuard<'_, Pile> {
        self.pile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> MutexGuard<'_, VecDeque<Brief>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when there is something; `false` when there never will be.
    fn waits(&self) -> bool {
        let empty = |pile: &mut Pile| {
            let empty = pile.briefs.is_empty() && !pile.over;
            pile.scribe = if empty { Scribe::Asleep } else { Scribe::Awake };
            empty
        };
        let pile = self.comes.wait_while(self.pile(), empty);
        !pile.unwrap_or_else(PoisonError::into_inner).over
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        self.0.pile().over = true;
        self.0.comes.notify_all();
    }
}

impl Learning {
    /// Takes a plain success, and allocates nothing for it but where more wait than ever did.
    pub(super) fn note_later(learning: &Arc<Self>, brief: Brief) {
        let desk = &learning.later.0;
        let mut pile = desk.pile();
        let lost = if pile.briefs.len() >= MOST_WAITING {
            too_slow();
            pile.briefs.pop_front()
        } else {
            None
        };
        pile.briefs.push_back(brief);
        if pile.tasks.is_none() {
            pile.tasks = Handle::try_current().ok();
        }
        let scribe = std::mem::replace(&mut pile.scribe, Scribe::Awake);
        if scribe == Scribe::None {
            pile.briefs.reserve(ROOM);
        }
        drop(pile);
        drop(lost);
        match scribe {
            Scribe::Awake => {}
            Scribe::Asleep => desk.comes.notify_one(),
            Scribe::None => learning.begin_to_write(),
        }
    }

    fn begin_to_write(self: &Arc<Self>) {
        self.later.0.turn().reserve(ROOM);
        let (learning, desk) = (Arc::downgrade(self), Arc::clone(&self.later.0));
        let begun = thread::Builder::new()
            .name("modelpin-records".to_owned())
            .spawn(move || write(&learning, &desk));
        if let Err(error) = begun {
            tracing::warn!(%error, "no thread can be begun: records are written down on the request's way");
            self.later.0.pile().scribe = Scribe::None;
            self.catch_up();
        }
    }

    /// The records of this process, with all that waits.
    pub(super) fn known(&self) -> &AuditLog {
        self.catch_up();
        &self.audit
    }

    /// Makes records of all that waits, in memory and on their way to the store.
    pub(super) fn catch_up(&self) {
        self.write_down(None);
    }

    /// The same, and then `last`.
    pub(super) fn write_down(&self, last: Option<Record>) {
        let mut turn = self.later.0.turn();
        std::mem::swap(&mut *turn, &mut self.later.0.pile().briefs);
        for brief in turn
            .iter()
            .filter(|brief| brief.ready.choice == Choice::Automatic)
        {
            // Chats that are served are not silent ones, which would be forgotten first.
            self.affinities.is_served(&brief.ready.agent, &brief.chat);
        }
        let records = turn.drain(..).filter_map(|brief| brief.record()).chain(last);
        let to_carry = self.take_in(records);
        turn.shrink_to(4 * ROOM);
        drop(turn);
        if let Some(pending) = to_carry {
            self.carry(pending);
        }
    }
}

impl Drop for Resolver {
    /// The store has all before the resolver is gone.
    fn drop(&mut self) {
        self.learning().catch_up();
    }
}

/// What the thread does.
fn write(learning: &Weak<Learning>, desk: &Desk) {
    while desk.waits() {
        thread::sleep(GATHERED);
        let tasks = desk.pile().tasks.take();
        let _within = tasks.as_ref().map(Handle::enter);
        let Some(learning) = learning.upgrade() else {
            return;
        };
        learning.catch_up();
    }
}
