//! Where decisions are kept: a small table for each thread, so that no two threads write to the same place.

use std::cell::Cell;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHasher;

use crate::clock::Timestamp;
use crate::pin::{Epoch, What};
use crate::session::{AgentId, SessionKey};

use super::{Asked, Ready};

/// How many chats a lane knows, and how many pins. Each has one place; who comes later takes it.
const CHATS: usize = 1_024;
const PINS: usize = 256;

/// How many numbers of decisions a lane takes at once.
const NUMBERS: u64 = 1_024;

/// The most lanes.
const MOST: usize = 64;

/// What a decision was made from, besides the moment: counters that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolver) struct AsOf {
    /// The files, as they were read.
    pub(super) stamp: u64,
    /// Failures and rests, and the pins of agents and of all.
    pub(super) all: u64,
    /// The pins and the affinity of the chat.
    pub(super) chat: u64,
}

/// Everything that a decision was made from, taken before it was made.
#[derive(Debug, Clone, Copy)]
pub(in crate::resolver) struct Seen {
    pub(super) as_of: AsOf,
    pub(super) listing: u64,
}

/// The question that a decision answers, the chat set aside.
#[derive(Debug, PartialEq, Eq)]
struct Form {
    listing: u64,
    wish: Option<Box<str>>,
    written_for: &'static [crate::endpoint::Api],
}

impl Form {
    fn of(asked: &Asked<'_>, listing: u64) -> Self {
        Self {
            listing,
            wish: asked.wish.map(Box::from),
            written_for: asked.written_for,
        }
    }

    fn is(&self, asked: &Asked<'_>, listing: u64) -> bool {
        self.listing == listing
            && self.wish.as_deref() == asked.wish
            && (std::ptr::eq(self.written_for, asked.written_for) || self.written_for == asked.written_for)
    }
}

/// What is kept for one chat.
#[derive(Debug)]
struct OfChat {
    agent: Option<AgentId>,
    chat: Arc<str>,
    parent: Option<SessionKey>,
    form: Form,
    as_of: AsOf,
    during: Range<Timestamp>,
    epoch: Epoch,
    ready: Arc<Ready>,
}

/// What is kept for all chats of an agent that have the same pin, and nothing else.
#[derive(Debug)]
struct OfPin {
    agent: AgentId,
    /// Held: no other one is at its place in memory meanwhile.
    what: Arc<What>,
    form: Form,
    stamp: u64,
    all: u64,
    during: Range<Timestamp>,
    ready: Arc<Ready>,
}

/// The table of one thread, or of a few if there are many.
#[derive(Debug, Default)]
pub(super) struct Lane {
    numbers: Range<u64>,
    chats: Vec<Option<OfChat>>,
    pins: Vec<Option<OfPin>>,
    /// The chat that was last served by its pin, at its place: one that comes again gets the place.
    came: Vec<u32>,
}

/// A lane has its own cache lines.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Own(Mutex<Lane>);

/// The lanes of all threads.
#[derive(Debug)]
pub(in crate::resolver) struct Lanes {
    lanes: Box<[Own]>,
    numbers: AtomicU64,
}

impl Default for Lanes {
    fn default() -> Self {
        static CORES: OnceLock<usize> = OnceLock::new();
        let cores = *CORES.get_or_init(|| std::thread::available_parallelism().map_or(4, usize::from));
        let lanes = (cores * 4).next_power_of_two().min(MOST);
        Self {
            lanes: (0..lanes).map(|_| Own::default()).collect(),
            numbers: AtomicU64::new(first_number()),
        }
    }
}

/// Where a process begins to count: anywhere. Several that write down what they decide in one store would otherwise give the
/// same number in the same millisecond, and the record of one would take the stead of the other's.
fn first_number() -> u64 {
    u64::from(u32::MAX) & RandomState::new().hash_one(std::process::id())
}

impl Lanes {
    /// The lane of this thread. The lock is another thread's only where there are more threads than lanes; nobody who has
    /// it waits for anything.
    pub(super) fn mine(&self) -> MutexGuard<'_, Lane> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local!(static MINE: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed)));
        let mine = MINE.with(Cell::get) & (self.lanes.len() - 1);
        self.lanes[mine].0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next number of a decision: each is given once, and those of one thread follow each other.
    pub(in crate::resolver) fn number(&self) -> u64 {
        self.mine().number(self)
    }

    /// Forgets all: what was read from files is not held longer than the files are.
    pub(in crate::resolver) fn clear(&self) {
        for lane in &self.lanes {
            let mut lane = lane.0.lock().unwrap_or_else(PoisonError::into_inner);
            (lane.chats, lane.pins) = (Vec::new(), Vec::new());
        }
    }
}

impl Lane {
    pub(super) fn number(&mut self, lanes: &Lanes) -> u64 {
        if self.numbers.is_empty() {
            let first = lanes.numbers.fetch_add(NUMBERS, Ordering::Relaxed);
            self.numbers = first..first + NUMBERS;
        }
        let number = self.numbers.start;
        self.numbers.start += 1;
        number
    }

    /// What is kept for a chat.
    pub(super) fn of_chat(
        &self,
        asked: &Asked<'_>,
        seen: &Seen,
        now: Timestamp,
    ) -> Option<(&Arc<Ready>, &Arc<str>, Epoch)> {
        let session = asked.session;
        let kept = self.chats.get(place(session.chat(), CHATS))?.as_ref()?;
        let same = kept.as_of == seen.as_of
            && kept.during.contains(&now)
            && *kept.chat == *session.chat()
            && kept.agent.as_ref() == session.agent()
            && kept.parent.as_ref() == session.parent()
            && kept.form.is(asked, seen.listing);
        same.then_some((&kept.ready, &kept.chat, kept.epoch))
    }

    /// What is kept for chats with this pin, and the time in which it holds.
    pub(super) fn of_pin(
        &self,
        asked: &Asked<'_>,
        agent: &AgentId,
        what: &Arc<What>,
        seen: &Seen,
        now: Timestamp,
    ) -> Option<(&Arc<Ready>, &Range<Timestamp>)> {
        let kept = self.pins.get(place_of(what))?.as_ref()?;
        let same = Arc::ptr_eq(&kept.what, what)
            && kept.stamp == seen.as_of.stamp
            && kept.all == seen.as_of.all
            && kept.during.contains(&now)
            && kept.agent == *agent
            && kept.form.is(asked, seen.listing);
        same.then_some((&kept.ready, &kept.during))
    }

    /// Keeps the answer for a chat.
    pub(super) fn keep_for_chat(
        &mut self,
        asked: &Asked<'_>,
        seen: &Seen,
        during: Range<Timestamp>,
        epoch: Epoch,
        ready: &Arc<Ready>,
    ) {
        let session = asked.session;
        if self.chats.is_empty() {
            self.chats.resize_with(CHATS, || None);
        }
        self.chats[place(session.chat(), CHATS)] = Some(OfChat {
            agent: session.agent().cloned(),
            // A text of its own, which no other thread counts.
            chat: Arc::from(session.chat()),
            parent: session.parent().cloned(),
            form: Form::of(asked, seen.listing),
            as_of: seen.as_of,
            during,
            epoch,
            ready: Arc::clone(ready),
        });
    }

    /// Keeps the answer for all chats with a pin.
    pub(super) fn keep_for_pin(
        &mut self,
        asked: &Asked<'_>,
        what: &Arc<What>,
        seen: &Seen,
        during: Range<Timestamp>,
        ready: &Arc<Ready>,
    ) {
        if self.pins.is_empty() {
            self.pins.resize_with(PINS, || None);
            self.came.resize(CHATS, 0);
        }
        self.pins[place_of(what)] = Some(OfPin {
            agent: ready.agent.clone(),
            what: Arc::clone(what),
            form: Form::of(asked, seen.listing),
            stamp: seen.as_of.stamp,
            all: seen.as_of.all,
            during,
            ready: Arc::clone(ready),
        });
    }

    /// Whether a chat that was served by its pin came there the last time too: then it is worth a place of its own.
    pub(super) fn came_again(&mut self, chat: &str) -> bool {
        let Some(last) = self.came.get_mut(place(chat, CHATS)) else {
            return false;
        };
        // Beyond the bits that the place is made of.
        let mark = (place(chat, 1 << 31) >> CHATS.trailing_zeros()) as u32 | 1;
        std::mem::replace(last, mark) == mark
    }
}

/// The place of a chat among `places`, of which there is a power of two.
fn place(chat: &str, places: usize) -> usize {
    let mut hasher = FxHasher::default();
    chat.hash(&mut hasher);
    // The remainder is less than `places`.
    (hasher.finish() as usize) & (places - 1)
}

/// The place of what is pinned: by where it lies, for the same lies nowhere else.
fn place_of(what: &Arc<What>) -> usize {
    let mut hasher = FxHasher::default();
    Arc::as_ptr(what).hash(&mut hasher);
    (hasher.finish() as usize) & (PINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_counts_elsewhere_gives_other_numbers() {
        let (one, other) = (Lanes::default(), Lanes::default());
        let first: Vec<u64> = (0..100).map(|_| one.number()).collect();
        assert!(first.is_sorted() && first.windows(2).all(|two| two[0] != two[1]));
        assert!((0..100).all(|_| !first.contains(&other.number())));
    }
}
