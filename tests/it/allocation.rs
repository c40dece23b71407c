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

/// A world with three profiles, one of which is pinned in the chat `pinned`; the chat `served` has been served before.
async fn resolving() -> (tempfile::TempDir, ModelPin, Actor) {
    let dir = tempfile::tempdir().expect("a directory");
    let config = r#"{
        agents: { defaults: { model: "demo/big", models: { "demo/big": { alias: "big" } } } },
        models: { providers: { demo: { baseUrl: "http://127.0.0.1:9", api: "anthropic-messages", headers: { "x-team": "a" } } } },
    }"#;
    std::fs::write(dir.path().join("modelpin.json"), config).expect("the configuration is written");
    let agent = dir.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    let profiles = r#"{"version":1,"profiles":{
        "demo:a":{"type":"api_key","provider":"demo","key":"sk-EXAMPLE-a"},
        "demo:b":{"type":"api_key","provider":"demo","key":"sk-EXAMPLE-b"},
        "demo:c":{"type":"token","provider":"demo","token":"sk-EXAMPLE-c"}}}"#;
    std::fs::write(agent.join("auth-profiles.json"), profiles).expect("the credentials are written");
    let built = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .pin_store(std::sync::Arc::new(modelpin::store::memory::MemoryPins::default()))
        .build()
        .await
        .expect("it builds");
    let actor = Actor::member("ann");
    for chat in ["pinned", "also pinned"] {
        let session = SessionKey::new(chat);
        let command = Message::new(&session, &actor, "/model big@b --strict");
        assert!(matches!(built.handle(&command).await, Ok(Handled::Reply(_))));
    }
    for _ in 0..3 {
        for chat in ["pinned", "served"] {
            let lease = built.resolve(&SessionKey::new(chat), &actor).await;
            lease.expect("a lease").succeeded();
        }
    }
    (dir, built, actor)
}

/// Allocations of a lease that is there at once, and of dropping it; and whose credential it was.
fn lease_of(modelpin: &ModelPin, actor: &Actor, session: &SessionKey) -> (u64, String) {
    let mut lease = None;
    let taken = allocation_counter::measure(|| {
        let waiting = pin!(modelpin.resolve(session, actor));
        if let Poll::Ready(Ok(got)) =
            std::future::Future::poll(waiting, &mut Context::from_waker(Waker::noop()))
        {
            lease = Some(got);
        }
    });
    let lease = lease.expect("a lease, without waiting");
    let profile = lease.profile().to_string();
    let dropped = allocation_counter::measure(|| drop(lease));
    (taken.count_total + dropped.count_total, profile)
}

#[tokio::test]
async fn a_request_that_gets_what_the_last_one_got_allocates_nothing_and_never_waits() {
    let (_dir, modelpin, actor) = resolving().await;
    for chat in ["pinned", "served"] {
        let session = SessionKey::new(chat);
        let (_, before) = lease_of(&modelpin, &actor, &session);
        let (allocations, profile) = lease_of(&modelpin, &actor, &session);
        assert_eq!((allocations, profile), (0, before), "{chat}");
    }
    // Nobody asked for this chat yet: it has the pin of another one.
    let (allocations, profile) = lease_of(&modelpin, &actor, &SessionKey::new("also pinned"));
    assert_eq!((allocations, profile.as_str()), (0, "demo:b"));
}

#[tokio::test]
async fn a_success_that_tells_nothing_new_allocates_nothing() {
    let (_dir, modelpin, actor) = resolving().await;
    for chat in ["pinned", "served"] {
        let session = SessionKey::new(chat);
        // A chat that comes to its pin for the second time in a row gets a place of its own.
        let lease = modelpin.resolve(&session, &actor).await;
        lease.expect("a lease").succeeded();
        for _ in 0..3 {
            let mut lease = None;
            let counted = allocation_counter::measure(|| {
                let waiting = pin!(modelpin.resolve(&session, &actor));
                let polled = std::future::Future::poll(waiting, &mut Context::from_waker(Waker::noop()));
                if let Poll::Ready(Ok(got)) = polled {
                    got.succeeded();
                    lease = Some(());
                }
            });
            assert_eq!((lease, counted.count_total), (Some(()), 0), "{chat}");
        }
    }
    // Eight here, and six before: each has its record.
    assert_eq!(
        modelpin
            .resolver()
            .latest(100)
            .iter()
            .filter(|record| matches!(record.kind, modelpin::audit::Kind::Decision(_)))
            .count(),
        14
    );
}

#[test]
fn a_command_allocates_the_texts_that_it_has_to_keep() {
    let syntax = modelpin::command::Syntax::new().bot("pinbot").alias("opus");
    for (message, most) in [
        ("/model", 0),
        ("/model status", 0),
        ("/model 3", 0),
        ("/model opus", 1),
        ("/model opus@anthropic:work", 1),
        ("/model opus@work --for 2h", 2),
        ("/opus@work --strict", 2),
        ("@pinbot /model opus@work --session --strict", 1),
    ] {
        let mut parsed = None;
        let counted = allocation_counter::measure(|| parsed = Some(syntax.parse(message)));
        let is_command = matches!(parsed, Some(modelpin::command::Parsed::Command { .. }));
        assert!(is_command, "{message:?}");
        assert!(
            counted.count_total <= most,
            "{message:?}: {}",
            counted.count_total
        );
    }
}

#[tokio::test]
async fn what_was_kept_is_not_used_once_anything_has_changed() {
    let (dir, modelpin, actor) = resolving().await;
    let (session, other) = (SessionKey::new("pinned"), SessionKey::new("also pinned"));
    let profile = |session: &SessionKey| lease_of(&modelpin, &actor, session).1;
    assert_eq!(profile(&session), "demo:b");
    // A person pins another one; the chat beside it stays as it is.
    let command = Message::new(&session, &actor, "/model big@c --strict");
    modelpin.handle(&command).await.expect("the agent exists");
    assert_eq!(
        (profile(&session), profile(&other)),
        ("demo:c".into(), "demo:b".into())
    );
    // The profile fails: a strict pin is refused, not served by what was kept.
    let lease = modelpin.resolve(&other, &actor).await.expect("a lease");
    lease.failed(modelpin::outcome::FailureClass::RateLimit, None);
    assert!(modelpin.resolve(&other, &actor).await.is_err());
    assert_eq!(profile(&session), "demo:c");
    // The files change.
    let path = dir.path().join("agents/main/agent/auth-profiles.json");
    let text = std::fs::read_to_string(&path).expect("the credentials are there");
    std::fs::write(&path, text.replace("sk-EXAMPLE-c", "sk-EXAMPLE-new")).expect("written");
    modelpin.reload().expect("the files are good");
    let lease = modelpin.resolve(&session, &actor).await.expect("a lease");
    assert_eq!(lease.credential().secret().expose(), "sk-EXAMPLE-new");
}

#[tokio::test]
async fn a_lease_is_decided_anew_when_a_pin_ends() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = std::sync::Arc::new(modelpin::clock::ManualClock::new(
        modelpin::clock::Timestamp::from_millis(1_770_724_800_000),
    ));
    let config = r#"{
        agents: { defaults: { model: "demo/big", models: { "demo/big": { alias: "big" }, "demo/small": { alias: "small" } } } },
        models: { providers: { demo: { baseUrl: "http://127.0.0.1:9", apiKey: "sk-EXAMPLE-a" } } },
    }"#;
    std::fs::write(dir.path().join("modelpin.json"), config).expect("the configuration is written");
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .clock(std::sync::Arc::clone(&clock) as _)
        .build()
        .await
        .expect("it builds");
    let (session, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    let command = Message::new(&session, &actor, "/model small --for 2m");
    modelpin.handle(&command).await.expect("the agent exists");
    for (passed, model) in [(0, "small"), (119, "small"), (1, "big"), (0, "big")] {
        clock.advance(std::time::Duration::from_secs(passed));
        for _ in 0..3 {
            let lease = modelpin.resolve(&session, &actor).await.expect("a lease");
            assert_eq!(lease.model().model(), model);
            lease.succeeded();
        }
    }
}
