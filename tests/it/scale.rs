//! Many agents, many chats: what is not asked for is not read, and what has to make room is never a pin.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use modelpin::middleware::{Handled, Message};
use modelpin::pin::{AffinityTable, PinTable, Record, ScopeKey, Version};
use modelpin::store::memory::MemoryPins;
use modelpin::store::{PinStore, PinStoreError};
use modelpin::view::Body;
use modelpin::{Actor, AgentId, ModelPin, SessionKey};
use serde_json::json;

/// A state directory with so many agents; their files are made by `each`.
fn agents(count: usize, each: impl Fn(usize, &Path)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let list: Vec<_> = (0..count)
        .map(|n| json!({ "id": format!("agent-{n}") }))
        .collect();
    let config = json!({ "agents": {
        "defaults": { "model": "demo/one", "models": { "demo/one": { "alias": "one" }, "demo/two": { "alias": "two" } } },
        "list": list,
    } });
    std::fs::write(dir.path().join("modelpin.json"), config.to_string()).expect("written");
    for n in 0..count {
        let folder = dir.path().join(format!("agents/agent-{n}/agent"));
        std::fs::create_dir_all(&folder).expect("a folder");
        each(n, &folder.join("auth-profiles.json"));
    }
    dir
}

const STORE: &str = r#"{ "version": 1, "profiles": {
    "demo:default": { "type": "api_key", "provider": "demo", "key": "sk-ant-api03-EXAMPLE-SCALE" } } }"#;

async fn built(dir: &Path) -> ModelPin {
    let built = ModelPin::builder().state_dir(dir).without_environment().build();
    built.await.expect("it builds")
}

/// Each agent's file is a pipe: whoever opens it meets the one who counts, and cannot read before it is counted.
#[cfg(unix)]
#[tokio::test]
async fn the_files_of_an_agent_are_opened_when_it_is_asked_for_and_not_before() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let dir = agents(1_000, |n, file| {
        if n < 3 {
            let made = std::process::Command::new("mkfifo").arg(file).status();
            assert!(made.expect("mkfifo is there").success());
        } else {
            // Whoever reads it says so.
            std::fs::write(file, "{ torn").expect("written");
        }
    });
    let opened: Arc<[AtomicUsize; 3]> = Arc::default();
    for n in 0..3 {
        let file = dir
            .path()
            .join(format!("agents/agent-{n}/agent/auth-profiles.json"));
        let opened = Arc::clone(&opened);
        // It waits until somebody opens the pipe, for ever if nobody does.
        std::thread::spawn(move || {
            let mut pipe = std::fs::OpenOptions::new()
                .write(true)
                .open(file)
                .expect("a pipe");
            opened[n].fetch_add(1, Ordering::SeqCst);
            std::io::Write::write_all(&mut pipe, STORE.as_bytes()).expect("written");
        });
    }
    let counts = || opened.each_ref().map(|count| count.load(Ordering::SeqCst));
    let modelpin = built(dir.path()).await;
    let agent = |n: usize| AgentId::new(&format!("agent-{n}")).expect("an id");
    let (ann, chat) = (Actor::member("ann"), SessionKey::new("chat"));
    for n in 0..1_000 {
        let session = chat.clone().with_agent(agent(n));
        let handled = modelpin
            .handle(&Message::new(&session, &ann, "good morning"))
            .await;
        assert_eq!(handled.expect("the agent exists"), Handled::Text);
    }
    assert_eq!(counts(), [0, 0, 0]);
    for _ in 0..2 {
        let session = chat.clone().with_agent(agent(1));
        let handled = modelpin
            .handle(&Message::new(&session, &ann, "/model status"))
            .await;
        assert!(matches!(handled, Ok(Handled::Reply(view)) if matches!(view.body, Body::Status(_))));
        assert_eq!(counts(), [0, 1, 0]);
    }
    let broken = modelpin.resolver().snapshot().book(Some(&agent(7)));
    assert!(broken.is_err(), "one that is asked for and is broken says so");
    assert!(modelpin.resolver().snapshot().book(Some(&agent(1))).is_ok());
}

#[tokio::test]
async fn pins_stay_however_few_chats_are_remembered() {
    let dir = agents(1, |_, file| std::fs::write(file, STORE).expect("written"));
    let store = Arc::new(MemoryPins::default());
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .pin_store(Arc::clone(&store) as _)
        .remembering(NonZeroUsize::MIN)
        .build();
    let (modelpin, ann) = (modelpin.await.expect("it builds"), Actor::member("ann"));
    let chats: Vec<_> = (0..300).map(|n| SessionKey::new(&format!("chat-{n}"))).collect();
    for chat in &chats {
        let said = modelpin.handle(&Message::new(chat, &ann, "/model two")).await;
        assert!(matches!(said, Ok(Handled::Reply(view)) if matches!(view.body, Body::Changed(_))));
    }
    let now = modelpin.resolver().now();
    let table = modelpin.resolver().pins().table();
    assert_eq!(table.counts(now), [300, 0, 0]);
    for chat in &chats {
        let pinned = table.effective(chat, modelpin.resolver().snapshot().default_agent(), now);
        assert_eq!(
            pinned
                .model
                .map(|model| model.value.model.model().to_owned())
                .as_deref(),
            Some("two")
        );
    }
    assert_eq!(store.load_all().await.expect("memory").len(), 300);
}

/// A store that answers in one way only.
#[derive(Debug)]
struct Told(Vec<(ScopeKey, Record)>);

#[async_trait::async_trait]
impl PinStore for Told {
    async fn load(&self, _: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        Ok(None)
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        Ok(self.0.clone())
    }

    async fn save(&self, _: &ScopeKey, _: &Record, _: &Record) -> Result<(), PinStoreError> {
        Err(PinStoreError::Unavailable("it keeps nothing".into()))
    }
}

#[tokio::test]
async fn a_store_that_cannot_stream_fills_the_table_all_the_same() {
    let all: Vec<_> = (0..50)
        .map(|n| {
            let key = ScopeKey::Session(AgentId::main(), Arc::from(format!("chat-{n}")));
            let version = Version(n + 1);
            (
                key,
                Record {
                    version,
                    ..Record::default()
                },
            )
        })
        .collect();
    let table = Arc::new(PinTable::default());
    assert_eq!(Told(all.clone()).fill(&table).await.expect("it answers"), 0);
    assert_eq!(table.len(), 50);
    for (key, record) in &all {
        assert_eq!(table.record(key).as_deref(), Some(record));
    }
}

#[test]
fn what_is_remembered_of_chats_has_a_bound_that_the_operator_sets() {
    let most = NonZeroUsize::new(1_000).expect("not zero");
    let (table, agent) = (AffinityTable::within(most), AgentId::main());
    for n in 0..10_000 {
        table.forget(&agent, &Arc::from(format!("chat-{n}")));
    }
    assert!(table.chats() <= 1_000);
}
