//! How does an operator change what is set up: credentials, orders, defaults?
//!
//! Every change is made under the lock of the file that it changes, on the content that is there at that moment, and
//! replaces the file as a whole. What it does not understand it leaves as it stands.
//!
//! It refuses to know what a terminal is. Read `place.rs` first.

mod place;

pub use place::{Place, PlaceError};
