//! What is used now, what could be, and why.

use serde::Serialize;

use super::candidate::CandidateData;
use super::next::NextData;
use super::words::{ModelData, SelectionData, name, sentence};
use crate::render::prose::last_in_words;
use crate::view::{ProviderStatus, Status, Why};
use crate::words::Words;

/// What is used now and what could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusData {
    /// What the chat uses now.
    pub selection: Option<SelectionData>,
    /// What it would use with nothing pinned.
    pub default: Option<ModelData>,
    /// The agent that answers.
    pub agent: String,
    /// The credential file.
    pub store: String,
    /// The providers, the current one first.
    pub providers: Vec<ProviderStatusData>,
    /// What happens at the next request.
    pub next: Option<NextData>,
}

/// One provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProviderStatusData {
    /// The provider.
    pub provider: String,
    /// Where it is reached, if that is known.
    pub endpoint: Option<EndpointData>,
    /// The profiles in the order in which they would be tried, then those that cannot be tried.
    pub candidates: Vec<CandidateData>,
}

/// Where a provider is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EndpointData {
    /// Scheme, host and path, as the configuration has them.
    pub base_url: String,
    /// The API that it speaks: `anthropic-messages`, `openai-completions` or `openai-responses`.
    pub api: &'static str,
}

/// Why the next request goes where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhyData {
    /// What the chat uses now.
    pub selection: Option<SelectionData>,
    /// Which list the order of the candidates comes from.
    pub basis: &'static str,
    /// The candidates in the order in which they would be tried, then those left out.
    pub candidates: Vec<CandidateData>,
    /// What happens at the next request.
    pub next: NextData,
    /// What became of the last one, in one line.
    pub last: Option<String>,
}

impl StatusData {
    pub(super) fn of(status: &Status) -> Self {
        Self {
            selection: status.selection.as_ref().map(SelectionData::of),
            default: status.default.as_ref().map(ModelData::of),
            agent: name(status.agent.as_str()),
            store: name(&status.store),
            providers: status.providers.iter().map(provider).collect(),
            next: status.next.as_ref().map(NextData::of),
        }
    }
}

fn provider(provider: &ProviderStatus) -> ProviderStatusData {
    ProviderStatusData {
        provider: name(provider.provider.as_str()),
        endpoint: provider.endpoint.as_ref().map(|endpoint| EndpointData {
            base_url: name(&endpoint.base_url),
            api: endpoint.api.as_str(),
        }),
        candidates: provider.candidates.iter().map(CandidateData::of).collect(),
    }
}

impl WhyData {
    pub(super) fn of(words: &Words, why: &Why) -> Self {
        Self {
            selection: why.selection.as_ref().map(SelectionData::of),
            basis: why.basis.as_str(),
            candidates: why.candidates.iter().map(CandidateData::of).collect(),
            next: NextData::of(&why.next),
            last: why
                .last
                .as_ref()
                .map(|last| sentence(&last_in_words(words, last))),
        }
    }
}
