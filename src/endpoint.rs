//! Where a provider is reached, and which API it speaks there.

use std::fmt;
use std::time::Duration;

use crate::model::ProviderId;

/// The API that an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// Anthropic Messages, `POST {base}/v1/messages`.
    AnthropicMessages,
    /// OpenAI Chat Completions, `POST {base}/chat/completions`.
    OpenAiCompletions,
    /// OpenAI Responses, `POST {base}/responses`.
    OpenAiResponses,
}

impl Api {
    /// The word for it in configuration and in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "anthropic-messages",
            Self::OpenAiCompletions => "openai-completions",
            Self::OpenAiResponses => "openai-responses",
        }
    }

    /// The path at which a server of this API takes requests, as clients write it.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "/v1/messages",
            Self::OpenAiCompletions => "/v1/chat/completions",
            Self::OpenAiResponses => "/v1/responses",
        }
    }

    /// The API that a configuration's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::AnthropicMessages,
            Self::OpenAiCompletions,
            Self::OpenAiResponses,
        ]
        .into_iter()
        .find(|api| api.as_str() == word)
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an API key is presented at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyHeader {
    /// As the endpoint's API has it.
    #[default]
    ByApi,
    /// `Authorization: Bearer …`, whatever the API (`authHeader: true`).
    Bearer,
}

/// Where a provider is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and path, without a slash at the end, for example `https://api.anthropic.com`.
    pub base_url: String,
    /// The API that it speaks.
    pub api: Api,
    /// How an API key is presented there.
    pub key_header: KeyHeader,
    /// Headers that the configuration adds, in its order.
    pub headers: Vec<(String, String)>,
    /// How long its answers may take to begin, if the configuration says so.
    pub patience: Option<Duration>,
}

impl fmt::Debug for Endpoint {
    /// Shows the names of the headers only: their values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("api", &self.api)
            .field("key_header", &self.key_header)
            .field("headers", &headers)
            .finish()
    }
}

impl Endpoint {
    /// An endpoint that wants nothing special. A slash at the end of `base_url` is dropped.
    #[must_use]
    pub fn new(base_url: &str, api: Api) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            api,
            key_header: KeyHeader::ByApi,
            headers: Vec::new(),
            patience: None,
        }
    }

    /// The public endpoint of a provider that modelpin knows by itself.
    ///
    /// Sources: the base URLs in the vendors' API references.
    #[must_use]
    pub fn known(provider: &ProviderId) -> Option<Self> {
        let (url, api) = match provider.as_str() {
            "anthropic" => ("https://api.anthropic.com", Api::AnthropicMessages),
            "openai" => ("https://api.openai.com/v1", Api::OpenAiCompletions),
            "openrouter" => ("https://openrouter.ai/api/v1", Api::OpenAiCompletions),
            "groq" => ("https://api.groq.com/openai/v1", Api::OpenAiCompletions),
            "mistral" => ("https://api.mistral.ai/v1", Api::OpenAiCompletions),
            "xai" => ("https://api.x.ai/v1", Api::OpenAiCompletions),
            "cerebras" => ("https://api.cerebras.ai/v1", Api::OpenAiCompletions),
            "together" => ("https://api.together.xyz/v1", Api::OpenAiCompletions),
            "moonshot" => ("https://api.moonshot.ai/v1", Api::OpenAiCompletions),
            "nvidia" => ("https://integrate.api.nvidia.com/v1", Api::OpenAiCompletions),
            "ollama" => ("http://127.0.0.1:11434/v1", Api::OpenAiCompletions),
            "vllm" => ("http://127.0.0.1:8000/v1", Api::OpenAiCompletions),
            "litellm" => ("http://127.0.0.1:4000/v1", Api::OpenAiCompletions),
            _ => return None,
        };
        Some(Self::new(url, api))
    }
}
