//! Where the gateway's spans go: to a collector of OpenTelemetry, if its variables name one.
//!
//! Source: `opentelemetry.io/docs/specs/otel/protocol/exporter`, and `…/otel/configuration/sdk-environment-variables`.

use opentelemetry::Key;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::gateway::TRACES;

/// The addresses of a collector, as the specification names them.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// Spans on their way to a collector. What is left is sent when this is dropped, which must not be in a task.
#[derive(Debug)]
pub(super) struct Export(SdkTracerProvider);

impl Export {
    /// Begins to export; `None` where no variable names a collector, or one turns it off.
    ///
    /// A crypto provider has to be installed before.
    ///
    /// # Errors
    /// A variable has a value that cannot be used.
    pub(super) fn begin() -> Result<Option<Self>, ExporterBuildError> {
        let is = |name: &str, value: &str| {
            std::env::var(name).is_ok_and(|found| found.trim().eq_ignore_ascii_case(value))
        };
        // A variable that is set to nothing counts as not set.
        let named = |name: &&str| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
        if !ENDPOINTS.iter().any(named)
            || is("OTEL_SDK_DISABLED", "true")
            || is("OTEL_TRACES_EXPORTER", "none")
        {
            return Ok(None);
        }
        let exporter = SpanExporter::builder().with_http().build()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(named_service());
        Ok(Some(Self(provider.build())))
    }

    /// What hears the gateway's spans, and no others.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("modelpin"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TRACES, LevelFilter::INFO))
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        if self.0.shutdown().is_err() {
            tracing::warn!("the last traces did not reach the collector");
        }
    }
}

/// `modelpin`, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` says otherwise.
fn named_service() -> Resource {
    let told = Resource::builder().build();
    let name = told.get(&Key::from_static_str("service.name"));
    match name {
        Some(name) if !name.as_str().starts_with("unknown_service") => told,
        _ => Resource::builder().with_service_name("modelpin").build(),
    }
}
