//! The compact picker as a numbered list.

use super::ink::Ink;
use super::message::Items;
use super::status::selection_lines;
use super::time::length;
use crate::clock::Timestamp;
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
    groups(items, ink, page, now);
    items.gap();
    items.push(foot(ink, page));
}

fn groups(items: &mut Items, ink: Ink, page: Page<'_>, now: Timestamp) {
    for group in page
        .choices
        .chunk_by(|a, b| a.model.provider() == b.model.provider())
    {
        let Some(first) = group.first() else { continue };
        items.gap();
        items.push(ink.strong(first.model.provider().as_str()));
        if ink == Ink::Markdown {
            items.gap();
        }
        let shared = group.iter().all(|choice| choice.profiles == first.profiles);
        for choice in group {
            let mut line = format!("{}{}", ink.numbered(choice.number), choice_line(ink, choice, now));
            if !shared && !choice.profiles.is_empty() {
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
        if shared && !first.profiles.is_empty() {
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
    notes.extend(usability(choice.usability, now));
    if notes.is_empty() {
        name
    } else {
        format!("{name} ({})", notes.join(", "))
    }
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
    let all: Vec<String> = choice.profiles.iter().map(one).collect();
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

fn foot(ink: Ink, page: Page<'_>) -> String {
    let number = page.choices.first().map_or(1, |choice| choice.number);
    let mut example = format!("Pick with {}", ink.typed(&format!("/model {number}")));
    let named = page.choices.iter().find_map(|choice| {
        let profile = choice
            .profiles
            .iter()
            .find(|option| option.usability == Usability::Ok)?;
        let name = profile.id.short_name(choice.model.provider())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        name.chars()
            .all(plain)
            .then(|| format!("/model {}@{name}", choice.number))
    });
    if let Some(with_profile) = named {
        example.push_str(&format!(", with a profile {}", ink.typed(&with_profile)));
    }
    example.push('.');
    if page.of > 1 {
        let other = if page.number < page.of { page.number + 1 } else { 1 };
        example.push_str(&format!(
            " Page {} of {}; {} shows another.",
            page.number,
            page.of,
            ink.typed(&format!("/model list {other}"))
        ));
    }
    example
}
