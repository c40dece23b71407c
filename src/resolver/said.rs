//! Refusals in the language of whoever reads a reply; logs and programs have them in English.

use crate::echo::causes;
use crate::order::Reason;
use crate::words::{Words, say};

use super::refusal::Refusal;

impl Refusal {
    /// Why, and what can be done about it. In English these are `Display` and [`hint`](Self::hint).
    #[must_use]
    pub fn said(&self, words: &Words) -> (String, String) {
        (self.why(words), self.remedy(words))
    }

    fn why(&self, words: &Words) -> String {
        match self {
            Self::NoModel => say!(words, "unserved-no-model"),
            Self::ModelGone(model) => say!(words, "unserved-model-gone", model = model.to_string()),
            Self::ModelNotAllowed { model, rule } => {
                say!(
                    words,
                    "unserved-not-allowed",
                    model = model.to_string(),
                    rule = rule.as_str()
                )
            }
            Self::NoCredential {
                provider,
                agent,
                store,
                unusable,
            } => {
                let provider = provider.as_str();
                if unusable.is_empty() {
                    return say!(
                        words,
                        "unserved-no-key",
                        provider = provider,
                        agent = agent.as_str(),
                        store = store.as_str(),
                    );
                }
                let reasons = unusable.iter().map(|(id, reason)| format!("{id}: {reason}"));
                let reasons = reasons.collect::<Vec<_>>().join(", ");
                say!(
                    words,
                    "unserved-none-usable",
                    provider = provider,
                    reasons = reasons
                )
            }
            Self::PinnedUnusable { profile, reason } => say!(
                words,
                "unserved-pinned-unusable",
                profile = profile.as_str(),
                reason = reason.as_str(),
            ),
            Self::NeedsSignIn { profile } => {
                say!(words, "unserved-needs-sign-in", profile = profile.as_str())
            }
            Self::Fenced {
                from: Some(from), to, ..
            } => {
                say!(
                    words,
                    "unserved-fenced-from",
                    from = from.as_str(),
                    to = to.as_str()
                )
            }
            Self::Fenced { from: None, to, .. } => say!(words, "unserved-fenced", to = to.as_str()),
            Self::CredentialUnavailable { profile, cause } => say!(
                words,
                "unserved-credential",
                profile = profile.as_str(),
                cause = cause.as_str(),
            ),
            Self::NoEndpoint(provider) => {
                say!(words, "unserved-no-endpoint", provider = provider.as_str())
            }
            // These come of a request, and not of a question: no reply tells them.
            Self::AllRest { .. }
            | Self::PinnedRests { .. }
            | Self::PinnedNotYours
            | Self::PinnedFailed { .. }
            | Self::Request { .. }
            | Self::Answering
            | Self::Failed { .. }
            | Self::OtherApi { .. } => causes(self),
        }
    }

    fn remedy(&self, words: &Words) -> String {
        match self {
            Self::NoModel => say!(words, "remedy-no-model"),
            Self::ModelGone(_) => say!(words, "remedy-model-gone"),
            Self::ModelNotAllowed { rule, .. } => say!(words, "remedy-not-allowed", rule = rule.as_str()),
            Self::NoCredential { provider, .. } => {
                say!(words, "remedy-no-key", provider = provider.as_str())
            }
            Self::PinnedUnusable {
                reason: Reason::NotInOrder,
                ..
            } => say!(words, "remedy-not-in-order"),
            Self::PinnedUnusable { .. } | Self::NeedsSignIn { .. } => say!(words, "remedy-sign-in"),
            Self::Fenced { to, .. } => say!(words, "remedy-fenced", to = to.as_str()),
            Self::CredentialUnavailable { .. } => say!(words, "remedy-credential"),
            Self::NoEndpoint(provider) => {
                say!(words, "remedy-no-endpoint", provider = provider.as_str())
            }
            Self::AllRest { .. }
            | Self::PinnedRests { .. }
            | Self::PinnedNotYours
            | Self::PinnedFailed { .. }
            | Self::Request { .. }
            | Self::Answering
            | Self::Failed { .. }
            | Self::OtherApi { .. } => self.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::profile::ProfileId;
    use crate::session::AgentId;

    #[test]
    fn in_english_it_is_what_the_log_says() {
        let (profile, provider) = (ProfileId::new("a:work"), ProviderId::new("a"));
        let model = ModelRef::parse("a/b").expect("a reference");
        let nobody = |unusable| Refusal::NoCredential {
            provider: provider.clone(),
            agent: AgentId::main(),
            store: "auth-profiles.json".to_owned(),
            unusable,
        };
        let unusable = |reason| Refusal::PinnedUnusable {
            profile: profile.clone(),
            reason,
        };
        let fenced = |from| Refusal::Fenced {
            from,
            to: profile.clone(),
            retry_at: None,
        };
        let all = [
            Refusal::NoModel,
            Refusal::ModelGone(model.clone()),
            Refusal::ModelNotAllowed {
                model,
                rule: "agents.defaults.models".to_owned(),
            },
            nobody(Vec::new()),
            nobody(vec![(profile.clone(), Reason::Expired)]),
            unusable(Reason::Expired),
            unusable(Reason::NotInOrder),
            Refusal::NeedsSignIn {
                profile: profile.clone(),
            },
            fenced(None),
            fenced(Some(ProfileId::new("a:plan"))),
            Refusal::CredentialUnavailable {
                profile: profile.clone(),
                cause: "it is gone".to_owned(),
            },
            Refusal::NoEndpoint(provider.clone()),
            Refusal::PinnedNotYours,
        ];
        for refusal in all {
            let said = refusal.said(&Words::english());
            assert_eq!(said, (refusal.to_string(), refusal.hint()));
        }
    }
}
