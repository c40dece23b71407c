//! What can be tried without an account? A provider in this very process.
//!
//! [`DemoServer`] is a real HTTP server on loopback that speaks the Anthropic wire: the chat reaches it the way it
//! reaches every provider, so that pins, failover and broken streams are the real ones. It refuses to know the
//! engine: it sees requests with keys, and tells which profile a key belongs to.
//!
//! Read `script.rs` first: what it answers to which prompt. `frames.rs` writes that as Anthropic's events and
//! errors, `server.rs` listens, `world.rs` has the
//! profiles and the files.

mod frames;
mod script;
mod server;
mod world;

pub use script::MODELS;
pub use server::DemoServer;
pub use world::{DemoError, DemoWorld};
