//! Where state is kept: one small trait for each kind of record, and one law that every backend is held to.
//!
//! [`PinStore`] keeps pins. A write names the version that it was made from and either happens as a whole or not at
//! all; a store that cannot keep a record says so. [`conformance`] is the law as a function: a new backend runs it in
//! its own tests. The backend in this crate is [`memory::MemoryPins`].

pub mod conformance;
pub mod memory;
mod pins;

pub use pins::{PinStore, PinStoreError};
