//! Does what others build on this library keep its promises?
//!
//! A kit is a function that somebody else's tests call: it builds worlds, asks, and returns what was tried or which claim
//! does not hold. It knows no platform and draws nothing itself. The law of stores is elsewhere, beside their traits:
//! [`store::conformance`](crate::store::conformance).
//!
//! Read [`adapter`] first: it is for whoever shows replies on a platform.

pub mod adapter;
