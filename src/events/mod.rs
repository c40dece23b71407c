//! Who hears of an [`Event`](crate::event::Event), and how often?
//!
//! [`Events`] is the hub: it is told what happened, drops what is no news, writes the rest to the log, hands it to
//! everybody who listens, and lets it be delivered to the operator's command and webhook. Telling it never waits.
//!
//! It refuses to know what makes an event: whoever renews, ranks and leases says so. It keeps nothing on disk: a new
//! process tells again what still holds.
//!
//! Read `hub.rs` first. `news.rs` says what is news, `outlet.rs` is a queue with its task, `target.rs` what stands at
//! its end: `command.rs` or `webhook.rs`.

#[cfg(all(unix, feature = "events"))]
mod command;
mod hub;
mod news;
mod outlet;
mod target;
#[cfg(feature = "client")]
mod webhook;

#[cfg(test)]
mod tests;

pub use hub::{Events, EventsError, News};
pub use outlet::QUEUE;
pub use target::{DeliveryError, Limits, Target, TargetError};
