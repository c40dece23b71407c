//! The gateway, over real connections: a provider on loopback behind it, a client before it.

mod board;
mod caching;
mod clients;
mod doors;
mod failover;
mod limits;
mod page;
mod passing;
mod reload;
mod served;
mod streams;
mod upstream;
mod web;
