//! Where state is kept: one small trait for each kind of record, and one law that every backend is held to.
//!
//! [`PinStore`] keeps pins. A write names the version that it was made from and either happens as a whole or not at
//! all; a store that cannot keep a record says so. [`conformance`] is the law as a function: a new backend runs it in
//! its own tests. The backends in this crate are
//! [`memory::MemoryPins`] and, with the feature `sqlite`, `sqlite::SqlitePins`.

pub mod conformance;
pub mod memory;
mod pins;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use pins::{News, PinStore, PinStoreError};
