//! What everybody saw, in one order.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a gateway said to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Kept,
    Refused,
    /// Nobody knows: there was no reply, or another one.
    Unknown(String),
}

/// Whose credential it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) agent: &'static str,
    pub(super) profile: String,
}

/// A question about rests that has one right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// What one gateway learned spares all.
    Spared,
    /// A trial is taken once.
    Trial,
    /// What one gateway learned while it was alone is known to the others afterwards.
    Learned,
}

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A profile was to be pinned strictly.
    Said {
        chat: usize,
        profile: &'static str,
        reply: Reply,
        took: Duration,
    },
    Asked {
        request: u32,
        chat: Option<usize>,
        agent: &'static str,
    },
    /// A provider was asked.
    Attempt {
        request: u32,
        provider: &'static str,
        held: Option<Held>,
    },
    Ended {
        request: u32,
        status: u16,
        /// Who answered, of several behind one address.
        gateway: String,
        took: Duration,
    },
    Fault(&'static str),
    Back,
    /// All gateways have the same pins, or not: what differs.
    Agreed {
        fault: &'static str,
        took: Duration,
        wrong: Option<String>,
    },
    /// What a gateway has pinned for a chat.
    Pinned {
        chat: usize,
        gateway: usize,
        profile: Option<String>,
    },
    /// Of these requests so many should have come to the provider with this profile.
    Expected {
        question: Question,
        profile: String,
        requests: Vec<u32>,
        times: usize,
    },
    /// So much of an output was looked through; whose secrets were in it.
    Heard {
        bytes: usize,
        leaks: Vec<String>,
    },
    Panicked(String),
}

/// What happened, and when, since the storm began.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) at: Duration,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) struct Log {
    entries: Arc<Mutex<Vec<Entry>>>,
    begun: Instant,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            entries: Arc::default(),
            begun: Instant::now(),
        }
    }

    pub(super) fn add(&self, what: What) {
        let mut entries = self.entries.lock().expect("whole");
        let at = self.begun.elapsed();
        entries.push(Entry { at, what });
    }

    pub(super) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&self.entries.lock().expect("whole"))
    }
}
