//! Which language a reply is in.

use std::fs;
use std::path::Path;

use modelpin::render::Render;
use modelpin::render::text::Text;
use modelpin::view::View;
use modelpin::{Actor, Handled, Message, ModelPin, Press, SessionKey};

fn world(config: &str) -> tempfile::TempDir {
    let state = tempfile::tempdir().expect("a folder");
    fs::write(state.path().join("modelpin.json"), config).expect("a configuration");
    state
}

async fn modelpin(state: &Path) -> ModelPin {
    let builder = ModelPin::builder().state_dir(state).without_environment();
    builder.build().await.expect("it starts")
}

async fn reply(modelpin: &ModelPin, locale: Option<&str>) -> View {
    let (session, actor) = (SessionKey::new("c"), Actor::member("ann"));
    let message = Message::new(&session, &actor, "/model undo");
    let message = match locale {
        Some(tag) => message.in_language(tag),
        None => message,
    };
    match modelpin.handle(&message).await.expect("the agent is known") {
        Handled::Reply(view) => view,
        other => panic!("a reply: {other:?}"),
    }
}

async fn said(modelpin: &ModelPin, locale: Option<&str>) -> String {
    Text::plain().render(&reply(modelpin, locale).await).join("\n")
}

#[tokio::test]
async fn a_reply_is_in_the_language_of_the_message_then_of_the_configuration() {
    let state = world(r#"{ commands: { locale: "th" } }"#);
    let modelpin = modelpin(state.path()).await;
    assert_eq!(reply(&modelpin, Some("vi-VN")).await.words.tag(), "vi");
    assert_eq!(reply(&modelpin, Some("zh-hans")).await.words.tag(), "zh-CN");
    assert_eq!(reply(&modelpin, Some("tlh")).await.words.tag(), "th");
    assert_eq!(reply(&modelpin, None).await.words.tag(), "th");
    assert_eq!(
        said(&modelpin, Some("en")).await,
        "There is no change to take back for this chat."
    );
    assert_ne!(said(&modelpin, None).await, said(&modelpin, Some("en")).await);
}

#[tokio::test]
async fn a_press_is_answered_in_the_language_of_the_presser() {
    let state = world("{}");
    let modelpin = modelpin(state.path()).await;
    let (session, actor) = (SessionKey::new("c"), Actor::member("ann"));
    let press = Press::new(&session, &actor, "mp1-nothing").in_language("vi");
    let view = modelpin.press(&press).await.expect("the agent is known");
    assert_eq!(view.expect("an answer").words.tag(), "vi");
}

#[tokio::test]
async fn a_file_in_the_state_directory_adds_a_language_and_changes_sentences() {
    let state = world("{}");
    let words = state.path().join("words");
    fs::create_dir(&words).expect("a folder");
    fs::write(
        words.join("de.ftl"),
        "scope-session = diesen Chat\nrefused-nothing-to-undo = Für { $scope } ist nichts zurückzunehmen.\n",
    )
    .expect("a file");
    fs::write(words.join("vi.ftl"), "refused-nothing-to-undo = Hết rồi.\n").expect("a file");
    let modelpin = modelpin(state.path()).await;
    assert_eq!(
        said(&modelpin, Some("de-CH")).await,
        "Für diesen Chat ist nichts zurückzunehmen."
    );
    assert_eq!(said(&modelpin, Some("vi")).await, "Hết rồi.");

    fs::write(words.join("de.ftl"), "refused-nothing-to-undo = Nichts da.\n").expect("a file");
    modelpin.reload().expect("it is read again");
    assert_eq!(said(&modelpin, Some("de")).await, "Nichts da.");
}

#[tokio::test]
async fn a_hostile_file_harms_nothing() {
    let state = world("{}");
    let words = state.path().join("words");
    fs::create_dir(&words).expect("a folder");
    let laughs: String = (0..40)
        .map(|n| format!("l{} = {{ l{n} }}{{ l{n} }}\n", n + 1))
        .chain(["l0 = ha\nrefused-nothing-to-undo = { l40 }\n".to_owned()])
        .collect();
    fs::write(words.join("fr.ftl"), laughs).expect("a file");
    fs::write(
        words.join("it.ftl"),
        "refused-nothing-to-undo = { refused-nothing-to-undo }\n",
    )
    .expect("a file");
    fs::write(words.join("de.ftl"), [0xff, 0xfe, b'a']).expect("a file");
    fs::write(words.join("es.ftl"), "a = ".repeat(1 << 20)).expect("a file");
    fs::write(words.join("not a language.ftl"), "button-next = x\n").expect("a file");
    fs::create_dir(words.join("pt.ftl")).expect("a folder");
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo")
            .arg(words.join("sv.ftl"))
            .status();
        assert!(made.is_ok_and(|made| made.success()), "mkfifo");
    }
    let modelpin = modelpin(state.path()).await;
    for tag in ["fr", "it", "de", "es", "pt", "sv"] {
        let said = said(&modelpin, Some(tag)).await;
        assert_eq!(said, "There is no change to take back for this chat.", "{tag}");
    }
}
