//! The buttons of a picker.

use std::collections::HashMap;

use super::label::{Draft, written};
use super::limits::{LABEL_STEPS, MARKUP_BYTES};
use super::payload::InlineKeyboard;
use crate::picker::{Choice, PAGE, ProfileOption, Turns};
use crate::render::prose::Labels;
use crate::view::{Chosen, PickerView};

/// Profiles stand two a row if all of them are so short, in UTF-16 code units: what a phone shows of half a row.
const SHORT: usize = 16;

/// The buttons that there are, shortened so that Telegram takes all of them; `None` if there are none.
pub(super) fn keyboard(shown: &PickerView, labels: &Labels) -> Option<InlineKeyboard> {
    let rows = match chosen(shown) {
        Some((chosen, choice)) => profiles(chosen, choice, labels),
        None => models(shown, labels),
    };
    let rows: Vec<Vec<Draft>> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    if rows.is_empty() {
        return None;
    }
    let at = |room| InlineKeyboard {
        inline_keyboard: written(&rows, room),
    };
    let fits = |keyboard: &InlineKeyboard| bytes(keyboard) <= MARKUP_BYTES;
    let mut steps = LABEL_STEPS.into_iter().map(at);
    let shortest = at(LABEL_STEPS[LABEL_STEPS.len() - 1]);
    Some(steps.find(fits).unwrap_or(shortest))
}

/// How long a keyboard is when it is sent.
pub(super) fn bytes(keyboard: &InlineKeyboard) -> usize {
    serde_json::to_vec(keyboard).map_or(usize::MAX, |json| json.len())
}

/// Whether each choice that is shown has its button, so that it need not be listed.
pub(super) fn is_whole(shown: &PickerView) -> bool {
    match chosen(shown) {
        Some((chosen, choice)) => on_page(chosen, choice)
            .iter()
            .all(|option| option.token.is_some()),
        None => page(shown).iter().all(|choice| choice.token.is_some()),
    }
}

fn chosen(shown: &PickerView) -> Option<(&Chosen, &Choice)> {
    let chosen = shown.chosen.as_ref()?;
    let mut choices = shown.picker.choices().iter();
    Some((chosen, choices.find(|choice| choice.number == chosen.number)?))
}

fn page(shown: &PickerView) -> &[Choice] {
    shown.picker.page(shown.page).map_or(&[], |page| page.choices)
}

fn on_page<'c>(chosen: &Chosen, choice: &'c Choice) -> &'c [ProfileOption] {
    let serving = choice.serving.as_ref();
    let mut pages = serving.map_or(&[][..], |serving| &serving.profiles).chunks(PAGE);
    pages.nth(chosen.page.saturating_sub(1)).unwrap_or_default()
}

fn models(shown: &PickerView, labels: &Labels) -> Vec<Vec<Draft>> {
    let choices = page(shown);
    let mut names: HashMap<String, usize> = HashMap::new();
    for choice in choices {
        *names.entry(labels.choice(choice).name).or_default() += 1;
    }
    let row = |choice: &Choice| {
        let label = labels.choice(choice);
        let several = names.get(&label.name).is_some_and(|count| *count > 1);
        let name = match &shown.provider {
            _ if several => label.reference,
            // The line above the buttons has the provider.
            Some(of) if label.name == label.reference => {
                let short = label.name.strip_prefix(of.as_str());
                let short = short.and_then(|short| short.strip_prefix('/'));
                short
                    .filter(|short| !short.is_empty())
                    .unwrap_or(&label.name)
                    .to_owned()
            }
            _ => label.name,
        };
        let count = choice
            .serving
            .as_ref()
            .map_or(0, |serving| serving.profiles.len());
        let choose = choice.token.as_ref().map(|token| Draft {
            number: Some(label.number),
            name,
            current: label.current,
            note: label.note,
            token: token.as_str().to_owned(),
        });
        let profiles = choice.profiles_token.as_ref();
        let profiles = profiles.map(|token| Draft::ours(format!("{} ›", labels.profiles(count)), token));
        choose.into_iter().chain(profiles).collect()
    };
    let mut rows: Vec<Vec<Draft>> = choices.iter().map(row).collect();
    rows.push(turns(&shown.turns, labels));
    let provider = |(button, number): (&crate::picker::ProviderButton, usize)| Draft {
        number: Some(number),
        ..Draft::ours(labels.provider(button), &button.token)
    };
    let providers: Vec<Draft> = shown.providers.buttons.iter().zip(1..).map(provider).collect();
    rows.extend(providers.chunks(2).map(<[Draft]>::to_vec));
    rows.push(provider_turns(shown));
    let all = shown.all.as_ref().map(|token| Draft::ours(labels.all(), token));
    let default = shown.default.as_ref();
    let default = default.map(|token| Draft::ours(labels.default(), token));
    rows.push(all.into_iter().chain(default).collect());
    rows
}

fn profiles(chosen: &Chosen, choice: &Choice, labels: &Labels) -> Vec<Vec<Draft>> {
    let option = |(option, number): (&ProfileOption, usize)| {
        let label = labels.profile(choice, option);
        let token = option.token.as_ref()?;
        Some(Draft {
            number: Some(number),
            name: label.name,
            current: label.current,
            note: label.note,
            token: token.as_str().to_owned(),
        })
    };
    let first = chosen.page.saturating_sub(1) * PAGE + 1;
    let options = on_page(chosen, choice).iter().zip(first..);
    let options: Vec<Draft> = options.filter_map(option).collect();
    let beside = if options.iter().all(|draft| draft.length() <= SHORT) {
        2
    } else {
        1
    };
    let mut rows: Vec<Vec<Draft>> = options.chunks(beside).map(<[Draft]>::to_vec).collect();
    let auto = chosen.auto.as_ref();
    rows.push(
        auto.map(|token| Draft::ours(labels.auto(), token))
            .into_iter()
            .collect(),
    );
    rows.push(turns(&chosen.turns, labels));
    let back = chosen.back.as_ref();
    let back = back.map(|token| Draft::ours(format!("‹ {}", labels.back()), token));
    rows.push(back.into_iter().collect());
    rows
}

fn turns(turns: &Turns, labels: &Labels) -> Vec<Draft> {
    let previous = turns.previous.as_ref();
    let previous = previous.map(|token| Draft::ours(format!("‹ {}", labels.previous()), token));
    let next = turns.next.as_ref();
    let next = next.map(|token| Draft::ours(format!("{} ›", labels.next()), token));
    previous.into_iter().chain(next).collect()
}

/// The turns of the providers stand below them, and say which page of them comes, so that nobody takes them for those of
/// the models.
fn provider_turns(shown: &PickerView) -> Vec<Draft> {
    let list = &shown.providers;
    let previous = list.turns.previous.as_ref();
    let previous = previous.map(|token| Draft::ours(format!("« {}/{}", list.page - 1, list.pages), token));
    let next = list.turns.next.as_ref();
    let next = next.map(|token| Draft::ours(format!("{}/{} »", list.page + 1, list.pages), token));
    previous.into_iter().chain(next).collect()
}
