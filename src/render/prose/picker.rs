//! The compact picker: as a numbered list, or the words beside its buttons.

use std::collections::HashSet;

use super::block::{Above, Blocks};
use super::pen::Pen;
use super::phrase::model;
use super::status::selection_lines;
use super::time::length;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::picker::{Choice, PAGE, Page, ProfileOption, Standing, Usability};
use crate::view::{Chosen, NamedModel, Occasion, PickerView};

/// What else shows the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nothing: they are listed.
    Nothing,
    /// Buttons.
    Buttons,
}

pub(super) fn say(blocks: &mut Blocks, pen: Pen, shown: &PickerView, beside: Beside, now: Timestamp) {
    match &shown.occasion {
        Occasion::Asked => blocks.line(&selection_lines(pen, shown.selection.as_ref(), now).join("\n")),
        Occasion::Ambiguous(written) => blocks.line(&format!(
            "{} is served by several providers; nothing changed. Which one?",
            pen.name(written)
        )),
        Occasion::StaleNumber(number) => blocks.line(&format!(
            "No list shown here still has a number {number}; nothing changed. Pick from this one:"
        )),
        Occasion::StaleButton => blocks.line(
            "That button does not hold here and now, or is not yours; nothing changed. Pick from this list:",
        ),
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
        blocks.line("There is no model here that you can use.");
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
fn counted(pen: Pen, page: Page<'_>, shown: &PickerView) -> String {
    let models = match shown.picker.choices().len() {
        1 => "1 model".to_owned(),
        models => format!("{models} models"),
    };
    let of = shown.provider.as_ref();
    let of = of.map_or(String::new(), |of| format!("{}: ", pen.strong(of.as_str())));
    if page.of > 1 {
        format!("{of}{models}, page {} of {}", page.number, page.of)
    } else {
        format!("{of}{models}")
    }
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
    pen: Pen,
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
        blocks.line("There is no profile for it that you can use.");
        return;
    };
    if beside == Beside::Buttons {
        let named = NamedModel {
            alias: choice.alias.clone(),
            model: choice.model.clone(),
        };
        let profiles = match count {
            1 => "1 profile".to_owned(),
            count => format!("{count} profiles"),
        };
        let page = if pages > 1 {
            format!(", page {} of {pages}", chosen.page)
        } else {
            String::new()
        };
        blocks.line(&format!("{}: {profiles}{page}", model(pen, &named)));
        return;
    }
    blocks.under(Above::Numbered, &profiles_line(pen, choice, on_page, now));
    blocks.gap();
    let mut foot = vec![example(pen, std::slice::from_ref(choice))];
    if pages > 1 {
        foot.push(format!("Page {} of {pages} of its profiles.", chosen.page));
    }
    blocks.line(&foot.join("\n"));
}

fn groups(blocks: &mut Blocks, pen: Pen, choices: &[Choice], now: Timestamp) {
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

fn choice_line(pen: Pen, choice: &Choice, now: Timestamp) -> String {
    let reference = pen.name(&choice.model.to_string());
    let name = match &choice.alias {
        Some(alias) => format!("{} — {reference}", pen.strong(alias)),
        None => reference,
    };
    let mut notes = Vec::new();
    if choice.standing == Standing::Current {
        notes.push("now".to_owned());
    }
    notes.extend(
        choice
            .serving
            .as_ref()
            .and_then(|serving| usability(serving.usability, now)),
    );
    if notes.is_empty() {
        name
    } else {
        format!("{name} ({})", notes.join(", "))
    }
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
fn profiles(blocks: &mut Blocks, pen: Pen, above: Above, choice: &Choice, now: Timestamp) {
    for some in offered(choice).chunks(PAGE) {
        blocks.under(above, &profiles_line(pen, choice, some, now));
    }
}

/// `profiles: home, work (rests 4m)`
fn profiles_line(pen: Pen, choice: &Choice, some: &[ProfileOption], now: Timestamp) -> String {
    let ids = ids(choice);
    let one = |option: &ProfileOption| {
        let name = short_name(choice, option, &ids).unwrap_or(option.id.as_str());
        let mut notes = Vec::new();
        if option.standing == Standing::Current {
            notes.push("pinned".to_owned());
        }
        notes.extend(usability(option.usability, now));
        let name = pen.name(name);
        if notes.is_empty() {
            name
        } else {
            format!("{name} ({})", notes.join(", "))
        }
    };
    let some: Vec<String> = some.iter().map(one).collect();
    format!("profiles: {}", some.join(", "))
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

pub(super) fn usability(usability: Usability, now: Timestamp) -> Option<String> {
    match usability {
        Usability::Ok => None,
        Usability::Resting(Some(until)) => Some(format!("rests {}", length(until.since(now)))),
        Usability::Resting(None) => Some("disabled".to_owned()),
        Usability::Costs => Some("costs".to_owned()),
        Usability::NoCredential => Some("no credential".to_owned()),
        Usability::NoEndpoint => Some("no endpoint".to_owned()),
    }
}

/// How to pick, with numbers and names of the list itself.
fn example(pen: Pen, choices: &[Choice]) -> String {
    let number = choices.first().map_or(1, |choice| choice.number);
    let model = format!("Pick one: {}", pen.typed(&format!("/model {number}")));
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
        Some(with_profile) => format!("{model}, or with a profile: {}", pen.typed(&with_profile)),
        None => model,
    }
}

fn pages(pen: Pen, page: Page<'_>, provider: Option<&ProviderId>) -> String {
    let list = |number| pen.typed(&list_command(provider, number));
    let other = if page.number == page.of {
        format!("The first: {}", list(1))
    } else {
        format!("The next: {}", list(page.number + 1))
    };
    format!("Page {} of {}. {other}", page.number, page.of)
}

/// `/model list anthropic 2`
pub(super) fn list_command(provider: Option<&ProviderId>, page: usize) -> String {
    match provider {
        Some(provider) => format!("/model list {provider} {page}"),
        None => format!("/model list {page}"),
    }
}
