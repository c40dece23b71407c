//! The table with a slow store behind it that fails at times, and another process that writes there: every order in which
//! their steps can fall, by the dice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use modelpin::pin::{Record, ScopeKey, Version};
use modelpin::resolver::{Committed, Pins};
use modelpin::session::AgentId;
use modelpin::store::{News, PinStore, PinStoreError};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::history::{Answer, Asks, Event, History, NOW};
use super::scope::steps;

/// Dice that fall the same for the same seed.
#[derive(Debug, Clone)]
struct Dice(Arc<AtomicU64>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    fn below(&self, most: u64) -> u64 {
        let drawn = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    /// Lets others go first, or lets time pass, which stands still otherwise.
    async fn pause(&self) {
        match self.below(8) {
            0 => tokio::time::sleep(Duration::from_millis(self.below(60))).await,
            times => {
                for _ in 1..times.min(5) {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

/// Each record, and the mark of its last change.
type Marked = BTreeMap<ScopeKey, (Record, u64)>;

/// A store that takes its time before and after, and fails one time of six.
#[derive(Debug)]
struct Slow {
    kept: Mutex<(Marked, u64)>,
    dice: Dice,
    fails: bool,
}

impl Slow {
    async fn trouble(&self) -> Result<(), PinStoreError> {
        self.dice.pause().await;
        if self.fails && self.dice.below(6) == 0 {
            return Err(PinStoreError::Unavailable("the disk is full".into()));
        }
        Ok(())
    }

    fn all(&self) -> BTreeMap<ScopeKey, Record> {
        let kept = self.kept.lock().expect("no test has failed");
        kept.0
            .iter()
            .map(|(key, (record, _))| (key.clone(), record.clone()))
            .collect()
    }
}

#[async_trait]
impl PinStore for Slow {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.trouble().await?;
        let found = self.all().remove(key);
        self.dice.pause().await;
        Ok(found)
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        Ok(self.all().into_iter().collect())
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        self.trouble().await?;
        let saved = {
            let mut kept = self.kept.lock().expect("no test has failed");
            let there = kept
                .0
                .get(key)
                .map(|(record, _)| record.version)
                .unwrap_or_default();
            if there == from.version {
                kept.1 += 1;
                let mark = kept.1;
                kept.0.insert(key.clone(), (record.clone(), mark));
                Ok(())
            } else {
                Err(PinStoreError::Conflict(there))
            }
        };
        self.dice.pause().await;
        saved
    }

    async fn news(&self, since: u64) -> Result<News, PinStoreError> {
        self.dice.pause().await;
        let news = {
            let kept = self.kept.lock().expect("no test has failed");
            let newer = kept.0.iter().filter(|(_, (_, mark))| *mark > since);
            News {
                records: newer
                    .map(|(key, (record, _))| (key.clone(), record.clone()))
                    .collect(),
                mark: kept.1,
                ..News::default()
            }
        };
        self.dice.pause().await;
        Ok(news)
    }
}

fn keys() -> [ScopeKey; 2] {
    [
        ScopeKey::Session(AgentId::main(), Arc::from("c")),
        ScopeKey::Global,
    ]
}

/// Somebody who makes changes, one after the other.
async fn makes_changes(
    process: usize,
    pins: Pins,
    history: Arc<History>,
    dice: Dice,
    seed: u64,
    times: usize,
) {
    let mut draw = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(
            RngAlgorithm::ChaCha,
            &[seed.to_le_bytes(), [0; 8], [0; 8], [0; 8]].concat(),
        ),
    );
    for _ in 0..times {
        dice.pause().await;
        let step = steps()
            .new_tree(&mut draw)
            .expect("there are always steps")
            .current();
        let key = keys()[dice.below(3) as usize / 2].clone();
        let change = step.change();
        let asks = if dice.below(4) == 0 {
            Asks::NoFifth
        } else {
            Asks::Nothing
        };
        let asked = history.tick();
        let permit = Box::new(move |record: &Record| asks.permits(record));
        let answer = pins.commit(key.clone(), change.clone(), permit, NOW).await;
        if let Ok(Committed::Changed(record)) = &answer {
            let seen = pins.table().record(&key).map(|record| record.version);
            assert!(
                seen >= Some(record.version),
                "who was told sees it: {seen:?}, {record:?}"
            );
        }
        let answer = match answer {
            Ok(told) => Answer::Told(told),
            Err(_) => Answer::Failed,
        };
        history.note(Event {
            process,
            key,
            change,
            asks,
            asked,
            answered: history.tick(),
            answer,
        });
    }
}

/// Somebody who reads: what was seen is not taken back.
async fn looks(pins: Pins, dice: Dice) {
    let mut seen = [Version::default(); 2];
    for _ in 0..40 {
        dice.pause().await;
        for (key, seen) in keys().iter().zip(&mut seen) {
            let now = pins
                .table()
                .record(key)
                .map(|record| record.version)
                .unwrap_or_default();
            assert!(now >= *seen, "{key:?} went back from {seen:?} to {now:?}");
            *seen = now;
        }
    }
}

async fn race(seed: u64) -> usize {
    let dice = Dice::new(seed);
    let store = Arc::new(Slow {
        kept: Mutex::default(),
        dice: dice.clone(),
        fails: seed % 2 == 1,
    });
    let history = Arc::new(History::default());
    let mut tasks = Vec::new();
    let mut processes = Vec::new();
    for process in 0..2 {
        let pins = Pins::load(store.clone()).await.expect("the store is empty");
        pins.follow();
        for one in 0..3 {
            let seed = seed * 100 + process as u64 * 10 + one;
            tasks.push(tokio::spawn(makes_changes(
                process,
                pins.clone(),
                Arc::clone(&history),
                dice.clone(),
                seed,
                4,
            )));
        }
        tasks.push(tokio::spawn(looks(pins.clone(), dice.clone())));
        processes.push(pins);
    }
    for task in tasks {
        task.await.expect("no task fails");
    }
    // Time for the news.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let kept = store.all();
    for pins in processes {
        for (key, record) in &kept {
            assert_eq!(pins.table().record(key).as_deref(), Some(record));
        }
    }
    history.explain(&kept)
}

#[test]
fn changes_that_race_through_a_store_that_fails_are_made_in_one_order() {
    let rounds = u64::from(super::cases(200));
    let mut changes = 0;
    for seed in 0..rounds {
        let tasks = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            tasks.expect("a runtime").block_on(race(seed))
        }));
        match done {
            Ok(made) => changes += made,
            Err(why) => {
                super::tell(&format!("seed {seed}"));
                std::panic::resume_unwind(why);
            }
        }
    }
    super::tell(&format!(
        "front of the store: {changes} changes in {rounds} races"
    ));
}
