//! How many pins a second reach the disk: `cargo bench --bench pins`.
//!
//! Each caller waits for its own save; saves that wait together are committed together.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set};
use modelpin::session::{AgentId, Scope};
use modelpin::store::PinStore;
use modelpin::store::sqlite::SqliteStore;
use modelpin::terms::Mode;

/// Saves a second by so many callers at once, and the longest that one of them waited.
async fn saves(callers: usize, lasting: Duration) -> (f64, Duration) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::new(dir.path().join("modelpin.sqlite")));
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let key = ScopeKey::Session(AgentId::main(), Arc::from(format!("c{caller}")));
                let (mut record, mut longest) = (Record::default(), Duration::ZERO);
                while start.elapsed() < lasting {
                    let next = Record {
                        history: Vec::new(),
                        ..chosen(&record)
                    };
                    let begun = Instant::now();
                    let saved = store.save(&key, record.version, &next).await;
                    saved.expect("saving works");
                    longest = longest.max(begun.elapsed());
                    record = next;
                }
                (record.version.0, longest)
            })
        })
        .collect();
    let (mut all, mut longest) = (0, Duration::ZERO);
    for task in tasks {
        let (count, waited) = task.await.expect("it ends");
        all += count;
        longest = longest.max(waited);
    }
    (all as f64 / start.elapsed().as_secs_f64(), longest)
}

fn chosen(record: &Record) -> Record {
    let set = Set {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("demo"), "m"),
            mode: Mode::Strict,
        }),
        profile: None,
        end: End::Never,
        by: Arc::from("ann"),
    };
    Change::Set(set)
        .apply(record, Scope::Session, Timestamp::from_millis(1))
        .expect("choosing changes the record")
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // `cargo test --benches` only asks that it builds; `cargo bench` says `--bench`.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    for callers in [1, 8, 64, 256] {
        let (saves, longest) = saves(callers, Duration::from_secs(2)).await;
        println!("{callers:>4} callers: {saves:>8.0} saves/s, longest wait {longest:.1?}");
    }
}
