//! What is heard of others.

use std::sync::{Mutex, MutexGuard, PoisonError};

use redis::{PushInfo, PushKind, Value};

use super::feed::Feed;
use super::keys::Keys;
use super::vitals::Counts;
use super::{ledger, sign_ins, written};
use crate::clock::{Clock, SystemClock};
use crate::cooldown::{Cell, CellKey};
use crate::pin::{Record, ScopeKey};
use crate::store::SignInName;

/// How many channels are listened to.
const CHANNELS: i64 = 4;

/// What others change.
#[derive(Debug)]
pub(super) struct Feeds {
    pub(super) pins: Feed<ScopeKey, Record>,
    pub(super) ledger: Feed<CellKey, Cell>,
    pub(super) counts: Counts,
    pub(super) sign_ins: Feed<SignInName, ()>,
    keys: Keys,
    origin: String,
    ears: Mutex<Ears>,
}

/// Which connection is the one in use: the client library goes on with one that was given up for a moment, and what comes
/// over that says nothing of the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Life(u64);

impl Life {
    pub(super) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[derive(Debug, Default)]
struct Ears {
    life: Life,
    /// Whether messages come over the connection in use, as far as is known.
    listening: bool,
}

impl Feeds {
    /// Those of a process that was just born: it has heard nothing.
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            pins: Feed::new(),
            ledger: Feed::new(),
            counts: Counts::default(),
            sign_ins: Feed::new(),
            keys,
            origin: origin(),
            ears: Mutex::default(),
        }
    }

    /// Whether messages come over the connection in use, as far as is known.
    pub(super) fn listens(&self) -> bool {
        self.ears().listening
    }

    /// Nobody knows whether messages come.
    pub(super) fn is_deaf(&self) {
        self.ears().listening = false;
    }

    /// The connection in use.
    pub(super) fn life(&self) -> Life {
        self.ears().life
    }

    /// Another connection is in use from now on, and nothing is heard over it at first.
    pub(super) fn begins(&self, life: Life) {
        let listening = false;
        *self.ears() = Ears { life, listening };
    }

    /// Messages come, or do not, over the connection that is this one, if it is the one in use.
    fn listens_over(&self, life: Life, listening: bool) {
        let mut ears = self.ears();
        if ears.life == life {
            ears.listening = listening;
        }
    }

    fn ears(&self) -> MutexGuard<'_, Ears> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message over a connection, or that there will be none for a while.
    pub(super) fn hear(&self, life: Life, told: &PushInfo) {
        match told.kind {
            PushKind::Disconnection => {
                self.listens_over(life, false);
                self.lost();
            }
            // With the first channel a connection begins to listen: what was told before is not known.
            PushKind::Subscribe => match &*told.data {
                [_, Value::Int(1)] => self.lost(),
                [_, Value::Int(CHANNELS)] => self.listens_over(life, true),
                _ => {}
            },
            PushKind::Message => {
                let [Value::BulkString(channel), Value::BulkString(message)] = &*told.data else {
                    return;
                };
                if *channel == self.keys.pin_news().into_bytes() {
                    written::hear(self, message);
                } else if *channel == self.keys.ledger_news().into_bytes() {
                    ledger::hear(self, message);
                } else if *channel == self.keys.pulse(&self.origin).into_bytes() {
                    let number = std::str::from_utf8(message)
                        .ok()
                        .and_then(|number| number.parse().ok());
                    number.into_iter().for_each(|number| self.counts.heard(number));
                } else if *channel == self.keys.sign_in_news().into_bytes() {
                    sign_ins::hear(self, message);
                }
            }
            _ => {}
        }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// What is listened to.
    pub(super) fn channels(&self) -> [String; CHANNELS as usize] {
        let keys = &self.keys;
        [
            keys.pin_news(),
            keys.ledger_news(),
            keys.sign_in_news(),
            keys.pulse(&self.origin),
        ]
    }

    pub(super) fn lost(&self) {
        self.pins.lost();
        self.ledger.lost();
        self.sign_ins.lost();
    }
}

/// A name that no other process has: 64 bits of chance.
fn origin() -> String {
    let mut bytes = [0; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => format!("{:x}-{:x}", std::process::id(), SystemClock.now().as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscribed(count: i64) -> PushInfo {
        PushInfo {
            kind: PushKind::Subscribe,
            data: vec![Value::BulkString(b"c".to_vec()), Value::Int(count)],
        }
    }

    #[test]
    fn what_comes_over_a_connection_that_was_given_up_says_nothing_of_the_one_in_use() {
        let feeds = Feeds::new(Keys::new("modelpin", "main"));
        let first = feeds.life();
        feeds.hear(first, &subscribed(CHANNELS));
        assert!(feeds.listens());
        let second = first.next();
        feeds.begins(second);
        assert!(!feeds.listens(), "nothing is heard at first");
        feeds.hear(first, &subscribed(CHANNELS));
        assert!(!feeds.listens(), "the library brought the old one back");
        feeds.hear(second, &subscribed(CHANNELS));
        let gone = PushInfo {
            kind: PushKind::Disconnection,
            data: Vec::new(),
        };
        feeds.hear(first, &gone);
        assert!(feeds.listens(), "and takes it away");
        feeds.hear(second, &gone);
        assert!(!feeds.listens());
    }
}
