//! What a command changed.

use super::block::Blocks;
use super::candidate::state;
use super::pen::Pen;
use super::phrase::{end, model, pinned_profile, scope};
use super::time::moment;
use crate::clock::Timestamp;
use crate::pin::End;
use crate::profile::ProfileId;
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::{Change, Changed, Kept, Next, Pinned, PinnedProfile, ProfileNow};

pub(super) fn say(blocks: &mut Blocks, pen: Pen, changed: &Changed, now: Timestamp) {
    let mut lines = vec![what(pen, changed, now)];
    if let Some(narrower) = hidden_by(changed) {
        lines.push(format!("Here the pin of {} goes first:", scope(narrower)));
    }
    lines.push(model_line(pen, changed, now));
    lines.push(profile_line(pen, changed, now));
    lines.push(next_line(pen, &changed.next, now));
    blocks.line(&lines.join("\n"));
}

/// The narrower scope whose pin keeps the change, or a part of it, from being felt in this chat.
fn hidden_by(changed: &Changed) -> Option<Scope> {
    changed.model_hidden_by.or(changed.profile_hidden_by)
}

/// What was done. What was pinned for others is named here, since the lines below tell what holds in this chat.
fn what(pen: Pen, changed: &Changed, now: Timestamp) -> String {
    let of = scope(changed.scope);
    let ends = end(changed.end, now);
    match (changed.change, &changed.pinned) {
        (
            Change::Pinned,
            Pinned {
                model: None,
                profile: Some(PinnedProfile::Auto),
            },
        ) => format!("Profiles are chosen automatically for {of}{ends}."),
        (Change::Pinned, _) if changed.scope == Scope::Session => format!("Pinned for {of}{ends}."),
        (Change::Pinned, pinned) => format!("Pinned for {of}{ends}: {}.", choice(pen, pinned)),
        (Change::Cleared, _) => format!("The pin of {of} is cleared."),
        (Change::OnItsOwn, _) => {
            "This thread goes its own way now: what its chat has pinned does not hold here.".to_owned()
        }
        (Change::Undone, _) => format!("The last change for {of} is taken back."),
        (Change::Nothing, _) => format!("Nothing was pinned for {of}; nothing changed."),
    }
}

fn choice(pen: Pen, pinned: &Pinned) -> String {
    let profile = pinned.profile.as_ref().map(|profile| match profile {
        PinnedProfile::Auto => "automatic choice of the profile".to_owned(),
        PinnedProfile::Named(id, mode) => pinned_profile(pen, Some(id), *mode),
    });
    match (&pinned.model, profile) {
        (Some(named), Some(profile)) => format!("{} with {profile}", model(pen, named)),
        (Some(named), None) => model(pen, named),
        (None, profile) => profile.unwrap_or_default(),
    }
}

/// The end of a part of the selection, where it is not the one that the first line tells.
fn own_end(changed: &Changed, of_part: End, now: Timestamp) -> String {
    if changed.change == Change::Pinned && hidden_by(changed).is_none() && of_part == changed.end {
        return String::new();
    }
    end(of_part, now)
}

fn model_line(pen: Pen, changed: &Changed, now: Timestamp) -> String {
    let Some(held) = &changed.model else {
        return "Model: none is configured".to_owned();
    };
    let before = match (&held.before, changed.change) {
        (Some(before), _) => format!(", was {}", model(pen, before)),
        (None, Change::Pinned) => ", as before".to_owned(),
        (None, _) => String::new(),
    };
    let mode = match held.mode {
        Mode::Strict => ", and no other",
        Mode::Prefer => "",
    };
    let ends = own_end(changed, held.end, now);
    format!("Model: {}{mode}{before}{ends}", model(pen, &held.model))
}

fn profile_line(pen: Pen, changed: &Changed, now: Timestamp) -> String {
    let was = changed.profile_before.as_ref();
    let was = was.map(|id| format!(", was {}", pen.name(id.as_str())));
    let was = was.unwrap_or_default();
    match &changed.profile {
        None | Some(ProfileNow::Auto) => format!("Profile: automatic{was}"),
        Some(ProfileNow::Pinned { id, mode, end, kept }) => {
            let kept = match kept {
                Kept::FromBefore if was.is_empty() && changed.change == Change::Pinned => ", as before",
                Kept::FromBefore | Kept::Named => "",
            };
            let ends = own_end(changed, *end, now);
            format!(
                "Profile: {}{kept}{was}{ends}",
                pinned_profile(pen, id.as_ref(), *mode)
            )
        }
        Some(ProfileNow::Parked(id)) => format!(
            "Profile: automatic; {} waits until its provider comes back",
            pen.name(id.as_str())
        ),
    }
}

/// What happens at the next message.
pub(super) fn next_line(pen: Pen, next: &Next, now: Timestamp) -> String {
    let id = |profile: &ProfileId| pen.name(profile.as_str());
    let refused = |why: &str| format!("Next message: refused, {why}");
    if let Next::OtherModel(other, why, serving) = next {
        let first = |next| {
            let line = next_line(pen, next, now);
            let line = line.split('\n').next().unwrap_or_default();
            let line = line.strip_prefix("Next message: ").unwrap_or(line);
            line.strip_prefix("refused, ").unwrap_or(line).to_owned()
        };
        return format!(
            "Next message: {} steps in, {}\nNot as asked: {}.",
            model(pen, other),
            first(serving),
            first(why)
        );
    }
    let (what, more) = match next {
        Next::Served(profile) => (format!("Next message: served by {}", id(profile)), None),
        Next::OnTrial(profile) => (
            format!("Next message: tried on {}", id(profile)),
            Some("It was resting; if it fails again, it rests on.".to_owned()),
        ),
        Next::OtherModel(..) => (String::new(), None),
        Next::ServedUnseen => (
            "Next message: served by a profile that you may not see".to_owned(),
            None,
        ),
        Next::PinnedCannot(why) => (
            refused(&format!("the pinned profile cannot serve ({})", state(*why, now))),
            Some(format!("{} lets others serve.", pen.typed("/model @auto"))),
        ),
        Next::PinnedNotYours => (
            refused("the profile that is pinned here is not for you"),
            Some(format!("{} lets others serve.", pen.typed("/model @auto"))),
        ),
        Next::OtherServes(why, profile) => (
            format!("Next message: served by {}", id(profile)),
            Some(format!(
                "The pinned profile cannot serve now ({}).",
                state(*why, now)
            )),
        ),
        Next::NoCredential => (refused("there is no credential for this provider"), None),
        Next::AllRest(Some(until)) => (
            refused(&format!(
                "all profiles rest, the first until {}",
                moment(*until, now)
            )),
            None,
        ),
        Next::AllRest(None) => (refused("all profiles are disabled"), None),
        Next::Refused(_, why, remedy) => (
            refused(&pen.cause(why)),
            Some(format!("To go on, {}.", pen.cause(remedy))),
        ),
        Next::Unknown => (
            "Next message: cannot be told, the credentials cannot be read".to_owned(),
            None,
        ),
    };
    match more {
        Some(more) => format!("{what}\n{more}"),
        None => what,
    }
}
