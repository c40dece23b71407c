//! The command language: worked cases, the grammar as an oracle, printing, and what holds for every message.

mod every_message;
mod grammar;
mod messages;
mod page;
mod printing;
mod recogniser;
