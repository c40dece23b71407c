//! What does a person see who watches? The board: providers, candidates, pins and the last decisions, as they change.
//!
//! `GET /v1/events` sends it as server-sent events (WHATWG HTML, section 9.2): the whole board at once, and the whole board
//! again when something in it is another than before. It is looked at only while somebody watches. It refuses to have an
//! opinion of its own: providers and candidates are the reply to `/model status`, pins and decisions are read from where the
//! resolver keeps them, and whoever may not see a profile in a chat does not see it here.
//!
//! Read `state.rs` first: what is on the board. `pins.rs`, `decisions.rs` and `store.rs` gather it, `watching.rs` is one watcher.

mod decisions;
mod pins;
mod state;
mod store;
mod watching;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::asking::Asking;
use super::callers::Caller;
use super::dialect::{Dialect, Kind};
use super::gate::Gate;
use super::refused::Refused;
pub(super) use store::store;
use watching::Watching;

/// `GET /v1/events`: the board of the chat that the headers name.
pub(super) async fn events(
    State(gate): State<Arc<Gate>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response<Body> {
    let asking = match Asking::of(&caller, &headers) {
        Ok(asking) => asking,
        Err(wrong) => {
            return Refused::of(Kind::Invalid, "bad-header", &wrong.to_string()).answer(Dialect::Completions);
        }
    };
    if let Err(unknown) = gate.modelpin.resolver().snapshot().syntax(asking.session.agent()) {
        return Refused::of(Kind::NotFound, "unknown-agent", &unknown.to_string())
            .answer(Dialect::Completions);
    }
    let Some(place) = gate.watchers.admit() else {
        let mut full = Refused::of(
            Kind::Overloaded,
            "too-many-watchers",
            "as many as there is room for watch already; close a page, and try again",
        )
        .answer(Dialect::Completions);
        full.headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("5"));
        return full;
    };
    let watching = Watching::new(gate, caller, asking, headers, place);
    let mut answer = Response::new(Body::from_stream(watching.stream()));
    *answer.status_mut() = StatusCode::OK;
    let fields = answer.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
