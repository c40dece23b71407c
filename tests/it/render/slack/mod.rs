//! Views rendered for Slack: golden files for every kind of reply, and what holds for all of them.
//!
//! `fixtures/render/slack/<case>.json` has the messages of each view of a case of `cases.rs`; `<case>.buttons.json` those of
//! its pickers where their choices can be pressed, and `answers.json` answers to presses. `UPDATE_FIXTURES=1 cargo test
//! --test it render` writes them anew: read each one that changed.

mod generated;
mod kit;
mod markup;
pub(crate) mod taken;
mod validators;

use modelpin::picker::PAGE;
use modelpin::render::Render;
use modelpin::render::slack::{Answer, Original, Slack};
use modelpin::view::{Audience, Body, View};
use serde_json::{Value, json};

use super::cases;
use super::goldens::{all_views, written};
use super::hostile::{NAMES, everywhere};
use super::pressable::pressable;
use taken::taken;

fn messages(view: &View) -> Vec<Value> {
    Slack.render(view).iter().map(|message| json!(message)).collect()
}

fn for_the(to: Audience, view: &View) -> View {
    View { to, ..view.clone() }
}

fn a_picker() -> View {
    let (_, views) = cases::all().swap_remove(0);
    pressable(&views[0])
}

/// Each golden file's name and what is in it.
fn goldens() -> Vec<(String, String)> {
    let mut all = super::goldens::of_cases("buttons", |view| Slack.render(view));
    all.push(("answers.json".to_owned(), written(&answers())));
    all
}

/// What is answered to presses on messages for all and for one, by replies for all and for one.
fn answers() -> Vec<Vec<Answer>> {
    let (picker, (_, changed)) = (
        a_picker(),
        cases::all()
            .into_iter()
            .find(|(case, _)| *case == "changed-pinned")
            .expect("a case"),
    );
    let sender = for_the(Audience::Sender, &picker);
    vec![
        Slack.answer_to_press(&changed[0], Original::Public),
        Slack.answer_to_press(&sender, Original::Public),
        Slack.answer_to_press(&sender, Original::Private),
        Slack.answer_to_press(&changed[0], Original::Private),
    ]
}

#[test]
fn every_kind_of_reply_looks_as_its_golden_file() {
    super::goldens::hold("slack", &goldens());
}

#[test]
fn slack_takes_every_message_and_the_same_view_gives_the_same_bytes() {
    for view in all_views() {
        let rendered = messages(&view);
        assert_eq!(written(&Slack.render(&view)), written(&Slack.render(&view)));
        assert!(!rendered.is_empty());
        for message in &rendered {
            if let Err(why) = taken(message) {
                panic!("{why}\n{message:#}");
            }
        }
    }
}

#[test]
fn names_of_any_length_keep_the_limits() {
    let pieces = [
        "x",
        "`",
        "*",
        "&",
        "\"",
        "<!channel> ",
        "模",
        "e\u{301}",
        "\u{301}",
        "👩\u{200d}💻",
        "a b ",
        "שלום\u{202e}",
    ];
    for piece in pieces {
        for length in [300, 2_000] {
            for view in everywhere(&piece.repeat(length)).iter().map(pressable) {
                for message in messages(&view) {
                    if let Err(why) = taken(&message) {
                        panic!("{why}\n{message:#}");
                    }
                }
            }
        }
    }
}

/// The texts of all tokens of what a view shows.
fn offered(view: &View) -> Vec<String> {
    let Body::Picker(shown) = &view.body else {
        return Vec::new();
    };
    let mut tokens = Vec::new();
    if let Some(chosen) = &shown.chosen {
        let choice = &shown.picker.choices()[chosen.number - 1];
        let profiles = choice.serving.iter().flat_map(|serving| &serving.profiles);
        let on_page = profiles.skip((chosen.page - 1) * PAGE).take(PAGE);
        tokens.extend(on_page.map(|option| option.token.clone()));
        tokens.extend([chosen.turns.previous.clone(), chosen.turns.next.clone()]);
        tokens.extend([chosen.auto.clone(), chosen.back.clone()]);
    } else {
        let page = shown.picker.page(shown.page).map_or(&[][..], |page| page.choices);
        for choice in page {
            tokens.extend([choice.token.clone(), choice.profiles_token.clone()]);
        }
        tokens.extend([shown.turns.previous.clone(), shown.turns.next.clone()]);
        let list = &shown.providers;
        tokens.extend(list.buttons.iter().map(|button| Some(button.token.clone())));
        tokens.extend([list.turns.previous.clone(), list.turns.next.clone()]);
        tokens.extend([shown.all.clone(), shown.default.clone()]);
    }
    let mut texts: Vec<String> = tokens.iter().flatten().map(ToString::to_string).collect();
    texts.sort();
    texts
}

#[test]
fn everything_that_can_be_pressed_is_in_the_last_message_and_nothing_else() {
    for view in all_views() {
        let rendered = messages(&view);
        let (last, before) = rendered.split_last().expect("one at least");
        for message in before {
            assert_eq!(taken(message).expect("taken"), Vec::<String>::new());
        }
        let mut tokens = taken(last).expect("taken");
        tokens.sort();
        assert_eq!(tokens, offered(&view));
    }
}

#[test]
fn what_is_current_is_chosen_in_its_menu() {
    let message = &messages(&a_picker())[0];
    let blocks = message["blocks"].as_array().expect("blocks");
    let menu = blocks
        .iter()
        .filter_map(|block| block["elements"].as_array())
        .flatten()
        .find(|element| element["action_id"] == "modelpin-model")
        .expect("a menu of models");
    let chosen = menu["initial_option"]["text"]["text"].as_str().expect("a choice");
    assert!(chosen.ends_with(" ✓"), "{chosen}");
    assert!(message["text"].as_str().expect("text").contains("/model 1"));
}

#[test]
fn a_reply_for_the_sender_is_seen_by_nobody_else() {
    let picker = a_picker();
    let sender = for_the(Audience::Sender, &picker);
    let chat = for_the(Audience::Chat, &picker);
    for (view, wanted) in [(&sender, "ephemeral"), (&chat, "in_channel")] {
        assert_eq!(messages(view)[0]["response_type"], wanted);
    }
    let answered = |view, pressed| -> Vec<Value> {
        let answers = Slack.answer_to_press(view, pressed);
        answers.iter().map(|answer| json!(answer)).collect()
    };
    // Others keep what they see.
    let beside = answered(&sender, Original::Public);
    assert_eq!(beside[0]["replace_original"], false);
    assert_eq!(beside[0]["response_type"], "ephemeral");
    for (view, pressed) in [(&chat, Original::Public), (&sender, Original::Private)] {
        let instead = answered(view, pressed);
        assert_eq!(instead[0]["replace_original"], true);
        assert_eq!(instead[0].get("response_type"), None);
    }
    let told = answered(&chat, Original::Private);
    assert_eq!(told[0]["response_type"], "in_channel");
    assert_eq!(told.last(), Some(&json!({ "delete_original": true })));
}
