//! Which profiles are in question, and in which order before anything is known of them.

use rustc_hash::FxHashMap;

use super::facts::{Ask, ProfileFacts};
use super::ranking::{Basis, Ignored};
use crate::profile::ProfileId;

/// Facts by id; of two with one id, the first counts.
pub(super) type Index<'a> = FxHashMap<&'a ProfileId, &'a ProfileFacts>;

/// The base of a ranking.
pub(super) struct Base<'a> {
    pub(super) basis: Basis,
    /// As named: with duplicates, and with profiles that do not exist.
    pub(super) ids: Vec<&'a ProfileId>,
    pub(super) ignored: Vec<Ignored>,
    /// The profiles that the ignored orders name.
    pub(super) ignored_ids: Vec<&'a ProfileId>,
}

/// Takes the first source that has something to say.
///
/// An explicit order that is empty says *none*. A source that names only profiles that do not exist says
/// nothing, and is reported.
pub(super) fn base<'a>(ask: &Ask<'a>, index: &Index<'a>) -> Base<'a> {
    let declared = || {
        let entries = ask.config_profiles.iter();
        let fit = entries.filter(|(_, declared)| declared.provider.as_ref() == Some(ask.provider));
        let ids: Vec<_> = fit.map(|(id, _)| id).collect();
        (!ids.is_empty()).then_some(ids)
    };
    let listed = |order: Option<&'a [ProfileId]>| order.map(|order| order.iter().collect::<Vec<_>>());
    let mut ignored = Vec::new();
    let mut ignored_ids = Vec::new();
    for (basis, ids) in [
        (Basis::StoredOrder, listed(ask.stored_order)),
        (Basis::ConfigOrder, listed(ask.config_order)),
        (Basis::ConfigProfiles, declared()),
    ] {
        let Some(ids) = ids else { continue };
        if ids.is_empty() || ids.iter().any(|id| index.contains_key(id)) {
            return Base {
                basis,
                ids,
                ignored,
                ignored_ids,
            };
        }
        ignored.push(Ignored {
            basis,
            named: ids.len(),
        });
        ignored_ids.extend(ids);
    }
    let stored = ask.profiles.iter().filter(|facts| facts.source.is_stored());
    Base {
        basis: Basis::Store,
        ids: stored
            .filter(|facts| facts.provider == *ask.provider)
            .map(|facts| &facts.id)
            .collect(),
        ignored,
        ignored_ids,
    }
}
