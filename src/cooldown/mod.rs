//! Who rests until when: what failures mean for the requests that come after.
//!
//! The [`CooldownLedger`] is told outcomes and answers with a [`Rest`](crate::outcome::Rest) for an account and a
//! model. It does not know requests, sessions or order. Start with `ledger.rs`; `policy.rs` has the steps.

mod ledger;
mod policy;

pub use ledger::{AccountKey, CooldownLedger};
pub use policy::Policy;
