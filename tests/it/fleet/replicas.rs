//! Three processes learn of failures, successes, trials and pardons, over ways that are cut and held: in the end all know
//! the same, and that is the join of what each of them learned.
//!
//! The processes are this test binary, started again. Each has a ledger of its own and follows the others as a gateway
//! does; it is told on its standard input what happens, and says on its standard output what that changed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use modelpin::clock::Timestamp;
use modelpin::cooldown::{AccountKey, Alone, Cell, CellKey, Changed, CooldownLedger, Policy};
use modelpin::outcome::{FailureClass, Outcome};
use modelpin::profile::AccountId;
use modelpin::resolver::{Followed, follow_ledger};
use modelpin::secret::Secret;
use modelpin::store::redis::{Address, Fleet, Redis};
use modelpin::store::{Claim, Claimed, Extent, LedgerStore, Trial};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::server::{KEY, Server};
use super::way::{State, Way};

/// Where the server is, for a replica.
const URL: &str = "MODELPIN_TEST_REPLICA";

/// What a replica is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Word {
    /// A request that began so many milliseconds ago has failed.
    Failed {
        account: u8,
        model: u8,
        class: u8,
        now: i64,
        given: Option<i64>,
    },
    Succeeded {
        account: u8,
        model: u8,
        now: i64,
        took: i64,
    },
    Trial {
        account: u8,
        model: u8,
        now: i64,
    },
    Pardon {
        account: u8,
        now: i64,
    },
    /// What it said so many words ago is told to the others once more.
    Again(u8),
    /// From here on it keeps to itself what it learns.
    Late,
    /// It tells what it kept to itself.
    Now,
    /// It says what it knows.
    Tell,
}

/// What happens.
#[derive(Debug, Clone)]
enum Event {
    To(usize, Word),
    Way(usize, State),
    Pause(u64),
}

type Cells = BTreeMap<CellKey, Cell>;

/// Cells as text: account, generation, model, class, cell.
type Text = Vec<(String, u64, Option<String>, String, Cell)>;

fn text(cells: Changed) -> String {
    let one = |(key, cell): (CellKey, Cell)| {
        let (account, class) = (key.account.as_str().to_owned(), key.class.as_str().to_owned());
        (account, key.generation, key.model.map(String::from), class, cell)
    };
    let all: Text = cells.into_iter().map(one).collect();
    serde_json::to_string(&all).expect("it has a text")
}

fn cells(text: &str) -> Changed {
    let all: Text = serde_json::from_str(text).expect("cells");
    let one = |(account, generation, model, class, cell): (String, u64, Option<String>, String, Cell)| {
        let key = CellKey {
            account: AccountId::kept(&account),
            generation,
            model: model.map(Box::from),
            class: FailureClass::from_word(&class).expect("a class"),
        };
        (key, cell)
    };
    all.into_iter().map(one).collect()
}

fn joined(into: &mut Cells, more: Changed) {
    for (key, cell) in more {
        let both = into.entry(key).or_default();
        *both = both.join(cell);
    }
}

/// What is known of each, but for cells in which nothing is.
fn known(cells: Changed) -> Cells {
    let mut known = Cells::new();
    joined(&mut known, cells);
    known.retain(|_, cell| *cell != Cell::default());
    known
}

#[test]
fn i_am_a_replica_if_i_am_told_so() {
    let Ok(url) = std::env::var(URL) else { return };
    let tasks = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    tasks.block_on(replica(url));
}

async fn connected(url: String) -> Redis {
    let address = Address::new(&Secret::new(url), Some("a")).expect("an address");
    let fleet = Fleet::new("main", &Secret::new(KEY.to_owned()), &[]).expect("a fleet");
    Redis::connect(address, fleet).await.expect("it lets us in")
}

async fn replica(url: String) {
    let redis = connected(url).await;
    let store: Arc<dyn LedgerStore> = Arc::new(redis.ledger());
    let ledger = Arc::new(CooldownLedger::new(Policy::default()));
    let first = store.news(0).await.expect("it answers");
    ledger.join(first.cells);
    let (there, here) = (Arc::downgrade(&store), Arc::clone(&ledger));
    follow_ledger(&store, first.mark, move |told| {
        here.join(told.cells);
        if let (Extent::Everything, Some(store)) = (told.extent, there.upgrade()) {
            let known = here.cells();
            tokio::spawn(async move { store.merge(known).await });
        }
        Followed::On
    });
    say("ready", "");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let (mut said, mut late): (Vec<Changed>, Option<Changed>) = (Vec::new(), None);
    while let Ok(Some(line)) = lines.next_line().await {
        let changed = match serde_json::from_str(&line).expect("a word") {
            Word::Tell => {
                say("knows", &text(ledger.cells()));
                continue;
            }
            Word::Late => {
                late.get_or_insert_default();
                continue;
            }
            Word::Now => late.take().unwrap_or_default(),
            Word::Again(ago) => said
                .iter()
                .rev()
                .nth(usize::from(ago))
                .cloned()
                .unwrap_or_default(),
            word => {
                let changed = happened(&ledger, &*store, word).await;
                said.push(changed.clone());
                say("changed", &text(changed.clone()));
                changed
            }
        };
        match &mut late {
            Some(late) => late.extend(changed),
            None => {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.merge(changed).await });
            }
        }
    }
}

fn say(what: &str, text: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever started this may be gone.
    let _told = writeln!(out, "\n{what} {text}").and_then(|()| out.flush());
}

fn account(number: u8) -> AccountKey {
    AccountKey {
        account: AccountId::kept(&format!("demo|{number}")),
        generation: u64::from(number) + 1,
        lasting: 0,
    }
}

async fn happened(ledger: &CooldownLedger, store: &dyn LedgerStore, word: Word) -> Changed {
    let at = Timestamp::from_millis;
    let model = |number: u8| format!("m{number}");
    match word {
        Word::Failed {
            account: who,
            model: which,
            class,
            now,
            given,
        } => {
            let outcome = Outcome::Failed {
                class: FailureClass::ALL[usize::from(class) % FailureClass::ALL.len()],
                retry_at: given.map(at),
            };
            ledger.record(&account(who), &model(which), outcome, at(now - 10), at(now))
        }
        Word::Succeeded {
            account: who,
            model: which,
            now,
            took,
        } => ledger.record(
            &account(who),
            &model(which),
            Outcome::Succeeded,
            at(now - took),
            at(now),
        ),
        Word::Pardon { account: who, now } => ledger.pardon(&account(who), at(now)),
        Word::Trial {
            account: who,
            model: which,
            now,
        } => {
            let claimed = ledger.claim(&account(who), &model(which), Alone::No, at(now));
            let cells = claimed.unwrap_or_default();
            if !cells.is_empty() {
                let claim = Claim {
                    cells: cells.clone(),
                    trial: Trial::Due,
                    alone: Alone::No,
                    now: at(now),
                    window: ledger.failure_window(),
                };
                // Where nobody can be asked, it is claimed in this process only.
                if let Ok(Claimed::Yes(there) | Claimed::No(there)) = store.claim(claim).await {
                    ledger.join(there);
                }
            }
            cells
        }
        Word::Again(_) | Word::Late | Word::Now | Word::Tell => Changed::new(),
    }
}

/// A replica, as the test has it.
struct Replica {
    _process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    way: Way,
}

impl Replica {
    async fn start(server: &Server) -> Self {
        let way = Way::to(server.at()).await;
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args(["fleet::replicas::i_am_a_replica_if_i_am_told_so", "--exact"])
            .args(["--nocapture", "--test-threads=1"])
            .env(URL, format!("redis://{}/0", way.at))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the replica starts");
        let (to, from) = (process.stdin.take(), process.stdout.take());
        let mut replica = Self {
            _process: process,
            to: to.expect("a pipe"),
            from: BufReader::new(from.expect("a pipe")).lines(),
            way,
        };
        replica.heard("ready").await;
        replica
    }

    async fn tell(&mut self, word: &Word) {
        let line = serde_json::to_string(word).expect("it has a text") + "\n";
        self.to.write_all(line.as_bytes()).await.expect("it listens");
    }

    async fn heard(&mut self, what: &str) -> String {
        loop {
            let line = self.from.next_line().await.expect("it can be read");
            let line = line.expect("it goes on");
            if let Some(text) = line.strip_prefix(what) {
                return text.trim().to_owned();
            }
        }
    }

    async fn knows(&mut self) -> Cells {
        self.tell(&Word::Tell).await;
        known(cells(&self.heard("knows").await))
    }
}

fn word() -> impl Strategy<Value = Word> {
    let (account, model) = (0..3u8, 0..2u8);
    // Steps of a rest are minutes and hours: so trials, pardons and successes meet failures in every order.
    let now = 0..7_200_000i64;
    let now = now.prop_map(|after| 1_800_000_000_000 + after);
    let failed = (
        account.clone(),
        model.clone(),
        any::<u8>(),
        now.clone(),
        any::<bool>(),
    );
    let failed = failed.prop_map(|(account, model, class, now, given)| Word::Failed {
        account,
        model,
        class,
        now,
        given: given.then_some(now + 90_000),
    });
    let succeeded = (account.clone(), model.clone(), now.clone(), 0..3_600_000i64);
    let succeeded = succeeded.prop_map(|(account, model, now, took)| Word::Succeeded {
        account,
        model,
        now,
        took,
    });
    let trial = (account.clone(), model, now.clone());
    let trial = trial.prop_map(|(account, model, now)| Word::Trial { account, model, now });
    let pardon = (account, now).prop_map(|(account, now)| Word::Pardon { account, now });
    prop_oneof![
        6 => failed,
        2 => succeeded,
        3 => trial,
        2 => pardon,
        2 => (0..5u8).prop_map(Word::Again),
        1 => Just(Word::Late),
        1 => Just(Word::Now),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let state = prop_oneof![
        2 => Just(State::Open),
        2 => Just(State::Cut),
        1 => Just(State::Held),
        1 => (0..60u64).prop_map(|takes| State::Slow(Duration::from_millis(takes))),
    ];
    prop_oneof![
        12 => (0..3usize, word()).prop_map(|(who, word)| Event::To(who, word)),
        2 => (0..3usize, state).prop_map(|(who, state)| Event::Way(who, state)),
        1 => (0..150u64).prop_map(Event::Pause),
    ]
}

/// Lets it all happen, and tells what differs in the end.
async fn differs(events: Vec<Event>) -> Option<String> {
    let server = Server::start()?;
    let mut replicas = Vec::new();
    for _ in 0..3 {
        replicas.push(Replica::start(&server).await);
    }
    let mut reference = Cells::new();
    for event in events {
        match event {
            Event::Pause(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
            Event::Way(who, state) => replicas[who].way.is_now(state),
            Event::To(who, word) => {
                let replica = &mut replicas[who];
                replica.tell(&word).await;
                if !matches!(word, Word::Again(_) | Word::Late | Word::Now) {
                    joined(&mut reference, cells(&replica.heard("changed").await));
                }
            }
        }
    }
    for replica in &mut replicas {
        replica.way.is_now(State::Open);
        replica.tell(&Word::Now).await;
    }
    reference.retain(|_, cell| *cell != Cell::default());
    let kept = connected(server.url()).await.ledger();
    let mut last = String::new();
    // About 20 s: what does not agree then does not agree at all.
    for _ in 0..400 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut all = vec![known(kept.load_all().await.expect("it answers"))];
        for replica in &mut replicas {
            all.push(replica.knows().await);
        }
        match all.iter().position(|one| *one != reference) {
            None => return None,
            Some(who) => last = format!("{who} knows {:#?}, not {reference:#?}", all[who]),
        }
    }
    Some(last)
}

#[test]
fn whoever_heard_the_same_in_any_order_twice_or_late_knows_the_same() {
    let mut tasks = tokio::runtime::Builder::new_multi_thread();
    let tasks = tasks.enable_all().build().expect("a runtime");
    let config = Config {
        cases: crate::storm::number("MODELPIN_REPLICA_CASES", 6) as u32,
        failure_persistence: None,
        max_shrink_iters: 24,
        ..Config::default()
    };
    proptest!(config, |(events in prop::collection::vec(event(), 20..80))| {
        let wrong = tasks.block_on(differs(events));
        prop_assert_eq!(wrong, None);
    });
}
