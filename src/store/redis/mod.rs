//! What several machines know together, in Redis or Valkey: pins, failures and rests.
//!
//! The truth is in the server, and each process has a copy in memory, which is what requests look at: no request waits for
//! the server. A change is made by a script on the server, from the version that it was made from, and told to all by a
//! message. Messages that are sent while a process is cut off are lost; so whenever it was, it reads everything anew, and
//! brings back what the server has lost meanwhile. Versions go by the server's time, so that the newest record of a scope is
//! the one that was made last, whoever made it and whatever was lost before.
//!
//! A change that is refused has not happened, and does not happen later: a script that comes late does nothing, by the
//! server's own clock, and a change whose answer was lost is taken back when the server can be asked again.
//!
//! The clocks of the machines may differ: [`Redis::clock`] tells the server's time, and all of them go by that.
//!
//! Read `link.rs` first. `address.rs` says where, `keys.rs` how things are named, `fleet.rs` who else is there; `heart.rs` sees
//! how the server is, `hearing.rs` and `feed.rs` have the news. `pins.rs`, `ledger.rs` and `sign_ins.rs` are the ports;
//! `written.rs` is how pins are written there, `sealed.rs` and `seal.rs` how sign-ins are, so that nobody else can read them.
//! `doubts.rs` is what became of a change that nobody answered, `pace.rs` how fast everything is read, `vitals.rs` what is
//! counted, `survey.rs` what an operator asks a server.

mod address;
mod clock;
mod doubts;
mod feed;
mod fleet;
mod hearing;
mod heart;
mod keys;
mod ledger;
mod link;
mod pace;
mod pins;
mod seal;
mod sealed;
mod sign_ins;
mod survey;
mod trouble;
mod vitals;
mod written;

use std::sync::Arc;

use self::link::{Link, Stay};

pub use address::{Address, AddressError, Way};
pub use clock::ServerClock;
pub use fleet::{Fleet, FleetError};
pub use ledger::RedisLedger;
pub use link::Health;
pub use pins::RedisPins;
pub use sign_ins::RedisSignIns;
pub use survey::{Keeps, Rights, Survey};
pub use trouble::Trouble;
pub use vitals::Vitals;
#[cfg(all(feature = "setup", feature = "sqlite"))]
pub(crate) use written::ends;

/// A server that several machines share. Copies are the same one.
///
/// What it hands out shares one connection: take one `Redis` for an address, and everything from it. The connection is
/// held in a task of the runtime in which it was [made](Self::connect), until the last copy is dropped.
#[derive(Debug, Clone)]
pub struct Redis(Arc<Link>);

impl Redis {
    /// Connects, sees that what is kept there is ours, and listens to what others change.
    ///
    /// Must be called within a Tokio runtime that has a timer and network.
    ///
    /// # Errors
    /// [`Trouble`] if the server cannot be reached, does not let us in, or has the keys of another fleet or of a newer
    /// modelpin under the prefix. Nothing is changed there then.
    pub async fn connect(address: Address, fleet: Fleet) -> Result<Self, Trouble> {
        Ok(Self(Link::connect(address, fleet, Stay::Settles).await?))
    }

    /// The same for somebody who only looks: where nobody was before, no mark of the fleet is left.
    ///
    /// # Errors
    /// [`Trouble`], as with [`connect`](Self::connect).
    pub async fn visit(address: Address, fleet: Fleet) -> Result<Self, Trouble> {
        Ok(Self(Link::connect(address, fleet, Stay::Visits).await?))
    }

    /// The pins in it. One taker: each copy of the answer would take the other's news.
    #[must_use]
    pub fn pins(&self) -> RedisPins {
        RedisPins::on(Arc::clone(&self.0))
    }

    /// The failures and rests in it. One taker, as with [`pins`](Self::pins).
    #[must_use]
    pub fn ledger(&self) -> RedisLedger {
        RedisLedger::on(Arc::clone(&self.0))
    }

    /// The sign-ins in it. One taker of its news, as with [`pins`](Self::pins).
    #[must_use]
    pub fn sign_ins(&self) -> RedisSignIns {
        RedisSignIns::on(Arc::clone(&self.0))
    }

    /// The server's time, which is the same for all who use it. Before the first answer, and while the server is away, it
    /// goes on by the clock of this machine.
    #[must_use]
    pub fn clock(&self) -> ServerClock {
        ServerClock(Arc::clone(self.0.offset()))
    }

    /// How the connection is, as the last heartbeat found it.
    #[must_use]
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// What became of changes and news since this process began.
    #[must_use]
    pub fn vitals(&self) -> Vitals {
        self.0.vitals()
    }

    /// Asks the server what an operator should know of it. Nothing is changed there. What the server does not let our user
    /// ask is left out.
    ///
    /// # Errors
    /// [`Trouble`] if it does not answer.
    pub async fn survey(&self) -> Result<Survey, Trouble> {
        let survey = survey::survey(&self.0).await;
        survey.map_err(|what| what.at(self.0.address()))
    }

    /// Where the server is, without its password.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.0.address()
    }
}
