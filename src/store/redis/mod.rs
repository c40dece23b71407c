//! What several machines know together, in Redis or Valkey: pins, failures and rests.
//!
//! The truth is in the server, and each process has a copy in memory, which is what requests look at: no request waits for
//! the server. A change is made by a script on the server, from the version that it was made from, and told to all by a
//! message. Messages that are sent while a process is cut off are lost; so whenever it was, it reads everything anew, and
//! brings back what the server has lost meanwhile.
//!
//! A change that is refused has not happened, and does not happen later: a script that comes late does nothing, by the
//! server's own clock, and a change whose answer was lost is taken back when the server can be asked again.
//!
//! The clocks of the machines may differ: [`Redis::clock`] tells the server's time, and all of them go by that.
//!
//! Read `link.rs` first. `address.rs` says where, `keys.rs` how things are named, `fleet.rs` who else is there; `feed.rs` has the
//! news; `pins.rs` and `ledger.rs` are the ports, `doubts.rs` what became of a change that nobody answered.

mod address;
mod clock;
mod doubts;
mod feed;
mod fleet;
mod keys;
mod ledger;
mod link;
mod pins;
mod trouble;

use std::sync::Arc;

use self::link::Link;

pub use address::{Address, AddressError};
pub use clock::ServerClock;
pub use fleet::{Fleet, FleetError};
pub use ledger::RedisLedger;
pub use link::Health;
pub use pins::RedisPins;
pub use trouble::Trouble;

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
        Ok(Self(Link::connect(address, fleet).await?))
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

    /// Where the server is, without its password.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.0.address()
    }
}
