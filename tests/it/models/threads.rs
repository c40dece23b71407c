//! The table and its stores under many threads: every answer has its place in one order.

use std::collections::BTreeMap;
use std::sync::Arc;

use modelpin::pin::{Record, ScopeKey};
use modelpin::resolver::{Pins, freely};
use modelpin::session::AgentId;
use modelpin::store::PinStore;
use modelpin::store::memory::MemoryPins;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::history::{Answer, Asks, Event, History, NOW};
use super::scope::{Step, steps};

fn key(of: usize) -> ScopeKey {
    match of {
        0 => ScopeKey::Global,
        _ => ScopeKey::Session(AgentId::main(), Arc::from(format!("c{of}"))),
    }
}

/// `tasks` callers, spread over the processes, with so many changes each on three scopes.
async fn many(processes: Vec<Pins>, store: Arc<dyn PinStore>, tasks: usize, each: usize) -> usize {
    let history = Arc::new(History::default());
    let mut draw = TestRunner::deterministic();
    let mut all = Vec::new();
    for task in 0..tasks {
        let process = task % processes.len();
        let (pins, history) = (processes[process].clone(), Arc::clone(&history));
        let steps: Vec<Step> = (0..each)
            .map(|_| {
                let tree = steps().new_tree(&mut draw);
                tree.expect("there are always steps").current()
            })
            .collect();
        all.push(tokio::spawn(async move {
            for (at, step) in steps.into_iter().enumerate() {
                let (key, change) = (key((task + at) % 3), step.change());
                let asked = history.tick();
                let answer = pins.commit(key.clone(), change.clone(), freely(), NOW).await;
                history.note(Event {
                    process,
                    key,
                    change,
                    asks: Asks::Nothing,
                    asked,
                    answered: history.tick(),
                    answer: answer.map_or(Answer::Failed, Answer::Told),
                });
            }
        }));
    }
    for task in all {
        task.await.expect("no task fails");
    }
    let kept: BTreeMap<ScopeKey, Record> = store
        .load_all()
        .await
        .expect("the store is there")
        .into_iter()
        .collect();
    if let [pins] = &processes[..] {
        for (key, record) in &kept {
            assert_eq!(pins.table().record(key).as_deref(), Some(record));
        }
    }
    history.explain(&kept)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_by_many_threads_are_made_in_one_order() {
    let mut changes = 0;
    for _ in 0..super::cases(10) {
        let store: Arc<dyn PinStore> = Arc::new(MemoryPins::default());
        let pins = Pins::load(Arc::clone(&store)).await.expect("the store is empty");
        changes += many(vec![pins], store, 8, 40).await;
    }
    super::tell(&format!("threads before a store in memory: {changes} changes"));
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_through_one_file_by_two_tables_are_made_in_one_order() {
    let mut changes = 0;
    for _ in 0..super::cases(1) {
        let dir = tempfile::tempdir().expect("a folder");
        let store = || {
            Arc::new(modelpin::store::sqlite::SqlitePins::new(
                dir.path().join("state.sqlite"),
            ))
        };
        let (one, other) = (store(), store());
        let mut processes = Vec::new();
        for store in [Arc::clone(&one), other] {
            let pins = Pins::load(store).await.expect("the store is empty");
            pins.follow();
            processes.push(pins);
        }
        changes += many(processes, one, 6, 15).await;
    }
    super::tell(&format!("threads before a file: {changes} changes"));
}
