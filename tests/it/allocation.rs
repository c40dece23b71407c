//! What a message that is no command costs: nothing.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use modelpin::middleware::Promptly;
use modelpin::{Actor, Handled, Message, ModelPin, SessionKey};

/// Texts of every shape that is looked at twice: mentions, prefixes, names that begin like ours, and prose.
const TEXTS: &[&str] = &[
    "",
    "hello",
    "what does /model do?",
    "@somebody /model opus",
    "@pinbot how are you",
    "pinbot, hello",
    "/models2",
    "/usr/bin/model",
    "//model",
    "   \n\t prose after blanks",
    "ünïcödé from the start",
    "/opusx",
];

async fn modelpin() -> (tempfile::TempDir, ModelPin) {
    let dir = tempfile::tempdir().expect("a directory");
    let config =
        r#"{ agents: { defaults: { models: { "anthropic/claude-opus-4-6": { alias: "opus" } } } } }"#;
    std::fs::write(dir.path().join("modelpin.json"), config).expect("the configuration is written");
    let built = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .bot("pinbot")
        .build()
        .await;
    (dir, built.expect("it builds"))
}

#[tokio::test]
async fn handle_allocates_nothing_and_never_waits_for_a_message_that_is_no_command() {
    let (_dir, modelpin) = modelpin().await;
    let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    let long = "lorem ipsum ".repeat(100_000);
    // The first look opens what is opened once.
    modelpin
        .handle(&Message::new(&session, &actor, "x"))
        .await
        .expect("the agent exists");
    for text in TEXTS.iter().copied().chain([long.as_str()]) {
        let message = Message::new(&session, &actor, text);
        let mut handled = None;
        let counted = allocation_counter::measure(|| {
            let waiting = pin!(modelpin.handle(&message));
            handled = match std::future::Future::poll(waiting, &mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(handled)) => Some(handled),
                Poll::Ready(Err(_)) | Poll::Pending => None,
            };
        });
        let start: String = text.chars().take(30).collect();
        assert_eq!(handled, Some(Handled::Text), "{start:?}");
        assert_eq!(
            counted.count_total, 0,
            "{start:?} allocated {} bytes",
            counted.bytes_total
        );
    }
}

#[tokio::test]
async fn what_is_handled_promptly_allocates_nothing_either() {
    let (_dir, modelpin) = modelpin().await;
    let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    modelpin
        .handle(&Message::new(&session, &actor, "x"))
        .await
        .expect("the agent exists");
    for text in TEXTS.iter().copied() {
        let message = Message::new(&session, &actor, text);
        let mut is_text = false;
        let counted = allocation_counter::measure(|| {
            let waiting = pin!(modelpin.promptly(&message));
            let polled = std::future::Future::poll(waiting, &mut Context::from_waker(Waker::noop()));
            is_text = matches!(polled, Poll::Ready(Ok(Promptly::Now(Handled::Text))));
        });
        assert!(is_text, "{text:?}");
        assert_eq!(counted.count_total, 0, "{text:?}");
    }
}

#[tokio::test]
async fn the_counter_counts() {
    let (_dir, modelpin) = modelpin().await;
    let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    let message = Message::new(&session, &actor, "/model nonsense");
    let counted = allocation_counter::measure(|| {
        let waiting = pin!(modelpin.handle(&message));
        let polled = std::future::Future::poll(waiting, &mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
    });
    assert!(
        counted.count_total > 0,
        "a command allocates, so zero above means something"
    );
}
