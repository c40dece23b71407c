//! Catalogues of any size with names of any kind.

use modelpin::picker::{Choice, PAGE, Standing, Usability};
use modelpin::render::Render;
use modelpin::render::matrix::{CONTENT_BYTES, Matrix, Reaction};
use modelpin::view::{Body, Occasion, PickerView, View};
use proptest::prelude::*;

use super::super::build::*;
use super::super::hostile::{NAMES, everywhere};
use super::checked::{checked, checked_reaction};
use super::{pressable, value};

/// Names as people and machines make them, short and of over a kibibyte.
fn name() -> impl Strategy<Value = String> + Clone {
    let piece = prop_oneof![
        Just("plain"),
        Just("with@sign"),
        Just("👩\u{200d}💻🎉"),
        Just("שלום\u{202e}"),
        Just("a/b"),
        Just("\"quoted\""),
        Just("e\u{301}模型"),
        Just("<b>&amp;'"),
        Just("/model"),
        Just("\u{301}\u{301}"),
    ];
    let times = prop_oneof![Just(1_usize), Just(1), Just(7), Just(150)];
    (piece, times, 0..100_u32).prop_map(|(piece, times, number)| format!("{}{number}", piece.repeat(times)))
}

/// A page of a picker of up to 2,000 models of up to 60 providers.
fn picker() -> impl Strategy<Value = View> {
    let made = (0..60_usize, name(), proptest::option::of(name()), 0..12_usize);
    let choices = prop_oneof![
        proptest::collection::vec(made.clone(), 0..40),
        proptest::collection::vec(made, 0..2_000),
    ];
    let page = any::<prop::sample::Index>();
    (choices, name(), page, any::<bool>()).prop_map(|(choices, provider, page, ambiguous)| {
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
        // All its meanings at once: few names have hundreds.
        let occasion = if ambiguous && choices.len() < 100 {
            Occasion::Ambiguous(provider)
        } else {
            Occasion::Asked
        };
        pressable(&picked(PickerView {
            page: page.index(pages) + 1,
            occasion,
            ..super::super::build::picker(choices)
        }))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_choice_of_a_page_is_listed_and_can_be_pressed(view in picker()) {
        let Body::Picker(shown) = &view.body else { panic!("a picker") };
        let contents = Matrix::new().render(&view);
        for content in &contents {
            prop_assert_eq!(checked(&value(content)), Ok(()));
        }
        let page = shown.picker.page(shown.page).expect("a page");
        let presses = contents.last().expect("a message").presses.all();
        let keys: std::collections::BTreeSet<_> = presses.iter().map(|press| &press.key).collect();
        prop_assert_eq!(keys.len(), presses.len());
        let tokens = page.choices.iter().filter_map(|choice| choice.token.as_ref());
        for token in tokens.chain([&shown.turns.previous, &shown.turns.next, &shown.default].into_iter().flatten()) {
            prop_assert!(presses.iter().any(|press| press.token == token.as_str()), "{} is missing", token);
        }
        let listed = match shown.occasion {
            Occasion::Ambiguous(_) => shown.picker.choices(),
            _ => page.choices,
        };
        let text: String = contents.iter().map(|content| format!("\n{}", content.body)).collect();
        for choice in listed {
            prop_assert!(text.contains(&format!("\n{}. ", choice.number)), "{} is missing", choice.number);
        }
    }

    #[test]
    fn a_name_of_any_kind_anywhere_is_taken(name in prop_oneof![name(), any::<String>()]) {
        for view in everywhere(&name) {
            for content in Matrix::new().render(&view) {
                prop_assert_eq!(checked(&value(&content)), Ok(()));
                let edit = serde_json::to_string(&content.replacing("$a-message")).expect("JSON");
                prop_assert!(edit.len() <= CONTENT_BYTES);
            }
        }
    }
}

#[test]
fn a_drawing_that_no_message_holds_is_cut_and_nothing_is_lost() {
    let line = format!(
        "{} <{}>",
        NAMES.join("").replace(['\n', '\r'], ""),
        "e\u{301}".repeat(20_000)
    );
    let long = format!("{line}\n  ^\n{}", "e\u{301}&\"".repeat(9_000));
    let contents = Matrix::new().render(&view(Body::Faults(long.clone())));
    assert!(contents.len() > 2);
    let mut said = String::new();
    for content in &contents {
        assert_eq!(checked(&value(content)), Ok(()));
        said.push_str(&content.body);
    }
    let seen = |text: &str| text.replace(|c: char| c.is_control(), "");
    assert_eq!(seen(&said), seen(&long));
}

#[test]
fn what_a_model_wrote_is_sent_whole() {
    assert_eq!(Matrix::written(" \n"), []);
    let answer = "A line with <b> & \"marks\", @room and `code`.\n\n".repeat(2_000);
    let contents = Matrix::written(&answer);
    let bodies: Vec<&str> = contents.iter().map(|content| content.body.as_str()).collect();
    assert!(bodies.len() > 2);
    assert_eq!(bodies.concat().replace('\n', ""), answer.replace('\n', ""));
    for content in &contents {
        assert_eq!(checked(&value(content)), Ok(()));
    }
}

#[test]
fn every_reaction_is_one() {
    for view in super::all_views() {
        for content in Matrix::new().render(&view) {
            for press in content.presses.all() {
                let reaction = serde_json::to_value(Reaction::to("$a-message", &press.key)).expect("JSON");
                assert_eq!(checked_reaction(&reaction), Ok(()));
            }
        }
    }
}
