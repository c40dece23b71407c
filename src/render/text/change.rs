//! What a command changed.

use super::candidate::state;
use super::ink::Ink;
use super::message::Items;
use super::phrase::{end, firmly, model, scope};
use super::time::moment;
use crate::clock::Timestamp;
use crate::pin::End;
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::{Change, Changed, Kept, Next, PinnedProfile, ProfileNow};

pub(super) fn say(items: &mut Items, ink: Ink, changed: &Changed, now: Timestamp) {
    let mut lines = vec![first_line(ink, changed, now)];
    lines.push(model_line(ink, changed, now));
    lines.push(profile_line(ink, changed, now));
    lines.push(next_line(ink, &changed.next, now));
    lines.extend(hidden_line(ink, changed));
    items.push(lines.join(ink.line_break()));
}

/// What was done. What was pinned for others is named here, since the lines below tell what holds in this chat.
fn first_line(ink: Ink, changed: &Changed, now: Timestamp) -> String {
    let of = scope(changed.scope);
    match changed.change {
        Change::Pinned if changed.scope == Scope::Session => {
            format!("Pinned for {of}{}.", end(changed.end, now))
        }
        Change::Pinned => {
            let model = changed.pinned.model.as_ref().map(|named| model(ink, named));
            let profile = changed.pinned.profile.as_ref().map(|profile| match profile {
                PinnedProfile::Auto => "automatic choice of the profile".to_owned(),
                PinnedProfile::Named(id, mode) => {
                    format!("profile {}, {}", ink.name(id.as_str()), firmly(*mode))
                }
            });
            let what: Vec<String> = model.into_iter().chain(profile).collect();
            format!(
                "Pinned for {of}{}: {}. Here:",
                end(changed.end, now),
                what.join(", ")
            )
        }
        Change::Cleared => format!("The pin for {of} is cleared."),
        Change::Undone => format!("The last change for {of} is taken back."),
        Change::Nothing => format!("Nothing was pinned for {of}; nothing changed."),
    }
}

/// When a pin ends, unless the first line has said so.
fn other_end(changed: &Changed, of: End, now: Timestamp) -> String {
    if of == changed.end {
        String::new()
    } else {
        end(of, now)
    }
}

fn model_line(ink: Ink, changed: &Changed, now: Timestamp) -> String {
    let Some(held) = &changed.model else {
        return "Model: none is configured".to_owned();
    };
    let before = held
        .before
        .as_ref()
        .map(|before| format!(", was {}", model(ink, before)));
    let mode = match held.mode {
        Mode::Strict => ", no other model may step in",
        Mode::Prefer => "",
    };
    let (name, before) = (model(ink, &held.model), before.unwrap_or_default());
    format!("Model: {name}{before}{mode}{}", other_end(changed, held.end, now))
}

fn profile_line(ink: Ink, changed: &Changed, now: Timestamp) -> String {
    match &changed.profile {
        None | Some(ProfileNow::Auto) => "Profile: automatic".to_owned(),
        Some(ProfileNow::Pinned { id, mode, kept, end }) => {
            let id = id
                .as_ref()
                .map_or("one that is not shown to you".to_owned(), |id| {
                    ink.name(id.as_str())
                });
            let kept = match kept {
                Kept::Named => "",
                Kept::FromBefore => ", as pinned before",
            };
            format!(
                "Profile: {id}, {}{kept}{}",
                firmly(*mode),
                other_end(changed, *end, now)
            )
        }
        Some(ProfileNow::Parked(id)) => format!(
            "Profile: automatic; {} waits until its provider comes back",
            ink.name(id.as_str())
        ),
    }
}

/// A narrower pin that keeps the change from being felt here.
fn hidden_line(ink: Ink, changed: &Changed) -> Option<String> {
    let (what, by) = match (changed.model_hidden_by, changed.profile_hidden_by) {
        (Some(by), Some(_)) => ("model and profile", by),
        (Some(by), None) => ("model", by),
        (None, Some(by)) => ("profile", by),
        (None, None) => return None,
    };
    let status = ink.typed("/model status");
    Some(format!(
        "You will not feel it here: {} has a {what} pin of its own ({status} shows it).",
        scope(by)
    ))
}

/// What happens at the next message.
pub(super) fn next_line(ink: Ink, next: &Next, now: Timestamp) -> String {
    let id = |profile: &crate::profile::ProfileId| ink.name(profile.as_str());
    let auto = ink.typed("/model @auto");
    match next {
        Next::Served(profile) => format!("Next message: served by {}", id(profile)),
        Next::ServedUnseen => "Next message: served by a profile that is not shown to you".to_owned(),
        Next::PinnedCannot(why) => format!(
            "Next message: will be refused, the pinned profile cannot serve ({}). {auto} lets others serve.",
            state(*why, now)
        ),
        Next::PinnedNotYours => format!(
            "Next message: will be refused, the profile that is pinned here is not for you. {auto} lets others serve."
        ),
        Next::OtherServes(why, profile) => format!(
            "Next message: served by {}; the pinned profile cannot serve ({})",
            id(profile),
            state(*why, now)
        ),
        Next::NoCredential => {
            "Next message: will be refused, there is no credential for this provider".to_owned()
        }
        Next::AllRest(Some(until)) => format!(
            "Next message: will be refused, every profile rests; the first is back at {}",
            moment(*until, now)
        ),
        Next::AllRest(None) => "Next message: will be refused, every profile is disabled".to_owned(),
        Next::Refused(why, remedy) => {
            format!(
                "Next message: will be refused, {}; {}",
                ink.words(why),
                ink.words(remedy)
            )
        }
        Next::Unknown => "Next message: cannot be told, the credentials cannot be read".to_owned(),
    }
}
