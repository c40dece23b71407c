//! One profile on one line.

use super::block::Standout;
use super::pen::Pen;
use super::time::{length, moment};
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::outcome::FailureClass;
use crate::view::{Candidate, Mark, State};

/// `demo:work · token · next, pinned · expires in 12h · key:abcd2345`
pub(super) fn line(pen: Pen, candidate: &Candidate, now: Timestamp) -> String {
    let next = candidate.marks.contains(&Mark::Next);
    let id = candidate.profile.as_str();
    let name = if next { pen.strong_name(id) } else { pen.name(id) };
    let mut parts = vec![name];
    if candidate.state != State::Missing {
        parts.push(kind(candidate.kind).to_owned());
    }
    let state = state(candidate.state, now);
    let marks = candidate.marks.iter().map(|mark| match mark {
        Mark::Next => "next",
        Mark::Pinned => "pinned",
        Mark::LastGood => "last good",
    });
    // "next" says already that it can serve.
    let state = (!(next && candidate.state == State::Ready)).then_some(state);
    let words: Vec<String> = marks.map(str::to_owned).chain(state).collect();
    parts.push(words.join(", "));
    if let Some(account) = &candidate.account {
        parts.push(pen.name(account));
    }
    if let (Some(expires), true) = (candidate.expires, candidate.state != State::Expired) {
        parts.push(format!("expires in {}", length(expires.since(now))));
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
pub(super) fn reason(pen: Pen, candidate: &Candidate, now: Timestamp) -> String {
    let when = match (candidate.state, candidate.until) {
        (State::Ready, _) => ", usable now".to_owned(),
        (_, Some(until)) => format!(", usable at {}", moment(until, now)),
        (State::Disabled(..), None) => ", until somebody repairs it".to_owned(),
        (_, None) => String::new(),
    };
    let pinned = if candidate.marks.contains(&Mark::Pinned) {
        ", pinned"
    } else {
        ""
    };
    let source = candidate
        .source
        .as_ref()
        .map(|source| format!(" ({})", pen.words(source)));
    format!(
        "{}{}: {}{when}{pinned}",
        pen.name(candidate.profile.as_str()),
        source.unwrap_or_default(),
        candidate.reason
    )
}

/// Whether a profile would be tried, now or after its rest.
pub(super) fn is_in_line(state: State) -> bool {
    matches!(state, State::Ready | State::Cooling(_) | State::Disabled(..))
}

pub(super) fn kind(kind: Option<CredentialKind>) -> &'static str {
    match kind {
        Some(CredentialKind::ApiKey) => "API key",
        Some(CredentialKind::Token) => "token",
        Some(CredentialKind::OAuth) => "sign-in",
        None => "unknown kind",
    }
}

pub(super) fn state(state: State, now: Timestamp) -> String {
    match state {
        State::Ready => "ok".to_owned(),
        State::Cooling(Some(until)) => format!("cooling down {}", length(until.since(now))),
        State::Cooling(None) => "cooling down".to_owned(),
        State::Disabled(class, until) => {
            let why = match class {
                Some(FailureClass::Billing) => ": billing",
                Some(FailureClass::AuthPermanent) => ": credential refused",
                _ => "",
            };
            let how_long = until.map(|until| format!(" {}", length(until.since(now))));
            format!("disabled{why}{}", how_long.unwrap_or_default())
        }
        State::Expired => "expired".to_owned(),
        State::Missing => "missing".to_owned(),
        State::NotInOrder => "not in the order".to_owned(),
        State::Unusable("not-allowed") => "not allowed for you".to_owned(),
        State::Unusable("fenced") => "would cost".to_owned(),
        State::Unusable(reason) => reason.replace('-', " "),
    }
}
