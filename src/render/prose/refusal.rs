//! Commands that were not carried out: what was wrong, and what to do.

use super::block::Blocks;
use super::pen::Pen;
use super::phrase::{either, model, scope};
use super::picker::list_command;
use super::rich::Rich;
use crate::profile::ProfileId;
use crate::view::Refusal;
use crate::words::{Words, say};

/// How many profiles of one name are listed.
const SEVERAL: usize = 8;

/// What was wrong, and what to do about it, in plain words; the second may be empty.
pub(in crate::render) fn in_words(words: &Words, refusal: &Refusal) -> (String, String) {
    let (what, remedy) = sentences(Pen { words }, refusal);
    let plain = |marked: &str| Rich::read(marked).quoted();
    (plain(&what), plain(&remedy))
}

fn sentences(pen: Pen<'_>, refusal: &Refusal) -> (String, String) {
    let words = pen.words;
    match refusal {
        Refusal::UnknownModel { written, near } => (
            say!(words, "refused-unknown-model", name = pen.written(written)),
            nearest(pen, near.iter().map(String::as_str), "shows-those", "/model list"),
        ),
        Refusal::ModelNotAllowed { model, rule } => (
            say!(
                words,
                "refused-model-not-allowed",
                model = pen.name(&model.to_string()),
                rule = pen.name(rule),
            ),
            say!(words, "refused-model-not-allowed-remedy"),
        ),
        Refusal::UnknownProfile {
            written,
            provider,
            near,
        } => (
            say!(
                words,
                "refused-unknown-profile",
                provider = pen.strong(provider.as_str()),
                name = pen.written(written),
            ),
            nearest(
                pen,
                near.iter().map(ProfileId::as_str),
                "shows-those",
                "/model status",
            ),
        ),
        Refusal::SeveralProfiles { written, profiles } => (
            say!(words, "refused-several-profiles", name = pen.written(written)),
            several(pen, profiles),
        ),
        Refusal::OtherProvider {
            profile,
            provider,
            model: wanted,
        } => (
            say!(
                words,
                "refused-other-provider",
                profile = pen.name(profile.as_str()),
                provider = pen.strong(provider.as_str()),
                model = model(pen, wanted),
                other = pen.strong(wanted.model.provider().as_str()),
            ),
            say!(
                words,
                "refused-other-provider-remedy",
                provider = pen.strong(provider.as_str()),
            ),
        ),
        Refusal::NotPermitted { scope: of } => (
            say!(words, "refused-not-permitted", scope = scope(pen, *of)),
            say!(words, "refused-not-permitted-remedy"),
        ),
        Refusal::NoCommands => (say!(words, "refused-no-commands"), String::new()),
        Refusal::UnknownProvider { written, near } => (
            say!(words, "refused-unknown-provider", name = pen.written(written)),
            nearest(
                pen,
                near.iter().map(String::as_str),
                "refused-unknown-provider-remedy",
                "/model list",
            ),
        ),
        Refusal::NoSuchPage { page, pages, list } => (
            say!(words, "refused-no-such-page", page = *page, pages = *pages),
            say!(
                words,
                "refused-no-such-page-remedy",
                command = pen.typed(&list_command(list.as_ref(), *pages)),
            ),
        ),
        Refusal::NothingToUndo { scope: of } => (
            say!(words, "refused-nothing-to-undo", scope = scope(pen, *of)),
            String::new(),
        ),
        Refusal::NoModel => (
            say!(words, "refused-no-model"),
            say!(
                words,
                "refused-no-model-remedy",
                command = pen.typed("/model provider/model"),
            ),
        ),
        Refusal::NotKept { cause } => (
            say!(words, "refused-not-kept", cause = pen.cause(cause)),
            say!(words, "refused-not-kept-remedy"),
        ),
        Refusal::Broken { cause, .. } => (
            say!(words, "refused-broken", cause = pen.cause(cause)),
            say!(words, "refused-broken-remedy"),
        ),
    }
}

/// The names that may have been meant, or else the command that shows all.
fn nearest<'n>(pen: Pen<'_>, near: impl Iterator<Item = &'n str>, otherwise: &str, command: &str) -> String {
    let names = either(pen, near.map(|name| pen.name(name)));
    if names.is_empty() {
        return say!(pen.words, otherwise, command = pen.typed(command));
    }
    say!(pen.words, "did-you-mean", names = names)
}

fn several(pen: Pen<'_>, profiles: &[ProfileId]) -> String {
    let shown = profiles.get(..SEVERAL).unwrap_or(profiles);
    let names = either(pen, shown.iter().map(|id| pen.name(id.as_str())));
    match profiles.len() - shown.len() {
        0 => say!(pen.words, "refused-several-profiles-remedy", profiles = names),
        more => say!(
            pen.words,
            "refused-several-profiles-more",
            profiles = names,
            more = more,
            command = pen.typed("/model status"),
        ),
    }
}

pub(super) fn say(blocks: &mut Blocks, pen: Pen<'_>, refusal: &Refusal) {
    let (what, remedy) = sentences(pen, refusal);
    blocks.line(&what);
    if remedy.is_empty() {
        return;
    }
    let said_already = matches!(
        refusal,
        Refusal::NotKept { .. }
            | Refusal::Broken { .. }
            | Refusal::NothingToUndo { .. }
            | Refusal::NoCommands
            | Refusal::NoSuchPage { .. }
            | Refusal::UnknownProvider { .. }
    );
    if said_already {
        blocks.line(&remedy);
    } else {
        blocks.line(&say!(pen.words, "nothing-changed", remedy = remedy));
    }
}
