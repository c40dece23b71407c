//! A store that hangs is not waited for: something is said in time, and the rest when it is true.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use modelpin::middleware::{Handled, Message, PATIENCE, Press, Promptly};
use modelpin::pin::{Record, ScopeKey};
use modelpin::store::memory::MemoryPins;
use modelpin::store::{PinStore, PinStoreError};
use modelpin::view::{Body, Change, Prompt, Refusal, View};
use modelpin::{Actor, ModelPin, SessionKey};
use serde_json::json;
use tokio::time::Instant;

const HANGS: Duration = Duration::from_secs(30);

/// What a platform's user takes for an answer.
const IN_TIME: Duration = Duration::from_millis(250);

/// How a store ends that has hung.
#[derive(Debug, Clone, Copy)]
enum Ends {
    Keeps,
    Fails,
}

/// A store that takes [`HANGS`] for each change.
#[derive(Debug)]
struct Hanging {
    pins: MemoryPins,
    ends: Ends,
    asked: AtomicUsize,
}

#[async_trait]
impl PinStore for Hanging {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.pins.load(key).await
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.pins.load_all().await
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(HANGS).await;
        match self.ends {
            Ends::Keeps => self.pins.save(key, from, record).await,
            Ends::Fails => Err(PinStoreError::Unavailable("the disk is gone".into())),
        }
    }
}

struct World {
    _files: tempfile::TempDir,
    store: Arc<Hanging>,
    modelpin: ModelPin,
    session: SessionKey,
    ann: Actor,
}

impl World {
    async fn of(ends: Ends) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        let config = json!({ "agents": { "defaults": { "model": "demo/two", "models": {
            "demo/one": { "alias": "one" }, "demo/two": { "alias": "two" },
        } } } });
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let store = Arc::new(Hanging {
            pins: MemoryPins::default(),
            ends,
            asked: AtomicUsize::new(0),
        });
        let built = ModelPin::builder()
            .state_dir(files.path())
            .without_environment()
            .pin_store(Arc::clone(&store) as _)
            .build();
        Self {
            modelpin: built.await.expect("it builds"),
            _files: files,
            store,
            session: SessionKey::new("chat"),
            ann: Actor::member("ann"),
        }
    }

    fn message<'m>(&'m self, text: &'m str) -> Message<'m> {
        Message::new(&self.session, &self.ann, text)
    }

    /// What is said at once, without a look at any clock.
    fn at_once(&self, text: &str) -> View {
        let message = self.message(text);
        let waiting = pin!(self.modelpin.promptly(&message));
        match waiting.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(Promptly::Now(Handled::Reply(view)))) => view,
            other => panic!("{text} is answered at once: {other:?}"),
        }
    }

    async fn kept(&self) -> usize {
        self.store.load_all().await.expect("memory").len()
    }
}

fn changed(view: &View) -> Change {
    match &view.body {
        Body::Changed(changed) => changed.change,
        other => panic!("a change: {other:?}"),
    }
}

#[test]
fn the_patience_leaves_time_to_say_so() {
    assert!(PATIENCE + Duration::from_millis(50) <= IN_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_for_30_s_is_acknowledged_in_250_ms_and_the_reply_is_true() {
    let world = World::of(Ends::Keeps).await;
    let begun = Instant::now();
    let message = world.message("/model one\nhello");
    let told = world
        .modelpin
        .promptly(&message)
        .await
        .expect("the agent is there");
    let Promptly::Later(later) = told else {
        panic!("{told:?}");
    };
    assert!(begun.elapsed() <= IN_TIME, "{:?}", begun.elapsed());
    assert_eq!(world.kept().await, 0);
    // Nobody is told of what is not kept yet.
    let Body::Status(status) = world.at_once("/model status").body else {
        panic!("a status");
    };
    let now = status.selection.expect("a model").model;
    assert_eq!(now.alias.as_deref(), Some("two"));
    let Handled::ReplyAndSend(view, rest) = later.await else {
        panic!("the prompt goes on");
    };
    assert!(begun.elapsed() >= HANGS, "{:?}", begun.elapsed());
    assert_eq!(
        (changed(&view), view.prompt, rest),
        (Change::Pinned, Prompt::Sent, "hello")
    );
    assert_eq!(world.kept().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_and_then_fails_is_told_as_it_is() {
    let world = World::of(Ends::Fails).await;
    let message = world.message("/model one -- hello");
    let told = world
        .modelpin
        .promptly(&message)
        .await
        .expect("the agent is there");
    let Promptly::Later(later) = told else {
        panic!("{told:?}");
    };
    let Handled::Reply(view) = later.await else {
        panic!("the prompt goes nowhere");
    };
    assert!(
        matches!(view.body, Body::Refused(Refusal::NotKept { .. })),
        "{view:?}"
    );
    assert_eq!((view.prompt, world.kept().await), (Prompt::NotSent, 0));
}

#[tokio::test(start_paused = true)]
async fn a_later_reply_that_nobody_waits_for_loses_no_change() {
    let world = World::of(Ends::Keeps).await;
    let message = world.message("/model one");
    let told = world
        .modelpin
        .promptly(&message)
        .await
        .expect("the agent is there");
    assert!(matches!(told, Promptly::Later(_)), "{told:?}");
    drop(told);
    tokio::time::sleep(HANGS).await;
    assert_eq!(world.kept().await, 1);
    let Body::Status(status) = world.at_once("/model status").body else {
        panic!("a status");
    };
    assert_eq!(
        status.selection.expect("a model").model.alias.as_deref(),
        Some("one")
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_the_patience_ends_leaves_the_change_whole() {
    let world = World::of(Ends::Keeps).await;
    let message = world.message("/model one");
    let soon = tokio::time::timeout(PATIENCE / 2, world.modelpin.promptly(&message));
    assert!(soon.await.is_err(), "it waits");
    tokio::time::sleep(HANGS).await;
    assert_eq!(
        (world.store.asked.load(Ordering::SeqCst), world.kept().await),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_reads_never_waits_for_the_store_and_a_change_under_way_does_not_hold_it_up() {
    let world = World::of(Ends::Keeps).await;
    let told = world.modelpin.promptly(&world.message("/model one")).await;
    let Ok(Promptly::Later(change)) = told else {
        panic!("{told:?}");
    };
    let before = Instant::now();
    for text in [
        "/model",
        "/model list",
        "/model list demo 1",
        "/model status",
        "/model why",
        "/model help",
        "/model nonsense",
        "/model --sesion",
        "/model 77",
    ] {
        let view = world.at_once(text);
        assert!(!matches!(view.body, Body::Changed(_)), "{text}");
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert!(matches!(change.await, Handled::Reply(view) if changed(&view) == Change::Pinned));
}

#[tokio::test(start_paused = true)]
async fn a_press_is_acknowledged_in_time_too_and_its_answer_needs_nothing_that_is_borrowed() {
    let world = World::of(Ends::Keeps).await;
    let Body::Picker(shown) = world.at_once("/model").body else {
        panic!("a picker");
    };
    let token = shown.picker.choices()[0].token.clone().expect("a button");
    let begun = Instant::now();
    let press = Press::new(&world.session, &world.ann, token.as_str());
    let told = world
        .modelpin
        .press_promptly(&press)
        .await
        .expect("the agent is there");
    let Promptly::Later(later) = told else {
        panic!("{told:?}");
    };
    assert!(begun.elapsed() <= IN_TIME, "{:?}", begun.elapsed());
    let view = tokio::spawn(later).await.expect("it ends");
    assert!(begun.elapsed() >= HANGS);
    assert_eq!(changed(&view), Change::Pinned);
    // One that does not hold changes nothing, and nothing is waited for.
    let begun = Instant::now();
    let forged = Press::new(&world.session, &world.ann, "mp1-forged");
    let told = world
        .modelpin
        .press_promptly(&forged)
        .await
        .expect("the agent is there");
    assert!(matches!(told, Promptly::Now(Some(_))), "{told:?}");
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_parts_of_a_later_reply_can_be_sent_elsewhere() {
    let world = World::of(Ends::Keeps).await;
    let text = "/model one -- what is 2+2?".to_owned();
    let message = world.message(&text);
    let told = world.modelpin.promptly(&message).await;
    let Ok(Promptly::Later(later)) = told else {
        panic!("{told:?}");
    };
    let (view, rest) = later.into_parts();
    assert_eq!(rest, Some("what is 2+2?"));
    drop(text);
    let view = tokio::spawn(view).await.expect("it ends");
    assert_eq!((changed(&view), view.prompt), (Change::Pinned, Prompt::Sent));
}
