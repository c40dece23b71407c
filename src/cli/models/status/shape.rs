//! The shape of `modelpin models status --json`: OpenClaw's, and ours under `modelpin`. Times are milliseconds since the
//! Unix epoch. `docs/models-status.schema.json` is generated from here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// What is set up for one agent, and what could serve it now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Status {
    pub(super) config_path: String,
    pub(super) agent_id: String,
    pub(super) agent_dir: Option<String>,
    pub(super) default_model: Option<String>,
    pub(super) resolved_default: Option<String>,
    pub(super) fallbacks: Vec<String>,
    pub(super) image_model: Option<String>,
    pub(super) image_fallbacks: Vec<String>,
    /// Alias to model.
    pub(super) aliases: BTreeMap<String, String>,
    /// The allowlist; empty if there is none.
    pub(super) allowed: Vec<String>,
    pub(super) auth: AuthPart,
    pub(super) modelpin: Ours,
}

/// Credentials.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuthPart {
    pub(super) store_path: String,
    pub(super) shell_env_fallback: ShellEnvFallback,
    #[serde(rename = "providersWithOAuth")]
    pub(super) providers_with_oauth: Vec<String>,
    pub(super) missing_providers_in_use: Vec<String>,
    pub(super) providers: Vec<ProviderPart>,
    /// Soonest first.
    pub(super) unusable_profiles: Vec<Unusable>,
    pub(super) oauth: Ages,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probes: Option<Probes>,
}

/// Keys taken from the login shell.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ShellEnvFallback {
    pub(super) enabled: bool,
    pub(super) applied_keys: Vec<String>,
}

/// What there is for one provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProviderPart {
    pub(super) provider: String,
    pub(super) effective: Effective,
    pub(super) profiles: Profiles,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) env: Option<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) models_json: Option<Key>,
}

/// Where the credential comes from that would be used.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Effective {
    pub(super) kind: EffectiveKind,
    pub(super) detail: String,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) enum EffectiveKind {
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
pub(super) struct Profiles {
    pub(super) count: usize,
    pub(super) oauth: usize,
    pub(super) token: usize,
    pub(super) api_key: usize,
    /// `id=<handle>`, and in brackets why it rests.
    pub(super) labels: Vec<String>,
}

/// A key outside the store, by its handle.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Key {
    pub(super) value: Option<String>,
    pub(super) source: String,
}

/// A profile that rests.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Unusable {
    pub(super) profile_id: String,
    pub(super) provider: String,
    pub(super) kind: RestWord,
    pub(super) reason: Option<String>,
    pub(super) until: Option<i64>,
    pub(super) remaining_ms: Option<i64>,
    /// The model that it rests for; for all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RestWord {
    Cooldown,
    Disabled,
}

impl RestWord {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::Disabled => "disabled",
        }
    }
}

/// How old credentials are.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Ages {
    pub(super) warn_after_ms: i64,
    pub(super) profiles: Vec<ProfileAge>,
    pub(super) providers: Vec<ProviderAge>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProfileAge {
    pub(super) profile_id: String,
    pub(super) provider: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) status: Age,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remaining_ms: Option<i64>,
    pub(super) source: StoreWord,
    pub(super) label: String,
}

/// Where a stored profile comes from: the agent's own store, or that of `main`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum StoreWord {
    Store,
    Inherited,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProviderAge {
    pub(super) provider: String,
    /// The worst of its profiles.
    pub(super) status: Age,
    pub(super) profiles: Vec<ProfileAge>,
    /// When the first of them ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remaining_ms: Option<i64>,
}

/// How a credential ages. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Age {
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
pub(super) struct Probes {
    pub(super) started_at: i64,
    pub(super) finished_at: i64,
    pub(super) duration_ms: i64,
    pub(super) total_targets: usize,
    pub(super) options: ProbeOptions,
    pub(super) results: Vec<ProbeResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProbeOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<String>,
    pub(super) profile_ids: Vec<String>,
    pub(super) timeout_ms: u64,
    pub(super) concurrency: usize,
    pub(super) max_tokens: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProbeResult {
    pub(super) provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    /// The profile; nothing for a key of the environment or of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile_id: Option<String>,
    pub(super) label: String,
    pub(super) source: ProbeSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<String>,
    pub(super) status: ProbeStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) enum ProbeSource {
    #[serde(rename = "profile")]
    Profile,
    #[serde(rename = "env")]
    Env,
    #[serde(rename = "models.json")]
    ModelsJson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProbeStatus {
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
    pub(super) fn as_str(self) -> &'static str {
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
pub(super) struct Ours {
    pub(super) version: String,
    pub(super) state_dir: String,
    pub(super) state_dir_reason: String,
    pub(super) providers: Vec<ProviderNow>,
    pub(super) notes: Vec<String>,
    pub(super) pins: PinCounts,
}

/// What the resolver says of one provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProviderNow {
    pub(super) provider: String,
    pub(super) endpoint: Option<String>,
    pub(super) api: Option<String>,
    pub(super) chosen: Option<String>,
    /// As in `modelpin explain`.
    pub(super) candidates: Vec<crate::cli::explain::Candidate>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PinCounts {
    pub(super) session: usize,
    pub(super) agent: usize,
    pub(super) global: usize,
}

/// The JSON Schema of the whole.
pub(super) fn schema() -> schemars::Schema {
    schemars::SchemaGenerator::default().into_root_schema_for::<Status>()
}
