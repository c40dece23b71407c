//! The compact picker as a numbered list.

use std::collections::HashSet;

use super::ink::Ink;
use super::message::Items;
use super::status::selection_lines;
use super::time::length;
use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::picker::{Choice, PAGE, Page, ProfileOption, Standing, Usability};
use crate::view::{Chosen, Occasion, PickerView};

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
            "No list shown here still has a number {number}; nothing changed. Pick from this one:"
        )),
        Occasion::StaleButton => items.push(
            "That button does not hold here and now, or is not yours; nothing changed. Pick from this list:"
                .to_owned(),
        ),
    }
    if let Some((chosen, choice)) = chosen(shown) {
        say_profiles(items, ink, chosen, choice, now);
        return;
    }
    let page = match &shown.occasion {
        // All its meanings at once: there is no command for another page of them.
        Occasion::Ambiguous(_) => Page {
            number: 1,
            of: 1,
            choices: shown.picker.choices(),
        },
        Occasion::Asked | Occasion::StaleNumber(_) | Occasion::StaleButton => {
            match shown.picker.page(shown.page) {
                Some(page) => page,
                None => return,
            }
        }
    };
    if page.choices.is_empty() {
        items.gap();
        items.push("There is no model here that you can use.".to_owned());
        return;
    }
    groups(items, ink, page.choices, now);
    items.gap();
    let mut foot = vec![example(ink, page.choices)];
    if page.of > 1 {
        foot.push(pages(ink, page, shown.provider.as_ref()));
    }
    items.push(foot.join(ink.line_break()));
}

/// The model whose profiles are shown.
fn chosen(shown: &PickerView) -> Option<(&Chosen, &Choice)> {
    let chosen = shown.chosen.as_ref()?;
    let mut choices = shown.picker.choices().iter();
    Some((chosen, choices.find(|choice| choice.number == chosen.number)?))
}

/// A page of the profiles of one model.
fn say_profiles(items: &mut Items, ink: Ink, chosen: &Chosen, choice: &Choice, now: Timestamp) {
    items.gap();
    let line = format!("{}{}", ink.numbered(choice.number), choice_line(ink, choice, now));
    items.push(ink.ended(line));
    let pages = offered(choice).len().div_ceil(PAGE).max(1);
    let on_page = offered(choice).chunks(PAGE).nth(chosen.page.saturating_sub(1));
    let Some(on_page) = on_page else {
        items.push("There is no profile for it that you can use.".to_owned());
        return;
    };
    items.push(ink.ended(profiles_line(ink, "     ", choice, on_page, now)));
    items.gap();
    let mut foot = vec![example(ink, std::slice::from_ref(choice))];
    if pages > 1 {
        foot.push(format!("Page {} of {pages} of its profiles.", chosen.page));
    }
    items.push(foot.join(ink.line_break()));
}

fn groups(items: &mut Items, ink: Ink, choices: &[Choice], now: Timestamp) {
    for group in choices.chunk_by(|a, b| a.model.provider() == b.model.provider()) {
        let Some(first) = group.first() else { continue };
        items.gap();
        items.push(ink.strong(first.model.provider().as_str()));
        if ink == Ink::Markdown {
            items.gap();
        }
        let shared = group.iter().all(|choice| same_profiles(choice, first));
        if shared {
            profiles(items, ink, "  ", first, now);
        }
        for choice in group {
            let line = format!("{}{}", ink.numbered(choice.number), choice_line(ink, choice, now));
            items.push(ink.ended(line));
            if !shared {
                profiles(items, ink, "     ", choice, now);
            }
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

/// Whether the same profiles can be chosen; their buttons are never the same.
fn same_profiles(one: &Choice, other: &Choice) -> bool {
    let told = |option: &ProfileOption| ProfileOption {
        token: None,
        ..option.clone()
    };
    offered(one).iter().map(told).eq(offered(other).iter().map(told))
}

/// The profiles to choose from, so many on a line that each line is short enough for a message of its own.
fn profiles(items: &mut Items, ink: Ink, indent: &str, choice: &Choice, now: Timestamp) {
    for some in offered(choice).chunks(PAGE) {
        items.push(ink.ended(profiles_line(ink, indent, choice, some, now)));
    }
}

/// `profiles: home, work (rests 4m)`
fn profiles_line(ink: Ink, indent: &str, choice: &Choice, some: &[ProfileOption], now: Timestamp) -> String {
    let ids = ids(choice);
    let one = |option: &ProfileOption| {
        let name = short_name(choice, option, &ids).unwrap_or(option.id.as_str());
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
    let indent = if ink == Ink::Plain { indent } else { "" };
    let some: Vec<String> = some.iter().map(one).collect();
    format!("{indent}profiles: {}", some.join(", "))
}

fn ids(choice: &Choice) -> HashSet<&str> {
    offered(choice).iter().map(|option| option.id.as_str()).collect()
}

/// The name behind the provider, unless that is the whole id of another profile, which then goes first.
fn short_name<'a>(choice: &Choice, option: &'a ProfileOption, ids: &HashSet<&str>) -> Option<&'a str> {
    let short = option.id.short_name(choice.model.provider());
    short.filter(|short| !ids.contains(short))
}

fn usability(usability: Usability, now: Timestamp) -> Option<String> {
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
fn example(ink: Ink, choices: &[Choice]) -> String {
    let number = choices.first().map_or(1, |choice| choice.number);
    let model = format!("Pick one: {}", ink.typed(&format!("/model {number}")));
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
        Some(with_profile) => format!("{model}, or with a profile: {}", ink.typed(&with_profile)),
        None => model,
    }
}

fn pages(ink: Ink, page: Page<'_>, provider: Option<&ProviderId>) -> String {
    let list = |number| ink.typed(&list_command(provider, number));
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
