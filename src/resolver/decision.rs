//! Which credential the next request would get, and why: a pure function of what is known.

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::order::{Basis, Candidate, Ranking, Reason};
use crate::pin::{Affinity, Effective, PinnedProfile, ProfileChoice, Setting};
use crate::profile::ProfileId;
use crate::session::{AgentId, Scope};
use crate::terms::Mode;

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
    pub pinned: Option<Setting<PinnedProfile>>,
    /// Every candidate with its reason.
    pub ranking: Ranking,
    /// The profile, or why there is none.
    pub verdict: Result<ProfileId, Refusal>,
}

impl Decision {
    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> Option<&ProviderId> {
        self.selected.as_ref().map(|selected| selected.model.provider())
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

/// Chooses from a ranking. `tried` have been asked in this request already.
pub(super) fn choose(
    agent: &AgentId,
    provider: &ProviderId,
    store: &str,
    ranking: &Ranking,
    pinned: Option<&PinnedProfile>,
    tried: &[ProfileId],
) -> Result<ProfileId, Refusal> {
    let ready =
        |candidate: &&Candidate| candidate.reason == Reason::Ok && !tried.contains(&candidate.profile);
    if let Some(pin) = pinned.filter(|pin| pin.mode == Mode::Strict) {
        if tried.contains(&pin.id) {
            return Err(Refusal::PinnedFailed {
                profile: pin.id.clone(),
            });
        }
        let found = ranking
            .candidates
            .iter()
            .find(|candidate| candidate.profile == pin.id);
        return match found {
            Some(candidate) if candidate.reason == Reason::Ok => Ok(pin.id.clone()),
            Some(candidate) => Err(Refusal::PinnedRests {
                profile: pin.id.clone(),
                reason: candidate.reason,
                retry_at: candidate.until,
            }),
            None => {
                let excluded = ranking.excluded.iter().find(|out| out.profile == pin.id);
                Err(Refusal::PinnedUnusable {
                    profile: pin.id.clone(),
                    reason: excluded.map_or(Reason::Missing, |out| out.reason),
                })
            }
        };
    }
    if let Some(candidate) = ranking.candidates.iter().find(ready) {
        return Ok(candidate.profile.clone());
    }
    let rests = || {
        ranking
            .candidates
            .iter()
            .filter(|candidate| candidate.reason != Reason::Ok)
    };
    if ranking.candidates.is_empty() {
        return Err(Refusal::NoCredential {
            provider: provider.clone(),
            agent: agent.clone(),
            store: store.to_owned(),
            none_allowed: ranking
                .excluded
                .iter()
                .any(|out| out.reason == Reason::NotAllowed),
        });
    }
    Err(Refusal::AllRest {
        provider: provider.clone(),
        retry_at: rests().filter_map(|candidate| candidate.until).min(),
        tried: tried.to_vec(),
    })
}

/// What a person pinned among the profiles of the selected provider, looked up as it is found now.
///
/// The account is what was meant: if the id is gone and another profile has the account, that one is it.
pub(super) fn pinned_now(
    effective: &Effective,
    provider: &ProviderId,
    exists: impl Fn(&ProfileId) -> bool,
    by_account: impl Fn(&PinnedProfile) -> Option<ProfileId>,
) -> Option<Setting<PinnedProfile>> {
    let setting = effective.profile(provider)?;
    let ProfileChoice::Pinned(pin) = &setting.value else {
        return None;
    };
    let mut pin = pin.clone();
    if !exists(&pin.id)
        && let Some(id) = by_account(&pin)
    {
        pin.id = id;
    }
    Some(Setting {
        value: pin,
        key: setting.key.clone(),
        end: setting.end,
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
