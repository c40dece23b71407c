//! What a command changed.

use super::block::Blocks;
use super::next::next_line;
use super::pen::Pen;
use super::phrase::{end, model, pinned_profile, scope};
use crate::clock::Timestamp;
use crate::pin::End;
use crate::session::Scope;
use crate::terms::Mode;
use crate::view::{Change, Changed, Kept, PaysFor, Pinned, PinnedProfile, ProfileNow};
use crate::words::say;

pub(super) fn say(blocks: &mut Blocks, pen: Pen<'_>, changed: &Changed, now: Timestamp) {
    let mut lines = vec![what(pen, changed, now)];
    if let Some(narrower) = hidden_by(changed) {
        lines.push(say!(pen.words, "changed-hidden", scope = scope(pen, narrower)));
    }
    lines.push(model_line(pen, changed, now));
    lines.push(profile_line(pen, changed, now));
    lines.extend(pays_line(pen, changed));
    lines.push(next_line(pen, &changed.next, now));
    blocks.line(&lines.join("\n"));
}

/// The narrower scope whose pin keeps the change, or a part of it, from being felt in this chat.
fn hidden_by(changed: &Changed) -> Option<Scope> {
    changed.model_hidden_by.or(changed.profile_hidden_by)
}

/// What was done. What was pinned for others is named here, since the lines below tell what holds in this chat.
fn what(pen: Pen<'_>, changed: &Changed, now: Timestamp) -> String {
    let of = scope(pen, changed.scope);
    let ends = end(pen, changed.end, now);
    match (changed.change, &changed.pinned) {
        (
            Change::Pinned,
            Pinned {
                model: None,
                profile: Some(PinnedProfile::Auto),
            },
        ) => say!(pen.words, "changed-automatic", scope = of, ends = ends),
        (Change::Pinned, _) if changed.scope == Scope::Session => {
            say!(pen.words, "changed-pinned", scope = of, ends = ends)
        }
        (Change::Pinned, pinned) => say!(
            pen.words,
            "changed-pinned-elsewhere",
            scope = of,
            ends = ends,
            choice = choice(pen, pinned),
        ),
        (Change::Cleared, _) => say!(pen.words, "changed-cleared", scope = of),
        (Change::OnItsOwn, _) => say!(pen.words, "changed-on-its-own"),
        (Change::Undone, _) => say!(pen.words, "changed-undone", scope = of),
        (Change::Nothing, _) => say!(pen.words, "changed-nothing", scope = of),
    }
}

fn choice(pen: Pen<'_>, pinned: &Pinned) -> String {
    let profile = pinned.profile.as_ref().map(|profile| match profile {
        PinnedProfile::Auto => say!(pen.words, "choice-automatic"),
        PinnedProfile::Named(id, mode) => pinned_profile(pen, Some(id), *mode),
    });
    match (&pinned.model, profile) {
        (Some(named), Some(profile)) => {
            say!(
                pen.words,
                "choice-with",
                model = model(pen, named),
                profile = profile
            )
        }
        (Some(named), None) => model(pen, named),
        (None, profile) => profile.unwrap_or_default(),
    }
}

/// The end of a part of the selection, where it is not the one that the first line tells.
fn own_end(pen: Pen<'_>, changed: &Changed, of_part: End, now: Timestamp) -> String {
    if changed.change == Change::Pinned && hidden_by(changed).is_none() && of_part == changed.end {
        return String::new();
    }
    end(pen, of_part, now)
}

fn model_line(pen: Pen<'_>, changed: &Changed, now: Timestamp) -> String {
    let Some(held) = &changed.model else {
        return say!(pen.words, "model-none");
    };
    let before = match (&held.before, changed.change) {
        (Some(before), _) => say!(pen.words, "was", name = model(pen, before)),
        (None, Change::Pinned) => say!(pen.words, "as-before"),
        (None, _) => String::new(),
    };
    let mode = match held.mode {
        Mode::Strict => say!(pen.words, "no-other-model"),
        Mode::Prefer => String::new(),
    };
    say!(
        pen.words,
        "model-now",
        model = model(pen, &held.model),
        mode = mode,
        before = before,
        ends = own_end(pen, changed, held.end, now),
    )
}

fn profile_line(pen: Pen<'_>, changed: &Changed, now: Timestamp) -> String {
    let was = match &changed.profile_before {
        Some(id) => say!(pen.words, "was", name = pen.name(id.as_str())),
        None => String::new(),
    };
    match &changed.profile {
        None | Some(ProfileNow::Auto) => say!(pen.words, "profile-automatic", was = was),
        Some(ProfileNow::Pinned { id, mode, end, kept }) => {
            let kept = match kept {
                Kept::FromBefore if was.is_empty() && changed.change == Change::Pinned => {
                    say!(pen.words, "as-before")
                }
                Kept::FromBefore | Kept::Named => String::new(),
            };
            say!(
                pen.words,
                "profile-now",
                profile = pinned_profile(pen, id.as_ref(), *mode),
                kept = kept,
                was = was,
                ends = own_end(pen, changed, *end, now),
            )
        }
        Some(ProfileNow::Parked(id)) => say!(pen.words, "profile-parked", profile = pen.name(id.as_str())),
    }
}

/// Who pays for whom, where others are in the chat.
fn pays_line(pen: Pen<'_>, changed: &Changed) -> Option<String> {
    let Some(ProfileNow::Pinned { id: Some(id), .. }) = &changed.profile else {
        return None;
    };
    let key = match changed.pays_for? {
        PaysFor::Everybody => "pays-for-everybody",
        PaysFor::Listed => "pays-for-listed",
    };
    Some(say!(pen.words, key, profile = pen.name(id.as_str())))
}
