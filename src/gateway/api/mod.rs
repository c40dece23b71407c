//! How does a bot in another language use the middleware? It posts what people write and what they press, and is told
//! what to do.
//!
//! `chat.rs` takes messages and presses, `complete.rs` what is being typed, `sessions.rs` shows and clears the pin of a chat, `told.rs` explains and tells the
//! status, `decisions.rs` looks back. `body.rs` and `query.rs` read what was sent, `fields.rs` and `asked.rs` judge it, and
//! `fault.rs` says what is wrong with it. `document/` describes all of it. It refuses to know how anything is decided.
//!
//! What a caller names is its own: chats are kept apart by token, and nobody is the operator here. A field or a parameter
//! that is not known is refused, so that a slip is not passed over.

mod asked;
mod body;
mod chat;
mod complete;
mod decisions;
mod document;
mod fault;
mod fields;
mod query;
mod sessions;
mod surface;
mod told;

use std::sync::Arc;

use axum::routing::{delete, get, post};
use axum::{Extension, Router};

use super::gate::Gate;
use crate::clock::Timestamp;

/// Since when it serves.
#[derive(Debug, Clone, Copy)]
struct Since(Timestamp);

/// The paths of the middleware.
pub(super) fn routes(gate: &Arc<Gate>) -> Router<Arc<Gate>> {
    let since = Since(gate.modelpin.resolver().now());
    let document = document::Served::new(gate.guard.wants_tokens());
    Router::new()
        .route("/v1/chat/handle", post(chat::handle))
        .route("/v1/chat/press", post(chat::press))
        .route("/v1/chat/autocomplete", post(complete::autocomplete))
        .route("/v1/sessions/{session}", get(sessions::show))
        .route("/v1/sessions/{session}/pin", delete(sessions::clear))
        .route("/v1/explain", get(told::explain))
        .route("/v1/status", get(told::status))
        .route("/v1/decisions", get(decisions::list))
        .route("/openapi.json", get(document::serve))
        .layer(Extension(since))
        .layer(Extension(document))
}
