//! Whole requests: who is answered where.

use modelpin::render::telegram::{Asked, Call, Pressed, PressedMessage, Telegram};
use modelpin::view::{Audience, Body, Occasion, PickerView, Refusal, View};
use serde_json::{Map, Value, json};

use super::super::build::*;
use super::cases;
use super::checked::{checked, notice};
use super::pressable;

const ASKED: Asked = Asked {
    chat_id: -100_123,
    message_thread_id: Some(42),
    message_id: Some(7),
    from: 1001,
    ephemeral_message_id: None,
};

fn unseen() -> Asked {
    Asked {
        message_id: None,
        ephemeral_message_id: Some(9),
        ..ASKED
    }
}

fn pressed(message: PressedMessage) -> Pressed {
    Pressed {
        callback_query_id: "4382bfdwdsb323b2d9".to_owned(),
        from: 1001,
        chat_id: -100_123,
        message_thread_id: Some(42),
        message,
    }
}

fn view_of(case: &str, to: Audience) -> View {
    let (_, views) = cases::all()
        .into_iter()
        .find(|(name, _)| *name == case)
        .expect("a case");
    View {
        to,
        ..pressable(&views[0])
    }
}

fn stale(to: Audience) -> View {
    let View {
        body: Body::Picker(shown),
        ..
    } = view_of("picker", to)
    else {
        panic!("a picker")
    };
    View {
        to,
        ..picked(PickerView {
            occasion: Occasion::StaleButton,
            ..*shown
        })
    }
}

fn refusal() -> View {
    View {
        to: Audience::Sender,
        ..refused(Refusal::NoCommands)
    }
}

fn told(calls: &[Call]) -> Value {
    let told = calls
        .iter()
        .map(|call| json!({ "method": call.method(), "body": call }));
    told.collect()
}

/// The golden file.
pub(super) fn all() -> Value {
    let (plain, ephemeral) = (Telegram::new(), Telegram::ephemeral());
    let in_chat = pressed(PressedMessage::InChat(8));
    let alone = pressed(PressedMessage::Ephemeral(9));
    let picker = |to| view_of("picker", to);
    let mut all = Map::new();
    let mut add = |name: &str, calls: Vec<Call>| all.insert(name.to_owned(), told(&calls));
    add("command-for-all", plain.reply(&picker(Audience::Chat), &ASKED));
    add(
        "command-for-the-sender",
        plain.reply(&picker(Audience::Sender), &ASKED),
    );
    add(
        "command-for-the-sender-ephemeral",
        ephemeral.reply(&picker(Audience::Sender), &unseen()),
    );
    add(
        "command-for-all-ephemeral",
        ephemeral.reply(&picker(Audience::Chat), &unseen()),
    );
    add(
        "press-for-all",
        plain.press(Some(&view_of("changed-pinned", Audience::Chat)), &in_chat),
    );
    add(
        "press-by-the-owner",
        plain.press(Some(&picker(Audience::Sender)), &in_chat),
    );
    add(
        "press-that-does-not-hold",
        plain.press(Some(&stale(Audience::Sender)), &in_chat),
    );
    add(
        "press-that-does-not-hold-alone",
        plain.press(Some(&stale(Audience::Chat)), &in_chat),
    );
    add(
        "press-that-does-not-hold-ephemeral",
        ephemeral.press(Some(&stale(Audience::Sender)), &in_chat),
    );
    add("press-refused", plain.press(Some(&refusal()), &in_chat));
    add(
        "press-below-an-ephemeral-message",
        ephemeral.press(Some(&picker(Audience::Sender)), &alone),
    );
    add("press-passed-over", plain.press(None, &in_chat));
    Value::Object(all)
}

#[test]
fn every_request_is_taken() {
    for (name, calls) in all().as_object().expect("by name") {
        for call in calls.as_array().expect("calls") {
            let body = &call["body"];
            let taken = if call["method"] == "answerCallbackQuery" {
                notice(body["text"].as_str().unwrap_or_default())
            } else {
                checked(body)
            };
            assert_eq!(taken, Ok(()), "{name}");
        }
    }
}

#[test]
fn every_press_is_answered_once() {
    let all = all();
    let presses = all
        .as_object()
        .expect("by name")
        .iter()
        .filter(|(name, _)| name.starts_with("press"));
    for (name, calls) in presses {
        let calls = calls.as_array().expect("calls");
        let answers = calls
            .iter()
            .filter(|call| call["method"] == "answerCallbackQuery")
            .count();
        assert_eq!(answers, 1, "{name}");
    }
}

#[test]
fn a_strangers_press_leaves_the_message_as_it_is() {
    for telegram in [Telegram::new(), Telegram::ephemeral()] {
        for view in [stale(Audience::Sender), refusal()] {
            let calls = telegram.press(Some(&view), &pressed(PressedMessage::InChat(8)));
            assert!(!calls.iter().any(|call| matches!(call, Call::EditMessageText(_))));
        }
    }
}

#[test]
fn what_is_for_the_sender_names_no_account_to_the_others() {
    for case in ["status", "why"] {
        let account = "ann@work.example";
        let view = view_of(case, Audience::Sender);
        let said = told(&Telegram::new().reply(&view, &ASKED)).to_string();
        assert!(!said.contains(account), "{said}");
        // Where nobody else reads along, it is there.
        for (telegram, view, asked) in [
            (Telegram::ephemeral(), view, unseen()),
            (Telegram::new(), view_of(case, Audience::Chat), ASKED),
        ] {
            let said = told(&telegram.reply(&view, &asked)).to_string();
            assert!(case == "why" || said.contains(account), "{said}");
        }
    }
}

#[test]
fn without_an_ephemeral_command_the_answer_is_in_the_chat() {
    let view = view_of("status", Audience::Sender);
    assert_eq!(
        Telegram::ephemeral().reply(&view, &ASKED),
        Telegram::new().reply(&view, &ASKED)
    );
}
