//! The compact picker: as a numbered list, or the words beside its buttons.

use std::collections::HashSet;

use super::block::{Above, Blocks};
use super::pen::Pen;
use super::phrase::{all, model, noted};
use super::status::selection_lines;
use super::time::length;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::picker::{Choice, PAGE, Page, ProfileOption, Standing, Usability};
use crate::view::{Chosen, NamedModel, Occasion, PickerView};
use crate::words::say;

/// What else shows the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nothing: they are listed.
    Nothing,
    /// Buttons.
    Buttons,
}

pub(super) fn say(blocks: &mut Blocks, pen: Pen<'_>, shown: &PickerView, beside: Beside, now: Timestamp) {
    match &shown.occasion {
        Occasion::Asked => blocks.line(&selection_lines(pen, shown.selection.as_ref(), now).join("\n")),
        Occasion::Ambiguous(written) => {
            blocks.line(&say!(pen.words, "picker-ambiguous", name = pen.name(written)));
        }
        Occasion::StaleNumber(number) => blocks.line(&say!(
            pen.words,
            "picker-stale-number",
            number = usize::from(*number),
        )),
        Occasion::StaleButton => blocks.line(&say!(pen.words, "picker-stale-button")),
    }
    if let Some((chosen, choice)) = chosen(shown) {
        say_profiles(blocks, pen, chosen, choice, beside, now);
        return;
    }
    let page = match (&shown.occasion, beside) {
        // All its meanings at once: there is no command for another page of them.
        (Occasion::Ambiguous(_), Beside::Nothing) => Page {
            number: 1,
            of: 1,
            choices: shown.picker.choices(),
        },
        _ => match shown.picker.page(shown.page) {
            Some(page) => page,
            None => return,
        },
    };
    if page.choices.is_empty() {
        blocks.gap();
        blocks.line(&say!(pen.words, "picker-empty"));
        return;
    }
    if beside == Beside::Buttons {
        blocks.gap();
        blocks.line(&counted(pen, page, shown));
        return;
    }
    groups(blocks, pen, page.choices, now);
    blocks.gap();
    let mut foot = vec![example(pen, page.choices)];
    if page.of > 1 {
        foot.push(pages(pen, page, shown.provider.as_ref()));
    }
    blocks.line(&foot.join("\n"));
}

/// `anthropic: 20 models, page 1 of 3`
fn counted(pen: Pen<'_>, page: Page<'_>, shown: &PickerView) -> String {
    let models = say!(pen.words, "picker-models", count = shown.picker.choices().len());
    let models = paged(pen, models, page.number, page.of);
    match &shown.provider {
        Some(of) => say!(
            pen.words,
            "picker-of",
            what = pen.strong(of.as_str()),
            count = models
        ),
        None => models,
    }
}

/// `20 models, page 1 of 3`, where there is more than one.
fn paged(pen: Pen<'_>, models: String, page: usize, pages: usize) -> String {
    if pages == 1 {
        return models;
    }
    say!(
        pen.words,
        "picker-models-page",
        models = models,
        page = page,
        pages = pages
    )
}

/// The model whose profiles are shown.
fn chosen(shown: &PickerView) -> Option<(&Chosen, &Choice)> {
    let chosen = shown.chosen.as_ref()?;
    let mut choices = shown.picker.choices().iter();
    Some((chosen, choices.find(|choice| choice.number == chosen.number)?))
}

/// A page of the profiles of one model.
fn say_profiles(
    blocks: &mut Blocks,
    pen: Pen<'_>,
    chosen: &Chosen,
    choice: &Choice,
    beside: Beside,
    now: Timestamp,
) {
    blocks.gap();
    if beside == Beside::Nothing {
        blocks.numbered(choice.number, &choice_line(pen, choice, now));
    }
    let count = offered(choice).len();
    let pages = count.div_ceil(PAGE).max(1);
    let on_page = offered(choice).chunks(PAGE).nth(chosen.page.saturating_sub(1));
    let Some(on_page) = on_page else {
        blocks.line(&say!(pen.words, "picker-no-profile"));
        return;
    };
    if beside == Beside::Buttons {
        let named = NamedModel {
            alias: choice.alias.clone(),
            model: choice.model.clone(),
        };
        let profiles = say!(pen.words, "button-profiles", count = count);
        let profiles = paged(pen, profiles, chosen.page, pages);
        blocks.line(&say!(
            pen.words,
            "picker-of",
            what = model(pen, &named),
            count = profiles
        ));
        return;
    }
    blocks.under(Above::Numbered, &profiles_line(pen, choice, on_page, now));
    blocks.gap();
    let mut foot = vec![example(pen, std::slice::from_ref(choice))];
    if pages > 1 {
        foot.push(say!(
            pen.words,
            "picker-profile-page",
            page = chosen.page,
            pages = pages
        ));
    }
    blocks.line(&foot.join("\n"));
}

fn groups(blocks: &mut Blocks, pen: Pen<'_>, choices: &[Choice], now: Timestamp) {
    for group in choices.chunk_by(|a, b| a.model.provider() == b.model.provider()) {
        let Some(first) = group.first() else { continue };
        blocks.gap();
        blocks.heading(&pen.strong(first.model.provider().as_str()));
        let shared = group.iter().all(|choice| same_profiles(choice, first));
        if shared {
            profiles(blocks, pen, Above::Heading, first, now);
        }
        for choice in group {
            blocks.numbered(choice.number, &choice_line(pen, choice, now));
            if !shared {
                profiles(blocks, pen, Above::Numbered, choice, now);
            }
        }
    }
}

fn choice_line(pen: Pen<'_>, choice: &Choice, now: Timestamp) -> String {
    let reference = pen.name(&choice.model.to_string());
    let name = match &choice.alias {
        Some(alias) => say!(
            pen.words,
            "picker-choice",
            alias = pen.strong(alias),
            model = reference
        ),
        None => reference,
    };
    let mut notes = Vec::new();
    if choice.standing == Standing::Current {
        notes.push(say!(pen.words, "picker-now"));
    }
    notes.extend(
        choice
            .serving
            .as_ref()
            .and_then(|serving| usability(pen, serving.usability, now)),
    );
    noted(pen, name, &notes)
}

/// The profiles to choose from.
pub(super) fn offered(choice: &Choice) -> &[ProfileOption] {
    choice.serving.as_ref().map_or(&[], |serving| &serving.profiles)
}

/// Whether the same profiles can be chosen; their buttons are never the same.
fn same_profiles(one: &Choice, other: &Choice) -> bool {
    let told = |option: &ProfileOption| ProfileOption {
        token: None,
        ..option.clone()
    };
    offered(one).iter().map(told).eq(offered(other).iter().map(told))
}

/// The profiles to choose from, so many on a line that each line is short enough for a message of its own.
fn profiles(blocks: &mut Blocks, pen: Pen<'_>, above: Above, choice: &Choice, now: Timestamp) {
    for some in offered(choice).chunks(PAGE) {
        blocks.under(above, &profiles_line(pen, choice, some, now));
    }
}

/// `profiles: home, work (rests 4m)`
fn profiles_line(pen: Pen<'_>, choice: &Choice, some: &[ProfileOption], now: Timestamp) -> String {
    let ids = ids(choice);
    let one = |option: &ProfileOption| {
        let name = short_name(choice, option, &ids).unwrap_or(option.id.as_str());
        let mut notes = Vec::new();
        if option.standing == Standing::Current {
            notes.push(say!(pen.words, "picker-pinned"));
        }
        notes.extend(usability(pen, option.usability, now));
        noted(pen, pen.name(name), &notes)
    };
    let some: Vec<String> = some.iter().map(one).collect();
    say!(pen.words, "picker-profiles", profiles = all(pen, &some))
}

pub(super) fn ids(choice: &Choice) -> HashSet<&str> {
    offered(choice).iter().map(|option| option.id.as_str()).collect()
}

/// The name behind the provider, unless that is the whole id of another profile, which then goes first.
pub(super) fn short_name<'a>(
    choice: &Choice,
    option: &'a ProfileOption,
    ids: &HashSet<&str>,
) -> Option<&'a str> {
    let short = option.id.short_name(choice.model.provider());
    short.filter(|short| !ids.contains(short))
}

pub(super) fn usability(pen: Pen<'_>, usability: Usability, now: Timestamp) -> Option<String> {
    Some(match usability {
        Usability::Ok => return None,
        Usability::Resting(Some(until)) => {
            say!(pen.words, "picker-rests", length = length(pen, until.since(now)))
        }
        Usability::Resting(None) => say!(pen.words, "picker-disabled"),
        Usability::Costs => say!(pen.words, "picker-costs"),
        Usability::NoCredential => say!(pen.words, "picker-no-credential"),
        Usability::NoEndpoint => say!(pen.words, "picker-no-endpoint"),
    })
}

/// How to pick, with numbers and names of the list itself.
fn example(pen: Pen<'_>, choices: &[Choice]) -> String {
    let number = choices.first().map_or(1, |choice| choice.number);
    let command = pen.typed(&format!("/model {number}"));
    let named = choices.iter().find_map(|choice| {
        let profile = offered(choice)
            .iter()
            .find(|option| option.usability == Usability::Ok)?;
        let name = short_name(choice, profile, &ids(choice))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        name.chars()
            .all(plain)
            .then(|| format!("/model {}@{name}", choice.number))
    });
    match named {
        Some(with_profile) => say!(
            pen.words,
            "picker-pick-with",
            command = command,
            example = pen.typed(&with_profile),
        ),
        None => say!(pen.words, "picker-pick", command = command),
    }
}

fn pages(pen: Pen<'_>, page: Page<'_>, provider: Option<&ProviderId>) -> String {
    let (key, to) = if page.number == page.of {
        ("picker-page-first", 1)
    } else {
        ("picker-page-next", page.number + 1)
    };
    let command = pen.typed(&list_command(provider, to));
    say!(
        pen.words,
        key,
        page = page.number,
        pages = page.of,
        command = command
    )
}

/// `/model list anthropic 2`
pub(super) fn list_command(provider: Option<&ProviderId>, page: usize) -> String {
    match provider {
        Some(provider) => format!("/model list {provider} {page}"),
        None => format!("/model list {page}"),
    }
}
