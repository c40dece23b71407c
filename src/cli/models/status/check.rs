//! `--check`: is there anything that an operator should do?

use crate::credential::CredentialKind;
use crate::order::{ProfileFacts, Reason};
use crate::profile::ProfileId;
use crate::report::status::Gathered;
use crate::report::status::shape::Age;

/// What was found.
pub(super) struct Finding {
    pub(super) weight: Weight,
    pub(super) text: String,
    pub(super) remedy: String,
}

/// How bad it is. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Something is missing or has ended: exit code 1.
    Broken,
    /// Something ends soon: exit code 2.
    Ending,
}

/// Looks at every token and sign-in that the agent's order would use, and at the providers in use. Worst first.
pub(super) fn findings(gathered: &Gathered<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for provider in gathered.missing() {
        found.push(Finding {
            weight: Weight::Broken,
            text: format!("{provider}: in use, and there is no credential that could be used"),
            remedy: format!("modelpin models auth add --provider {provider}"),
        });
    }
    for (provider, decision) in &gathered.providers {
        let ranking = &decision.ranking;
        let would = ranking.candidates.iter().map(|candidate| &candidate.profile);
        // Left out because of what is wrong with it, and not because nobody wants it.
        let wanted = ranking.excluded.iter().filter(|out| {
            matches!(
                out.reason,
                Reason::Missing
                    | Reason::Expired
                    | Reason::InvalidExpires
                    | Reason::NoCredential
                    | Reason::UnresolvedRef
            )
        });
        let excluded = wanted.clone().map(|out| &out.profile);
        for id in would.chain(excluded) {
            let facts = gathered.stored().find(|facts| facts.id == *id);
            let reason = wanted
                .clone()
                .find(|out| out.profile == *id)
                .map(|out| out.reason);
            if let Some((weight, text)) = judge(gathered, id, facts, reason) {
                found.push(Finding {
                    weight,
                    text: format!("{id}: {text}"),
                    remedy: remedy(id, provider.as_str(), facts),
                });
            }
        }
    }
    found.sort_by_key(|finding| finding.weight);
    found
}

fn judge(
    gathered: &Gathered<'_>,
    id: &ProfileId,
    facts: Option<&ProfileFacts>,
    reason: Option<Reason>,
) -> Option<(Weight, String)> {
    let Some(facts) = facts else {
        // An order names it, and the configuration says that it is a token or a sign-in.
        let declared = gathered.declared(id)?;
        let ages = matches!(declared, CredentialKind::Token | CredentialKind::OAuth);
        return ages.then(|| (Weight::Broken, "missing".to_owned()));
    };
    if !matches!(facts.kind, Some(CredentialKind::Token | CredentialKind::OAuth)) {
        return None;
    }
    let ends = match facts.expires {
        crate::order::Expiry::At(at) => crate::cli::moment(at),
        _ => "at no moment that could be read".to_owned(),
    };
    match (gathered.age(facts), reason) {
        (Age::Expired, _) => Some((Weight::Broken, format!("expired {ends}"))),
        (Age::Missing, _) => Some((Weight::Broken, "missing: nothing says when it ends".to_owned())),
        (_, Some(Reason::NoCredential | Reason::UnresolvedRef)) => {
            Some((Weight::Broken, "missing: there is no secret in it".to_owned()))
        }
        (Age::Expiring, _) => Some((Weight::Ending, format!("expires {ends}"))),
        (Age::Ok | Age::Static, _) => None,
    }
}

fn remedy(id: &ProfileId, provider: &str, facts: Option<&ProfileFacts>) -> String {
    match facts.and_then(|facts| facts.kind) {
        Some(CredentialKind::OAuth) => {
            format!("sign in again: modelpin models auth login --provider {provider}")
        }
        _ => format!("modelpin models auth paste-token --provider {provider} --profile-id {id}"),
    }
}
