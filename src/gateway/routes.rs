//! The paths that are no provider's.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::api;
use super::dialect::{Dialect, Kind, json_answer};
use super::gate::Gate;
use super::metrics;
use super::refused::Refused;
use super::{board, page};

/// Whether a path needs no token: it tells nothing of anybody.
pub(super) fn is_open(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/openapi.json") || page::is_of_the_page(path)
}

pub(super) fn routes(gate: Arc<Gate>) -> Router {
    page::routes(Router::new())
        .route("/v1/events", get(board::events))
        .merge(api::routes(&gate))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics::metrics))
        .method_not_allowed_fallback(async |method: Method| {
            // The router adds `allow` to either.
            if method == Method::OPTIONS {
                return StatusCode::NO_CONTENT.into_response();
            }
            Refused::of(Kind::Invalid, "method", "this path does not take this method")
                .with_status(StatusCode::METHOD_NOT_ALLOWED)
                .answer(Dialect::Completions)
        })
        .fallback(|| async {
            Refused::of(Kind::NotFound, "no-such-path", "there is nothing at this path")
                .answer(Dialect::Completions)
        })
        .with_state(gate)
}

/// The process answers.
async fn healthz() -> Response<Body> {
    json_answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Requests can be served: the credentials of the default agent can be read.
///
/// A store that is away is told, and is no reason not to be asked: requests go on with what is in memory, and a balancer
/// that took every gateway out would make a small trouble a large one.
async fn readyz(State(gate): State<Arc<Gate>>) -> Response<Body> {
    match gate.modelpin.resolver().snapshot().book(None) {
        Ok(_) => {
            let mut ready = json!({ "status": "ready" });
            if let Some(store) = board::store(&gate) {
                ready["store"] = store.word().into();
            }
            json_answer(StatusCode::OK, &ready)
        }
        Err(_) => json_answer(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "not-ready", "code": "unreadable-credentials" }),
        ),
    }
}
