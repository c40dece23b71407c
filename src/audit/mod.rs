//! What was decided, changed and done, and why: the words for it, and the last of it in memory.
//!
//! A [`Record`] tells of one thing: a request and where it went ([`Decision`]), a pin that somebody changed
//! ([`Change`]), or what an operator did ([`Operator`]). It is written as one line of JSON ([`Record::to_json`]), and
//! told to people in short lines ([`told`]). [`AuditLog`] keeps the last ones.
//!
//! There is no place in a record for a secret or for what somebody wrote: names, ids, moments, and codes that stand in
//! the source of a program ([`Code`]). This folder refuses to know where records are kept for good: that is
//! [`AuditStore`](crate::store::AuditStore).
//!
//! Read `record.rs` first; `json.rs` has the names of the JSON, `telling.rs` the words for people, `log.rs` the ring.

mod code;
mod json;
mod log;
mod record;
mod telling;

pub use code::Code;
pub use json::BadRecord;
pub use log::{AuditLog, Room};
pub use record::{
    Attempt, Became, Change, Crossing, Decision, Kind, Operator, Record, Requested, Served, Setting,
};
pub use telling::{Line, Piece, told};
