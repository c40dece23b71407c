//! Which credential the next request would get, and why: a pure function of what is known.

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Basis, Candidate, Ranking, Reason};
use crate::pin::{Affinity, Effective, PinnedProfile, ProfileChoice, Setting};
use crate::profile::{Identity, ProfileId};
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

use super::fence::Crossing;
use super::refusal::Refusal;

/// The model of a request, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The model.
    pub model: ModelRef,
    /// The scope whose pin names it; `None` for the default.
    pub pinned: Option<Scope>,
    /// Strict if no other model may step in.
    pub mode: Mode,
}

/// A decision: what was known, and what follows from it. Asking for one changes nothing.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The agent whose credentials are looked at.
    pub agent: AgentId,
    /// The moment for which it holds.
    pub now: Timestamp,
    /// What is pinned.
    pub effective: Effective,
    /// The model.
    pub selected: Option<Selected>,
    /// The profile that a person pinned, as it is found now.
    pub pinned: Option<PinnedNow>,
    /// Every candidate with its reason.
    pub ranking: Ranking,
    /// The profile, or why there is none.
    pub verdict: Result<ProfileId, Refusal>,
    /// Whether the choice begins to cost, and who said yes.
    pub crossing: Option<Crossing>,
    /// A subscription of this provider that cannot serve now.
    pub left: Option<ProfileId>,
    /// Whether the request finds out if a failure is over.
    pub trial: Trial,
    /// The decision for another model, which serves while this one cannot.
    pub instead: Option<Box<Decision>>,
}

impl Decision {
    /// The model that is asked for.
    #[must_use]
    pub fn model(&self) -> Option<&ModelRef> {
        self.selected.as_ref().map(|selected| &selected.model)
    }

    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> Option<&ProviderId> {
        self.model().map(ModelRef::provider)
    }

    /// Whether another model may step in. What a person pinned and what cannot be had at all is refused, and said.
    pub(super) fn lets_others_step_in(&self) -> bool {
        let pinned = self
            .selected
            .as_ref()
            .is_some_and(|selected| selected.pinned.is_some());
        match &self.verdict {
            Ok(_) => false,
            Err(Refusal::NoCredential { .. } | Refusal::OtherApi { .. }) => !pinned,
            Err(refusal) => refusal.lets_others_step_in(),
        }
    }

    /// The decision that serves: this one, or that for the model that steps in.
    #[must_use]
    pub fn serving(&self) -> &Self {
        match (&self.verdict, &self.instead) {
            (Err(_), Some(instead)) => instead,
            _ => self,
        }
    }

    /// The chosen candidate.
    #[must_use]
    pub fn chosen(&self) -> Option<&Candidate> {
        let id = self.verdict.as_ref().ok()?;
        self.ranking
            .candidates
            .iter()
            .find(|candidate| candidate.profile == *id)
    }
}

/// Whether a request goes to a profile whose rest is over, or not quite: one request at a time tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// It does.
    Yes,
    /// Nothing is known against the profile.
    No,
}

/// The profiles that go first, strongest first: the pin, the affinity, the model's own.
#[derive(Debug, Default)]
pub(super) struct Preference {
    pub(super) pinned: Option<ProfileId>,
    pub(super) affinity: Option<Affinity>,
    pub(super) of_model: Option<ProfileId>,
}

impl Preference {
    /// Ranks with everything that goes first.
    ///
    /// An affinity counts only where no order is explicit: an explicit order is a wish, and the request goes back to
    /// the better-placed profile as soon as that can serve. It never counts while its profile rests.
    pub(super) fn rank(&self, rank: &dyn Fn(&[ProfileId]) -> Ranking) -> Ranking {
        let firm: Vec<ProfileId> = self.pinned.iter().chain(&self.of_model).cloned().collect();
        let ranking = rank(&firm);
        let kept = self.affinity.as_ref().filter(|kept| {
            !ranking.basis.is_explicit()
                && ranking
                    .candidates
                    .iter()
                    .any(|candidate| candidate.profile == kept.profile && candidate.reason == Reason::Ok)
        });
        let Some(kept) = kept else { return ranking };
        let all: Vec<ProfileId> = self
            .pinned
            .iter()
            .chain([&kept.profile])
            .chain(&self.of_model)
            .cloned()
            .collect();
        rank(&all)
    }
}

/// What a choice is made from.
pub(super) struct Field<'a> {
    pub(super) agent: &'a AgentId,
    pub(super) provider: &'a ProviderId,
    /// The path of the credential file.
    pub(super) store: &'a str,
    pub(super) ranking: &'a Ranking,
    pub(super) pinned: Option<&'a PinnedNow>,
    /// Those that have been asked in this request already.
    pub(super) tried: &'a [ProfileId],
    /// Whether a credential has to be renewed before it can be used.
    pub(super) stale: &'a dyn Fn(&ProfileId) -> bool,
    /// Whether whoever spends may use a profile.
    pub(super) may: &'a dyn Fn(&ProfileId) -> bool,
    /// Whether a resting profile may be tried, because nobody else can serve.
    pub(super) early: &'a dyn Fn(&ProfileId) -> bool,
    /// Who would begin to cost, and the subscription in whose place.
    pub(super) crossing: &'a dyn Fn(&ProfileId) -> Option<ProfileId>,
}

impl Field<'_> {
    /// The profile that goes next, or why there is none.
    pub(super) fn choose(&self) -> Result<ProfileId, Refusal> {
        if let Some(pinned) = self.pinned
            && pinned.setting.value.mode == Mode::Strict
        {
            return self.strictly(pinned);
        }
        let fits = |candidate: &&Candidate| {
            candidate.reason == Reason::Ok
                && !self.tried.contains(&candidate.profile)
                && !(self.stale)(&candidate.profile)
        };
        let candidates = &self.ranking.candidates;
        if let Some(candidate) = candidates.iter().find(fits) {
            return Ok(candidate.profile.clone());
        }
        let untried = |candidate: &&Candidate| {
            candidate.reason == Reason::Ok && !self.tried.contains(&candidate.profile)
        };
        let early = |candidate: &&Candidate| {
            candidate.reason == Reason::Cooldown
                && !self.tried.contains(&candidate.profile)
                && (self.early)(&candidate.profile)
        };
        if let Some(candidate) = candidates.iter().find(early) {
            return Ok(candidate.profile.clone());
        }
        if let Some(stale) = candidates.iter().find(untried) {
            let profile = stale.profile.clone();
            return Err(Refusal::NeedsSignIn { profile });
        }
        let fenced = |candidate: &&Candidate| candidate.reason == Reason::Fenced;
        if let Some(candidate) = candidates.iter().find(fenced) {
            let to = candidate.profile.clone();
            return Err(Refusal::Fenced {
                from: (self.crossing)(&to),
                retry_at: candidates.iter().filter_map(|candidate| candidate.until).min(),
                to,
            });
        }
        let rests = candidates
            .iter()
            .filter(|candidate| candidate.reason != Reason::Ok);
        if !candidates.is_empty() {
            return Err(Refusal::AllRest {
                provider: self.provider.clone(),
                retry_at: rests.filter_map(|candidate| candidate.until).min(),
                tried: self.tried.to_vec(),
            });
        }
        // What is not for this sender is not told of, not even that it is there.
        let told = self
            .ranking
            .excluded
            .iter()
            .filter(|out| out.reason != Reason::NotAllowed);
        Err(Refusal::NoCredential {
            provider: self.provider.clone(),
            agent: self.agent.clone(),
            store: self.store.to_owned(),
            unusable: told.map(|out| (out.profile.clone(), out.reason)).collect(),
        })
    }

    /// That profile or nothing.
    fn strictly(&self, pinned: &PinnedNow) -> Result<ProfileId, Refusal> {
        let profile = pinned.setting.value.id.clone();
        if !(self.may)(&profile) {
            return Err(Refusal::PinnedNotYours);
        }
        if pinned.found == Found::No {
            return Err(Refusal::PinnedUnusable {
                profile,
                reason: Reason::Missing,
            });
        }
        if self.tried.contains(&profile) {
            return Err(Refusal::PinnedFailed { profile });
        }
        let mut candidates = self.ranking.candidates.iter();
        match candidates.find(|candidate| candidate.profile == profile) {
            Some(candidate) if candidate.reason == Reason::Cooldown && (self.early)(&profile) => Ok(profile),
            Some(candidate) if candidate.reason != Reason::Ok => Err(Refusal::PinnedRests {
                profile,
                reason: candidate.reason,
                retry_at: candidate.until,
            }),
            Some(_) if (self.stale)(&profile) => Err(Refusal::NeedsSignIn { profile }),
            Some(_) => Ok(profile),
            None => {
                let excluded = self.ranking.excluded.iter().find(|out| out.profile == profile);
                Err(Refusal::PinnedUnusable {
                    reason: excluded.map_or(Reason::Missing, |out| out.reason),
                    profile,
                })
            }
        }
    }
}

/// A pinned profile, looked up as it is found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedNow {
    /// The pin; its id is the one that the account has now.
    pub setting: Setting<PinnedProfile>,
    /// Whether it is there.
    pub found: Found,
}

/// Whether a pinned profile is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is.
    Yes,
    /// It is gone, or its id belongs to another account now.
    No,
}

/// What a person pinned among the profiles of the selected provider.
///
/// The account is what was meant: an id that belongs to another account now is not it, and if the account has a profile
/// under another id, that one is.
pub(super) fn pinned_now(
    effective: &Effective,
    provider: &ProviderId,
    profiles: &[(ProfileId, Identity)],
) -> Option<PinnedNow> {
    let setting = effective.profile(provider)?;
    let ProfileChoice::Pinned(pin) = &setting.value else {
        return None;
    };
    let same = |identity: &Identity| identity.same(&pin.identity);
    let by_id = profiles
        .iter()
        .find(|(id, identity)| *id == pin.id && identity.may_be(&pin.identity));
    let by_account = || profiles.iter().find(|(_, identity)| same(identity) == Some(true));
    let found = by_id.or_else(by_account);
    let mut pin = pin.clone();
    if let Some((id, _)) = found {
        pin.id = id.clone();
    }
    Some(PinnedNow {
        setting: Setting {
            value: pin,
            key: setting.key.clone(),
            end: setting.end,
        },
        found: if found.is_some() { Found::Yes } else { Found::No },
    })
}

/// A ranking in which nothing stands, for a chat without a model.
pub(super) fn nothing() -> Ranking {
    Ranking {
        candidates: Vec::new(),
        excluded: Vec::new(),
        basis: Basis::Store,
        ignored: Vec::new(),
    }
}
