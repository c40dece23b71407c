//! Whether one profile can be used for what is asked.

use super::facts::{Ask, Expiry, ProfileFacts, SecretState};
use super::ranking::Reason;
use crate::clock::Timestamp;
use crate::credential::CredentialKind;
use crate::outcome::Rest;

/// The kind of a profile that can be used, or the one reason why it cannot.
///
/// Who may use it is asked before what is wrong with it, so that nobody learns of a credential what is not
/// theirs to know.
pub(super) fn usable(ask: &Ask<'_>, facts: &ProfileFacts) -> Result<CredentialKind, Reason> {
    let declared = ask.config_profiles.get(&facts.id);
    let declared_provider = declared.and_then(|declared| declared.provider.as_ref());
    if facts.provider != *ask.provider || declared_provider.is_some_and(|meant| meant != ask.provider) {
        return Err(Reason::ProviderMismatch);
    }
    if !(ask.allowed)(&facts.id) {
        return Err(Reason::NotAllowed);
    }
    let kind = facts.kind.ok_or(Reason::UnknownType)?;
    if declared
        .and_then(|declared| declared.kind)
        .is_some_and(|meant| !takes(meant, kind))
    {
        return Err(Reason::ModeMismatch);
    }
    credential(facts, kind, ask.now)?;
    Ok(kind)
}

fn takes(meant: CredentialKind, stored: CredentialKind) -> bool {
    meant == stored || (meant == CredentialKind::OAuth && stored == CredentialKind::Token)
}

fn credential(facts: &ProfileFacts, kind: CredentialKind, now: Timestamp) -> Result<(), Reason> {
    if kind == CredentialKind::OAuth && facts.refreshable {
        return Ok(());
    }
    match facts.secret {
        SecretState::Usable => {}
        SecretState::Blank => return Err(Reason::NoCredential),
        SecretState::Unresolved => return Err(Reason::UnresolvedRef),
    }
    match facts.expires {
        // A key does not end by itself, whatever else its entry says.
        _ if kind == CredentialKind::ApiKey => Ok(()),
        Expiry::Never => Ok(()),
        Expiry::At(end) if now < end => Ok(()),
        Expiry::At(_) => Err(Reason::Expired),
        Expiry::Invalid => Err(Reason::InvalidExpires),
    }
}

/// The rest of a profile, unless it is over.
pub(super) fn resting(facts: &ProfileFacts, now: Timestamp) -> Option<Rest> {
    facts
        .rest
        .filter(|rest| rest.until.is_none_or(|until| now < until))
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::model::ProviderId;
    use crate::order::{Declared, Source};
    use crate::outcome::RestKind;
    use crate::profile::ProfileId;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn facts(kind: CredentialKind, expires: Expiry) -> ProfileFacts {
        ProfileFacts {
            id: ProfileId::new("demo:x"),
            provider: ProviderId::new("demo"),
            kind: Some(kind),
            secret: SecretState::Usable,
            expires,
            refreshable: false,
            last_used: None,
            rest: None,
            source: Source::Store,
        }
    }

    fn asked(facts: &ProfileFacts, declared: Option<Declared>) -> Result<CredentialKind, Reason> {
        let declared: IndexMap<_, _> = declared
            .into_iter()
            .map(|said| (facts.id.clone(), said))
            .collect();
        let ask = Ask {
            provider: &ProviderId::new("demo"),
            profiles: &[],
            stored_order: None,
            config_order: None,
            config_profiles: &declared,
            preferred: &[],
            allowed: &|_| true,
            now: NOW,
        };
        assert!(
            format!("{ask:?}").contains("demo"),
            "a question can be read in a log"
        );
        usable(&ask, facts)
    }

    #[test]
    fn a_token_serves_until_its_end_and_a_key_has_none() {
        use CredentialKind::{ApiKey, OAuth, Token};
        let end = |ms| Expiry::At(Timestamp::from_millis(ms));
        for (expires, token) in [
            (Expiry::Never, Ok(Token)),
            (end(1_001), Ok(Token)),
            (end(1_000), Err(Reason::Expired)),
            (end(999), Err(Reason::Expired)),
            (Expiry::Invalid, Err(Reason::InvalidExpires)),
        ] {
            assert_eq!(asked(&facts(Token, expires), None), token, "{expires:?}");
            assert_eq!(asked(&facts(ApiKey, expires), None), Ok(ApiKey), "{expires:?}");
            let refreshable = |kind| ProfileFacts {
                refreshable: true,
                secret: SecretState::Blank,
                ..facts(kind, expires)
            };
            assert_eq!(asked(&refreshable(OAuth), None), Ok(OAuth), "it can be renewed");
            assert_eq!(asked(&refreshable(Token), None), Err(Reason::NoCredential));
        }
    }

    #[test]
    fn what_is_declared_as_a_sign_in_takes_a_token_too_and_nothing_else_is_mixed() {
        use CredentialKind::{ApiKey, OAuth, Token};
        for stored in [OAuth, Token, ApiKey] {
            for meant in [OAuth, Token, ApiKey] {
                let declared = Declared {
                    provider: None,
                    kind: Some(meant),
                };
                let fits = stored == meant || (stored, meant) == (Token, OAuth);
                let expected = if fits {
                    Ok(stored)
                } else {
                    Err(Reason::ModeMismatch)
                };
                assert_eq!(
                    asked(&facts(stored, Expiry::Never), Some(declared)),
                    expected,
                    "{meant:?}"
                );
            }
        }
    }

    #[test]
    fn a_rest_is_over_at_its_end_and_one_without_end_is_not() {
        let rests = |until: Option<i64>| {
            let rest = Rest {
                kind: RestKind::Cooldown,
                until: until.map(Timestamp::from_millis),
                class: None,
            };
            let facts = ProfileFacts {
                rest: Some(rest),
                ..facts(CredentialKind::Token, Expiry::Never)
            };
            resting(&facts, NOW).is_some()
        };
        assert!(rests(Some(1_001)) && rests(None));
        assert!(!rests(Some(1_000)) && !rests(Some(999)));
    }

    #[test]
    fn people_read_a_reason_by_its_code() {
        for reason in [Reason::Ok, Reason::Fenced, Reason::NoCredential] {
            assert_eq!(reason.to_string(), reason.as_str());
            assert!(!reason.as_str().is_empty());
        }
    }
}
