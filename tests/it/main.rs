//! The one integration binary: a module for each subject.

mod adapters;
mod allocation;
mod body_props;
mod buttons;
mod classify;
#[cfg(all(feature = "cli", unix))]
mod cli;
mod command;
mod config;
#[cfg(feature = "cli")]
mod contract;
#[cfg(feature = "setup")]
mod corpus;
mod credentials;
#[cfg(feature = "cli")]
mod demo;
mod fill;
#[cfg(all(feature = "redis", unix))]
mod fleet;
mod floors;
#[cfg(all(feature = "gateway", unix))]
mod gateway;
mod models;
#[cfg(all(feature = "cli", unix))]
mod oauth;
mod order;
mod order_props;
mod places;
mod promptly;
mod readme;
mod records;
mod registration;
mod render;
mod rooms;
mod scale;
mod scenario;
#[cfg(feature = "cli")]
mod simulate;
mod stores;
#[cfg(all(feature = "setup", unix))]
mod storm;
mod supply;
#[cfg(all(feature = "setup", feature = "sqlite", unix))]
mod walk;
mod wire;
#[cfg(feature = "client")]
mod wire_client;
mod words;
