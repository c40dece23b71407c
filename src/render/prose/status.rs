//! `/model status` and `/model why`.

use super::block::{Blocks, Standout};
use super::candidate;
use super::change::next_line;
use super::pen::Pen;
use super::phrase::{end, model, pinned_profile, scope};
use crate::audit::Piece;
use crate::clock::Timestamp;
use crate::view::{Origin, Selection, Status, Why};

pub(super) fn selection_lines(pen: Pen, selection: Option<&Selection>, now: Timestamp) -> Vec<String> {
    let Some(selection) = selection else {
        return vec!["Model: none is configured".to_owned()];
    };
    let profile = match &selection.profile {
        None => "Profile: automatic".to_owned(),
        Some(pinned) => {
            let name = pinned_profile(pen, pinned.id.as_ref(), pinned.mode);
            format!(
                "Profile: {name}, {}{}",
                origin(pinned.origin),
                end(pinned.end, now)
            )
        }
    };
    let origin = format!("{}{}", origin(selection.origin), end(selection.end, now));
    vec![
        format!("Model: {}, {origin}", model(pen, &selection.model)),
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

pub(super) fn say(blocks: &mut Blocks, pen: Pen, status: &Status, now: Timestamp) {
    let mut head = selection_lines(pen, status.selection.as_ref(), now);
    if let Some(next) = &status.next {
        head.push(next_line(pen, next, now));
    }
    if let Some(default) = &status.default {
        head.push(format!("Default: {}", model(pen, default)));
    }
    head.push(format!("Agent: {}", pen.name(status.agent.as_str())));
    head.push(format!("Credentials: {}", pen.name(&status.store)));
    blocks.line(&head.join("\n"));
    for provider in &status.providers {
        blocks.gap();
        let reached = match &provider.endpoint {
            Some(endpoint) => format!(" · {} · {}", pen.name(&endpoint.base_url), endpoint.api),
            None => " · no endpoint is known".to_owned(),
        };
        blocks.heading(&format!("{}{reached}", pen.strong(provider.provider.as_str())));
        if provider.candidates.is_empty() {
            blocks.bullet(Standout::No, "no credential");
        }
        for candidate in &provider.candidates {
            blocks.bullet(
                candidate::standout(candidate),
                &candidate::line(pen, candidate, now),
            );
        }
    }
}

pub(super) fn say_why(blocks: &mut Blocks, pen: Pen, why: &Why, now: Timestamp) {
    blocks.line(&selection_lines(pen, why.selection.as_ref(), now).join("\n"));
    blocks.gap();
    blocks.heading(&format!("Candidates, in the order of {}:", why.basis));
    if why.candidates.is_empty() {
        blocks.bullet(Standout::No, "none");
    }
    let (in_line, left_out): (Vec<_>, Vec<_>) = why
        .candidates
        .iter()
        .partition(|candidate| candidate::is_in_line(candidate.state));
    for (candidate, number) in in_line.iter().zip(1..) {
        let reason = candidate::reason(pen, candidate, now);
        blocks.numbered(number, &reason);
    }
    if !left_out.is_empty() {
        blocks.gap();
        blocks.heading("Left out:");
    }
    for candidate in left_out {
        let reason = candidate::reason(pen, candidate, now);
        blocks.bullet(Standout::No, &reason);
    }
    blocks.gap();
    blocks.line(&next_line(pen, &why.next, now));
    if let Some(last) = &why.last {
        let pieces = last.pieces.iter().map(|piece| match piece {
            Piece::Name(name) => pen.name(name),
            told => told.to_string(),
        });
        blocks.line(&format!("{}: {}", last.head, pieces.collect::<String>()));
    }
}
