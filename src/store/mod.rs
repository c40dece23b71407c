//! Where state is kept: one small trait for each kind of record, and one law that every backend is held to.
//!
//! [`PinStore`] keeps pins. A write names the version that it was made from and either happens as a whole or not at
//! all; a store that cannot keep a record says so. [`LedgerStore`] keeps what is known of failures, in cells that are
//! joined in any order. [`AuditStore`] keeps what was decided, the last rows of it, and does not know what they say.
//!
//! [`conformance`] is the law of each as a function: a new backend runs it in its own tests. The backends in this crate
//! are those in [`memory`] and, with the feature `sqlite`, `sqlite::SqliteStore`, which is all three in one file.

mod audit;
mod audit_law;
pub mod conformance;
mod ledger;
pub mod memory;
mod memory_audit;
mod pins;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use audit::{AuditStore, AuditStoreError, Row};
pub use ledger::{CellNews, Claimed, LedgerStore, LedgerStoreError, claimed};
pub use pins::{News, PinStore, PinStoreError};
