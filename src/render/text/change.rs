//! What a command changed.

use super::candidate::state;
use super::ink::Ink;
use super::message::Items;
use super::status::{end, model, scope};
use super::time::moment;
use crate::clock::Timestamp;
use crate::terms::Mode;
use crate::view::{Change, Changed, Kept, Next, ProfileNow};

pub(super) fn say(items: &mut Items, ink: Ink, changed: &Changed, now: Timestamp) {
    let of = scope(changed.scope);
    let what = match changed.change {
        Change::Pinned => format!("Pinned for {of}{}.", end(changed.end, now)),
        Change::Cleared => format!("The pin of {of} is cleared."),
        Change::Undone => format!("The last change for {of} is taken back."),
        Change::Nothing => format!("Nothing was pinned for {of}; nothing changed."),
    };
    let mut lines = vec![what];
    match &changed.model {
        None => lines.push("Model: none is configured".to_owned()),
        Some(now) => {
            let before = now
                .before
                .as_ref()
                .map(|before| format!(", was {}", model(ink, before)));
            let mode = match now.mode {
                Mode::Strict => ", no other model may step in",
                Mode::Prefer => "",
            };
            lines.push(format!(
                "Model: {}{}{mode}",
                model(ink, &now.model),
                before.unwrap_or_default()
            ));
        }
    }
    lines.push(match &changed.profile {
        None | Some(ProfileNow::Auto) => "Profile: automatic".to_owned(),
        Some(ProfileNow::Pinned { id, mode, kept }) => {
            let id = id
                .as_ref()
                .map_or("one that is not shown to you".to_owned(), |id| {
                    ink.name(id.as_str())
                });
            let mode = match mode {
                Mode::Strict => "only this one",
                Mode::Prefer => "this one first, others may follow",
            };
            let kept = match kept {
                Kept::Named => "",
                Kept::FromBefore => ", as pinned before",
            };
            format!("Profile: {id}, {mode}{kept}")
        }
        Some(ProfileNow::Parked(id)) => format!(
            "Profile: automatic; {} waits until its provider comes back",
            ink.name(id.as_str())
        ),
    });
    lines.push(next_line(ink, &changed.next, now));
    if let Some(narrower) = changed.hidden_by {
        lines.push(format!(
            "Here you will not feel it: {} has a pin of its own ({} shows it).",
            scope(narrower),
            ink.typed("/model status")
        ));
    }
    items.push(lines.join(ink.line_break()));
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
