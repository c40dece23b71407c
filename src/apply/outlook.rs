//! What holds now, told from the resolver's decision and from nothing else.

use crate::order::{Candidate, Reason};
use crate::outcome::Rest;
use crate::pin::{End, ProfileChoice};
use crate::profile::ProfileId;
use crate::resolver::{self, Decision};
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::{
    Body, Change, Changed, Kept, ModelNow, NamedModel, Next, Origin, ProfileNow, Selection, State,
};

use super::{Desk, Errand};

/// What was committed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    pub(super) change: Change,
    pub(super) scope: Scope,
    /// When it ends by itself.
    pub(super) end: End,
    /// Whether the command named a profile.
    pub(super) kept: Kept,
}

impl Desk {
    /// The reply to a change, from what is committed.
    pub(super) fn changed(&self, errand: Errand<'_>, done: Done, before: Option<NamedModel>) -> Body {
        let Done {
            change,
            scope,
            end,
            kept,
        } = done;
        let now = self.outlook(errand);
        let selected = now.as_ref().and_then(|decision| decision.selected.as_ref());
        let model = selected.map(|selected| {
            let model = errand.named(&selected.model);
            ModelNow {
                before: before.filter(|before| *before != model),
                model,
                mode: selected.mode,
            }
        });
        let profile = now
            .as_ref()
            .and_then(|decision| profile_now(errand, decision, kept));
        let hidden_by = now.as_ref().and_then(|decision| {
            let narrowest = decision.effective.model.as_ref().map(|setting| setting.scope());
            narrowest.filter(|of| change != Change::Nothing && *of < scope)
        });
        Body::Changed(Box::new(Changed {
            change,
            scope,
            model,
            profile,
            end,
            next: now
                .as_ref()
                .map_or(Next::Unknown, |decision| next(errand, decision)),
            hidden_by,
        }))
    }
}

fn profile_now(errand: Errand<'_>, decision: &Decision, kept: Kept) -> Option<ProfileNow> {
    let provider = decision.provider()?;
    let seen = |id: &ProfileId| errand.may_see(id).then(|| id.clone());
    if let Some(setting) = &decision.pinned {
        return Some(ProfileNow::Pinned {
            id: seen(&setting.value.id),
            mode: setting.value.mode,
            kept,
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

/// The model and the profile in force.
pub(super) fn selection(errand: Errand<'_>, decision: &Decision) -> Option<Selection> {
    let selected = decision.selected.as_ref()?;
    let end = decision.effective.model.as_ref().map(|setting| setting.end);
    Some(Selection {
        model: errand.named(&selected.model),
        origin: selected.pinned.map_or(Origin::Default, Origin::Pin),
        end: end.unwrap_or_default(),
        profile: decision.pinned.as_ref().map(|setting| {
            let id = &setting.value.id;
            let id = errand.may_see(id).then(|| id.clone());
            (id, setting.value.mode, setting.scope(), setting.end)
        }),
    })
}

/// What happens at the next request.
pub(super) fn next(errand: Errand<'_>, decision: &Decision) -> Next {
    match &decision.verdict {
        Ok(id) if !errand.may_see(id) => Next::ServedUnseen,
        Ok(id) => {
            let pin = decision.pinned.as_ref().map(|setting| &setting.value);
            match pin.filter(|pin| pin.id != *id && pin.mode == Mode::Prefer) {
                Some(pin) => Next::OtherServes(state_of(errand, decision, &pin.id), id.clone()),
                None => Next::Served(id.clone()),
            }
        }
        Err(
            resolver::Refusal::PinnedRests { profile, .. }
            | resolver::Refusal::PinnedUnusable { profile, .. },
        ) => Next::PinnedCannot(state_of(errand, decision, profile)),
        Err(resolver::Refusal::AllRest { retry_at, .. }) => Next::AllRest(*retry_at),
        Err(refusal) => match refusal {
            resolver::Refusal::NoCredential { .. } => Next::NoCredential,
            other => Next::Refused(other.to_string(), other.hint()),
        },
    }
}

/// Whether a profile can serve, as the decision has it.
pub(super) fn state_of(errand: Errand<'_>, decision: &Decision, id: &ProfileId) -> State {
    let candidates = &decision.ranking.candidates;
    if let Some(candidate) = candidates.iter().find(|candidate| candidate.profile == *id) {
        return state(
            candidate,
            errand
                .book
                .facts()
                .iter()
                .find(|facts| facts.id == *id)
                .and_then(|facts| facts.rest),
        );
    }
    let excluded = decision.ranking.excluded.iter().find(|out| out.profile == *id);
    excluded.map_or(State::Missing, |out| excluded_state(out.reason))
}

pub(super) fn state(candidate: &Candidate, rest: Option<Rest>) -> State {
    match candidate.reason {
        Reason::Ok => State::Ready,
        Reason::Cooldown => State::Cooling(candidate.until),
        Reason::Disabled => State::Disabled(rest.and_then(|rest| rest.class), candidate.until),
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
