//! A profile, as the resolver sees it.

use serde::Serialize;

use super::words::{millis, name};
use crate::clock::Timestamp;
use crate::view::{Candidate, Mark, State};

/// A profile of a provider, and whether it can serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CandidateData {
    /// The profile's id.
    pub profile: String,
    /// `api_key`, `token` or `oauth`; `null` for a kind that is not known.
    pub kind: Option<&'static str>,
    /// The account's e-mail, where that is known.
    pub account: Option<String>,
    /// When the credential ends, in milliseconds since the Unix epoch.
    pub expires: Option<i64>,
    /// Whether it would be tried, now or after its rest.
    pub candidate: bool,
    /// Why it can serve or cannot: `ok` or another code of `modelpin explain`.
    pub reason: &'static str,
    /// For `disabled`: the class of the failure.
    pub class: Option<&'static str>,
    /// When it can be used again, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
    /// What else there is to say of it.
    pub marks: Vec<MarkData>,
    /// Stands for the secret: `key:` and eight characters, which tell two keys apart and nothing else.
    pub handle: Option<String>,
    /// Where it comes from, if not from the agent's own file.
    pub source: Option<String>,
}

/// What else there is to say of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MarkData {
    /// The next request goes to it.
    Next,
    /// A person pinned it.
    Pinned,
    /// It answered for this provider last.
    LastGood,
}

impl CandidateData {
    pub(super) fn of(candidate: &Candidate) -> Self {
        let state = ReasonData::of(candidate.state);
        Self {
            profile: name(candidate.profile.as_str()),
            kind: candidate.kind.map(|kind| kind.as_str()),
            account: candidate.account.as_deref().map(name),
            expires: millis(candidate.expires),
            candidate: matches!(
                candidate.state,
                State::Ready | State::Cooling(_) | State::Disabled(..)
            ),
            reason: candidate.reason,
            class: state.class,
            until: millis(candidate.until),
            marks: candidate
                .marks
                .iter()
                .map(|mark| match mark {
                    Mark::Next => MarkData::Next,
                    Mark::Pinned => MarkData::Pinned,
                    Mark::LastGood => MarkData::LastGood,
                })
                .collect(),
            handle: candidate.handle.as_ref().map(ToString::to_string),
            source: candidate.source.as_deref().map(name),
        }
    }
}

/// Why a profile can serve or cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReasonData {
    /// `ok` or another code of `modelpin explain`.
    pub reason: &'static str,
    /// For `disabled`: the class of the failure.
    pub class: Option<&'static str>,
    /// When it can be used again, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
}

impl ReasonData {
    pub(super) fn of(state: State) -> Self {
        let told = |reason, class, until: Option<Timestamp>| Self {
            reason,
            class,
            until: millis(until),
        };
        match state {
            State::Ready => told("ok", None, None),
            State::Cooling(until) => told("cooldown", None, until),
            State::Disabled(class, until) => told("disabled", class.map(|class| class.as_str()), until),
            State::Expired => told("expired", None, None),
            State::Missing => told("missing", None, None),
            State::NotInOrder => told("not-in-order", None, None),
            State::Unusable(reason) => told(reason, None, None),
        }
    }
}
