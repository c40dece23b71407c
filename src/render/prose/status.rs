//! `/model status` and `/model why`.

use super::block::{Blocks, Standout};
use super::candidate;
use super::last::last_line;
use super::next::next_line;
use super::pen::Pen;
use super::phrase::{end, model, pinned_profile, scope};
use crate::clock::Timestamp;
use crate::order::Basis;
use crate::view::{Origin, ProviderStatus, Selection, Status, Why};
use crate::words::say;

pub(super) fn selection_lines(pen: Pen<'_>, selection: Option<&Selection>, now: Timestamp) -> Vec<String> {
    let Some(selection) = selection else {
        return vec![say!(pen.words, "model-none")];
    };
    let profile = match &selection.profile {
        None => say!(pen.words, "profile-automatic", was = ""),
        Some(pinned) => say!(
            pen.words,
            "profile-selected",
            profile = pinned_profile(pen, pinned.id.as_ref(), pinned.mode),
            origin = origin(pen, pinned.origin),
            ends = end(pen, pinned.end, now),
        ),
    };
    let model = say!(
        pen.words,
        "model-selected",
        model = model(pen, &selection.model),
        origin = origin(pen, selection.origin),
        ends = end(pen, selection.end, now),
    );
    vec![model, profile]
}

/// `pinned to this chat`
fn origin(pen: Pen<'_>, origin: Origin) -> String {
    match origin {
        Origin::Pin(of) => say!(pen.words, "origin-pin", scope = scope(pen, of)),
        Origin::Parent => say!(pen.words, "origin-parent"),
        Origin::Default => say!(pen.words, "origin-default"),
    }
}

pub(super) fn say(blocks: &mut Blocks, pen: Pen<'_>, status: &Status, now: Timestamp) {
    let mut head = selection_lines(pen, status.selection.as_ref(), now);
    if let Some(next) = &status.next {
        head.push(next_line(pen, next, now));
    }
    if let Some(default) = &status.default {
        head.push(say!(pen.words, "default-line", model = model(pen, default)));
    }
    head.push(say!(
        pen.words,
        "agent-line",
        agent = pen.name(status.agent.as_str())
    ));
    head.push(say!(
        pen.words,
        "credentials-line",
        file = pen.name(&status.store)
    ));
    blocks.line(&head.join("\n"));
    for provider in &status.providers {
        say_provider(blocks, pen, provider, now);
    }
}

fn say_provider(blocks: &mut Blocks, pen: Pen<'_>, status: &ProviderStatus, now: Timestamp) {
    blocks.gap();
    let provider = pen.strong(status.provider.as_str());
    blocks.heading(&match &status.endpoint {
        Some(endpoint) => say!(
            pen.words,
            "endpoint",
            provider = provider,
            address = pen.name(&endpoint.base_url),
            api = endpoint.api.as_str(),
        ),
        None => say!(pen.words, "endpoint-none", provider = provider),
    });
    if status.candidates.is_empty() {
        blocks.bullet(Standout::No, &say!(pen.words, "no-credential"));
    }
    for candidate in &status.candidates {
        blocks.bullet(
            candidate::standout(candidate),
            &candidate::line(pen, candidate, now),
        );
    }
}

pub(super) fn say_why(blocks: &mut Blocks, pen: Pen<'_>, why: &Why, now: Timestamp) {
    blocks.line(&selection_lines(pen, why.selection.as_ref(), now).join("\n"));
    blocks.gap();
    blocks.heading(&say!(pen.words, "candidates", basis = basis(pen, why.basis)));
    if why.candidates.is_empty() {
        blocks.bullet(Standout::No, &say!(pen.words, "candidates-none"));
    }
    let (in_line, left_out): (Vec<_>, Vec<_>) = why
        .candidates
        .iter()
        .partition(|candidate| candidate::is_in_line(candidate.state));
    for (candidate, number) in in_line.iter().zip(1..) {
        blocks.numbered(number, &candidate::reason(pen, candidate, now));
    }
    if !left_out.is_empty() {
        blocks.gap();
        blocks.heading(&say!(pen.words, "left-out"));
    }
    for candidate in left_out {
        blocks.bullet(Standout::No, &candidate::reason(pen, candidate, now));
    }
    blocks.gap();
    blocks.line(&next_line(pen, &why.next, now));
    if let Some(last) = &why.last {
        blocks.line(&last_line(pen, last));
    }
}

/// Which list the order comes from: a key of the configuration stays as it is.
fn basis(pen: Pen<'_>, basis: Basis) -> String {
    match basis {
        Basis::StoredOrder => say!(pen.words, "basis-stored-order"),
        Basis::Store => say!(pen.words, "basis-stored-profiles"),
        key @ (Basis::ConfigOrder | Basis::ConfigProfiles) => key.as_str().to_owned(),
    }
}
