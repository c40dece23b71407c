//! The contract, sentence by sentence: each test is named after one, and is played on a `ModelPin` over real files.
//!
//! Some sentences have whole rooms of tests besides: 1 `command::`, 2 and 12 `scenario`, 9 `resolver::walk::tests`,
//! 10 [`renewal`], 11 `storm::` and `stores::`.

mod chats;
#[cfg(feature = "oauth")]
mod renewal;
mod requests;
mod world;
