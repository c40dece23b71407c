//! The picker's rows: a select of the models on the page, one that leads to their profiles, one of providers, and a row of
//! buttons.

use super::limits::{
    BUTTON_LABEL, OPTION_DESCRIPTION, OPTION_LABEL, PLACEHOLDER, ROW_BUTTONS, SELECT_OPTIONS, length,
};
use super::wire::{Button, ButtonStyle, ButtonType, Component, Row, Select, SelectOption, SelectType};
use crate::picker::{Choice, ChoiceToken, PAGE, PROVIDERS_PAGE, ProfileOption};
use crate::render::prose::{Labels, cut};
use crate::view::{Chosen, PickerView};

/// The `custom_id` of the select of models.
pub const MODELS: &str = "modelpin:models";

/// The `custom_id` of the select of profiles, and of the one that leads to them.
pub const PROFILES: &str = "modelpin:profiles";

/// The `custom_id` of the select of providers.
pub const PROVIDERS: &str = "modelpin:providers";

/// What stands before the one in force.
const MARK: &str = "✓ ";

/// What stands for a name that has nothing to show.
const NAMELESS: &str = "–";

// A page of providers and both its turns stand in one select.
const _: () = assert!(PROVIDERS_PAGE + 2 <= SELECT_OPTIONS);

/// The token of what was pressed, from the `custom_id` and the `values` of a component interaction; `None` for a
/// component of somebody else.
///
/// A select of ours has a fixed `custom_id`, and the token is its value; a button has the token for its `custom_id`. It
/// says nothing about whether the token holds.
#[must_use]
pub fn pressed<'p>(custom_id: &'p str, values: &'p [String]) -> Option<&'p str> {
    match custom_id {
        MODELS | PROFILES | PROVIDERS => values.first().map(String::as_str),
        button => ChoiceToken::looks_like(button).then_some(button),
    }
}

/// The rows of a picker; `None` if a choice on its page has no button, so that it has to be listed.
pub(super) fn rows(shown: &PickerView, labels: &Labels) -> Option<Vec<Row>> {
    if let Some(chosen) = &shown.chosen {
        let mut choices = shown.picker.choices().iter();
        let choice = choices.find(|choice| choice.number == chosen.number)?;
        return of_profiles(shown, chosen, choice, labels);
    }
    let choices = shown.picker.page(shown.page).map_or(&[][..], |page| page.choices);
    let models: Option<Vec<SelectOption>> = choices.iter().map(|choice| model(choice, labels)).collect();
    let to_profiles = choices.iter().filter_map(|choice| profiles_of(choice, labels));
    let selects = [
        select(MODELS, labels.choose_model().to_string(), models?),
        select(
            PROFILES,
            labels.choose_profile().to_string(),
            to_profiles.collect(),
        ),
        select(
            PROVIDERS,
            labels.choose_provider().to_string(),
            providers(shown, labels),
        ),
    ];
    let buttons = [
        (&shown.turns.previous, labels.previous().to_string()),
        (&shown.turns.next, labels.next().to_string()),
        (&shown.all, labels.all().to_string()),
        (&shown.default, labels.default().to_string()),
    ];
    Some(selects.into_iter().flatten().chain(row(&buttons)).collect())
}

/// The profiles of one model.
fn of_profiles(shown: &PickerView, chosen: &Chosen, choice: &Choice, labels: &Labels) -> Option<Vec<Row>> {
    let offered = choice
        .serving
        .as_ref()
        .map_or(&[][..], |serving| &serving.profiles);
    let on_page = offered
        .chunks(PAGE)
        .nth(chosen.page.saturating_sub(1))
        .unwrap_or(&[]);
    let (auto, words) = (chosen.auto.as_ref(), labels.auto().to_string());
    let auto = auto.map(|token| option(&words, token, None, Chosenness::Open));
    let profiles: Option<Vec<SelectOption>> = on_page
        .iter()
        .map(|option| profile(choice, option, labels))
        .collect();
    let options = auto.into_iter().chain(profiles?).collect();
    let buttons = [
        (&chosen.turns.previous, labels.previous().to_string()),
        (&chosen.turns.next, labels.next().to_string()),
        (&chosen.back, labels.back().to_string()),
        (&shown.default, labels.default().to_string()),
    ];
    let select = select(PROFILES, labels.choose_profile().to_string(), options);
    Some(select.into_iter().chain(row(&buttons)).collect())
}

/// Whether an option is the one in force.
#[derive(Clone, Copy)]
enum Chosenness {
    InForce,
    Open,
}

impl Chosenness {
    fn of(current: bool) -> Self {
        if current { Self::InForce } else { Self::Open }
    }
}

fn model(choice: &Choice, labels: &Labels) -> Option<SelectOption> {
    let token = choice.token.as_ref()?;
    let label = labels.choice(choice);
    let name = shown_of([&label.name, &label.reference]);
    let below = below(
        (label.reference != label.name).then_some(&*label.reference),
        label.note.as_deref(),
    );
    Some(option(name, token, below, Chosenness::of(label.current)))
}

/// The way from a model to its profiles.
fn profiles_of(choice: &Choice, labels: &Labels) -> Option<SelectOption> {
    let token = choice.profiles_token.as_ref()?;
    let label = labels.choice(choice);
    let name = shown_of([&label.name, &label.reference]);
    let count = choice
        .serving
        .as_ref()
        .map_or(0, |serving| serving.profiles.len());
    let below = Some(labels.profiles(count));
    Some(option(name, token, below, Chosenness::Open))
}

fn profile(choice: &Choice, profile: &ProfileOption, labels: &Labels) -> Option<SelectOption> {
    let token = profile.token.as_ref()?;
    let label = labels.profile(choice, profile);
    let name = shown_of([&label.name, &label.id]);
    let below = below(
        (label.id != label.name).then_some(&*label.id),
        label.note.as_deref(),
    );
    Some(option(name, token, below, Chosenness::of(label.current)))
}

/// A page of the providers, and its neighbours at the ends.
fn providers(shown: &PickerView, labels: &Labels) -> Vec<SelectOption> {
    let list = &shown.providers;
    let page = |number: usize| Some(format!("{number}/{}", list.pages));
    let turn = |token: &Option<ChoiceToken>, words: String, to: usize| {
        let token = token.as_ref()?;
        Some(option(&words, token, page(to), Chosenness::Open))
    };
    let previous = turn(
        &list.turns.previous,
        labels.previous().to_string(),
        list.page.saturating_sub(1),
    );
    let next = turn(&list.turns.next, labels.next().to_string(), list.page + 1);
    let buttons = list.buttons.iter().take(PROVIDERS_PAGE).map(|button| {
        let words = labels.provider(button);
        option(
            shown_of([&words, NAMELESS]),
            &button.token,
            None,
            Chosenness::Open,
        )
    });
    previous.into_iter().chain(buttons).chain(next).collect()
}

/// The first that shows anything.
fn shown_of(names: [&str; 2]) -> &str {
    let shows = |name: &&str| !name.trim().is_empty();
    names.into_iter().find(shows).unwrap_or(NAMELESS)
}

/// `anthropic/claude-opus-4-6 · rests 4m`: where there is no room for all, the name gives way.
fn below(name: Option<&str>, note: Option<&str>) -> Option<String> {
    match (name.map(str::trim).filter(|name| !name.is_empty()), note) {
        (None, None) => None,
        (Some(words), None) | (None, Some(words)) => Some(words.to_owned()),
        (Some(name), Some(note)) => {
            let note = format!(" · {note}");
            let room = OPTION_DESCRIPTION.saturating_sub(length(&note));
            Some(format!("{}{note}", cut(name, room, length)))
        }
    }
}

fn option(words: &str, token: &ChoiceToken, below: Option<String>, chosen: Chosenness) -> SelectOption {
    let mark = match chosen {
        Chosenness::InForce => MARK,
        Chosenness::Open => "",
    };
    let words = cut(words.trim(), OPTION_LABEL - length(mark), length);
    SelectOption {
        label: format!("{mark}{words}"),
        value: token.to_string(),
        description: below.map(|below| cut(&below, OPTION_DESCRIPTION, length).into_owned()),
        default: matches!(chosen, Chosenness::InForce),
    }
}

/// A select in a row of its own; none without options.
fn select(custom_id: &'static str, placeholder: String, options: Vec<SelectOption>) -> Option<Row> {
    (!options.is_empty()).then(|| {
        Row::of(vec![Component::Select(Select {
            r#type: SelectType,
            custom_id,
            placeholder: cut(&placeholder, PLACEHOLDER, length).into_owned(),
            options,
        })])
    })
}

/// A row of the buttons that there are.
fn row(buttons: &[(&Option<ChoiceToken>, String)]) -> Option<Row> {
    let buttons: Vec<Component> = buttons
        .iter()
        .filter_map(|(token, words)| {
            Some(Component::Button(Button {
                r#type: ButtonType,
                style: ButtonStyle::Secondary,
                label: cut(words, BUTTON_LABEL, length).into_owned(),
                custom_id: token.as_ref()?.to_string(),
            }))
        })
        .take(ROW_BUTTONS)
        .collect();
    (!buttons.is_empty()).then(|| Row::of(buttons))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_press_is_a_value_or_a_button() {
        let values = ["mp1-abc".to_owned()];
        assert_eq!(pressed(MODELS, &values), Some("mp1-abc"));
        assert_eq!(pressed("mp1-xyz", &[]), Some("mp1-xyz"));
        assert_eq!(pressed(PROVIDERS, &[]), None);
        assert_eq!(pressed("poll:yes", &values), None);
    }

    #[test]
    fn a_note_is_never_cut() {
        let told = below(Some(&"x".repeat(300)), Some("rests 4m")).unwrap_or_default();
        assert_eq!(length(&told), OPTION_DESCRIPTION);
        assert!(told.ends_with("… · rests 4m"), "{told}");
    }
}
