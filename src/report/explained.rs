//! A decision of the resolver, as `modelpin explain --json` and `GET /v1/explain` have it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::resolver::Decision;

/// A decision as data. Times are milliseconds since the Unix epoch.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explained {
    pub(crate) provider: String,
    pub(crate) model: Option<String>,
    #[schemars(with = "i64")]
    pub(crate) now: Timestamp,
    /// The profile that would serve; nothing if it would be refused.
    pub(crate) chosen: Option<String>,
    /// In the order in which they would be tried, resting ones included.
    pub(crate) candidates: Vec<ExplainedCandidate>,
    /// What is left out, and why.
    pub(crate) excluded: Vec<ExplainedOut>,
    pub(crate) refusal: Option<ExplainedRefusal>,
}

/// A profile that would be tried.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Candidate")]
pub(crate) struct ExplainedCandidate {
    pub(crate) profile: String,
    pub(crate) kind: &'static str,
    pub(crate) reason: &'static str,
    #[schemars(with = "Option<i64>")]
    pub(crate) until: Option<Timestamp>,
    pub(crate) source: String,
}

/// A profile that would not be tried.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExplainedOut {
    pub(crate) profile: String,
    pub(crate) reason: &'static str,
}

/// Why nobody would serve.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExplainedRefusal {
    pub(crate) code: &'static str,
    #[schemars(with = "Option<i64>")]
    pub(crate) retry_at: Option<Timestamp>,
    /// What to do.
    pub(crate) hint: String,
}

impl Explained {
    /// The whole decision, as the person at the machine sees it.
    pub(crate) fn of(provider: &ProviderId, model: Option<&ModelRef>, decision: &Decision) -> Self {
        Self::seen_by(provider, model, decision, &|_| true)
    }

    /// The same without the profiles that somebody may not know of.
    pub(crate) fn seen_by(
        provider: &ProviderId,
        model: Option<&ModelRef>,
        decision: &Decision,
        sees: &dyn Fn(&ProfileId) -> bool,
    ) -> Self {
        let ranking = &decision.ranking;
        let candidates = ranking.candidates.iter().filter(|one| sees(&one.profile));
        let excluded = ranking.excluded.iter().filter(|out| sees(&out.profile));
        Self {
            provider: provider.to_string(),
            model: model.map(ToString::to_string),
            now: decision.now,
            chosen: decision
                .verdict
                .as_ref()
                .ok()
                .filter(|id| sees(id))
                .map(ToString::to_string),
            candidates: candidates
                .map(|candidate| ExplainedCandidate {
                    profile: candidate.profile.to_string(),
                    kind: candidate.kind.as_str(),
                    reason: candidate.reason.as_str(),
                    until: candidate.until,
                    source: candidate.source.to_string(),
                })
                .collect(),
            excluded: excluded
                .map(|out| ExplainedOut {
                    profile: out.profile.to_string(),
                    reason: out.reason.as_str(),
                })
                .collect(),
            refusal: decision.verdict.as_ref().err().map(|refusal| ExplainedRefusal {
                code: refusal.code(),
                retry_at: refusal.retry_at(),
                hint: refusal.hint(),
            }),
        }
    }
}

/// A model as somebody writes it who has named the provider: `opus` and `anthropic/opus` are both a model of `anthropic`;
/// `openai/gpt` is one of its own with a slash in its name. `None` if nothing is written.
pub(crate) fn named_model(provider: &ProviderId, written: &str) -> Option<ModelRef> {
    match ModelRef::parse(written) {
        Some(model) if model.provider() == provider => Some(model),
        _ if written.trim().is_empty() => None,
        _ => Some(ModelRef::new(provider.clone(), written)),
    }
}
