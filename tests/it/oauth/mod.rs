//! Signing in and renewal, against an OAuth server that nobody here wrote.
//!
//! [`provider`] starts it, [`browser`] plays the person's browser. Where there is no node at all these tests say so on standard
//! error and pass over; nothing else is passed over.

mod answers;
pub(crate) mod browser;
mod exchange;
pub(crate) mod provider;
pub(crate) mod renewal;
