//! What is written down of requests a moment later is what was written down at once, in order, and none of it is lost.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use modelpin::audit::{Kind, Record};
use modelpin::resolver::Kept;
use modelpin::store::memory::MemoryLedger;
use modelpin::store::{AuditStore, AuditStoreError, Row};
use modelpin::{Actor, Message, ModelPin, SessionKey};

/// Keeps everything; appending waits for a turn of the runtime where it `waits`.
#[derive(Debug)]
struct All {
    rows: Mutex<Vec<Row>>,
    waits: Waits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Yes,
    No,
}

impl All {
    fn rows(&self) -> Vec<Row> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl AuditStore for All {
    async fn append(&self, rows: Vec<Row>) -> Result<(), AuditStoreError> {
        if self.waits == Waits::Yes {
            tokio::task::yield_now().await;
        }
        let mut all = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(rows);
        Ok(())
    }

    async fn latest(&self, most: usize) -> Result<Vec<Row>, AuditStoreError> {
        Ok(self.rows().into_iter().rev().take(most).collect())
    }

    async fn find(&self, id: &str) -> Result<Option<Row>, AuditStoreError> {
        Ok(self.rows().into_iter().find(|row| row.id == id))
    }
}

async fn modelpin(waits: Waits) -> (tempfile::TempDir, ModelPin, Arc<All>) {
    let dir = tempfile::tempdir().expect("a directory");
    let config = r#"{
        agents: { defaults: { model: "demo/big", models: { "demo/big": { alias: "big" } } } },
        models: { providers: { demo: { baseUrl: "http://127.0.0.1:9", apiKey: "sk-EXAMPLE-a" } } },
    }"#;
    std::fs::write(dir.path().join("modelpin.json"), config).expect("the configuration is written");
    let all = Arc::new(All {
        rows: Mutex::default(),
        waits,
    });
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .pin_store(Arc::new(modelpin::store::memory::MemoryPins::default()))
        .kept(Kept {
            ledger: Arc::new(MemoryLedger::default()),
            audit: Arc::clone(&all) as _,
        })
        .build()
        .await
        .expect("it builds");
    (dir, modelpin, all)
}

async fn served(modelpin: &ModelPin, chat: &SessionKey) -> String {
    let lease = modelpin.resolve(chat, &Actor::member("ann")).await;
    let lease = lease.expect("a lease");
    let id = lease.decision().to_owned();
    lease.succeeded();
    id
}

fn kinds(records: &[Arc<Record>]) -> Vec<&Kind> {
    records.iter().map(|record| &record.kind).collect()
}

#[tokio::test]
async fn a_success_that_is_written_down_later_is_told_as_one_that_is_written_down_at_once() {
    let (_dir, modelpin, _all) = modelpin(Waits::No).await;
    let (chat, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    // Decided and written down at once; what follows is served by what was kept.
    for _ in 0..3 {
        let mut attempts = modelpin.resolver().attempts(&chat, &actor);
        attempts.next().await.expect("a lease").succeeded();
    }
    served(&modelpin, &chat).await;
    let records = modelpin.resolver().latest(9);
    let kinds = kinds(&records);
    assert_eq!(kinds.len(), 4);
    assert_eq!(kinds[0], kinds[1]);
    assert_eq!(kinds[0], kinds[3]);
}

#[tokio::test]
async fn records_keep_the_order_in_which_they_came() {
    let (_dir, modelpin, all) = modelpin(Waits::No).await;
    let (chat, actor) = (SessionKey::new("chat"), Actor::member("ann"));
    let mut expected = Vec::new();
    for turn in 0..30 {
        expected.push(served(&modelpin, &chat).await);
        expected.push(served(&modelpin, &chat).await);
        let command = ["/model big", "/model default"][turn % 2];
        let message = Message::new(&chat, &actor, command);
        modelpin.handle(&message).await.expect("the agent exists");
        expected.push(modelpin.resolver().latest(1)[0].id.to_string());
    }
    let records = modelpin.resolver().latest(usize::MAX);
    let known: Vec<&str> = records.iter().rev().map(|record| &*record.id).collect();
    assert_eq!(known, expected);
    let rows = all.rows();
    let kept: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(kept, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graceful_stop_writes_all() {
    let (_dir, modelpin, all) = modelpin(Waits::Yes).await;
    let modelpin = Arc::new(modelpin);
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let modelpin = Arc::clone(&modelpin);
            tokio::spawn(async move {
                let chat = SessionKey::new(&format!("chat {task}"));
                let mut ids = Vec::new();
                for _ in 0..1_000 {
                    ids.push(served(&modelpin, &chat).await);
                }
                ids
            })
        })
        .collect();
    let mut expected = Vec::new();
    for task in tasks {
        expected.extend(task.await.expect("it ends"));
    }
    modelpin.finished().await;
    let mut kept: Vec<String> = all.rows().into_iter().map(|row| row.id).collect();
    kept.sort_unstable();
    expected.sort_unstable();
    assert_eq!(kept.len(), expected.len());
    assert!(kept == expected, "each request has its row");
}

#[tokio::test]
async fn nothing_is_lost_where_nobody_says_that_it_is_over() {
    let (_dir, modelpin, all) = modelpin(Waits::No).await;
    let chat = SessionKey::new("chat");
    for _ in 0..5 {
        served(&modelpin, &chat).await;
    }
    drop(modelpin);
    // The thread may have taken some of it just before; then the store is there until they are written.
    while Arc::strong_count(&all) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(all.rows().len(), 5);
}
