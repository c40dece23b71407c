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
