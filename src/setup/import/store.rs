//! The credentials of one agent.

use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Import, Imported, Run};
use crate::credential::CredentialKind;
use crate::credentials::{AuthStore, ChangeError, DraftError, Replace, StoreError};
use crate::echo::causes;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::session::AgentId;

/// A profile that was taken over.
pub(super) struct Taken {
    pub(super) id: ProfileId,
    pub(super) provider: ProviderId,
    pub(super) kind: CredentialKind,
}

pub(super) fn store(
    import: &Import,
    agent: &AgentId,
    there: &Path,
    here: &Path,
    done: &mut Imported,
) -> Result<Vec<Taken>, String> {
    let theirs = match AuthStore::read(there) {
        Ok(None) => return Ok(Vec::new()),
        Ok(Some(theirs)) => theirs,
        Err(wrong) => return Err(causes(&wrong)),
    };
    let mine = AuthStore::read(here).map_err(|wrong| causes(&wrong))?;
    let mut taken: Vec<ProfileId> = Vec::new();
    let mut kept = Vec::new();
    for (id, profile) in theirs.profiles() {
        match mine.as_ref().and_then(|mine| mine.profiles().get(id)) {
            Some(own) if same(own.raw(), profile.raw()) => {}
            Some(_) if import.replace == Replace::No => kept.push(id.clone()),
            _ => taken.push(id.clone()),
        }
    }
    let orders: Vec<(ProviderId, Vec<ProfileId>)> = theirs
        .orders()
        .filter(|(provider, _)| mine.as_ref().is_none_or(|mine| mine.order(provider).is_none()))
        .map(|(provider, ids)| (provider.clone(), ids.to_vec()))
        .collect();
    let signs_in = taken.iter().any(|id| theirs.profiles()[id].is_renewable());
    if import.run == Run::Real && (!taken.is_empty() || !orders.is_empty()) {
        let usage = theirs
            .sections()
            .get("usageStats")
            .map(|raw| raw.get().to_owned())
            .unwrap_or_default();
        let usage: indexmap::IndexMap<String, Box<RawValue>> =
            serde_json::from_str(&usage).unwrap_or_default();
        let changed = AuthStore::change(here, |draft| {
            for id in &taken {
                draft.put_raw_profile(id, theirs.profiles()[id].raw());
                if let Some(stats) = usage.get(id.as_str()) {
                    draft.put_raw_usage(id, stats);
                }
            }
            for (provider, ids) in &orders {
                draft.set_order(provider, ids);
            }
            Ok::<_, DraftError>(())
        });
        changed.map_err(|wrong: ChangeError<DraftError>| causes(&wrong))?;
        verify(here, &theirs, &taken)?;
    }
    done.taken
        .extend(taken.iter().map(|id| format!("{id} of agent {agent}")));
    done.taken.extend(
        orders
            .iter()
            .map(|(provider, _)| format!("the order of {provider} of agent {agent}")),
    );
    done.kept
        .extend(kept.iter().map(|id| {
            format!("{id} of agent {agent} is another one here and stays; --replace takes theirs")
        }));
    if signs_in {
        done.notes.push(format!(
            "sign-ins of agent {agent} are in two places now. Let only one program renew them: stop the other, or sign in again here with `modelpin models auth login`"
        ));
    }
    let taken = taken.into_iter().filter_map(|id| {
        let profile = &theirs.profiles()[&id];
        Some(Taken {
            provider: profile.provider.clone(),
            kind: profile.kind?,
            id,
        })
    });
    Ok(taken.collect())
}

/// Reads again what was written and compares it with what was read.
fn verify(here: &Path, theirs: &AuthStore, taken: &[ProfileId]) -> Result<(), String> {
    let written = AuthStore::read(here).map_err(|wrong: StoreError| causes(&wrong))?;
    let missing = taken.iter().find(|id| {
        let mine = written.as_ref().and_then(|mine| mine.profiles().get(*id));
        !mine.is_some_and(|mine| same(mine.raw(), theirs.profiles()[*id].raw()))
    });
    missing.map_or(Ok(()), |id| {
        Err(format!(
            "{id} reads otherwise than it was written; nothing there was changed"
        ))
    })
}

fn same(one: &RawValue, other: &RawValue) -> bool {
    let value = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    one.get() == other.get() || (value(one).is_some() && value(one) == value(other))
}
