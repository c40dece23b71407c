//! How many pins, failures and claims a second reach the disk: `cargo bench --bench pins`.
//!
//! Each caller waits for its own save; saves that wait together are committed together.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::clock::Timestamp;
use modelpin::cooldown::{self, Alone, Cell, CellKey};
use modelpin::model::{ModelRef, ProviderId};
use modelpin::outcome::FailureClass;
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set};
use modelpin::profile::AccountId;
use modelpin::session::{AgentId, Scope};
use modelpin::store::sqlite::{Database, SqlitePins};
use modelpin::store::{Claim, LedgerStore, PinStore, Trial};
use modelpin::terms::Mode;

/// Saves a second by so many callers at once, and the longest that one of them waited.
async fn saves(callers: usize, lasting: Duration) -> (f64, Duration) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqlitePins::new(dir.path().join("modelpin.sqlite")));
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
                    let saved = store.save(&key, &record, &next).await;
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

/// Merges a second by so many callers at once, or claims of one trial that all of them want.
async fn cells(callers: usize, lasting: Duration, what: What) -> f64 {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(Database::new(dir.path().join("modelpin.sqlite")).ledger());
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut count = 0;
                while start.elapsed() < lasting {
                    count += 1;
                    let cell = Cell {
                        count,
                        failed_at: Some(Timestamp::from_millis(i64::from(count))),
                        until: cooldown::End::At(Timestamp::from_millis(i64::from(count))),
                        ..Cell::default()
                    };
                    match what {
                        What::Merge => {
                            let cells = vec![(key(&format!("a|{caller}")), cell)];
                            store.merge(cells).await.expect("merging works");
                        }
                        What::Claim => {
                            let claim = claim(cell);
                            store.claim(claim).await.expect("claiming works");
                        }
                    }
                }
                f64::from(count)
            })
        })
        .collect();
    let mut all = 0.0;
    for task in tasks {
        all += task.await.expect("it ends");
    }
    all / start.elapsed().as_secs_f64()
}

#[derive(Clone, Copy)]
enum What {
    Merge,
    Claim,
}

fn key(account: &str) -> CellKey {
    CellKey {
        account: AccountId::kept(account),
        generation: 0,
        model: Some(Box::from("m")),
        class: FailureClass::RateLimit,
    }
}

fn claim(cell: Cell) -> Claim {
    let now = Timestamp::from_millis(1_000_000_000);
    let trial = Some(now);
    Claim {
        cells: vec![(key("a|all"), Cell { trial, ..cell })],
        trial: Trial::Due,
        alone: Alone::No,
        now,
        window: Duration::MAX,
    }
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
        let merges = cells(callers, Duration::from_secs(2), What::Merge).await;
        let claims = cells(callers, Duration::from_secs(2), What::Claim).await;
        println!(
            "{callers:>4} callers: {saves:>8.0} saves/s, longest wait {longest:.1?}; {merges:>8.0} merges/s, {claims:>8.0} claims/s"
        );
    }
}
