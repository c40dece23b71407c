//! The table: from a failed answer to its class.

use http::HeaderMap;

use super::body::Said;
use super::{phrases, times};
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::outcome::{Cause, FailureClass};

/// What a provider answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Who answered. No rule asks for it yet: the table is the same for every provider.
    pub provider: &'a ProviderId,
    /// The HTTP status.
    pub status: u16,
    /// The headers of the answer.
    pub headers: &'a HeaderMap,
    /// The body as far as it was read; 64 KiB are more than any structured error takes.
    pub body: &'a [u8],
}

/// What a failed answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What kind of failure it is.
    pub class: FailureClass,
    /// When the provider said that it may be tried again: later than now, at most
    /// [`LONGEST_WAIT`](super::LONGEST_WAIT) away; `None` if it gave no such time.
    pub retry_at: Option<Timestamp>,
    /// What else is known, where a person can do something about it.
    pub cause: Option<Cause>,
}

/// Says what a failed answer means; `None` for a successful one (2xx), whatever its body says.
///
/// The status decides first; where it leaves room, the words of the structured error do. A body that is
/// neither JSON nor an HTML page is the provider's message as it stands: an answer that failed holds no generated text.
#[must_use]
pub fn classify(answer: &Answer<'_>, now: Timestamp) -> Option<Verdict> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    let said = Said::read(answer.headers, answer.body);
    let class = class(answer.status, &said);
    let only_there = class == FailureClass::Auth && said.mentions(phrases::CLAUDE_CODE_ONLY);
    Some(Verdict {
        class,
        cause: only_there.then_some(Cause::ClaudeCodeOnly),
        retry_at: times::retry_at(answer.headers, &said.waits, answer.status, now).max(times::retry_at(
            &said.headers,
            &[],
            answer.status,
            now,
        )),
    })
}

/// What it means that no answer came: the connection was refused or reset, or nothing came in time.
#[must_use]
pub const fn transport() -> Verdict {
    Verdict {
        class: FailureClass::Timeout,
        retry_at: None,
        cause: None,
    }
}

fn class(status: u16, said: &Said) -> FailureClass {
    match status {
        429 if out_of_money(said) => FailureClass::Billing,
        429 => FailureClass::RateLimit,
        402 if said.of_a_window() && !said.mentions(phrases::BILLING) => FailureClass::RateLimit,
        402 => FailureClass::Billing,
        408 | 499 => FailureClass::Timeout,
        413 => FailureClass::ContextOverflow,
        529 => FailureClass::Overloaded,
        401 if said.is(phrases::PERMANENT_CODES) || said.mentions(phrases::PERMANENT) => {
            FailureClass::AuthPermanent
        }
        401 => FailureClass::Auth,
        // A page for browsers comes from what stands before the API, so it says nothing of key or request.
        _ if said.html => FailureClass::ServerError,
        _ => by_words(status, said),
    }
}

/// The statuses that mean different things with different words.
fn by_words(status: u16, said: &Said) -> FailureClass {
    let client = (400..500).contains(&status);
    if said.is(phrases::OVERLOADED_CODES) || (status == 503 && said.mentions(phrases::OVERLOADED)) {
        return FailureClass::Overloaded;
    }
    // The key is as good as before: what was asked was kept out.
    if status == 403 && said.flagged {
        return FailureClass::Format;
    }
    if matches!(status, 400 | 403) && out_of_money(said) {
        return FailureClass::Billing;
    }
    if said.is(phrases::RATE_CODES) || said.begins("throttl") {
        return FailureClass::RateLimit;
    }
    if said.is(phrases::OVERFLOW_CODES) || (client && status != 403 && said.mentions(phrases::OVERFLOW)) {
        return FailureClass::ContextOverflow;
    }
    if client && said.is(phrases::PERMANENT_CODES) {
        return FailureClass::AuthPermanent;
    }
    match status {
        400..500 if said.is(phrases::MODEL_CODES) => FailureClass::ModelNotFound,
        404 | 410 if said.about_model || said.mentions(phrases::MODEL) => FailureClass::ModelNotFound,
        403 if said.mentions(phrases::PERMANENT) => FailureClass::AuthPermanent,
        403 => FailureClass::Auth,
        400 if said.mentions(phrases::PERMANENT_ACCOUNT) => FailureClass::AuthPermanent,
        400 if said.is(phrases::AUTH_CODES) || said.mentions(phrases::AUTH) => FailureClass::Auth,
        400 if said.mentions(phrases::CLAUDE_CODE_ONLY) => FailureClass::Auth,
        400 if said.mentions(phrases::BAD_MODEL) => FailureClass::ModelNotFound,
        400..500 => FailureClass::Format,
        // 5xx; and 1xx, 3xx and what is no status at all: an endpoint that does not do its work.
        _ => FailureClass::ServerError,
    }
}

/// Whether the error says that money is missing.
///
/// Google words its per-minute limits as "check your plan and billing details", so that phrase counts only where
/// no code says that a limit was met.
fn out_of_money(said: &Said) -> bool {
    said.is(phrases::BILLING_CODES)
        || said.mentions(phrases::BILLING)
        || (!said.is(phrases::RATE_CODES) && said.mentions(phrases::PLAN))
}
