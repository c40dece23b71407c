//! How does a provider want to be asked, and what does its stream say?
//!
//! It turns a model name and turns into an `http::Request`, puts a credential into its headers, and reads the
//! events that come back. It refuses to know which credential is the right one, what a failure leads to, and
//! where the configuration came from.
//!
//! Read `headers.rs` first: it is the one place where a secret goes into a request. `request.rs` builds the
//! request for each API, `body/` makes a caller's own body fit, `decode.rs` reads the events (`sse.rs` cuts them out of the bytes), and `client.rs`
//! (feature `client`) carries both over the network; what only passes through goes by `forward.rs`, on `connections.rs`.

mod address;
mod anthropic;
pub mod body;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod connections;
mod decode;
mod error;
#[cfg(feature = "client")]
mod failure;
#[cfg(feature = "client")]
mod forward;
mod headers;
#[cfg(feature = "client")]
mod line;
mod openai;
mod piece;
mod request;
mod responses;
mod sse;
#[cfg(feature = "client")]
mod stream;
mod turn;

pub use address::address;
#[cfg(feature = "client")]
pub use client::{Client, ClientError, Limits};
pub use decode::Decoder;
pub use error::WireError;
#[cfg(feature = "client")]
pub use failure::{Broken, Failure};
#[cfg(feature = "client")]
pub use forward::Passing;
pub(crate) use headers::add_beta;
pub use headers::present;
pub use piece::{Fault, Piece};
pub use request::request;
pub use sse::{EventTooLong, LONGEST_EVENT, SseDecoder, SseEvent};
#[cfg(feature = "client")]
pub use stream::AnswerStream;
pub use turn::{Role, Turn};
