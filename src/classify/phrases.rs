//! The words that providers use in errors, and what they mean. All in lower case.
//!
//! Codes are compared whole, phrases are looked for inside the error's message.
//!
//! Sources: the error pages of Anthropic (`docs.claude.com/en/api/errors`), OpenAI
//! (`platform.openai.com/docs/guides/error-codes`), Google (`ai.google.dev/gemini-api/docs/troubleshooting`),
//! OpenRouter (`openrouter.ai/docs/api-reference/errors`) and RFC 6749, section 5.2. What is in none of them is in
//! `fixtures/classify/`, where each answer says who got it.

pub(super) const BILLING_CODES: &[&str] = &[
    "billing_disabled",
    "billing_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "credit_balance_exhausted",
    "insufficient_balance",
    "insufficient_credits",
    "insufficient_quota",
    "payment_required",
    "usage_not_included",
];
pub(super) const BILLING: &[&str] = &[
    // A limit on spending that the operator has set, with its date in words only.
    "api usage limits",
    "credit balance",
    "draw from your extra usage",
    "insufficient account balance",
    "insufficient balance",
    "insufficient credit",
    "insufficient quota",
    "insufficient_quota",
    "out of credits",
    "out of extra usage",
    "payment required",
    "plans & billing",
    "plans and billing",
    "requires more credits",
];
pub(super) const PLAN: &[&str] = &["plan & billing", "plan and billing"];

/// A 402 that says one of these will be over by itself.
pub(super) const WINDOW: &[&str] = &[
    "limit resets",
    "limit will reset",
    "quota refresh",
    "quota resets",
    "rate limit",
    "session limit",
    "usage limit",
    "usage window",
];
pub(super) const WINDOW_CODES: &[&str] = &["rate_limit_error", "usage_limit_exceeded", "usage_limit_reached"];
/// A period of time, which with a word for a limit is a window.
pub(super) const PERIOD: &[&str] = &[
    "hourly", "daily", "weekly", "monthly", "per hour", "per day", "per week", "window",
];
/// Words for a limit.
pub(super) const LIMIT: &[&str] = &["limit", "quota", "usage"];

pub(super) const RATE_CODES: &[&str] = &[
    "rate_limit_error",
    "rate_limit_exceeded",
    "resource_exhausted",
    "servicequotaexceededexception",
    "too_many_requests",
    "toomanyrequestsexception",
];
pub(super) const OVERLOADED_CODES: &[&str] = &[
    "capacity_exceeded",
    "overloaded",
    "overloaded_error",
    "server_is_overloaded",
    "slow_down",
];
pub(super) const OVERLOADED: &[&str] = &["overloaded"];

pub(super) const PERMANENT_CODES: &[&str] = &[
    "account_deactivated",
    "consumer_suspended",
    "invalid_grant",
    "token_revoked",
];
pub(super) const PERMANENT: &[&str] = &[
    "deactivated",
    "disabled",
    "not allowed for this organization",
    "not allowed for your organization",
    "reported as leaked",
    "revoked",
];
/// A 400 speaks of the request; these speak of the account all the same.
pub(super) const PERMANENT_ACCOUNT: &[&str] = &[
    "account has been deactivated",
    "account has been disabled",
    "organization has been disabled",
];
pub(super) const AUTH_CODES: &[&str] = &[
    "api_key_invalid",
    "authentication_error",
    "expiredtokenexception",
    "invalid_api_key",
    "permission_error",
    "unauthenticated",
    "unrecognizedclientexception",
];
pub(super) const AUTH: &[&str] = &["api key expired", "api key not valid"];
/// Anthropic, to a subscription token that comes from another client than its own.
pub(super) const CLAUDE_CODE_ONLY: &[&str] = &["only authorized for use with claude code"];

pub(super) const MODEL_CODES: &[&str] = &[
    "deploymentnotfound",
    "invalid_model",
    "model_decommissioned",
    "model_not_found",
    "model_not_supported",
];
pub(super) const MODEL: &[&str] = &[
    "is not available. please use",
    "model",
    "no endpoints available",
    "no endpoints found",
];
pub(super) const BAD_MODEL: &[&str] = &[
    "model identifier is invalid",
    "model is not supported when using codex",
    "not a valid model",
];

pub(super) const OVERFLOW_CODES: &[&str] = &[
    "context_length_exceeded",
    "exceed_context_size_error",
    "model_max_prompt_tokens_exceeded",
    "request_too_large",
];
pub(super) const OVERFLOW: &[&str] = &[
    "context length",
    "context limit",
    "context size",
    "context window",
    "exceeds the maximum number of tokens",
    "input is too long",
    "maximum prompt length",
    "prompt is too long",
    "prompt token count of",
    "prompt too long",
    "request entity too large",
    "request exceeds the maximum",
    "request too large",
];
