//! In which order are the profiles of a provider tried, and why not the others?
//!
//! [`rank`] is a pure function of an [`Ask`]: facts in, a [`Ranking`] out. It reads no file and no clock, and
//! the same facts give the same ranking. Every profile of the provider that the store or an order names is
//! either a candidate or excluded with one [`Reason`].
//!
//! It refuses to know what a request looks like, which model is meant, who asks (it is given `allowed`), and
//! what a secret says (it is given whether there is one).
//!
//! Read `rank.rs` first; `facts.rs` is what goes in, `ranking.rs` what comes out, `usable.rs` the rule for a
//! single profile.

mod base;
mod facts;
mod rank;
mod ranking;
mod usable;

pub use facts::{Ask, Declared, Expiry, ProfileFacts, SecretState, Source};
pub use rank::rank;
pub use ranking::{Basis, Candidate, Excluded, Ignored, Ranking, Reason};
