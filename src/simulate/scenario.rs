//! What is played: people, credentials, a configuration, and the weather at the providers.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::outcome::FailureClass;

use super::span::{Span, moment};

/// A scenario, as its file has it. The file is JSON5: comments are welcome.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// One line for the report.
    #[serde(default)]
    pub about: String,
    /// What all dice begin from: the same seed gives the same people and the same weather, whatever the policy does.
    #[serde(default)]
    pub seed: u64,
    /// When it begins, RFC 3339.
    #[serde(default = "usual_start", deserialize_with = "moment")]
    pub start: Timestamp,
    /// How long it lasts. All other moments are lengths from the start.
    pub lasts: Span,
    /// The chats.
    pub sessions: Sessions,
    /// `modelpin.json`.
    #[serde(default)]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// The profiles of the agent `main`, in file order. Secrets are made up.
    pub profiles: IndexMap<String, Account>,
    /// The order that is kept with the profiles.
    #[serde(default)]
    pub order: IndexMap<String, Vec<String>>,
    /// What goes wrong at the providers, and when.
    #[serde(default)]
    pub weather: Vec<Spell>,
    /// What goes wrong at random.
    #[serde(default)]
    pub showers: Vec<Shower>,
    /// What people say in their chats.
    #[serde(default)]
    pub commands: Vec<Said>,
    /// Profiles that get a new secret.
    #[serde(default)]
    pub new_secrets: Vec<NewSecret>,
}

/// The chats, and how busy they are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sessions {
    /// How many there are; they are numbered from 0.
    pub count: u32,
    /// The mean time between two requests of one chat; the times are exponentially distributed.
    pub every: Span,
    /// The shortest and the longest time that a request is on its way.
    #[serde(default = "usual_latency")]
    pub takes: [Span; 2],
    /// The share of requests that are malformed (0 to 1).
    #[serde(default)]
    pub wrong: f64,
    /// The share of requests that are too long for the model.
    #[serde(default)]
    pub too_long: f64,
}

/// A profile without its secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    /// The kind of credential.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The provider; by default what stands before the first `:` of the id.
    pub provider: Option<String>,
    /// The e-mail of the account. Two profiles of one account share what is learned of it.
    pub email: Option<String>,
}

/// The kind of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A key; its requests are metered unless the configuration says otherwise.
    ApiKey,
    /// A setup token; a subscription.
    Token,
    /// A sign-in, which lasts until the end; a subscription.
    Oauth,
}

/// What a spell of weather is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sky {
    /// Too many requests.
    Burst,
    /// The provider fails, is overloaded, or does not answer.
    Outage,
    /// The credential is not taken for now.
    Denied,
    /// The credential is revoked.
    Revoked,
    /// The account has no money, until somebody puts some in.
    NoMoney,
    /// The model is not served.
    ModelGone,
}

/// Whom a spell of weather concerns: all that is not named.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spell {
    /// What it is.
    pub sky: Sky,
    /// Its begin.
    #[serde(default)]
    pub from: Span,
    /// Its length; to the end of the scenario if it is not there.
    #[serde(rename = "for")]
    pub lasts: Option<Span>,
    /// The providers; all by default.
    pub providers: Option<Vec<String>>,
    /// The profiles; all by default.
    pub profiles: Option<Vec<String>>,
    /// The models, `provider/model`; all by default.
    pub models: Option<Vec<String>>,
    /// The share of requests that it hits; 1 by default.
    pub share: Option<f64>,
    /// When a `burst` tells people to come back; it does not say by default.
    pub retry_after: Option<RetryAfter>,
    /// How an `outage` shows: `server_error`, `timeout`, `overloaded`; any of them by default.
    #[serde(rename = "as")]
    pub shows_as: Option<Vec<Fault>>,
}

/// When a provider tells people to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Back {
    /// When the spell is over, to the millisecond.
    End,
}

/// When a provider tells people to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected \"end\", or a length of time such as \"2m\"")]
pub enum RetryAfter {
    /// At a moment that follows from the spell.
    Then(Back),
    /// After so long.
    After(Span),
}

/// How an outage shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 500, 502, 503, …
    ServerError,
    /// No answer.
    Timeout,
    /// 529.
    Overloaded,
}

impl Fault {
    /// The class of the failure.
    #[must_use]
    pub fn class(self) -> FailureClass {
        match self {
            Self::ServerError => FailureClass::ServerError,
            Self::Timeout => FailureClass::Timeout,
            Self::Overloaded => FailureClass::Overloaded,
        }
    }
}

/// Bursts at random, for each profile by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shower {
    /// How many there are in a day, on average.
    pub per_day: f64,
    /// How long one lasts, on average.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// The profiles; all by default.
    pub profiles: Option<Vec<String>>,
    /// The models, `provider/model`; all by default.
    pub models: Option<Vec<String>>,
    /// The share of bursts that tell when they are over; 0 by default.
    #[serde(default)]
    pub told: f64,
}

/// A message in a chat.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Said {
    /// When.
    pub at: Span,
    /// In which chats, by number.
    pub sessions: Vec<u32>,
    /// The message, such as `/model opus@work --strict`.
    pub text: String,
}

/// A profile gets a new secret: somebody has made a new key, or signed in again.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSecret {
    /// When.
    pub at: Span,
    /// The profile.
    pub profile: String,
}

/// 2026-02-10T12:00:00Z.
fn usual_start() -> Timestamp {
    Timestamp::from_millis(1_770_724_800_000)
}

fn usual_latency() -> [Span; 2] {
    [Span::seconds(2), Span::seconds(20)]
}
