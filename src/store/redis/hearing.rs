//! What is heard of others.

use std::sync::atomic::{AtomicBool, Ordering};

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
    /// Whether messages come over the connection that there is now, as far as is known.
    listening: AtomicBool,
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
            listening: AtomicBool::new(false),
        }
    }

    /// Whether messages come over the connection that there is now, as far as is known.
    pub(super) fn listens(&self) -> bool {
        self.listening.load(Ordering::SeqCst)
    }

    /// On a new connection nothing is heard at first.
    pub(super) fn is_deaf(&self) {
        self.listening.store(false, Ordering::SeqCst);
    }

    /// A message, or that there will be none for a while.
    pub(super) fn hear(&self, told: &PushInfo) {
        match told.kind {
            PushKind::Disconnection => {
                self.listening.store(false, Ordering::SeqCst);
                self.lost();
            }
            // With the first channel a connection begins to listen: what was told before is not known.
            PushKind::Subscribe => match &*told.data {
                [_, Value::Int(1)] => self.lost(),
                [_, Value::Int(CHANNELS)] => self.listening.store(true, Ordering::SeqCst),
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
