//! Which model and which credential does this request get?
//!
//! [`Resolver::explain`] gathers the facts (pins, credentials, rests) and asks the rules; the [`Decision`] explains
//! every candidate and changes nothing. [`Resolver::resolve`] is the same decision, taken: a [`Lease`] with the
//! credential, on which the outcome is reported. There is no second opinion: status, the picker and `why` ask here.
//!
//! `book.rs` is what is known of one agent, `snapshot.rs` what was read from files, `decision.rs` the choice itself,
//! `walk.rs` the way of one request from candidate to candidate, `fence.rs` what keeps it from beginning to cost,
//! `ready/` what makes the same question cheap the next time.

mod agreeing;
mod attempts;
mod book;
mod course;
mod deciding;
mod decision;
mod engine;
mod fence;
mod follow;
mod from_files;
mod languages;
mod later;
mod learning;
mod lease;
mod looking_back;
mod models;
mod noting;
mod pins;
mod ready;
mod refusal;
mod renewal;
mod said;
mod sign_ins;
mod snapshot;
mod stores;
mod sweeping;
mod telling;
mod walk;

pub use attempts::Attempts;
pub use book::{Book, BookError};
pub use decision::{Decision, Found, PinnedNow, Selected, Trial};
pub use engine::{About, Question, ResolveError, Resolver};
pub use fence::{Crossing, Yes};
pub use follow::{Followed, follow_ledger};
pub use learning::Kept;
pub use lease::{Answer, FillError, Lease};
pub use pins::{Committed, Permit, Pins, freely};
pub use refusal::Refusal;
pub use renewal::Renewals;
pub use snapshot::{LoadError, MakeRefresher, Snapshot, Sources, UseEnvironment, random_seed};
pub use stores::{Opening, Stores, StoresError};
pub use walk::{Over, Tried, Turn, Walk};
