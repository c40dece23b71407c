//! Where state is kept: one small trait for each kind of record, and one law for each that every backend is held to.
//!
//! [`PinStore`] keeps pins. A write names the version that it was made from and either happens as a whole or not at
//! all; a store that cannot keep a record says so. [`LedgerStore`] keeps what is known of failures: cells that are joined,
//! and the one trial of each window, which one of many processes gets.
//! [`SignInStore`] lets machines share sign-ins: who renews one, how far that has come, and the newest tokens.
//! [`AuditStore`] keeps what was decided, the last rows of it, and does not know what they say. [`conformance`] has the laws as functions: a new
//! backend runs them in its own tests. The backends in this crate are [`memory`] and, with the feature `sqlite`,
//! `sqlite::Database`, and with the feature `redis`, for several machines, `redis::Redis`.

mod audit;
mod audit_law;
pub mod conformance;
mod generation;
mod ledger;
pub mod memory;
mod memory_audit;
mod memory_sign_ins;
mod pins;
#[cfg(feature = "redis")]
pub mod redis;
mod sign_ins;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "redis", feature = "sqlite"))]
mod stored;

pub use audit::{AuditStore, AuditStoreError, Row};
pub use generation::Generation;
pub use ledger::{Claim, Claimed, LedgerNews, LedgerStore, LedgerUnavailable, Trial};
pub use pins::{Extent, News, PinStore, PinStoreError, WhenOlder};
pub use sign_ins::{
    Claiming, Fence, Progress, REMEMBERED, RenewalNote, SharedSignIn, SignInName, SignInNews, SignInRecord,
    SignInStore, SignInsError, SignedIn,
};
