//! Views rendered for Telegram: golden files for every kind of reply, and what holds for all of them.
//!
//! `fixtures/render/telegram/<case>.json` has the messages of each view of a case of `cases.rs`; `<case>.buttons.json`
//! those of its pickers where their choices can be pressed; `answers.json` whole requests. `UPDATE_FIXTURES=1 cargo test
//! --test it render` writes them anew: read each one that changed.

mod answers;
pub(crate) mod checked;
mod generated;
mod kit;
mod validators;

use modelpin::render::Render;
use modelpin::render::telegram::Telegram;
use modelpin::view::View;
use serde_json::Value;

use super::cases;
use super::goldens::{all_views, written};
use super::hostile::{NAMES, everywhere};
use super::pressable::pressable;
use checked::checked;

fn messages(view: &View) -> Vec<Value> {
    let payloads = Telegram::new().render(view);
    // As it is sent: the order of the keys is ours.
    payloads
        .iter()
        .map(|payload| serde_json::to_value(payload).expect("JSON"))
        .collect()
}

/// Each golden file's name and what is in it.
fn goldens() -> Vec<(String, String)> {
    let mut all = super::goldens::of_cases("buttons", messages);
    all.push(("answers.json".to_owned(), written(&answers::all())));
    all
}

#[test]
fn every_kind_of_reply_looks_as_its_golden_file() {
    super::goldens::hold("telegram", &goldens());
}

#[test]
fn telegram_takes_every_reply() {
    for view in all_views() {
        let messages = messages(&view);
        assert!(!messages.is_empty());
        for message in &messages {
            assert_eq!(checked(message), Ok(()), "{message:#}");
        }
    }
}

#[test]
fn the_same_view_gives_the_same_bytes() {
    for view in all_views() {
        let bytes = || serde_json::to_vec(&Telegram::new().render(&view)).expect("JSON");
        assert_eq!(bytes(), bytes());
    }
}

/// The text that no entity covers: where Telegram would look for mentions, commands and links.
fn uncovered(message: &Value) -> String {
    let mut text: Vec<u16> = message["text"].as_str().expect("a text").encode_utf16().collect();
    for entity in message["entities"].as_array().into_iter().flatten() {
        let part = |name: &str| usize::try_from(entity[name].as_u64().expect("a place")).expect("small");
        if entity["type"] != "bold" {
            text[part("offset")..part("offset") + part("length")].fill(u16::from(b'x'));
        }
    }
    String::from_utf16(&text).expect("whole characters")
}

#[test]
fn no_name_notifies_anybody_or_becomes_a_link_or_a_command() {
    let names = [
        "@everyone",
        "a@b.example",
        "/model default",
        "https://evil.example",
        "tg://user?id=7",
        "t.me/evil",
        "(@ann), @bob; /start@bot",
    ];
    let acts = |text: &str| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        text.contains("://")
            || text.contains("t.me/")
            || text.split('@').skip(1).any(|behind| behind.starts_with(word))
            || text
                .split([' ', '(', '\n'])
                .any(|it| it.starts_with('/') && it[1..].starts_with(word))
    };
    for name in names.iter().chain(NAMES) {
        for view in everywhere(name) {
            for message in messages(&view) {
                let open = uncovered(&message);
                assert!(!acts(&open), "{name:?}: {open}\n{message:#}");
            }
        }
    }
}

#[test]
fn nothing_acts_on_a_display() {
    let acts = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let strings = |message: &Value| {
        let rows = message["reply_markup"]["inline_keyboard"].as_array().cloned();
        let buttons = rows
            .into_iter()
            .flatten()
            .flat_map(|row| row.as_array().cloned().unwrap_or_default());
        let labels = buttons.map(|button| button["text"].to_string());
        labels
            .chain([message["text"].as_str().expect("a text").to_owned()])
            .collect::<Vec<_>>()
    };
    for message in all_views().iter().flat_map(messages) {
        for text in strings(&message) {
            assert!(!text.contains(acts), "{text:?}");
        }
    }
}

#[test]
fn a_name_of_any_length_is_taken() {
    for piece in [
        "x",
        "`",
        "模",
        "e\u{301}",
        "\u{301}",
        "👩\u{200d}💻",
        "a b ",
        "@a ",
        "\"",
        "\\",
    ] {
        for length in [300, 20_000] {
            for view in everywhere(&piece.repeat(length)) {
                for message in messages(&view).into_iter().chain(messages(&pressable(&view))) {
                    assert_eq!(checked(&message), Ok(()), "{piece:?} × {length}");
                }
            }
        }
    }
}
