//! The compact picker as a numbered list.

use super::ink::Ink;
use super::message::Items;
use super::status::selection_lines;
use super::time::length;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::picker::{Choice, Page, ProfileOption, Standing, Usability};
use crate::view::{Occasion, PickerView};

pub(super) fn say(items: &mut Items, ink: Ink, shown: &PickerView, now: Timestamp) {
    match &shown.occasion {
        Occasion::Asked => {
            items.push(selection_lines(ink, shown.selection.as_ref(), now).join(ink.line_break()))
        }
        Occasion::Ambiguous(written) => items.push(format!(
            "{} is served by several providers; nothing changed. Which one?",
            ink.name(written)
        )),
        Occasion::StaleNumber(number) => items.push(format!(
            "Number {number} belongs to no list that is still true; nothing changed. Pick from this one:"
        )),
    }
    let Some(page) = shown.picker.page(shown.page) else {
        return;
    };
    if page.choices.is_empty() {
        items.gap();
        items.push("There is no model to choose from.".to_owned());
        return;
    }
    if matches!(shown.occasion, Occasion::Ambiguous(_)) {
        // All its meanings at once: there is no command for another page of them.
        groups(items, ink, shown.picker.choices(), now);
        items.gap();
        items.push(example(ink, page.choices));
        return;
    }
    groups(items, ink, page.choices, now);
    items.gap();
    items.push(foot(ink, page, shown.provider.as_ref()));
}

fn groups(items: &mut Items, ink: Ink, choices: &[Choice], now: Timestamp) {
    for group in choices.chunk_by(|a, b| a.model.provider() == b.model.provider()) {
        let Some(first) = group.first() else { continue };
        items.gap();
        items.push(ink.strong(first.model.provider().as_str()));
        if ink == Ink::Markdown {
            items.gap();
        }
        let shared = group.iter().all(|choice| offered(choice) == offered(first));
        for choice in group {
            let mut line = format!("{}{}", ink.numbered(choice.number), choice_line(ink, choice, now));
            if !shared && !offered(choice).is_empty() {
                line.push_str(&format!(
                    "{}     {}",
                    ink.line_break(),
                    profiles(ink, choice, now)
                ));
            }
            if ink == Ink::Markdown {
                line.push_str(ink.line_break().trim_end_matches('\n'));
            }
            items.push(line);
        }
        if shared && !offered(first).is_empty() {
            let indent = if ink == Ink::Plain { "     " } else { "" };
            items.push(format!("{indent}{}", profiles(ink, first, now)));
        }
    }
}

fn choice_line(ink: Ink, choice: &Choice, now: Timestamp) -> String {
    let reference = ink.name(&choice.model.to_string());
    let name = match &choice.alias {
        Some(alias) => format!("{} — {reference}", ink.strong(alias)),
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
fn offered(choice: &Choice) -> &[ProfileOption] {
    choice.serving.as_ref().map_or(&[], |serving| &serving.profiles)
}

fn profiles(ink: Ink, choice: &Choice, now: Timestamp) -> String {
    let one = |option: &ProfileOption| {
        let name = option
            .id
            .short_name(choice.model.provider())
            .unwrap_or(option.id.as_str());
        let mut notes = Vec::new();
        if option.standing == Standing::Current {
            notes.push("pinned".to_owned());
        }
        notes.extend(usability(option.usability, now));
        let name = ink.name(name);
        if notes.is_empty() {
            name
        } else {
            format!("{name} ({})", notes.join(", "))
        }
    };
    let all: Vec<String> = offered(choice).iter().map(one).collect();
    format!("profiles: {}", all.join(", "))
}

fn usability(usability: Usability, now: Timestamp) -> Option<String> {
    match usability {
        Usability::Ok => None,
        Usability::Resting(Some(until)) => Some(format!("rests {}", length(until.since(now)))),
        Usability::Resting(None) => Some("disabled".to_owned()),
        Usability::NoCredential => Some("no credential".to_owned()),
    }
}

/// How to pick, with numbers and names of the list itself.
fn example(ink: Ink, choices: &[Choice]) -> String {
    let number = choices.first().map_or(1, |choice| choice.number);
    let model = format!("Pick with {}", ink.typed(&format!("/model {number}")));
    let named = choices.iter().find_map(|choice| {
        let profile = offered(choice)
            .iter()
            .find(|option| option.usability == Usability::Ok)?;
        let name = profile.id.short_name(choice.model.provider())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        name.chars()
            .all(plain)
            .then(|| format!("/model {}@{name}", choice.number))
    });
    match named {
        Some(with_profile) => format!("{model}, with a profile {}.", ink.typed(&with_profile)),
        None => format!("{model}."),
    }
}

fn foot(ink: Ink, page: Page<'_>, provider: Option<&ProviderId>) -> String {
    let example = example(ink, page.choices);
    if page.of == 1 {
        return example;
    }
    let other = if page.number < page.of { page.number + 1 } else { 1 };
    let list = list_command(provider, other);
    format!(
        "{example} Page {} of {}; {} shows another.",
        page.number,
        page.of,
        ink.typed(&list)
    )
}

/// `/model list anthropic 2`
pub(super) fn list_command(provider: Option<&ProviderId>, page: usize) -> String {
    match provider {
        Some(provider) => format!("/model list {provider} {page}"),
        None => format!("/model list {page}"),
    }
}
