//! Taking a profile away, and giving it another id.

use thiserror::Error;

use crate::credentials::{AuthStore, ChangeError, DraftError, StoreError};
use crate::profile::ProfileId;
use crate::similar;

use super::config_file::{ConfigChangeError, change_config, rehearse};
use super::mentions;
use super::place::Place;

/// Whatever names a profile beside its own entry in the store.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Paths in the configuration.
    pub config: Vec<String>,
    /// Whether the order of the agent names it.
    pub agent_order: bool,
}

/// Why a profile was not taken away or renamed.
#[derive(Debug, Error)]
pub enum RemovalError {
    /// There is no such profile.
    #[error("there is no profile {id} in {store}{}", near.as_deref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    Missing {
        /// The profile.
        id: ProfileId,
        /// The store.
        store: String,
        /// A profile with a similar id.
        near: Option<String>,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Unreadable(#[from] StoreError),
    /// The store was not changed.
    #[error(transparent)]
    Store(#[from] ChangeError<DraftError>),
    /// The configuration was not changed.
    #[error(
        "the store is changed, but the configuration is not; give the same command again when this is mended"
    )]
    Config(#[source] Box<ConfigChangeError>),
    /// The configuration cannot be looked through, or cannot be changed so; nothing was changed.
    #[error(transparent)]
    Rehearsal(#[from] ConfigChangeError),
    /// A renewal of the sign-in is under way, or its journal cannot be moved; nothing was changed.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    Journal(#[from] crate::oauth::journal::JournalError),
}

/// Looks up the profile, and all that names it. Nothing is written.
///
/// # Errors
/// [`RemovalError::Missing`] if the store has no such profile and the configuration does not name it either.
pub fn named(place: &Place, id: &ProfileId) -> Result<Named, RemovalError> {
    let path = place.store();
    let store = AuthStore::read(&path)?;
    let found = Named {
        config: rehearse(place, |edit| Ok(mentions::mentions(edit, id)))?,
        agent_order: store
            .as_ref()
            .is_some_and(|store| store.orders().any(|(_, ids)| ids.contains(id))),
    };
    let there = store
        .as_ref()
        .is_some_and(|store| store.profiles().contains_key(id));
    if there || !found.config.is_empty() || found.agent_order {
        return Ok(found);
    }
    let ids: Vec<&str> = store
        .iter()
        .flat_map(|store| store.profiles().keys().map(ProfileId::as_str))
        .collect();
    Err(RemovalError::Missing {
        id: id.clone(),
        near: similar::nearest(id.as_str(), ids, 1)
            .first()
            .map(ToString::to_string),
        store: path.display().to_string(),
    })
}

/// Takes the credential of a profile out of the store. Orders and the configuration still name it, so that it has its
/// place again when somebody signs in. Blocks its thread.
///
/// # Errors
/// [`RemovalError`]; then nothing was written.
pub fn logout(place: &Place, id: &ProfileId) -> Result<(), RemovalError> {
    let gone = AuthStore::change(&place.store(), |draft| Ok::<_, DraftError>(draft.take_out(id)))?;
    if gone {
        return Ok(());
    }
    named(place, id).map(drop)?;
    Err(RemovalError::Store(ChangeError::Refused(DraftError::Missing(
        id.clone(),
    ))))
}

/// Takes a profile out of the store and out of the configuration. Blocks its thread.
///
/// # Errors
/// [`RemovalError`] says what was done and what was not.
pub fn remove(place: &Place, id: &ProfileId) -> Result<Named, RemovalError> {
    let found = named(place, id)?;
    rehearse(place, |edit| mentions::forget(edit, id))?;
    AuthStore::change(&place.store(), |draft| Ok::<_, DraftError>(draft.remove(id)))?;
    if !found.config.is_empty() {
        let changed = change_config(place, |edit| mentions::forget(edit, id));
        changed.map_err(|wrong| RemovalError::Config(Box::new(wrong)))?;
    }
    Ok(found)
}

/// Gives a profile another id, in the store and in the configuration. A rename that was broken off in the middle is
/// finished. Blocks its thread.
///
/// # Errors
/// [`RemovalError`] says what was done and what was not.
pub fn rename(place: &Place, old: &ProfileId, new: &ProfileId) -> Result<Named, RemovalError> {
    let found = named(place, old)?;
    let there = AuthStore::read(&place.store())?;
    let has = |id| {
        there
            .as_ref()
            .is_some_and(|store| store.profiles().contains_key(id))
    };
    if old == new && has(old) {
        return Ok(found);
    }
    if has(old) && has(new) {
        return Err(RemovalError::Store(ChangeError::Refused(DraftError::Taken(
            new.clone(),
        ))));
    }
    rehearse(place, |edit| mentions::rename(edit, old, new))?;
    // A refresh token that may be used up is not to look unused under another name.
    #[cfg(feature = "oauth")]
    let _renaming = crate::oauth::journal::rename(&place.store(), old, new)?;
    AuthStore::change(&place.store(), |draft| {
        let (had, has) = (draft.ids().any(|id| id == *old), draft.ids().any(|id| id == *new));
        if has && !had {
            Ok(())
        } else {
            draft.rename(old, new)
        }
    })?;
    if !found.config.is_empty() {
        let changed = change_config(place, |edit| mentions::rename(edit, old, new));
        changed.map_err(|wrong| RemovalError::Config(Box::new(wrong)))?;
    }
    Ok(found)
}
