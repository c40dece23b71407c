//! Keeping a new sign-in where its account belongs.

use crate::clock::Timestamp;
use crate::credentials::{AuthStore, NewProfile, NewSecret};
use crate::model::ProviderId;
use crate::oauth::Tokens;
use crate::profile::ProfileId;

use super::place::Place;

/// Tokens as a credential that can be kept.
#[must_use]
pub fn signed_in(provider: &ProviderId, client: &str, tokens: &Tokens, now: Timestamp) -> NewProfile {
    NewProfile {
        account: tokens.account.clone(),
        email: tokens.email.clone(),
        ..NewProfile::new(
            provider.clone(),
            NewSecret::OAuth {
                access: tokens.access.clone(),
                refresh: tokens.refresh.clone(),
                expires: tokens.lifetime.map(|lifetime| now.after(lifetime)),
                client: Some(client.to_owned()),
            },
        )
    }
}

/// The id under which a sign-in is kept if none is named: the one that the account has already, else one of its e-mail,
/// else `provider:default`.
#[must_use]
pub fn place_of(place: &Place, new: &NewProfile) -> ProfileId {
    let holder = || {
        let store = AuthStore::read(&place.store()).ok().flatten()?;
        let mut profiles = store.profiles().iter();
        let same = profiles.find(|(_, profile)| {
            let identity =
                crate::profile::Identity::new(profile.account.as_deref(), profile.email.as_deref());
            profile.provider == new.provider && identity.same(&new.identity()) == Some(true)
        });
        same.map(|(id, _)| id.clone())
    };
    let name = new.email.as_deref().unwrap_or("default");
    holder().unwrap_or_else(|| ProfileId::new(&format!("{}:{name}", new.provider)))
}
