//! The words that providers use in errors, and what they mean. All in lower case.
//!
//! Codes are compared whole, phrases are looked for inside the error's message.
//!
//! Sources: the error pages of Anthropic (`docs.claude.com/en/api/errors`), OpenAI
//! (`platform.openai.com/docs/guides/error-codes`), Google (`ai.google.dev/gemini-api/docs/troubleshooting`),
//! OpenRouter (`openrouter.ai/docs/api-reference/errors`) and RFC 6749, section 5.2.

pub(super) const BILLING_CODES: &[&str] = &[
    "billing_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
    "insufficient_credits",
    "insufficient_quota",
    "payment_required",
];
pub(super) const BILLING: &[&str] = &[
    "credit balance",
    "insufficient account balance",
    "insufficient balance",
    "insufficient credit",
    "insufficient quota",
    "insufficient_quota",
    "out of credits",
    "payment required",
    "plans & billing",
    "plans and billing",
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
    "too_many_requests",
    "toomanyrequestsexception",
];
pub(super) const OVERLOADED_CODES: &[&str] = &["overloaded", "overloaded_error"];
pub(super) const OVERLOADED: &[&str] = &["overloaded"];

pub(super) const PERMANENT_CODES: &[&str] = &["account_deactivated", "invalid_grant"];
pub(super) const PERMANENT: &[&str] = &[
    "deactivated",
    "disabled",
    "not allowed for this organization",
    "not allowed for your organization",
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
    "invalid_api_key",
    "permission_error",
    "unauthenticated",
];
pub(super) const AUTH: &[&str] = &[
    "api key expired",
    "api key not valid",
    "only authorized for use with claude code",
];

pub(super) const MODEL_CODES: &[&str] = &["model_not_found"];
pub(super) const MODEL: &[&str] = &["model", "no endpoints found"];
pub(super) const BAD_MODEL: &[&str] = &["not a valid model"];

pub(super) const OVERFLOW_CODES: &[&str] = &[
    "context_length_exceeded",
    "exceed_context_size_error",
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
    "prompt too long",
    "request entity too large",
    "request exceeds the maximum",
    "request too large",
];
