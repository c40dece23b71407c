//! Keeping a credential: in the store of the agent, and known to the configuration.

use std::path::PathBuf;

use thiserror::Error;

use crate::credential::CredentialKind;
use crate::credentials::{AuthStore, ChangeError, DraftError, NewProfile, Placed, Replace, StoreDraft};
use crate::files::{Previous, Reach, replace};
use crate::places::machine_id;
use crate::profile::ProfileId;
use crate::resolver::random_seed;

use super::config_file::{ConfigChangeError, Written, change_config};
use super::mentions::{declare, names_some_of, put_first};
use super::place::Place;

/// What was done for a credential.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The profile that has it now.
    pub id: ProfileId,
    /// What became of it in the store.
    pub placed: Placed,
    /// The store.
    pub store: PathBuf,
    /// The configuration.
    pub config: PathBuf,
    /// Whether the configuration was written.
    pub config_written: Written,
    /// The orders in which it stands first now.
    pub first_in: Vec<&'static str>,
}

/// Why a credential is not kept.
#[derive(Debug, Error)]
pub enum KeepError {
    /// It was not written; nothing was changed.
    #[error(transparent)]
    Store(#[from] ChangeError<DraftError>),
    /// It is in the store, but the configuration does not know it.
    #[error("{id} is kept in {}, but the configuration was not changed; give the same command again when this is mended", store.display())]
    Config {
        /// The profile.
        id: ProfileId,
        /// The store.
        store: PathBuf,
        /// What went wrong.
        #[source]
        source: Box<ConfigChangeError>,
    },
}

/// Keeps a credential under an id: in the agent's store first, then in `auth.profiles` of the configuration. Where there
/// is an order for the provider, in the store or in the configuration, it goes first: whoever adds one wants it used.
/// What could be used before can be used after it: where the configuration named no profile of the provider, it names
/// them all then.
///
/// The same once more changes nothing. Blocks its thread.
///
/// # Errors
/// [`KeepError`] says what was done and what was not.
pub fn keep(place: &Place, id: &ProfileId, new: &NewProfile, leave: Replace) -> Result<Kept, KeepError> {
    keep_under(place, |_| id.clone(), new, leave)
}

/// The same under an id that is chosen when the store is locked, by what is in it at that moment.
pub(super) fn keep_under(
    place: &Place,
    choose: impl Fn(&StoreDraft) -> ProfileId,
    new: &NewProfile,
    leave: Replace,
) -> Result<Kept, KeepError> {
    let store = place.store();
    let mut first_in = Vec::new();
    let mut beside: Vec<(ProfileId, CredentialKind)> = Vec::new();
    let (id, placed) = AuthStore::change(&store, |draft| {
        let id = &choose(draft);
        let placed = draft.put(id, new, leave)?;
        let there = draft.store(&store);
        let of_provider = there
            .profiles()
            .iter()
            .filter(|(other, profile)| *other != id && profile.provider == new.provider);
        beside = of_provider
            .filter_map(|(other, profile)| Some((other.clone(), profile.kind?)))
            .collect();
        if let Some(order) = draft.order(&new.provider) {
            let others = order.into_iter().filter(|other| other != id);
            let ids: Vec<ProfileId> = std::iter::once(id.clone()).chain(others).collect();
            draft.set_order(&new.provider, &ids);
            first_in.push("the order of the agent");
        }
        Ok((id.clone(), placed))
    })?;
    let id = &id;
    keep_handles_stable(place);
    let told = change_config(place, |edit| {
        // Where the configuration names none, all that are stored have their turn; they keep it.
        if !names_some_of(edit, &new.provider) {
            for (other, kind) in &beside {
                declare(edit, other, &new.provider, *kind)?;
            }
        }
        declare(edit, id, &new.provider, new.kind())?;
        put_first(edit, &new.provider, id)
    });
    let (ordered, config_written) = told.map_err(|source| KeepError::Config {
        id: id.clone(),
        store: store.clone(),
        source: Box::new(source),
    })?;
    if ordered {
        first_in.push("auth.order of the configuration");
    }
    Ok(Kept {
        id: id.clone(),
        placed,
        store,
        config: place.snapshot().sources().config.path.clone(),
        config_written,
        first_in,
    })
}

/// Where the machine has no id, makes the file that handles are keyed by, so that a key has the same handle tomorrow.
fn keep_handles_stable(place: &Place) {
    let path = place.snapshot().sources().state.handle_key();
    if machine_id().is_some() || path.exists() {
        return;
    }
    // Handles that change are no reason to refuse a credential.
    if let Err(wrong) = replace(&path, &random_seed(), Previous::Dropped, Reach::Owner) {
        tracing::warn!("handles will change from run to run: {wrong}");
    }
}
