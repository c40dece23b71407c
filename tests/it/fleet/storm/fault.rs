//! What befalls Redis, and the ways to it.

use std::time::Duration;

use redis::aio::MultiplexedConnection;

use super::super::server::Server;
use super::super::way::{State, Way};
use crate::storm::faults::disk::Disk;

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Stopped,
    Frozen,
    Killed,
    Emptied,
    /// It answers after two seconds.
    Slow,
    /// One gateway is cut off from it.
    CutOff(usize),
    /// What one gateway sends and is sent comes when it is over.
    HeldOff(usize),
    /// It has no memory left.
    NoMemory,
    /// It has lost the servers that copy it, and takes no changes without them.
    NoCopies,
    /// The disk of its file is full.
    DiskFull,
    /// Its password was changed.
    Locked,
}

impl Fault {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Frozen => "frozen",
            Self::Killed => "killed",
            Self::Emptied => "emptied",
            Self::Slow => "slow",
            Self::CutOff(_) => "cut off for one",
            Self::HeldOff(_) => "held up for one",
            Self::NoMemory => "memory full",
            Self::NoCopies => "no copies",
            Self::DiskFull => "disk full",
            Self::Locked => "password changed",
        }
    }
}

/// Where it happens.
pub(super) struct Field {
    pub(super) server: Server,
    pub(super) ways: Vec<Way>,
    pub(super) disk: Disk,
}

impl Field {
    /// What can happen here.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![
            Fault::Stopped,
            Fault::Frozen,
            Fault::Killed,
            Fault::Emptied,
            Fault::Slow,
            Fault::CutOff(1),
            Fault::HeldOff(0),
            Fault::NoMemory,
            Fault::NoCopies,
            Fault::Locked,
        ];
        if self.disk.can_be_full() {
            faults.push(Fault::DiskFull);
        }
        faults
    }

    /// Begins it. What is returned is given to its end: whoever was let in before a password was changed.
    pub(super) async fn begin(&mut self, fault: Fault) -> Option<MultiplexedConnection> {
        match fault {
            Fault::Stopped => tokio::task::block_in_place(|| self.server.stop()),
            Fault::Frozen => self.server.freeze(),
            Fault::Killed => self.server.kill(),
            Fault::Emptied => {
                let _gone: String = self.server.ask(&["FLUSHALL"]).await;
            }
            Fault::Slow => {
                // There and back.
                let takes = Duration::from_secs(1);
                self.ways.iter().for_each(|way| way.is_now(State::Slow(takes)));
            }
            Fault::CutOff(who) => self.ways[who].is_now(State::Cut),
            Fault::HeldOff(who) => self.ways[who].is_now(State::Held),
            Fault::NoMemory => self.set("maxmemory", "1").await,
            Fault::NoCopies => self.set("min-replicas-to-write", "1").await,
            Fault::DiskFull => {
                // With `always` it would end itself.
                self.set("appendfsync", "everysec").await;
                self.disk.fill();
            }
            Fault::Locked => {
                let client = redis::Client::open(self.server.url()).expect("an address");
                let mut inside = client
                    .get_multiplexed_async_connection()
                    .await
                    .expect("a connection");
                let lock = ["CONFIG", "SET", "requirepass", "EXAMPLE-another-one"];
                let _locked: String = tell(&mut inside, &lock).await;
                for kind in ["normal", "pubsub"] {
                    let out = ["CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"];
                    let _out: usize = tell(&mut inside, &out).await;
                }
                return Some(inside);
            }
        }
        None
    }

    /// Ends it.
    pub(super) async fn end(&mut self, fault: Fault, inside: Option<MultiplexedConnection>) {
        match fault {
            Fault::Stopped | Fault::Killed => tokio::task::block_in_place(|| self.server.run()),
            Fault::Frozen => self.server.thaw(),
            Fault::Emptied => {}
            Fault::Slow => self.ways.iter().for_each(|way| way.is_now(State::Open)),
            Fault::CutOff(who) | Fault::HeldOff(who) => self.ways[who].is_now(State::Open),
            Fault::NoMemory => self.set("maxmemory", "0").await,
            Fault::NoCopies => self.set("min-replicas-to-write", "0").await,
            Fault::DiskFull => {
                self.disk.empty();
                self.set("appendfsync", "always").await;
            }
            Fault::Locked => {
                let mut inside = inside.expect("somebody is inside");
                let _open: String = tell(&mut inside, &["CONFIG", "SET", "requirepass", ""]).await;
            }
        }
    }

    async fn set(&self, what: &str, value: &str) {
        let _set: String = self.server.ask(&["CONFIG", "SET", what, value]).await;
    }
}

async fn tell<T: redis::FromRedisValue>(inside: &mut MultiplexedConnection, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command.query_async(inside).await.expect("an answer")
}
