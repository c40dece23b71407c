//! Requests and attempts as spans, for whoever collects traces.
//!
//! They have a target of their own, so that a collector can have them without the log, whose lines name profiles, and so
//! that the log stays without them. Where nobody listens a span costs a look at one atomic. A span tells a model and what
//! became of it: no profile, no chat, no caller, and nothing that was said.

use std::time::Duration;

use http::{HeaderMap, Response};
use tracing::Span;
use tracing::field::{Empty, display};

use super::heads::MODEL;
use crate::gateway::dialect::Dialect;
use crate::gateway::refused::DECISION;
use crate::gateway::refused::Refused;
use crate::gateway::refused::milliseconds;
use crate::gateway::traces::TARGET;
use crate::model::ModelRef;

/// A request of a client, until its answer begins. With the feature `otel` its parent is what `traceparent` names.
///
/// Source: `www.w3.org/TR/trace-context`.
pub(super) fn request(dialect: Dialect, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        target: TARGET, parent: None, "request",
        otel.kind = "server", otel.status_code = Empty,
        ?dialect, decision = Empty, model = Empty, class = Empty, status = Empty,
    );
    #[cfg(feature = "otel")]
    if !span.is_disabled() {
        crate::gateway::traces::within(&span, headers);
    }
    #[cfg(not(feature = "otel"))]
    let _ = headers;
    span
}

/// It is answered by a provider.
pub(super) fn answered<B>(span: &Span, answer: &Response<B>) {
    if span.is_disabled() {
        return;
    }
    for (field, name) in [("decision", DECISION), ("model", MODEL)] {
        if let Some(value) = answer.headers().get(name).and_then(|value| value.to_str().ok()) {
            span.record(field, value);
        }
    }
    span.record("class", "answered");
    span.record("status", answer.status().as_u16());
}

/// It gets an error with this status.
pub(super) fn refused(span: &Span, refused: &Refused, status: u16) {
    if span.is_disabled() {
        return;
    }
    if let Some(decision) = refused.decision() {
        span.record("decision", decision);
    }
    let last = refused.failed_last();
    if let Some(last) = last {
        span.record("model", display(&last.model));
    }
    span.record("class", last.map_or("refused", |last| last.class.as_str()));
    span.record("status", status);
    // What a client did wrong is no fault of a server, by OpenTelemetry's conventions for HTTP.
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// A provider is asked, until its answer begins.
pub(super) fn attempt(model: &ModelRef) -> Span {
    tracing::info_span!(
        target: TARGET, "attempt",
        otel.kind = "client", otel.status_code = Empty,
        %model, class = Empty, ms = Empty,
    )
}

/// What became of an attempt: `answered`, or the class of its failure.
pub(super) fn attempted(span: &Span, class: &str, took: Duration) {
    if span.is_disabled() {
        return;
    }
    span.record("class", class);
    span.record("ms", milliseconds(took));
    if class != "answered" {
        span.record("otel.status_code", "ERROR");
    }
}
