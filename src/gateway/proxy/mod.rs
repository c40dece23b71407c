//! How does a client of a provider get its answer, with the model and the credential that a person chose?
//!
//! [`pass`] takes a request as the client's library wrote it, asks the resolver, and sends it on: `asked.rs` takes the body
//! in, `errand.rs` walks from credential to credential, `heads.rs` says which header fields go which way, `opening.rs` looks
//! at the first event of a stream, `answer.rs` lets the rest pass, and `said.rs` tells what a provider said of the request
//! itself. `spans.rs` is for traces.
//! It refuses to know what a body says but for the model's name and where caches may begin.

mod answer;
mod asked;
mod errand;
mod heads;
mod opening;
mod said;
mod spans;

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tracing::Instrument;

use super::asking::Asking;
use super::callers::Caller;
use super::dialect::{Dialect, Kind};
use super::gate::Gate;
use super::meter::Became;
use super::refused::Refused;

/// Passes a request on, and its answer back.
pub(super) async fn pass(
    gate: &Arc<Gate>,
    dialect: Dialect,
    caller: Caller,
    request: Request<Incoming>,
) -> Response<Body> {
    let begun = Instant::now();
    let (head, body) = request.into_parts();
    let span = spans::request(dialect, &head.headers);
    let passed = async {
        // Whoever comes when all places are taken need not send a body first.
        if gate.in_flight.available_permits() == 0 {
            return Err(busy());
        }
        let asking = Asking::of(&caller, &head.headers)
            .map_err(|wrong| Refused::of(Kind::Invalid, "bad-header", &wrong.to_string()))?;
        let body = asked::read(body, &head.headers, gate.limits, &gate.room).await?;
        // A place is for a request that can be sent: a body that drips in must not keep others from theirs.
        let place = Arc::clone(&gate.in_flight)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        errand::run(gate, dialect, asking, head, body, begun, place).await
    };
    match passed.instrument(span.clone()).await {
        Ok(answer) => {
            spans::answered(&span, &answer);
            answer
        }
        Err(refused) => {
            if refused.nobody_was_asked {
                gate.meter.request(None, Became::Refused);
            }
            spans::refused(&span, &refused, refused.status(dialect).as_u16());
            refused.took(begun.elapsed()).answer(dialect)
        }
    }
}

fn busy() -> Refused {
    Refused::of(
        Kind::Overloaded,
        "too-many-requests",
        "too many requests are under way in this gateway; try again in a moment",
    )
    .with_status(StatusCode::SERVICE_UNAVAILABLE)
    .waiting(1)
}
