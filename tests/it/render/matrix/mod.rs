//! Views rendered for Matrix: golden files for every kind of reply, and what holds for all of them.
//!
//! `fixtures/render/matrix/<case>.json` has the messages of each view of a case of `cases.rs`; `<case>.pressed.json` those
//! of its pickers where their choices can be pressed; `relations.json` edits, answers, threads and reactions.
//! `UPDATE_FIXTURES=1 cargo test --test it render` writes them anew: read each one that changed.

pub(crate) mod checked;
mod generated;
mod html;

use modelpin::render::Render;
use modelpin::render::matrix::{Content, Matrix, Presses, Reaction};
use modelpin::view::View;
use serde_json::{Value, json};

use super::cases;
use super::goldens::{all_views, written};
use super::pressable::pressable;
use checked::checked;

fn value(content: &Content) -> Value {
    serde_json::to_value(content).expect("JSON")
}

fn messages(view: &View) -> Vec<Value> {
    Matrix::new().render(view).iter().map(value).collect()
}

/// What a message can belong to.
fn relations() -> Value {
    let (_, views) = cases::all().swap_remove(0);
    let content = || Matrix::new().render(&pressable(&views[0])).swap_remove(0);
    let (root, event) = ("$root-of-a-thread", "$a-message");
    json!({
        "edit": content().replacing(event),
        "reply": content().replying_to(event),
        "thread": content().in_thread(root, event),
        "reaction": Reaction::to(event, &content().presses.all()[0].key),
    })
}

/// Each golden file's name and what is in it.
fn goldens() -> Vec<(String, String)> {
    let mut all = super::goldens::of_cases("pressed", |view| Matrix::new().render(view));
    all.push(("relations.json".to_owned(), written(&relations())));
    all
}

#[test]
fn every_kind_of_reply_looks_as_its_golden_file() {
    super::goldens::hold("matrix", &goldens());
}

#[test]
fn matrix_takes_every_reply() {
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
        let bytes = || serde_json::to_vec(&Matrix::new().render(&view)).expect("JSON");
        assert_eq!(bytes(), bytes());
    }
}

#[test]
fn keys_stand_as_in_canonical_json() {
    let text = serde_json::to_string(&relations()).expect("JSON");
    let (_, views) = cases::all().swap_remove(0);
    let content = Matrix::new().render(&pressable(&views[0])).swap_remove(0);
    // `Value` sorts them.
    let edit = content.replacing("$a-message");
    let ours = serde_json::to_string(&edit).expect("JSON");
    assert_eq!(ours, value(&edit).to_string());
    assert!(!text.is_empty());
}

#[test]
fn a_command_to_type_has_the_prefix_that_works_there() {
    let (_, views) = cases::all().swap_remove(0);
    let body = |matrix: Matrix| matrix.render(&views[0]).swap_remove(0).body;
    assert!(body(Matrix::new()).contains("!model 1"));
    assert!(!body(Matrix::new()).contains("/model 1"));
    assert!(body(Matrix::with_prefix("/")).contains("/model 1"));
}

#[test]
fn a_reaction_does_what_the_message_says_and_no_other_does_anything() {
    let (_, views) = cases::all().swap_remove(0);
    let content = Matrix::new().render(&pressable(&views[0])).swap_remove(0);
    let presses = content.presses.all().to_vec();
    let sent = value(&content);
    assert_eq!(presses.len(), 6, "five models and the default");
    for press in &presses {
        assert_eq!(Presses::read(&sent, &press.key), Some(press.token.as_str()));
        // Some clients leave the selector of the emoji's style out.
        let bare = press.key.replace('\u{fe0f}', "");
        assert_eq!(Presses::read(&sent, &bare), Some(press.token.as_str()));
    }
    for other in ["👍", "", "8\u{fe0f}\u{20e3}", "1"] {
        assert_eq!(Presses::read(&sent, other), None, "{other}");
    }
    for broken in [json!({}), json!({ "modelpin.presses": [1, {}] }), json!(null)] {
        assert_eq!(Presses::read(&broken, &presses[0].key), None);
    }
}

#[tokio::test]
async fn a_bot_understands_the_prefix_that_it_tells() {
    use modelpin::{Actor, Handled, Message, ModelPin, SessionKey};
    let files = tempfile::tempdir().expect("a folder");
    let builder = || ModelPin::builder().state_dir(files.path()).without_environment();
    let (session, actor) = (
        SessionKey::new("matrix:channel:!a"),
        Actor::member("matrix:@ann:b"),
    );
    let message = Message::new(&session, &actor, "!model");
    let bot = builder().prefix("!").build().await.expect("it is built");
    let handled = bot.handle(&message).await.expect("an agent");
    assert!(matches!(handled, Handled::Reply(_)), "{handled:?}");
    let bot = builder().build().await.expect("it is built");
    assert_eq!(bot.handle(&message).await.expect("an agent"), Handled::Text);
}
