//! The credentials: do they end, do they meet, does each agent have one?

use super::Patient;
use super::finding::{Finding, Severity};
use crate::config::Config;
use crate::credential::CredentialKind;
use crate::credentials::{AuthStore, known_providers, shared_refresh_tokens};
use crate::order::{Expiry, ProfileFacts};
use crate::profile::ProfileId;
use crate::resolver::{Book, Snapshot};
use crate::session::AgentId;

/// What ends within this time ends soon, in milliseconds.
const SOON: i64 = 24 * 3_600_000;

pub(super) fn examine(patient: &Patient, found: &mut Vec<Finding>) {
    shared(patient, found);
    let Ok(snapshot) = &patient.snapshot else {
        return;
    };
    for provider in known_providers() {
        let keys = snapshot.environment().keys(&provider);
        if let Some((used, [_, ..])) = keys.split_first() {
            let unused: Vec<&str> = keys.iter().skip(1).map(|key| key.name).collect();
            let what = format!(
                "{} and {} are both set; {} wins",
                used.name,
                unused.join(" and "),
                used.name
            );
            let remedy = format!("unset {} if that is not meant", used.name);
            found.push(Finding::new(Severity::Warning, "both-variables", what, remedy));
        }
    }
    for agent in snapshot.config().agent_ids() {
        // A store that cannot be read is told elsewhere.
        if let Ok(book) = snapshot.book(Some(&agent)) {
            of_agent(patient, snapshot, &agent, &book, found);
        }
    }
}

fn of_agent(patient: &Patient, snapshot: &Snapshot, agent: &AgentId, book: &Book, found: &mut Vec<Finding>) {
    let mut facts: Vec<&ProfileFacts> = book
        .facts()
        .iter()
        .filter(|facts| facts.source.is_stored())
        .collect();
    facts.sort_by_key(|facts| match facts.expires {
        Expiry::At(at) => at.as_millis(),
        Expiry::Never | Expiry::Invalid => i64::MAX,
    });
    for facts in facts {
        ends(patient, agent, facts, found);
        declared(snapshot.config(), agent, facts, found);
    }
    let default = book.catalog().default_model();
    if let Some(model) = default
        && !book.has_credential(model.provider(), &|_| true, patient.now)
    {
        let provider = model.provider();
        let what = format!(
            "agent {agent} has no credential for {provider}, the provider of its default model {model}"
        );
        let remedy = format!("modelpin models auth add --provider {provider} --agent {agent}");
        found.push(Finding::new(Severity::Error, "no-credential", what, remedy));
    }
    let named = |id: &ProfileId| book.fact(id).is_none();
    for (provider, ids) in &snapshot.config().auth.order {
        for id in ids.iter().filter(|id| named(id)) {
            let what = format!("auth.order.{provider} names {id}, which agent {agent} does not have");
            let remedy = format!(
                "modelpin models auth paste-token --provider {provider} --profile-id {id} --agent {agent}"
            );
            found.push(Finding::new(Severity::Warning, "order", what, remedy));
        }
    }
}

fn ends(patient: &Patient, agent: &AgentId, facts: &ProfileFacts, found: &mut Vec<Finding>) {
    let (id, provider) = (&facts.id, &facts.provider);
    let remedy = match facts.kind {
        Some(CredentialKind::OAuth) => {
            format!("sign in again: modelpin models auth login --provider {provider} --agent {agent}")
        }
        _ => format!(
            "modelpin models auth paste-token --provider {provider} --profile-id {id} --agent {agent}"
        ),
    };
    match facts.expires {
        Expiry::Invalid => {
            let what = format!("{id} of agent {agent} ends at no moment in time");
            found.push(Finding::new(Severity::Error, "invalid-expires", what, remedy));
        }
        Expiry::At(_) if facts.refreshable => {}
        Expiry::At(at) if at <= patient.now => {
            let what = format!("{id} of agent {agent} has expired");
            found.push(Finding::new(Severity::Error, "expired", what, remedy));
        }
        Expiry::At(at) if at.as_millis() - patient.now.as_millis() <= SOON => {
            let hours = at.since(patient.now).as_secs().div_ceil(3600);
            let what = format!("{id} of agent {agent} ends within {hours} h");
            found.push(Finding::new(Severity::Expiring, "expiring", what, remedy));
        }
        Expiry::At(_) | Expiry::Never => {}
    }
}

fn declared(config: &Config, agent: &AgentId, facts: &ProfileFacts, found: &mut Vec<Finding>) {
    let Some(said) = config.auth.profiles.get(&facts.id) else {
        return;
    };
    let other_provider = said
        .provider
        .as_ref()
        .filter(|provider| **provider != facts.provider);
    // `oauth` in the configuration also takes a token.
    let fits = |mode: &CredentialKind| {
        Some(*mode) == facts.kind
            || (*mode == CredentialKind::OAuth && facts.kind == Some(CredentialKind::Token))
    };
    let other_mode = said.mode.filter(|mode| !fits(mode));
    if other_provider.is_none() && other_mode.is_none() {
        return;
    }
    let id = &facts.id;
    let what = format!(
        "auth.profiles[\"{id}\"] says another provider or mode than the store of agent {agent}: it is not used"
    );
    let remedy = "change the configuration, or add the credential again";
    found.push(Finding::new(Severity::Warning, "mismatch", what, remedy));
}

fn shared(patient: &Patient, found: &mut Vec<Finding>) {
    let read =
        |(agent, path): &(AgentId, std::path::PathBuf)| Some((agent.clone(), AuthStore::read(path).ok()??));
    let stores: Vec<(AgentId, AuthStore)> = patient.stores.iter().filter_map(read).collect();
    let all: Vec<&AuthStore> = stores.iter().map(|(_, store)| store).collect();
    for holders in shared_refresh_tokens(&all) {
        let names: Vec<String> = holders
            .iter()
            .map(|(at, id)| format!("{id} of agent {}", stores[*at].0))
            .collect();
        let what = format!(
            "{} hold the same refresh token: whoever renews first locks the others out",
            names.join(" and ")
        );
        let remedy = "keep it in one place: remove the others, and let agents inherit with auth.inherit";
        found.push(Finding::new(Severity::Error, "duplicate-refresh", what, remedy));
    }
}
