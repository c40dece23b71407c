//! One refresh token in two places: whoever refreshes first locks the other out.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::file::AuthStore;
use crate::config::SecretInput;
use crate::profile::ProfileId;

/// The profiles that share a refresh token, each by the number of its store and its id. Secrets are compared by a keyed
/// hash that is forgotten.
#[must_use]
pub fn shared_refresh_tokens(stores: &[&AuthStore]) -> Vec<Vec<(usize, ProfileId)>> {
    let key = RandomState::new();
    let mut holders: HashMap<(u64, u64), Vec<(usize, ProfileId)>> = HashMap::new();
    let other = RandomState::new();
    for (at, store) in stores.iter().enumerate() {
        for (id, profile) in store.profiles() {
            if let Some(SecretInput::Plain(secret)) = &profile.refresh
                && !secret.is_blank()
            {
                let text = secret.expose().trim();
                let print = (key.hash_one(text), other.hash_one(text));
                holders.entry(print).or_default().push((at, id.clone()));
            }
        }
    }
    let mut shared: Vec<_> = holders
        .into_values()
        .filter(|holders| holders.len() > 1)
        .collect();
    shared.sort();
    shared
}
