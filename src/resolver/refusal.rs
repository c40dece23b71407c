//! Requests that are not sent: why, whose fault, and what to do. A refusal is a value, not a failure.

use thiserror::Error;

use crate::clock::Timestamp;
use crate::endpoint::Api;
use crate::model::{ModelRef, ProviderId};
use crate::order::Reason;
use crate::outcome::{Cause, FailureClass};
use crate::profile::ProfileId;
use crate::session::AgentId;

use super::walk::Tried;

/// Why a request gets no credential.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nothing says which model to use.
    #[error("no model is configured")]
    NoModel,
    /// The pinned model is not in the catalogue any more.
    #[error("model {0} is not in the catalogue any more")]
    ModelGone(ModelRef),
    /// The allowlist leaves the model out.
    #[error("model {model} is not allowed: {rule} does not list it")]
    ModelNotAllowed {
        /// The model.
        model: ModelRef,
        /// The configuration key of the list.
        rule: String,
    },
    /// The agent has no credential for the provider that can be used.
    #[error("{}", no_credential(.provider, .agent, .store, .unusable))]
    NoCredential {
        /// The provider.
        provider: ProviderId,
        /// The agent.
        agent: AgentId,
        /// The credential file.
        store: String,
        /// The profiles that there are, and why they cannot be used; empty if there is none at all.
        unusable: Vec<(ProfileId, Reason)>,
    },
    /// Every profile rests, or has been tried in this request.
    #[error("no available auth profile for provider {provider}: all rest or failed")]
    AllRest {
        /// The provider.
        provider: ProviderId,
        /// When the first is back.
        retry_at: Option<Timestamp>,
        /// Those that were tried in this request.
        tried: Vec<ProfileId>,
    },
    /// The pinned profile is strict, and rests.
    #[error("pinned profile {profile} cannot be used now: {reason}")]
    PinnedRests {
        /// The profile.
        profile: ProfileId,
        /// Why it rests.
        reason: Reason,
        /// When it is back.
        retry_at: Option<Timestamp>,
    },
    /// The pinned profile is strict, and is gone, expired, or left out.
    #[error("no credentials found for profile {profile}: {reason}")]
    PinnedUnusable {
        /// The profile.
        profile: ProfileId,
        /// Why it is left out.
        reason: Reason,
    },
    /// The pinned profile is strict, and is not for this sender, who is not told which it is.
    #[error("the profile that is pinned here cannot be used for you")]
    PinnedNotYours,
    /// The profile that would serve is a sign-in that has ended.
    #[error("the sign-in of profile {profile} has ended, and cannot be renewed yet")]
    NeedsSignIn {
        /// The profile.
        profile: ProfileId,
    },
    /// The pinned profile is strict, and failed in this request.
    #[error("pinned profile {profile} failed, and no other may take its place")]
    PinnedFailed {
        /// The profile.
        profile: ProfileId,
    },
    /// What could serve would begin to cost, and nobody said yes.
    #[error("{}", fenced(.from.as_ref(), .to))]
    Fenced {
        /// The subscription that cannot serve now.
        from: Option<ProfileId>,
        /// What could, and costs.
        to: ProfileId,
        /// When the subscription is back.
        retry_at: Option<Timestamp>,
    },
    /// The request itself is at fault: every other credential would hear the same.
    #[error("the provider does not take the request ({class}); tried {}", listed(.tried))]
    Request {
        /// What the provider said.
        class: FailureClass,
        /// Every attempt.
        tried: Vec<Tried>,
    },
    /// Something of an answer has gone out: nothing else may follow.
    #[error("an answer has begun; nothing else is asked for this request")]
    Answering,
    /// Attempts were made, and nobody is left.
    #[error("{first}; tried {}", listed(.tried))]
    Failed {
        /// Why nobody is left for the model that was asked for.
        first: Box<Self>,
        /// Every attempt.
        tried: Vec<Tried>,
    },
    /// The profile was chosen, and its secret cannot be had.
    #[error("the credential of profile {profile} cannot be had: {cause}")]
    CredentialUnavailable {
        /// The profile.
        profile: ProfileId,
        /// Why.
        cause: String,
    },
    /// The request is written for another API than the one that the model is reached by.
    #[error("model {model} speaks {api}, and the request is written for another API")]
    OtherApi {
        /// The model.
        model: ModelRef,
        /// What it speaks.
        api: Api,
    },
    /// No address is known for the provider.
    #[error("no endpoint is known for provider {0}")]
    NoEndpoint(ProviderId),
}

impl Refusal {
    /// A stable code, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoModel => "no-model",
            Self::ModelGone(_) => "model-gone",
            Self::ModelNotAllowed { .. } => "model-not-allowed",
            Self::NoCredential { unusable, .. } if unusable.is_empty() => "no-api-key",
            Self::NoCredential { .. } => "no-usable-profile",
            Self::AllRest { .. } => "no-available-profile",
            Self::PinnedRests { .. } | Self::PinnedFailed { .. } | Self::PinnedNotYours => {
                "pinned-profile-unavailable"
            }
            Self::PinnedUnusable { .. } => "no-credentials-for-profile",
            Self::NeedsSignIn { .. } => "needs-sign-in",
            Self::Fenced { .. } => "fenced",
            Self::Request { class, .. } => class.as_str(),
            Self::Answering => "answering",
            Self::Failed { first, .. } => first.code(),
            Self::CredentialUnavailable { .. } => "credential-unavailable",
            Self::OtherApi { .. } => "other-api",
            Self::NoEndpoint(_) => "no-endpoint",
        }
    }

    /// Whether another model may step in. What a person pinned and what is gone is refused, and said.
    pub(super) fn lets_others_step_in(&self) -> bool {
        !matches!(
            self,
            Self::NoModel
                | Self::ModelGone(_)
                | Self::ModelNotAllowed { .. }
                | Self::PinnedUnusable { .. }
                | Self::PinnedNotYours
                | Self::CredentialUnavailable { .. }
        )
    }

    /// When another try can succeed, where time alone helps.
    #[must_use]
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::AllRest { retry_at, .. }
            | Self::PinnedRests { retry_at, .. }
            | Self::Fenced { retry_at, .. } => *retry_at,
            Self::Failed { first, .. } => first.retry_at(),
            _ => None,
        }
    }

    /// Every attempt of the request, if any was made.
    #[must_use]
    pub fn tried(&self) -> &[Tried] {
        match self {
            Self::Failed { tried, .. } | Self::Request { tried, .. } => tried,
            _ => &[],
        }
    }

    /// What is known of why an attempt failed, beyond its class, if a person can do something about it.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.tried().iter().find_map(|tried| tried.cause)
    }

    /// What can be done about it.
    #[must_use]
    pub fn hint(&self) -> String {
        if let (Self::Failed { first, .. }, Some(cause)) = (self, self.cause()) {
            return format!("{cause}; {}", first.hint());
        }
        match self {
            Self::NoModel => "name one: /model provider/model, or set agents.defaults.model".to_owned(),
            Self::ModelGone(_) => "pick another: /model list, or go back: /model default".to_owned(),
            Self::ModelNotAllowed { rule, .. } => format!("add it to {rule}, or pick another: /model list"),
            Self::NoCredential { provider, .. } => {
                format!("add one: modelpin models auth paste-token --provider {provider}")
            }
            Self::AllRest { retry_at: None, .. } => {
                "nobody knows when one is back; pick another model: /model list".to_owned()
            }
            Self::AllRest { .. } => "wait, or pick another model: /model list".to_owned(),
            Self::PinnedRests { retry_at: None, .. } | Self::PinnedNotYours => {
                "let others serve: /model @auto".to_owned()
            }
            Self::PinnedRests { .. } | Self::PinnedFailed { .. } => {
                "wait, or let others serve: /model @auto".to_owned()
            }
            Self::PinnedUnusable {
                reason: Reason::NotInOrder,
                ..
            } => "the configured order leaves it out; let others serve: /model @auto".to_owned(),
            Self::PinnedUnusable { .. } | Self::NeedsSignIn { .. } => {
                "sign it in again, pick another: /model status, or let others serve: /model @auto".to_owned()
            }
            Self::Fenced { to, .. } => {
                format!("to pay for it, say so: /model @{to}; or set auth.fence to \"allow\"")
            }
            Self::Request { .. } => "change the request: shorter, or what its model takes".to_owned(),
            Self::Answering => "ask again".to_owned(),
            Self::Failed { first, .. } => first.hint(),
            Self::CredentialUnavailable { .. } => "repair it, or let others serve: /model @auto".to_owned(),
            Self::OtherApi { api, .. } => format!(
                "send it to {}, or pick a model that speaks this API: /model list",
                api.path()
            ),
            Self::NoEndpoint(provider) => format!("set models.providers.{provider}.baseUrl and .api"),
        }
    }
}

fn no_credential(
    provider: &ProviderId,
    agent: &AgentId,
    store: &str,
    unusable: &[(ProfileId, Reason)],
) -> String {
    if unusable.is_empty() {
        return format!("no API key found for provider {provider} (agent {agent}, store {store})");
    }
    let reasons: Vec<String> = unusable
        .iter()
        .map(|(id, reason)| format!("{id}: {reason}"))
        .collect();
    format!(
        "no usable auth profile for provider {provider} ({})",
        reasons.join(", ")
    )
}

fn fenced(from: Option<&ProfileId>, to: &ProfileId) -> String {
    match from {
        Some(from) => format!("{from} cannot serve now, and requests on {to} would cost"),
        None => format!("requests on {to} would cost"),
    }
}

/// `anthropic:work for anthropic/opus (rate_limit), …`
fn listed(tried: &[Tried]) -> String {
    let each = tried.iter().map(|tried| {
        let became = match tried.class() {
            Some(class) => class.as_str(),
            None => "not reported",
        };
        format!("{} for {} ({became})", tried.profile, tried.model)
    });
    each.collect::<Vec<_>>().join(", ")
}
