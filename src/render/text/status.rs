//! `/model status` and `/model why`.

use super::candidate;
use super::change::next_line;
use super::ink::Ink;
use super::message::Items;
use super::phrase::{end, model, pinned_profile, scope};
use crate::audit::Piece;
use crate::clock::Timestamp;
use crate::view::{Origin, Selection, Status, Why};

pub(super) fn selection_lines(ink: Ink, selection: Option<&Selection>, now: Timestamp) -> Vec<String> {
    let Some(selection) = selection else {
        return vec!["Model: none is configured".to_owned()];
    };
    let profile = match &selection.profile {
        None => "Profile: automatic".to_owned(),
        Some(pinned) => {
            let name = pinned_profile(ink, pinned.id.as_ref(), pinned.mode);
            format!(
                "Profile: {name}, {}{}",
                origin(pinned.origin),
                end(pinned.end, now)
            )
        }
    };
    let origin = format!("{}{}", origin(selection.origin), end(selection.end, now));
    vec![
        format!("Model: {}, {origin}", model(ink, &selection.model)),
        profile,
    ]
}

/// `pinned to this chat`
fn origin(origin: Origin) -> String {
    match origin {
        Origin::Pin(of) => format!("pinned to {}", scope(of)),
        Origin::Parent => "pinned to the chat of this thread".to_owned(),
        Origin::Default => "the default".to_owned(),
    }
}

pub(super) fn say(items: &mut Items, ink: Ink, status: &Status, now: Timestamp) {
    let mut head = selection_lines(ink, status.selection.as_ref(), now);
    if let Some(next) = &status.next {
        head.push(next_line(ink, next, now));
    }
    if let Some(default) = &status.default {
        head.push(format!("Default: {}", model(ink, default)));
    }
    head.push(format!("Agent: {}", ink.name(status.agent.as_str())));
    head.push(format!("Credentials: {}", ink.name(&status.store)));
    items.push(head.join(ink.line_break()));
    for provider in &status.providers {
        items.gap();
        let reached = match &provider.endpoint {
            Some(endpoint) => format!(" · {} · {}", ink.name(&endpoint.base_url), endpoint.api),
            None => " · no endpoint is known".to_owned(),
        };
        items.push(format!("{}{reached}", ink.strong(provider.provider.as_str())));
        if ink == Ink::Markdown {
            items.gap();
        }
        if provider.candidates.is_empty() {
            items.push(format!("{}no credential", ink.bullet()));
        }
        for candidate in &provider.candidates {
            items.push(candidate::line(ink, candidate, now));
        }
    }
}

pub(super) fn say_why(items: &mut Items, ink: Ink, why: &Why, now: Timestamp) {
    items.push(selection_lines(ink, why.selection.as_ref(), now).join(ink.line_break()));
    items.gap();
    items.push(format!("Candidates, in the order of {}:", why.basis));
    if ink == Ink::Markdown {
        items.gap();
    }
    if why.candidates.is_empty() {
        items.push(format!("{}none", ink.bullet()));
    }
    let (in_line, left_out): (Vec<_>, Vec<_>) = why
        .candidates
        .iter()
        .partition(|candidate| candidate::is_in_line(candidate.state));
    for (candidate, number) in in_line.iter().zip(1..) {
        let reason = candidate::reason(ink, candidate, now);
        items.push(ink.ended(format!("{}{reason}", ink.numbered(number))));
    }
    if !left_out.is_empty() {
        items.gap();
        items.push("Left out:".to_owned());
        if ink == Ink::Markdown {
            items.gap();
        }
    }
    for candidate in left_out {
        let reason = candidate::reason(ink, candidate, now);
        items.push(format!("{}{reason}", ink.bullet()));
    }
    items.gap();
    items.push(next_line(ink, &why.next, now));
    if let Some(last) = &why.last {
        let pieces = last.pieces.iter().map(|piece| match piece {
            Piece::Name(name) => ink.name(name),
            told => told.to_string(),
        });
        items.push(format!("{}: {}", last.head, pieces.collect::<String>()));
    }
}
