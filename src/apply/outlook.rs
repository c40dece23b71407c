//! What holds now, told from the resolver's decision and from nothing else.

use crate::order::{Candidate, Reason};
use crate::pin::{ProfileChoice, ScopeKey, Set};
use crate::profile::ProfileId;
use crate::resolver::{self, Decision, Found, Trial};
use crate::session::{Company, Scope};
use crate::terms::Mode;
use crate::view::{
    Body, Change, Changed, Kept, ModelNow, Next, Origin, PaysFor, Pinned, PinnedProfile, ProfileNow,
    SelectedProfile, Selection, State,
};
use crate::words::say;

use super::{Desk, Errand};

/// What was committed.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) change: Change,
    pub(super) scope: Scope,
    /// The choice, if one was made.
    pub(super) set: Option<Set>,
}

impl Desk {
    /// The reply to a change, from what is committed.
    pub(super) fn changed(&self, errand: Errand<'_>, done: &Done, before: Option<Decision>) -> Body {
        let now = self.outlook(errand);
        let set = done.set.as_ref();
        let kept = match set.and_then(|set| set.profile.as_ref()) {
            Some(_) => Kept::Named,
            None => Kept::FromBefore,
        };
        Body::Changed(Box::new(Changed {
            change: done.change,
            scope: done.scope,
            pinned: set.map(|set| pinned(errand, set)).unwrap_or_default(),
            end: set.map(|set| set.end).unwrap_or_default(),
            model: now
                .as_ref()
                .and_then(|decision| model_now(errand, decision, before.as_ref())),
            profile: now
                .as_ref()
                .and_then(|decision| profile_now(errand, decision, kept)),
            profile_before: now
                .as_ref()
                .zip(before.as_ref())
                .and_then(|(now, before)| profile_before(errand, now, before)),
            pays_for: now.as_ref().and_then(|decision| pays_for(errand, decision)),
            next: now.as_ref().map_or(Next::Unknown, |decision| {
                said_to_all(errand, next(errand, decision))
            }),
            model_hidden_by: now.as_ref().and_then(|decision| {
                set?.model.as_ref()?;
                let holds = decision.effective.model.as_ref()?.scope();
                (holds < done.scope).then_some(holds)
            }),
            profile_hidden_by: now.as_ref().and_then(|decision| {
                let provider = set?.profile.as_ref()?.provider();
                let holds = decision.effective.profile(provider)?.scope();
                (holds < done.scope).then_some(holds)
            }),
        }))
    }
}

/// What everybody in the chat may read of the next request. In a chat of several people no word of a refusal is the
/// resolver's: those may name a store, and tell how to sign in or to add a key. The sender gets them by `/model why`, which
/// is answered to them alone.
fn said_to_all(errand: Errand<'_>, next: Next) -> Next {
    if errand.company() == Company::Alone {
        return next;
    }
    match next {
        Next::Refused(code, ..) => {
            let why = say!(errand.words, "unserved-in-company");
            Next::Refused(code, why, say!(errand.words, "remedy-in-company"))
        }
        Next::OtherModel(model, why, then) => Next::OtherModel(
            model,
            Box::new(said_to_all(errand, *why)),
            Box::new(said_to_all(errand, *then)),
        ),
        other => other,
    }
}

/// For whom the pinned profile pays, where others are in the chat.
fn pays_for(errand: Errand<'_>, decision: &Decision) -> Option<PaysFor> {
    let pinned = &decision.pinned.as_ref()?.setting.value.id;
    if errand.company() == Company::Alone || !errand.may_see(pinned) {
        return None;
    }
    Some(if errand.snapshot.rules().is_listed(pinned) {
        PaysFor::Listed
    } else {
        PaysFor::Everybody
    })
}

/// What was committed, in names.
fn pinned(errand: Errand<'_>, set: &Set) -> Pinned {
    Pinned {
        model: set.model.as_ref().map(|pinned| errand.named(&pinned.model)),
        profile: set.profile.as_ref().map(|choice| match choice {
            ProfileChoice::Auto(_) => PinnedProfile::Auto,
            ProfileChoice::Pinned(pinned) => PinnedProfile::Named(pinned.id.clone(), pinned.mode),
        }),
    }
}

fn model_now(errand: Errand<'_>, decision: &Decision, before: Option<&Decision>) -> Option<ModelNow> {
    let selected = decision.selected.as_ref()?;
    let before = before.and_then(|before| before.selected.as_ref());
    Some(ModelNow {
        before: before
            .filter(|before| before.model != selected.model)
            .map(|before| errand.named(&before.model)),
        model: errand.named(&selected.model),
        mode: selected.mode,
        end: decision
            .effective
            .model
            .as_ref()
            .map(|setting| setting.end)
            .unwrap_or_default(),
    })
}

fn profile_now(errand: Errand<'_>, decision: &Decision, kept: Kept) -> Option<ProfileNow> {
    let provider = decision.provider()?;
    let seen = |id: &ProfileId| errand.may_see(id).then(|| id.clone());
    if let Some(pinned) = &decision.pinned {
        let setting = &pinned.setting;
        return Some(ProfileNow::Pinned {
            id: seen(&setting.value.id),
            mode: setting.value.mode,
            kept,
            end: setting.end,
        });
    }
    let parked = decision
        .effective
        .profiles
        .iter()
        .find_map(|setting| match &setting.value {
            ProfileChoice::Pinned(pin) if pin.provider != *provider => seen(&pin.id),
            _ => None,
        });
    Some(parked.map_or(ProfileNow::Auto, ProfileNow::Parked))
}

fn profile_before(errand: Errand<'_>, now: &Decision, before: &Decision) -> Option<ProfileId> {
    let id = |decision: &Decision| {
        let pinned = decision.pinned.as_ref()?;
        Some(pinned.setting.value.id.clone())
    };
    let was = id(before).filter(|was| now.provider() == before.provider() && id(now).as_ref() != Some(was));
    was.filter(|was| errand.may_see(was))
}

/// The model and the profile in force.
pub(super) fn selection(errand: Errand<'_>, decision: &Decision) -> Option<Selection> {
    let selected = decision.selected.as_ref()?;
    let model = decision.effective.model.as_ref();
    Some(Selection {
        model: errand.named(&selected.model),
        origin: model.map_or(Origin::Default, |setting| origin(errand, &setting.key)),
        end: model.map(|setting| setting.end).unwrap_or_default(),
        profile: decision.pinned.as_ref().map(|pinned| {
            let setting = &pinned.setting;
            let id = &setting.value.id;
            SelectedProfile {
                id: errand.may_see(id).then(|| id.clone()),
                mode: setting.value.mode,
                origin: origin(errand, &setting.key),
                end: setting.end,
            }
        }),
    })
}

/// Whose pin it is, seen from this chat.
fn origin(errand: Errand<'_>, key: &ScopeKey) -> Origin {
    let of_this_chat = ScopeKey::of(Scope::Session, errand.session, errand.book.agent());
    match key.scope() {
        Scope::Session if *key != of_this_chat => Origin::Parent,
        scope => Origin::Pin(scope),
    }
}

/// What happens at the next request.
pub(super) fn next(errand: Errand<'_>, decision: &Decision) -> Next {
    if let (Err(_), Some(instead)) = (&decision.verdict, &decision.instead)
        && let Some(model) = instead.model()
    {
        let why = alone(errand, decision);
        return Next::OtherModel(
            errand.named(model),
            Box::new(why),
            Box::new(alone(errand, instead)),
        );
    }
    alone(errand, decision)
}

/// The same for one model, whatever may step in for it.
fn alone(errand: Errand<'_>, decision: &Decision) -> Next {
    match &decision.verdict {
        Ok(id) if !errand.may_see(id) => Next::ServedUnseen,
        Ok(id) => {
            let pin = decision.pinned.as_ref().map(|pinned| &pinned.setting.value);
            let other =
                pin.filter(|pin| pin.id != *id && pin.mode == Mode::Prefer && errand.may_see(&pin.id));
            match other {
                Some(pin) => Next::OtherServes(state_of(decision, &pin.id), id.clone()),
                None if decision.trial == Trial::Yes => Next::OnTrial(id.clone()),
                None => Next::Served(id.clone()),
            }
        }
        Err(
            resolver::Refusal::PinnedRests { profile, .. }
            | resolver::Refusal::PinnedUnusable { profile, .. },
        ) => Next::PinnedCannot(state_of(decision, profile)),
        Err(resolver::Refusal::PinnedNotYours) => Next::PinnedNotYours,
        Err(resolver::Refusal::AllRest { retry_at, .. }) => Next::AllRest(*retry_at),
        Err(resolver::Refusal::NoCredential { unusable, .. }) if unusable.is_empty() => Next::NoCredential,
        Err(other) => {
            let (why, remedy) = other.said(errand.words);
            Next::Refused(other.code(), why, remedy)
        }
    }
}

/// Whether a profile can serve, as the decision has it.
fn state_of(decision: &Decision, id: &ProfileId) -> State {
    if decision
        .pinned
        .as_ref()
        .is_some_and(|pinned| pinned.setting.value.id == *id && pinned.found == Found::No)
    {
        return State::Missing;
    }
    let candidates = &decision.ranking.candidates;
    if let Some(candidate) = candidates.iter().find(|candidate| candidate.profile == *id) {
        return state(candidate);
    }
    let excluded = decision.ranking.excluded.iter().find(|out| out.profile == *id);
    excluded.map_or(State::Missing, |out| excluded_state(out.reason))
}

pub(super) fn state(candidate: &Candidate) -> State {
    match candidate.reason {
        Reason::Ok => State::Ready,
        Reason::Cooldown => State::Cooling(candidate.until),
        Reason::Disabled => State::Disabled(candidate.class, candidate.until),
        other => excluded_state(other),
    }
}

pub(super) fn excluded_state(reason: Reason) -> State {
    match reason {
        Reason::Expired => State::Expired,
        Reason::Missing => State::Missing,
        Reason::NotInOrder => State::NotInOrder,
        other => State::Unusable(other.as_str()),
    }
}
