//! What happened, as those tell it who took part: one list that the oracles read afterwards.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use modelpin::oauth::journal::Standing;
use serde_json::Value;

use super::plan::Plan;
use super::world::Held;

/// Something that happened, so many microseconds after the beginning.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) at: u64,
    pub(super) what: What,
}

/// How a client's request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    Broken,
    /// The client went away by itself.
    Left,
}

/// What came of one use of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refreshed {
    Granted,
    /// The server was in trouble and did nothing.
    Trouble,
    /// It was done, and the answer never went out.
    Lost,
    /// The token was used before, or never given.
    Refused,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// A client begins to ask. Its body is `before`, the name of a model, `after`.
    Asked {
        request: u32,
        session: String,
        agent: &'static str,
        actor: &'static str,
        before: String,
        after: String,
    },
    /// A provider was asked, and is going to answer so.
    Attempt {
        request: u32,
        provider: &'static str,
        held: Option<Held>,
        model: String,
        body: String,
        plan: Plan,
        told: Vec<u8>,
    },
    /// The answer, as far as the client took it.
    Ended {
        request: u32,
        status: u16,
        model: String,
        profile: String,
        decision: String,
        body: Vec<u8>,
        end: End,
    },
    /// A message that is no command, and what came back to be sent.
    Text {
        sent: String,
        back: Option<String>,
    },
    /// A command or a press, and what was said to it; nothing if the connection broke.
    Said {
        session: String,
        actor: &'static str,
        may: bool,
        text: String,
        reply: Option<Value>,
    },
    /// What is pinned for a chat, as the gateway tells it.
    Pins {
        session: String,
        pins: Value,
    },
    /// Every pin that there is, as the command line lists them.
    AllPins(Value),
    /// One question, asked twice while nothing went on; and the profiles that there are.
    Twice {
        one: Value,
        two: Value,
        profiles: Vec<String>,
    },
    /// A decision that was recorded.
    Audit(Value),
    /// All that were recorded so far have been told.
    Audited,
    /// Refusals without a request to a provider, and the end of the rest before and after.
    Local {
        before: Option<i64>,
        after: Option<i64>,
        refused: u32,
        attempts: usize,
    },
    /// One model of an account failed in this way; whether the other model was then asked.
    OtherModel {
        of_account: bool,
        asked: bool,
    },
    /// What the status says of the next request of a chat, and whom that request then asked first.
    Next {
        told: Option<(String, String)>,
        asked: Option<(String, String)>,
    },
    /// A refresh token, by its number, came to the server.
    Refresh {
        profile: String,
        token: u64,
        became: Refreshed,
    },
    /// The refresh token in the store, how its renewal stands there, and the one that the server takes; nothing where the
    /// server spent it in vain.
    Stored {
        profile: String,
        token: Option<u64>,
        standing: Option<Standing>,
        good: Option<u64>,
    },
    /// The files say that a person has to sign in anew, since nobody knows what became of the token in the store.
    SignedOut {
        profile: String,
        token: Option<u64>,
        standing: Standing,
    },
    /// The person did, as far as the disk took it.
    SignedIn {
        profile: String,
    },
    /// Profiles whose keeping was acknowledged, and those that are there.
    Store {
        kept: Vec<String>,
        there: Option<Vec<String>>,
    },
    /// So many bytes of an output were looked through; parts of secrets, by the name of their profile.
    Looked {
        output: String,
        bytes: usize,
        leaks: Vec<String>,
    },
    /// Memory and open files of a gateway in a calm moment of a life.
    Process {
        life: u32,
        gateway: usize,
        bytes: u64,
        files: usize,
    },
    /// A line of the gateway's log that tells of a panic.
    Panicked(String),
    /// The gateway was told to end, and how it did.
    Stopped {
        code: Option<i32>,
    },
    Started,
    Killed,
    Damaged,
    DiskFull,
    DiskFree,
}

/// The list, while it grows.
#[derive(Debug, Clone)]
pub(super) struct Log {
    begun: Instant,
    entries: Arc<Mutex<Vec<Entry>>>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            entries: Arc::default(),
        }
    }

    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).expect("not that long")
    }

    pub(super) fn add(&self, what: What) {
        let mut entries = self.entries.lock().expect("whole");
        let at = self.now();
        entries.push(Entry { at, what });
    }

    /// Something of the entries, without a copy of them.
    pub(super) fn with<T>(&self, ask: impl FnOnce(&[Entry]) -> T) -> T {
        ask(&self.entries.lock().expect("whole"))
    }
}
