//! One profile on one line.

use super::block::Standout;
use super::pen::Pen;
use super::phrase::all;
use super::time::{length, moment};
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::outcome::FailureClass;
use crate::view::{Candidate, Mark, State};
use crate::words::say;

/// `demo:work · token · next, pinned · expires in 12h · key:abcd2345`
pub(super) fn line(pen: Pen<'_>, candidate: &Candidate, now: Timestamp) -> String {
    let next = candidate.marks.contains(&Mark::Next);
    let id = candidate.profile.as_str();
    let mut parts = vec![if next { pen.strong_name(id) } else { pen.name(id) }];
    if candidate.state != State::Missing {
        parts.push(kind(pen, candidate.kind));
    }
    let state = state(pen, candidate.state, now);
    let marks = candidate.marks.iter().map(|mark| match mark {
        Mark::Next => say!(pen.words, "mark-next"),
        Mark::Pinned => say!(pen.words, "mark-pinned"),
        Mark::LastGood => say!(pen.words, "mark-last-good"),
    });
    // "next" says already that it can serve.
    let state = (!(next && candidate.state == State::Ready)).then_some(state);
    let words: Vec<String> = marks.chain(state).collect();
    parts.push(all(pen, &words));
    if let Some(account) = &candidate.account {
        parts.push(pen.name(account));
    }
    if let (Some(expires), true) = (candidate.expires, candidate.state != State::Expired) {
        let length = length(pen, expires.since(now));
        parts.push(say!(pen.words, "expires-in", length = length));
    }
    if let Some(source) = &candidate.source {
        parts.push(pen.words(source));
    }
    if let Some(handle) = &candidate.handle {
        parts.push(handle.to_string());
    }
    parts.join(" · ")
}

/// Whether it is the one that the next request is served by.
pub(super) fn standout(candidate: &Candidate) -> Standout {
    if candidate.marks.contains(&Mark::Next) {
        Standout::Yes
    } else {
        Standout::No
    }
}

/// `demo:busy: cooldown, usable at 14:05 UTC (in 4m)`
pub(super) fn reason(pen: Pen<'_>, candidate: &Candidate, now: Timestamp) -> String {
    let when = match (candidate.state, candidate.until) {
        (State::Ready, _) => say!(pen.words, "usable-now"),
        (_, Some(until)) => say!(pen.words, "usable-at", moment = moment(pen, until, now)),
        (State::Disabled(..), None) => say!(pen.words, "usable-when-repaired"),
        (_, None) => String::new(),
    };
    let pinned = if candidate.marks.contains(&Mark::Pinned) {
        say!(pen.words, "also-pinned")
    } else {
        String::new()
    };
    let profile = pen.name(candidate.profile.as_str());
    let reason = candidate.reason;
    match &candidate.source {
        Some(source) => say!(
            pen.words,
            "candidate-of",
            profile = profile,
            source = pen.words(source),
            reason = reason,
            when = when,
            pinned = pinned,
        ),
        None => say!(
            pen.words,
            "candidate",
            profile = profile,
            reason = reason,
            when = when,
            pinned = pinned,
        ),
    }
}

/// Whether a profile would be tried, now or after its rest.
pub(super) fn is_in_line(state: State) -> bool {
    matches!(state, State::Ready | State::Cooling(_) | State::Disabled(..))
}

fn kind(pen: Pen<'_>, kind: Option<CredentialKind>) -> String {
    let key = match kind {
        Some(CredentialKind::ApiKey) => "kind-api-key",
        Some(CredentialKind::Token) => "kind-token",
        Some(CredentialKind::OAuth) => "kind-oauth",
        None => "kind-unknown",
    };
    say!(pen.words, key)
}

pub(super) fn state(pen: Pen<'_>, state: State, now: Timestamp) -> String {
    let until = |key, for_key, until: Option<Timestamp>| match until {
        Some(until) => say!(pen.words, for_key, length = length(pen, until.since(now))),
        None => say!(pen.words, key),
    };
    match state {
        State::Ready => say!(pen.words, "state-ok"),
        State::Cooling(at) => until("state-cooling", "state-cooling-for", at),
        State::Disabled(Some(FailureClass::Billing), at) => {
            until("state-disabled-billing", "state-disabled-billing-for", at)
        }
        State::Disabled(Some(FailureClass::AuthPermanent), at) => {
            until("state-disabled-refused", "state-disabled-refused-for", at)
        }
        State::Disabled(_, at) => until("state-disabled", "state-disabled-for", at),
        State::Expired => say!(pen.words, "state-expired"),
        State::Missing => say!(pen.words, "state-missing"),
        State::NotInOrder => say!(pen.words, "state-not-in-order"),
        State::Unusable("not-allowed") => say!(pen.words, "state-not-allowed"),
        State::Unusable("fenced") => say!(pen.words, "state-fenced"),
        State::Unusable(reason) => say!(pen.words, "state-other", reason = reason.replace('-', " ")),
    }
}
