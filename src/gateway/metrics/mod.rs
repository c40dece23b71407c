//! `GET /metrics`: Prometheus' text format.
//!
//! The encoder writes OpenMetrics, in which a counter's name has no `_total` where it is described. Prometheus' own
//! format, which every scraper reads, has it there too.
//!
//! `standing.rs` asks the engine how things stand when somebody looks, `store.rs` the shared store; what passed is counted by the meter.
//!
//! Sources: `prometheus.io/docs/instrumenting/exposition_formats`, `prometheus.io/docs/specs/om/open_metrics_spec`.

mod standing;
#[cfg(feature = "redis")]
mod store;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use prometheus_client::encoding::text::encode_registry;

use crate::gateway::dialect::{Dialect, Kind};
use crate::gateway::gate::Gate;
use crate::gateway::refused::Refused;

/// What was counted, and how things stand now.
pub(super) async fn metrics(State(gate): State<Arc<Gate>>) -> Response<Body> {
    let mut text = String::with_capacity(8 * 1024);
    let written = encode_registry(&mut text, &gate.meter.registry)
        .and_then(|()| encode_registry(&mut text, &standing::registry(&gate)));
    if written.is_err() {
        return Refused::of(Kind::Failed, "metrics", "the metrics cannot be written")
            .with_status(StatusCode::INTERNAL_SERVER_ERROR)
            .answer(Dialect::Completions);
    }
    let mut answer = Response::new(Body::from(described(&text)));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

/// The same text with counters described by their whole names.
fn described(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let told = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' '));
        let kind = told.and_then(|(name, _)| {
            let next = lines.peek()?.strip_prefix("# TYPE ")?;
            next.strip_prefix(name)?.strip_prefix(' ')
        });
        match (told, kind) {
            (Some((name, help)), Some("counter")) => {
                out.push_str(&format!(
                    "# HELP {name}_total {help}\n# TYPE {name}_total counter\n"
                ));
                lines.next();
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_alone_are_described_by_another_name() {
        let text = "# HELP a_b Of b.\n# TYPE a_b counter\na_b_total{x=\"# HELP\"} 1\n# HELP c Of c.\n# TYPE c gauge\nc 2\n";
        let expected = "# HELP a_b_total Of b.\n# TYPE a_b_total counter\na_b_total{x=\"# HELP\"} 1\n# HELP c Of c.\n# TYPE c gauge\nc 2\n";
        assert_eq!(described(text), expected);
    }
}
