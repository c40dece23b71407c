//! The middleware over HTTP: what bots in other languages ask, and what they are told.

mod chat;
mod decisions;
mod document;
mod own;
mod refused;
mod sessions;
mod surfaces;
mod world;
