//! The ranking itself.

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::base::{Base, Index, base};
use super::facts::{Ask, ProfileFacts};
use super::ranking::{Candidate, Excluded, Ranking, Reason};
use super::usable::{resting, usable};
use crate::credential::CredentialKind;
use crate::outcome::{Rest, RestKind};
use crate::profile::ProfileId;

/// Ranks the profiles of a provider.
///
/// 1. The base is the stored order, else `auth.order`, else `auth.profiles`, else the store in file order.
/// 2. What cannot be used is excluded, with a reason.
/// 3. An explicit order is kept; else OAuth goes before tokens and tokens before keys, and within a kind the one
///    that was used longest ago goes first. Resting profiles follow, by the end of their rest.
/// 4. Keys of the environment and then of the configuration follow the profiles. They need not be in an order,
///    unless that is explicit and empty: then there is nothing.
/// 5. Preferred profiles that are in the list go to its front, strongest first.
///
/// Time is n log n in the number of profiles, of which nothing is copied but ids. Ids are looked up by a hash without a
/// key: they come from the operator's own files, and not from a chat.
#[must_use]
pub fn rank(ask: &Ask<'_>) -> Ranking {
    let mut index = Index::with_capacity_and_hasher(ask.profiles.len(), FxBuildHasher);
    for facts in ask.profiles {
        index.entry(&facts.id).or_insert(facts);
    }
    let Base {
        basis,
        ids,
        ignored,
        ignored_ids,
    } = base(ask, &index);
    let nothing_wanted = basis.is_explicit() && ids.is_empty();

    let mut seen: FxHashSet<&ProfileId> =
        FxHashSet::with_capacity_and_hasher(ask.profiles.len(), FxBuildHasher);
    let mut field = Field::of(ask.profiles.len());
    for id in ids {
        if seen.insert(id) {
            match index.get(id) {
                Some(facts) => field.enter(ask, facts),
                None => field.exclude(id, Reason::Missing),
            }
        }
    }
    if !basis.is_explicit() {
        field.sort_by_kind_and_use();
    }
    let mut candidates = field.line_up();

    for id in ignored_ids {
        if seen.insert(id) {
            field.exclude(id, Reason::Missing);
        }
    }
    let others = ask.profiles.iter();
    for facts in others.filter(|facts| facts.provider == *ask.provider) {
        if !seen.insert(&facts.id) {
            continue;
        }
        if !(ask.allowed)(&facts.id) {
            // Asked first, as everywhere: nobody learns of a profile what is not theirs to know.
            field.exclude(&facts.id, Reason::NotAllowed);
        } else if facts.source.is_stored() || nothing_wanted {
            field.exclude(&facts.id, Reason::NotInOrder);
        } else {
            field.enter(ask, facts);
        }
    }
    candidates.append(&mut field.line_up());

    for preferred in ask.preferred.iter().rev() {
        if let Some(at) = candidates.iter().position(|one| one.profile == *preferred) {
            candidates[..=at].rotate_right(1);
        }
    }
    Ranking {
        candidates,
        excluded: field.excluded,
        basis,
        ignored,
    }
}

/// Those who were looked at.
#[derive(Default)]
struct Field<'a> {
    usable: Vec<(&'a ProfileFacts, CredentialKind)>,
    resting: Vec<(&'a ProfileFacts, CredentialKind, Rest)>,
    excluded: Vec<Excluded>,
}

impl<'a> Field<'a> {
    /// An empty field with room for so many.
    fn of(profiles: usize) -> Self {
        Self {
            usable: Vec::with_capacity(profiles),
            ..Self::default()
        }
    }

    fn enter(&mut self, ask: &Ask<'_>, facts: &'a ProfileFacts) {
        match (usable(ask, facts), resting(facts, ask.now)) {
            (Ok(kind), None) => self.usable.push((facts, kind)),
            (Ok(kind), Some(rest)) => self.resting.push((facts, kind, rest)),
            (Err(reason), _) => self.exclude(&facts.id, reason),
        }
    }

    fn exclude(&mut self, profile: &ProfileId, reason: Reason) {
        self.excluded.push(Excluded {
            profile: profile.clone(),
            reason,
        });
    }

    /// Sorts the usable by kind, then by last use; `None` is less than any moment, so what was never used goes
    /// first. Equals stay as they are.
    fn sort_by_kind_and_use(&mut self) {
        self.usable.sort_by_key(|(facts, kind)| (*kind, facts.last_used));
    }

    /// Empties the field into a line: the usable, then the resting by the end of their rest.
    fn line_up(&mut self) -> Vec<Candidate> {
        self.resting.sort_by_key(|(_, _, rest)| rest.end());
        let usable = self
            .usable
            .drain(..)
            .map(|(facts, kind)| candidate(facts, kind, Reason::Ok, None));
        let resting = self.resting.drain(..).map(|(facts, kind, rest)| {
            let reason = match rest.kind {
                RestKind::Cooldown => Reason::Cooldown,
                RestKind::Disabled => Reason::Disabled,
            };
            candidate(facts, kind, reason, Some(rest))
        });
        usable.chain(resting).collect()
    }
}

fn candidate(facts: &ProfileFacts, kind: CredentialKind, reason: Reason, rest: Option<Rest>) -> Candidate {
    Candidate {
        profile: facts.id.clone(),
        kind,
        reason,
        until: rest.and_then(|rest| rest.until),
        class: rest.and_then(|rest| rest.class),
        source: facts.source.clone(),
    }
}
