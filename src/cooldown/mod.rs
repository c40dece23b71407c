//! Who rests until when: what failures mean for the requests that come after.
//!
//! The [`CooldownLedger`] is told outcomes and answers with a [`Rest`](crate::outcome::Rest) for an account and a
//! model. It does not know requests, sessions or order.
//!
//! Read `cell.rs` first: a [`Cell`] is what is known of one kind of failure, and copies of it can be joined in any order.
//! `ledger.rs` has all cells, `policy.rs` the steps.

mod cell;
mod ledger;
mod policy;
#[cfg(test)]
mod tests;

pub use cell::{Alone, Cell, CellKey, EARLY_TRIES, End, NEAR_END, Standing, TRIAL_LASTS};
pub use ledger::{AccountKey, Changed, CooldownLedger, Told};
pub use policy::Policy;
pub(crate) use policy::is_transient;
