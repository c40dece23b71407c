//! What a collector of traces has to know of the gateway.

#[cfg(feature = "otel")]
use http::HeaderMap;

/// The target of the gateway's spans, and of nothing else: what listens to it hears of requests and attempts, and of no
/// log line.
pub const TARGET: &str = "traces-of-modelpin";

/// Puts a span below the one that the caller's `traceparent` names; where there is none that can be read, it is a root.
#[cfg(feature = "otel")]
pub(super) fn within(span: &tracing::Span, headers: &HeaderMap) {
    use opentelemetry::propagation::TextMapPropagator;
    use opentelemetry::trace::TraceContextExt;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    let context = TraceContextPropagator::new().extract(&Parent(headers));
    if context.span().span_context().is_valid() {
        // Without a layer that exports there is nobody to tell.
        let _ = span.set_parent(context);
    }
}

/// The id of the caller's span. What else a caller may write for its own collector (`tracestate`, `baggage`) is not taken.
#[cfg(feature = "otel")]
struct Parent<'h>(&'h HeaderMap);

#[cfg(feature = "otel")]
impl opentelemetry::propagation::Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut values = self.0.get_all(key).iter();
        let first = values.next().filter(|_| key == "traceparent")?;
        // Of two parents none is right.
        values.next().is_none().then(|| first.to_str().ok())?
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
