//! Views rendered for Discord: golden files for every kind of reply, and what holds for all of them.
//!
//! `fixtures/render/discord/<case>.json` has the messages of each view of a case of `cases.rs`; `<case>.buttons.json` those
//! of its pickers where their choices can be pressed. `UPDATE_FIXTURES=1 cargo test --test it render` writes them anew:
//! read each one that changed.

pub(crate) mod checked;
mod validators;

use modelpin::picker::PAGE;
use modelpin::render::Render;
use modelpin::render::discord::{Answer, Discord, InteractionResponse, Place, pressed};
use modelpin::view::{Audience, Body, View};
use serde_json::{Value, json};

use super::cases;
use super::goldens::{all_views, written};
use super::hostile::{NAMES, everywhere};
use super::pressable::pressable;
use checked::checked;

fn messages(view: &View) -> Value {
    serde_json::to_value(Discord.render(view)).expect("JSON")
}

/// Each golden file's name and what is in it.
fn goldens() -> Vec<(String, String)> {
    let mut all = super::goldens::of_cases("buttons", messages);
    all.push(("answers.json".to_owned(), written(&answers())));
    all
}

/// Answers to commands and presses, and to what takes longer.
fn answers() -> Value {
    let (_, views) = cases::all().swap_remove(0);
    let view = |to| View {
        to,
        ..pressable(&views[0])
    };
    let answered = |answer: Answer| json!({ "response": answer.response(), "more": answer.more() });
    let mut all = serde_json::Map::new();
    for (to, name) in [(Audience::Chat, "for-all"), (Audience::Sender, "for-the-sender")] {
        let view = view(to);
        all.insert(format!("command-{name}"), answered(Answer::to_command(&view)));
        all.insert(
            format!("press-{name}-seen-by-all"),
            answered(Answer::to_press(&view, Audience::Chat)),
        );
        all.insert(
            format!("press-{name}-seen-by-the-presser"),
            answered(Answer::to_press(&view, Audience::Sender)),
        );
        all.insert(
            format!("command-{name}-later"),
            json!(InteractionResponse::later(to)),
        );
    }
    all.insert(
        "press-later".to_owned(),
        json!(InteractionResponse::update_later()),
    );
    Value::Object(all)
}

#[test]
fn every_kind_of_reply_looks_as_its_golden_file() {
    super::goldens::hold("discord", &goldens());
}

#[test]
fn discord_takes_every_message_and_the_same_view_gives_the_same_bytes() {
    for view in all_views() {
        let rendered = messages(&view);
        assert_eq!(rendered.to_string(), messages(&view).to_string());
        let rendered = rendered.as_array().expect("a list");
        assert!(!rendered.is_empty());
        for message in rendered {
            if let Err(why) = checked(message) {
                panic!("{why}\n{message:#}");
            }
        }
    }
}

/// Views with names longer than any limit, of what is hard to cut.
fn long_views() -> Vec<View> {
    let pieces = [
        "x",
        "`",
        "*",
        "@everyone ",
        "模",
        "e\u{301}",
        "\u{301}",
        "👩\u{200d}💻",
        "a b ",
        "שלום\u{202e}",
    ];
    let names = pieces
        .iter()
        .flat_map(|piece| [piece.repeat(300), piece.repeat(2_000)]);
    names
        .flat_map(|name| everywhere(&name))
        .map(|view| pressable(&view))
        .collect()
}

#[test]
fn names_of_any_length_keep_the_limits() {
    for view in long_views() {
        for message in messages(&view).as_array().expect("a list") {
            if let Err(why) = checked(message) {
                panic!("{why}\n{message:#}");
            }
        }
    }
}

/// The texts of all tokens of what a view shows.
fn offered(view: &View) -> Vec<String> {
    let Body::Picker(shown) = &view.body else {
        return Vec::new();
    };
    let mut tokens = vec![shown.default.clone(), shown.all.clone()];
    if let Some(chosen) = &shown.chosen {
        let choice = &shown.picker.choices()[chosen.number - 1];
        let profiles = choice.serving.iter().flat_map(|serving| &serving.profiles);
        tokens.pop();
        tokens.extend(
            profiles
                .skip((chosen.page - 1) * PAGE)
                .take(PAGE)
                .map(|it| it.token.clone()),
        );
        tokens.extend(
            [
                &chosen.turns.previous,
                &chosen.turns.next,
                &chosen.auto,
                &chosen.back,
            ]
            .map(Clone::clone),
        );
    } else {
        let page = shown.picker.page(shown.page).map_or(&[][..], |page| page.choices);
        tokens.extend(
            page.iter()
                .flat_map(|choice| [choice.token.clone(), choice.profiles_token.clone()]),
        );
        tokens.extend([shown.turns.previous.clone(), shown.turns.next.clone()]);
        let providers = &shown.providers;
        tokens.extend(providers.buttons.iter().map(|button| Some(button.token.clone())));
        tokens.extend([providers.turns.previous.clone(), providers.turns.next.clone()]);
    }
    let mut texts: Vec<String> = tokens
        .into_iter()
        .flatten()
        .map(|token| token.to_string())
        .collect();
    texts.sort();
    texts
}

#[test]
fn everything_that_can_be_pressed_is_in_the_last_message_and_nothing_else() {
    for view in all_views() {
        let rendered = Discord.render(&view);
        let (last, before) = rendered.split_last().expect("one at least");
        assert!(before.iter().all(|message| message.components.is_empty()));
        let mut tokens = checked(&json!(last)).expect("taken");
        tokens.sort();
        assert_eq!(tokens, offered(&view));
    }
}

#[test]
fn a_reply_for_the_sender_is_seen_by_nobody_else() {
    let (_, views) = cases::all().swap_remove(0);
    let for_sender = View {
        to: Audience::Sender,
        ..views[0].clone()
    };
    let for_all = View {
        to: Audience::Chat,
        ..views[0].clone()
    };
    let flags = |answer: &Answer| answer.first().flags & modelpin::render::discord::EPHEMERAL != 0;
    assert!(flags(&Answer::to_command(&for_sender)));
    assert!(!flags(&Answer::to_command(&for_all)));
    let foreign = Answer::to_press(&for_sender, Audience::Chat);
    assert_eq!((foreign.place(), flags(&foreign)), (Place::New, true));
    let own = Answer::to_press(&for_sender, Audience::Sender);
    assert_eq!((own.place(), flags(&own)), (Place::Pressed, false));
}

#[test]
fn the_token_of_a_press_comes_back_whole() {
    let (_, views) = cases::all().swap_remove(0);
    let rendered = messages(&pressable(&views[0]));
    for component in rendered[0]["components"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row["components"].as_array().expect("components"))
    {
        let id = component["custom_id"].as_str().expect("an id");
        let values: Vec<String> = component["options"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|option| Some(option["value"].as_str()?.to_owned()))
            .collect();
        let token = pressed(id, &values).expect("a token");
        assert_eq!(token, values.first().map_or(id, String::as_str));
    }
}
