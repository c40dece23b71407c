//! Commands that were not carried out.

use serde::Serialize;

use super::words::{ScopeData, millis, name, sentence};
use crate::clock::Timestamp;
use crate::profile::ProfileId;
use crate::render::prose::in_words;
use crate::view::Refusal;
use crate::words::Words;

/// A command that was understood and not carried out; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefusedData {
    /// Why: `unknown-model`, `model-not-allowed`, `unknown-profile`, `several-profiles`, `other-provider`,
    /// `not-permitted`, `no-commands`, `unknown-provider`, `no-such-page`, `nothing-to-undo`, `no-model`, `not-kept` or
    /// `broken`.
    pub code: &'static str,
    /// Why, in words.
    pub message: String,
    /// What can be done, in words; `null` if nothing can.
    pub hint: Option<String>,
    /// From when on the same can succeed, where time alone helps, in milliseconds since the Unix epoch.
    pub retry_at: Option<i64>,
    /// What was written, where a name was not understood.
    pub written: Option<String>,
    /// Names that would be understood, best first.
    pub near: Vec<String>,
    /// The scope that it would have changed, where that is the reason.
    pub scope: Option<ScopeData>,
}

impl RefusedData {
    pub(super) fn of(words: &Words, refusal: &Refusal, now: Timestamp) -> Self {
        let (message, hint) = in_words(words, refusal);
        let ids = |ids: &[ProfileId]| ids.iter().map(|id| name(id.as_str())).collect();
        let names = |names: &[String]| names.iter().map(|near| name(near)).collect();
        let (written, near) = match refusal {
            Refusal::UnknownModel { written, near } | Refusal::UnknownProvider { written, near } => {
                (Some(written), names(near))
            }
            Refusal::UnknownProfile { written, near, .. } => (Some(written), ids(near)),
            Refusal::SeveralProfiles { written, profiles } => (Some(written), ids(profiles)),
            _ => (None, Vec::new()),
        };
        Self {
            code: refusal.code(),
            message: sentence(&message),
            hint: (!hint.is_empty()).then(|| sentence(&hint)),
            retry_at: millis(matches!(refusal, Refusal::NotKept { .. }).then_some(now)),
            written: written.map(|written| name(written)),
            near,
            scope: match refusal {
                Refusal::NotPermitted { scope } | Refusal::NothingToUndo { scope } => Some((*scope).into()),
                _ => None,
            },
        }
    }
}
