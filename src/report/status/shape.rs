//! The shape of `modelpin models status --json`: OpenClaw's, and ours under `modelpin`. Times are milliseconds since the
//! Unix epoch. `docs/models-status.schema.json` is generated from here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::ExplainedCandidate;

/// What is set up for one agent, and what could serve it now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Status {
    pub(crate) config_path: String,
    pub(crate) agent_id: String,
    pub(crate) agent_dir: Option<String>,
    pub(crate) default_model: Option<String>,
    pub(crate) resolved_default: Option<String>,
    pub(crate) fallbacks: Vec<String>,
    pub(crate) image_model: Option<String>,
    pub(crate) image_fallbacks: Vec<String>,
    /// Alias to model.
    pub(crate) aliases: BTreeMap<String, String>,
    /// The allowlist; empty if there is none.
    pub(crate) allowed: Vec<String>,
    pub(crate) auth: AuthPart,
    pub(crate) modelpin: Ours,
}

/// Credentials.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthPart {
    pub(crate) store_path: String,
    pub(crate) shell_env_fallback: ShellEnvFallback,
    #[serde(rename = "providersWithOAuth")]
    pub(crate) providers_with_oauth: Vec<String>,
    pub(crate) missing_providers_in_use: Vec<String>,
    pub(crate) providers: Vec<ProviderPart>,
    /// Soonest first.
    pub(crate) unusable_profiles: Vec<Unusable>,
    pub(crate) oauth: Ages,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) probes: Option<Probes>,
}

/// Keys taken from the login shell.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShellEnvFallback {
    pub(crate) enabled: bool,
    pub(crate) applied_keys: Vec<String>,
}

/// What there is for one provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderPart {
    pub(crate) provider: String,
    pub(crate) effective: Effective,
    pub(crate) profiles: Profiles,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) env: Option<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models_json: Option<Key>,
}

/// Where the credential comes from that would be used.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Effective {
    pub(crate) kind: EffectiveKind,
    pub(crate) detail: String,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) enum EffectiveKind {
    #[serde(rename = "profiles")]
    Profiles,
    #[serde(rename = "env")]
    Env,
    #[serde(rename = "models.json")]
    ModelsJson,
    #[serde(rename = "missing")]
    Missing,
}

/// The stored profiles of one provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profiles {
    pub(crate) count: usize,
    pub(crate) oauth: usize,
    pub(crate) token: usize,
    pub(crate) api_key: usize,
    /// `id=<handle>`, and in brackets why it rests.
    pub(crate) labels: Vec<String>,
}

/// A key outside the store, by its handle.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) value: Option<String>,
    pub(crate) source: String,
}

/// A profile that rests.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Unusable {
    pub(crate) profile_id: String,
    pub(crate) provider: String,
    pub(crate) kind: RestWord,
    pub(crate) reason: Option<String>,
    pub(crate) until: Option<i64>,
    pub(crate) remaining_ms: Option<i64>,
    /// The model that it rests for; for all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RestWord {
    Cooldown,
    Disabled,
}

impl RestWord {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::Disabled => "disabled",
        }
    }
}

/// How old credentials are.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ages {
    pub(crate) warn_after_ms: i64,
    pub(crate) profiles: Vec<ProfileAge>,
    pub(crate) providers: Vec<ProviderAge>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileAge {
    pub(crate) profile_id: String,
    pub(crate) provider: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) status: Age,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remaining_ms: Option<i64>,
    pub(crate) source: StoreWord,
    pub(crate) label: String,
}

/// Where a stored profile comes from: the agent's own store, or that of `main`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoreWord {
    Store,
    Inherited,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderAge {
    pub(crate) provider: String,
    /// The worst of its profiles.
    pub(crate) status: Age,
    pub(crate) profiles: Vec<ProfileAge>,
    /// When the first of them ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remaining_ms: Option<i64>,
}

/// How a credential ages. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Age {
    /// It has ended.
    Expired,
    /// There is nothing in it, or nothing says when it ends.
    Missing,
    /// It ends soon.
    Expiring,
    /// It ends later, or is renewed by itself.
    Ok,
    /// It does not end.
    Static,
}

/// What came of asking with every credential.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Probes {
    pub(crate) started_at: i64,
    pub(crate) finished_at: i64,
    pub(crate) duration_ms: i64,
    pub(crate) total_targets: usize,
    pub(crate) options: ProbeOptions,
    pub(crate) results: Vec<ProbeResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProbeOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    pub(crate) profile_ids: Vec<String>,
    pub(crate) timeout_ms: u64,
    pub(crate) concurrency: usize,
    pub(crate) max_tokens: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProbeResult {
    pub(crate) provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// The profile; nothing for a key of the environment or of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_id: Option<String>,
    pub(crate) label: String,
    pub(crate) source: ProbeSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<String>,
    pub(crate) status: ProbeStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) enum ProbeSource {
    #[serde(rename = "profile")]
    Profile,
    #[serde(rename = "env")]
    Env,
    #[serde(rename = "models.json")]
    ModelsJson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProbeStatus {
    Ok,
    Auth,
    RateLimit,
    Billing,
    Timeout,
    Format,
    Unknown,
    NoModel,
}

impl ProbeStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Auth => "auth",
            Self::RateLimit => "rate_limit",
            Self::Billing => "billing",
            Self::Timeout => "timeout",
            Self::Format => "format",
            Self::Unknown => "unknown",
            Self::NoModel => "no_model",
        }
    }
}

/// What OpenClaw does not tell.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ours {
    pub(crate) version: String,
    pub(crate) state_dir: String,
    pub(crate) state_dir_reason: String,
    pub(crate) providers: Vec<ProviderNow>,
    pub(crate) notes: Vec<String>,
    pub(crate) pins: PinCounts,
}

/// What the resolver says of one provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderNow {
    pub(crate) provider: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) api: Option<String>,
    pub(crate) chosen: Option<String>,
    /// As in `modelpin explain`.
    pub(crate) candidates: Vec<ExplainedCandidate>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PinCounts {
    pub(crate) session: usize,
    pub(crate) agent: usize,
    pub(crate) global: usize,
}

/// The JSON Schema of the whole.
pub(crate) fn schema() -> schemars::Schema {
    schemars::SchemaGenerator::default().into_root_schema_for::<Status>()
}
