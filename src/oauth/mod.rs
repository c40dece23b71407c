//! How does a person sign in, and how is a sign-in renewed, as far as the network goes?
//!
//! [`Description`] says where; [`refresh`], [`code`] and [`device_poll`] each make one request to the token endpoint and tell
//! what became of it, so precisely that the caller knows whether a token may have been used up. Nothing here tries twice,
//! follows a redirect, or writes a file.
//!
//! For a yes in a browser, [`Authorization`] makes the address and checks the answer, and [`Listener`] is what the browser comes
//! back to.
//!
//! [`Refresher`] renews the sign-ins of a store with these: once, however many callers and processes want it. What is to be
//! done next is said by the [`machine`]; what was under way when a process died is in the [`journal`].
//!
//! Where several machines share sign-ins, one of them renews, and all have the new tokens: `fleet.rs` asks the others, `lines.rs`
//! says which copy is newer.
//!
//! It refuses to know who may be asked. Read `description.rs` first, then `exchange.rs`; for renewal `machine/mod.rs`, then
//! `refresher.rs`.

mod authorization;
mod claims;
mod description;
mod device;
mod errand;
mod exchange;
mod fleet;
mod flight;
mod generation;
pub mod journal;
mod keeper;
mod lines;
mod listener;
pub mod machine;
mod post;
mod refresher;
mod renewal;
mod seen;
mod tokens;

pub use crate::config::{Reuse, Style};
pub use authorization::{AnswerError, Authorization, BeginError};
pub use description::{Description, DescriptionError};
pub use device::{DeviceCode, Poll, device_code, device_poll};
pub use exchange::{ExchangeError, code, refresh};
pub use listener::{ListenError, Listener};
pub use refresher::Refresher;
pub use tokens::Tokens;
