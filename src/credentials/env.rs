//! The table of environment variables that are credentials. No other name is ever used as one.

use crate::credential::CredentialKind::{self, ApiKey, Token};
use crate::model::ProviderId;

/// A variable that is a credential, and of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvName {
    /// The variable.
    pub name: &'static str,
    /// How its value is presented.
    pub kind: CredentialKind,
}

const fn key(name: &'static str) -> EnvName {
    EnvName { name, kind: ApiKey }
}

const fn token(name: &'static str) -> EnvName {
    EnvName { name, kind: Token }
}

/// Provider and variables, strongest first.
const TABLE: &[(&str, &[EnvName])] = &[
    (
        "anthropic",
        &[token("ANTHROPIC_OAUTH_TOKEN"), key("ANTHROPIC_API_KEY")],
    ),
    ("openai", &[key("OPENAI_API_KEY")]),
    ("google", &[key("GEMINI_API_KEY")]),
    (
        "github-copilot",
        &[
            token("COPILOT_GITHUB_TOKEN"),
            token("GH_TOKEN"),
            token("GITHUB_TOKEN"),
        ],
    ),
    ("chutes", &[token("CHUTES_OAUTH_TOKEN"), key("CHUTES_API_KEY")]),
    ("zai", &[key("ZAI_API_KEY"), key("Z_AI_API_KEY")]),
    (
        "opencode",
        &[key("OPENCODE_API_KEY"), key("OPENCODE_ZEN_API_KEY")],
    ),
    (
        "qwen-portal",
        &[token("QWEN_OAUTH_TOKEN"), key("QWEN_PORTAL_API_KEY")],
    ),
    (
        "minimax-portal",
        &[token("MINIMAX_OAUTH_TOKEN"), key("MINIMAX_API_KEY")],
    ),
    ("kimi-coding", &[key("KIMI_API_KEY"), key("KIMICODE_API_KEY")]),
    ("vercel-ai-gateway", &[key("AI_GATEWAY_API_KEY")]),
    ("cloudflare-ai-gateway", &[key("CLOUDFLARE_AI_GATEWAY_API_KEY")]),
    ("huggingface", &[key("HUGGINGFACE_HUB_TOKEN"), key("HF_TOKEN")]),
    ("voyage", &[key("VOYAGE_API_KEY")]),
    ("groq", &[key("GROQ_API_KEY")]),
    ("deepgram", &[key("DEEPGRAM_API_KEY")]),
    ("cerebras", &[key("CEREBRAS_API_KEY")]),
    ("xai", &[key("XAI_API_KEY")]),
    ("openrouter", &[key("OPENROUTER_API_KEY")]),
    ("moonshot", &[key("MOONSHOT_API_KEY")]),
    ("minimax", &[key("MINIMAX_API_KEY")]),
    ("xiaomi", &[key("XIAOMI_API_KEY")]),
    ("synthetic", &[key("SYNTHETIC_API_KEY")]),
    ("venice", &[key("VENICE_API_KEY")]),
    ("mistral", &[key("MISTRAL_API_KEY")]),
    ("qianfan", &[key("QIANFAN_API_KEY")]),
    ("ollama", &[key("OLLAMA_API_KEY")]),
    ("nvidia", &[key("NVIDIA_API_KEY")]),
    ("together", &[key("TOGETHER_API_KEY")]),
    ("vllm", &[key("VLLM_API_KEY")]),
    ("litellm", &[key("LITELLM_API_KEY")]),
];

/// The variables of a provider, strongest first; none for a provider that is not in the table.
#[must_use]
pub fn names_of(provider: &ProviderId) -> &'static [EnvName] {
    TABLE
        .iter()
        .find(|(id, _)| *id == provider.as_str())
        .map_or(&[], |(_, names)| names)
}

/// The providers that have variables in the table.
pub fn known_providers() -> impl Iterator<Item = ProviderId> {
    TABLE.iter().map(|(id, _)| ProviderId::new(id))
}

/// Every variable of the table; one that two providers share comes twice.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    TABLE
        .iter()
        .flat_map(|(_, names)| names.iter().map(|known| known.name))
}

/// The first provider that a variable is a credential of; `None` for a name outside the table.
#[must_use]
pub fn provider_of(name: &str) -> Option<ProviderId> {
    TABLE
        .iter()
        .find(|(_, names)| names.iter().any(|one| one.name == name))
        .map(|(id, _)| ProviderId::new(id))
}
