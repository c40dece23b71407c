//! The order in which an agent tries the profiles of a provider.

use thiserror::Error;

use crate::credentials::{AuthStore, ChangeError};
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::similar;

use super::place::Place;

/// Why an order is not kept. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrderError {
    /// There is no such profile.
    #[error("there is no profile {id} in the store of this agent{}; nothing was changed", near.as_deref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    Unknown {
        /// The profile.
        id: ProfileId,
        /// A profile with a similar id.
        near: Option<String>,
    },
    /// The profile is of another provider.
    #[error("{id} is a profile of {provider}; nothing was changed")]
    OtherProvider {
        /// The profile.
        id: ProfileId,
        /// Its provider.
        provider: ProviderId,
    },
    /// The profile is named twice.
    #[error("{0} is named twice; nothing was changed")]
    Twice(ProfileId),
}

/// Keeps an order for a provider, in the store of the agent. Blocks its thread.
///
/// # Errors
/// [`OrderError`] for an id that is not in the store or is of another provider; then nothing was written.
pub fn set_order(
    place: &Place,
    provider: &ProviderId,
    ids: &[ProfileId],
) -> Result<(), ChangeError<OrderError>> {
    let path = place.store();
    let book = place.snapshot().book(Some(place.agent())).ok();
    let of_main = |id: &ProfileId| Some(book.as_ref()?.fact(id)?.provider.clone());
    let all_fit = |store: &AuthStore| {
        for (at, id) in ids.iter().enumerate() {
            check(store, provider, id, of_main(id))?;
            if ids[..at].contains(id) {
                return Err(OrderError::Twice(id.clone()));
            }
        }
        Ok(())
    };
    // What is refused makes no lock and no folder either.
    let now = AuthStore::read(&path)?.unwrap_or_else(|| AuthStore::empty(&path));
    all_fit(&now).map_err(ChangeError::Refused)?;
    AuthStore::change(&path, |draft| {
        all_fit(&draft.store(&path))?;
        draft.set_order(provider, ids);
        Ok(())
    })
}

/// Forgets the order of a provider. `false` if none was kept. Blocks its thread.
///
/// # Errors
/// [`ChangeError`]; then nothing was written.
pub fn clear_order(place: &Place, provider: &ProviderId) -> Result<bool, ChangeError<OrderError>> {
    let path = place.store();
    let there = AuthStore::read(&path)?.is_some_and(|store| store.order(provider).is_some());
    if !there {
        return Ok(false);
    }
    AuthStore::change(&path, |draft| Ok(draft.clear_order(provider)))
}

fn check(
    store: &AuthStore,
    provider: &ProviderId,
    id: &ProfileId,
    inherited: Option<ProviderId>,
) -> Result<(), OrderError> {
    let own = store.profiles().get(id).map(|profile| profile.provider.clone());
    match own.or(inherited) {
        Some(is) if is == *provider => Ok(()),
        Some(other) => Err(OrderError::OtherProvider {
            id: id.clone(),
            provider: other,
        }),
        None => {
            let ids = store
                .profiles()
                .iter()
                .filter(|(_, profile)| profile.provider == *provider);
            let ids: Vec<&str> = ids.map(|(id, _)| id.as_str()).collect();
            Err(OrderError::Unknown {
                id: id.clone(),
                near: similar::nearest(id.as_str(), ids, 1)
                    .first()
                    .map(ToString::to_string),
            })
        }
    }
}
