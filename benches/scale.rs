//! What a node holds: `cargo bench --bench scale [-- --large]`.
//!
//! Bytes of a pinned session, a look at random sessions beside a bare `DashMap` of the same size in the same run, a million
//! pins read from a file, affinities at their cap, and a start with a thousand agents. `--large` adds ten million sessions,
//! which takes about 4 GB for a minute. On a machine that does something else, read the ratios.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dashmap::DashMap;
use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{
    Affinity, AffinityTable, Change, End, PinTable, PinnedModel, PinnedProfile, ProfileChoice, Record,
    ScopeKey, Set,
};
use modelpin::places::{ConfigFile, StateDir, Surroundings, config_file, state_dir};
use modelpin::profile::{Identity, ProfileId};
use modelpin::resolver::{Pins, Snapshot, Sources, UseEnvironment};
use modelpin::session::{AgentId, Scope, SessionKey};
use modelpin::store::PinStore;
use modelpin::store::sqlite::SqlitePins;
use modelpin::terms::Mode;

const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);
/// Sessions that are looked at in one round, chosen at random.
const LOOKS: usize = 200_000;
const ROUNDS: usize = 7;

/// The resident memory of this process in bytes; 0 where it is not told.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096
}

/// A key of 32 bytes.
fn chat(n: usize) -> String {
    format!("telegram:{n:0>23}")
}

fn scope(n: usize) -> ScopeKey {
    ScopeKey::Session(AgentId::main(), Arc::from(chat(n)))
}

/// What a person's first `/model opus@demo:work --strict` makes of a chat, each chat another person's.
fn record(n: usize) -> Record {
    let provider = ProviderId::new("demo");
    let set = Set {
        model: Some(PinnedModel {
            model: ModelRef::new(provider.clone(), ["opus", "sonnet", "haiku"][n % 3]),
            mode: Mode::Prefer,
        }),
        profile: Some(ProfileChoice::Pinned(PinnedProfile {
            id: ProfileId::new(["demo:default", "demo:work"][n % 2]),
            identity: Identity::new(None, Some("me@example.org")),
            provider,
            mode: Mode::Strict,
        })),
        end: End::Never,
        by: Arc::from(format!("{}", 100_000_000 + n)),
    };
    Change::Set(set)
        .apply(&Record::default(), Scope::Session, NOW)
        .expect("choosing changes the record")
}

/// Numbers that look random, always the same.
fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed as usize
}

/// Nanoseconds of one of `LOOKS` looks.
fn each(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / LOOKS as f64
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or_default()
}

fn sessions(count: usize) {
    let before = resident();
    let table = PinTable::default();
    for n in 0..count {
        table.put(scope(n), record(n));
    }
    let ours = resident().saturating_sub(before) / count;
    let before = resident();
    let bare: DashMap<Box<str>, [u64; 4]> = DashMap::new();
    for n in 0..count {
        bare.insert(chat(n).into(), [n as u64; 4]);
    }
    let theirs = resident().saturating_sub(before) / count;
    let (mut seed, agent) = (0x2545_f491_4f6c_dd1d, AgentId::main());
    let keys: Vec<SessionKey> = (0..LOOKS)
        .map(|_| SessionKey::new(&chat(random(&mut seed) % count)))
        .collect();
    let (mut looks, mut settings, mut gets) = (Vec::new(), Vec::new(), Vec::new());
    // One round of each to warm up.
    for round in 0..=ROUNDS {
        let get = each(|| {
            for key in &keys {
                black_box(bare.get(key.chat()).map(|kept| kept[0]));
            }
        });
        let look = each(|| {
            for key in &keys {
                black_box(table.look(&agent, key.chat(), |kept| kept.alone().map(Arc::as_ptr)));
            }
        });
        let setting = each(|| {
            for key in &keys {
                black_box(table.effective(key, &agent, NOW));
            }
        });
        if round > 0 {
            gets.push(get);
            looks.push(look);
            settings.push(setting);
        }
    }
    let (get, look, setting) = (median(gets), median(looks), median(settings));
    let counting = Instant::now();
    black_box(table.counts(NOW));
    let counting = counting.elapsed();
    println!(
        "{count:>10} sessions: {ours} bytes each (bare map {theirs}); look {look:.0} ns, all scopes {setting:.0} ns, bare get {get:.0} ns: {:.2} and {:.2} times; counted in {counting:.1?}",
        look / get,
        setting / get,
    );
}

/// A file with so many pins, of which the first was written as any pin is.
async fn file_of(count: usize, file: &Path) {
    let store = SqlitePins::new(file);
    let (key, record) = (scope(0), record(0));
    store
        .save(&key, &Record::default(), &record)
        .await
        .expect("saving works");
    drop(store);
    let file = rusqlite::Connection::open(file).expect("the file is there");
    let more = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})
         INSERT INTO pins (scope, agent, session, version, changed, record)
         SELECT scope, agent, printf('telegram:%023d', n), version, n + 1,
                replace(record, '100000000', 100000000 + n)
         FROM numbers, (SELECT * FROM pins)",
        count - 1
    );
    file.execute_batch(&more).expect("the rows are written");
}

async fn reload(count: usize) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    file_of(count, &file).await;
    let mut took = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let pins = Pins::load(Arc::new(SqlitePins::new(&file)))
            .await
            .expect("loading works");
        took.push(start.elapsed().as_secs_f64());
        assert_eq!(pins.table().len(), count);
    }
    println!("{count:>10} pins read from a file in {:.2} s", median(took));
}

fn affinities() {
    let before = resident();
    let (table, agent, provider) = (AffinityTable::default(), AgentId::main(), ProviderId::new("demo"));
    let most = modelpin::pin::REMEMBERED.get();
    for n in 0..3 * most {
        let chat = Arc::from(chat(n));
        let served = Affinity {
            profile: ProfileId::new("demo:work"),
        };
        let epoch = table.epoch(&agent, &chat);
        table.remember(&agent, &chat, &provider, served, epoch);
    }
    println!(
        "{:>10} chats of {} have their affinity remembered: {} bytes each",
        table.chats(),
        3 * most,
        resident().saturating_sub(before) / table.chats()
    );
}

fn places(dir: &Path) -> (StateDir, ConfigFile) {
    Surroundings::with_real(|around| {
        let state = state_dir(Some(dir), around).expect("a state directory");
        let config = config_file(None, &state, around);
        (state, config)
    })
}

fn agents(count: usize, profiles: usize) {
    let dir = tempfile::tempdir().expect("a directory");
    let list: Vec<_> = (0..count).map(|n| format!("{{ id: 'agent-{n}' }}")).collect();
    let config = format!(
        "{{ agents: {{ defaults: {{ model: 'anthropic/claude-opus-4-6' }}, list: [{}] }} }}",
        list.join(", ")
    );
    let kept: Vec<_> = (0..profiles)
        .map(|n| {
            format!(
                r#""anthropic:p{n}": {{ "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-{n}" }}"#
            )
        })
        .collect();
    let store = format!(r#"{{ "version": 1, "profiles": {{ {} }} }}"#, kept.join(", "));
    let (state, file) = places(dir.path());
    fs::write(&file.path, config).expect("the configuration is written");
    for n in 0..count {
        let folder = dir.path().join(format!("agents/agent-{n}/agent"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("auth-profiles.json"), &store).expect("the credentials are written");
    }
    let (mut ready, mut first, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let sources = Sources {
            environment: UseEnvironment::Nothing,
            ..Sources::new(state.clone(), file.clone())
        };
        let start = Instant::now();
        let snapshot = Snapshot::load(sources).expect("the configuration is right");
        ready.push(start.elapsed());
        let start = Instant::now();
        let one = AgentId::new("agent-7").expect("an id");
        let book = snapshot.book(Some(&one)).expect("its credentials are right");
        assert!(book.facts().len() >= profiles);
        first.push(start.elapsed());
        let start = Instant::now();
        for n in 0..count {
            let agent = AgentId::new(&format!("agent-{n}")).expect("an id");
            black_box(snapshot.book(Some(&agent)).expect("its credentials are right"));
        }
        all.push(start.elapsed());
    }
    let middle = |mut of: Vec<Duration>| {
        of.sort();
        of[of.len() / 2]
    };
    println!(
        "{count:>10} agents of {profiles} profiles: ready in {:.1?}; the first request of one opens its file in {:.1?}; all of them in {:.1?}",
        middle(ready),
        middle(first),
        middle(all)
    );
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // `cargo test --benches` only asks that it builds; `cargo bench` says `--bench`.
    let has = |word: &str| std::env::args().any(|arg| arg == word);
    if !has("--bench") {
        return;
    }
    if has("--reload") {
        return reload(1_000_000).await;
    }
    // First: what is freed later is taken again, and would not be seen.
    affinities();
    let large = has("--large").then_some(10_000_000);
    for count in [1_000, 1_000_000].into_iter().chain(large) {
        sessions(count);
    }
    agents(1_000, 10);
    reload(1_000_000).await;
}
