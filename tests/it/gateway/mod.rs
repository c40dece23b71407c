//! The gateway, over real connections: a provider on loopback behind it, a client before it.

mod api;
mod board;
mod bots;
mod caching;
mod clients;
mod doors;
mod failover;
mod hostile;
mod limits;
#[cfg(feature = "cli")]
mod logged;
mod metrics;
mod page;
mod passing;
mod reload;
mod served;
#[cfg(feature = "redis")]
mod shared;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod siege;
mod streams;
#[cfg(feature = "otel")]
mod traced;
mod upstream;
mod web;
