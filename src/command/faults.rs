//! Collects what is wrong with a line while it is read; the wording comes later.

use std::ops::Range;

use super::code::{Code, Found};
use super::diagnostic::{Diagnostic, explain};
use super::limits::LINE_LIMIT;

/// The faults of one line.
///
/// What lies beyond [`LINE_LIMIT`] is not kept: a line that long is told to be too long, and nothing else. So
/// the list is bounded, whatever the message.
#[derive(Debug)]
pub(super) struct Faults {
    found: Vec<Found>,
    unexpected: Option<Range<usize>>,
    limit: usize,
}

impl Faults {
    /// No faults yet, for a line whose prefix begins at `start`.
    pub(super) fn new(start: usize) -> Self {
        Self {
            found: Vec::new(),
            unexpected: None,
            limit: start.saturating_add(LINE_LIMIT),
        }
    }

    /// The offset at which the line is too long.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Notes a fault.
    pub(super) fn add(&mut self, code: Code, span: Range<usize>) {
        self.add_about(code, span, "");
    }

    /// Notes a fault that needs one more word to be told.
    pub(super) fn add_about(&mut self, code: Code, span: Range<usize>, about: &'static str) {
        if span.start < self.limit {
            self.found.push(Found { code, span, about });
        }
    }

    /// Notes a token that nothing takes; only the first of a line is told.
    pub(super) fn unexpected(&mut self, span: Range<usize>) {
        if self
            .unexpected
            .as_ref()
            .is_none_or(|first| span.start < first.start)
        {
            self.unexpected = Some(span);
        }
    }

    /// The diagnostics in the order of their spans; none for a line without faults.
    pub(super) fn finish(mut self, message: &str) -> Vec<Diagnostic> {
        if let Some(span) = self.unexpected.take() {
            self.add(Code::UnexpectedArgument, span);
        }
        self.found
            .sort_by_key(|found| (found.span.start, found.span.end, found.code));
        self.found.dedup_by(|a, b| a.code == b.code && a.span == b.span);
        self.found.iter().map(|found| explain(message, found)).collect()
    }
}
