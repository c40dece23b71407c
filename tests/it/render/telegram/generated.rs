//! Catalogues of any size with names of any kind.

use std::collections::BTreeSet;

use modelpin::picker::{Choice, PAGE, Standing, Usability};
use modelpin::view::{Body, Occasion, PickerView, View};
use proptest::prelude::*;
use serde_json::Value;

use super::super::build::*;
use super::checked::checked;
use super::{messages, pressable};

/// Names as people and machines make them, short and of over a kibibyte.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("plain"),
        Just("with@sign"),
        Just("👩\u{200d}💻🎉"),
        Just("שלום\u{202e}"),
        Just("a/b"),
        Just("\"quoted\" "),
        Just("e\u{301}模型"),
        Just("\\<b>&*_`"),
    ];
    (
        piece,
        prop_oneof![Just(1_usize), Just(1), Just(7), Just(150)],
        0..100_u32,
    )
        .prop_map(|(piece, times, number)| format!("{}{number}", piece.repeat(times)))
}

/// A page of a picker, with all buttons that there can be.
pub(super) fn picker(most: usize) -> impl Strategy<Value = View> {
    let drawn = || (0..60_usize, name(), proptest::option::of(name()), 0..12_usize);
    let choices = prop_oneof![
        proptest::collection::vec(drawn(), 0..40),
        proptest::collection::vec(drawn(), 0..most),
    ];
    (choices, name(), any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(choices, provider, page, ambiguous)| {
            let profiles: Vec<_> = (0..12)
                .map(|n| {
                    option(
                        &format!("p:{provider}{n}"),
                        Usability::Resting(Some(minutes(n * 400))),
                    )
                })
                .collect();
            let choices: Vec<Choice> = choices
                .into_iter()
                .map(|(of, name, alias, count)| {
                    let made = choice(&format!("{of}{provider}/{name}"), &profiles[..count]);
                    let standing = if count == 3 {
                        Standing::Current
                    } else {
                        Standing::Other
                    };
                    Choice {
                        alias,
                        standing,
                        ..made
                    }
                })
                .collect();
            let pages = choices.len().div_ceil(PAGE).max(1);
            let occasion = if ambiguous {
                Occasion::Ambiguous(provider)
            } else {
                Occasion::Asked
            };
            pressable(&picked(PickerView {
                page: page.index(pages) + 1,
                occasion,
                ..super::super::build::picker(choices)
            }))
        },
    )
}

/// What can be pressed: the words and the token.
fn buttons(messages: &[Value]) -> Vec<(String, String)> {
    let rows = messages
        .iter()
        .filter_map(|message| message["reply_markup"]["inline_keyboard"].as_array());
    let buttons = rows.flatten().filter_map(Value::as_array).flatten();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    buttons
        .map(|button| (text(&button["text"]), text(&button["callback_data"])))
        .collect()
}

fn shown(view: &View) -> &PickerView {
    match &view.body {
        Body::Picker(shown) => shown,
        other => panic!("a picker: {other:?}"),
    }
}

/// The view with the profiles of a model instead.
fn profiles_of(view: &View, number: usize, page: usize) -> View {
    let chosen = modelpin::view::Chosen {
        number,
        page,
        turns: modelpin::picker::Turns::default(),
        auto: None,
        back: None,
    };
    pressable(&picked(PickerView {
        chosen: Some(chosen),
        ..shown(view).clone()
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_choice_of_a_page_can_be_pressed_and_telegram_takes_the_page(view in picker(2_000)) {
        let messages = messages(&view);
        for message in &messages {
            prop_assert_eq!(checked(message), Ok(()));
        }
        let buttons = buttons(&messages);
        let tokens: BTreeSet<&str> = buttons.iter().map(|(_, token)| token.as_str()).collect();
        prop_assert_eq!(tokens.len(), buttons.len());
        let shown = shown(&view);
        let page = shown.picker.page(shown.page).expect("a page");
        let wanted = page.choices.iter().flat_map(|choice| [&choice.token, &choice.profiles_token]);
        let wanted = wanted.chain([&shown.turns.previous, &shown.turns.next, &shown.default]).flatten();
        let wanted: Vec<_> = wanted.chain(shown.providers.buttons.iter().map(|button| &button.token)).collect();
        for token in &wanted {
            prop_assert!(tokens.contains(token.as_str()), "{} is missing", token);
        }
        // Nobody presses the wrong one because two look alike.
        let choices: BTreeSet<_> = page.choices.iter().filter_map(|choice| choice.token.as_ref()).collect::<Vec<_>>()
            .iter().map(|token| token.as_str()).collect();
        let labels: Vec<&str> = buttons.iter().filter(|(_, token)| choices.contains(token.as_str())).map(|(text, _)| text.as_str()).collect();
        prop_assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len(), "{:?}", labels);
    }

    #[test]
    fn every_profile_of_a_page_can_be_pressed_and_telegram_takes_the_page(view in picker(40)) {
        let page = shown(&view).picker.page(shown(&view).page).expect("a page");
        for choice in page.choices {
            let count = choice.serving.as_ref().map_or(0, |serving| serving.profiles.len());
            for page in 1..=count.div_ceil(PAGE) {
                let view = profiles_of(&view, choice.number, page);
                let messages = messages(&view);
                for message in &messages {
                    prop_assert_eq!(checked(message), Ok(()));
                }
                let of = shown(&view).picker.choices().iter().find(|it| it.number == choice.number).expect("there");
                let options = of.serving.as_ref().expect("looked at").profiles.chunks(PAGE).nth(page - 1).expect("there");
                let tokens: BTreeSet<String> = buttons(&messages).into_iter().map(|(_, token)| token).collect();
                for option in options {
                    let token = option.token.as_ref().expect("a button");
                    prop_assert!(tokens.contains(token.as_str()));
                }
                let chosen = shown(&view).chosen.as_ref().expect("chosen");
                for token in [&chosen.auto, &chosen.back, &chosen.turns.next, &chosen.turns.previous].into_iter().flatten() {
                    prop_assert!(tokens.contains(token.as_str()));
                }
            }
        }
    }
}
