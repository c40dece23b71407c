//! The real binary, as somebody meets it who has never seen the code: arguments and bytes in, bytes and an exit code
//! out.
//!
//! Every process starts in a [`home`] of its own, with an environment that holds nothing but what the test gives it.
//! Providers are real servers on loopback ([`provider`]). A file a command; `talk.rs` is `modelpin chat` away from a
//! terminal, `wire.rs` what it sends to providers, `screen.rs` the same on a pseudo-terminal.

mod home;
mod keep;
mod leaks;
mod provider;

mod bench;
mod check;
mod classify;
mod closed_world;
mod contrib;
mod defaults;
mod doctor;
mod events;
mod explain;
mod login;
mod parse;
mod pins;
mod register;
mod screen;
mod shell;
mod status;
mod store;
mod talk;
mod typed;
mod usage;
mod why;
mod wire;
