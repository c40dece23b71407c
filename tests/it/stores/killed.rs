//! Writers that are killed in the middle of their work: this test binary, started again as a process that writes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use modelpin::clock::Timestamp;
use modelpin::cooldown::{Cell, CellKey};
use modelpin::outcome::FailureClass;
use modelpin::pin::Version;
use modelpin::profile::AccountId;
use modelpin::store::sqlite::{Database, SqliteLedger, SqlitePins};
use modelpin::store::{LedgerStore, PinStore, PinStoreError};

use super::{chat, chosen, model};

/// How a writing process is told its work: the file, its own name, and how many changes each task makes (`0`: on and on).
const WORK: &str = "MODELPIN_TEST_WRITES";
/// Tasks of each process that have a chat of their own; they are committed together.
const TASKS: usize = 12;
/// The chat that all tasks of all processes change.
const SHARED: &str = "shared";

fn writer(file: &Path, name: &str, changes: u64) -> Child {
    let own = std::env::current_exe().expect("this binary");
    Command::new(own)
        .args([
            "--exact",
            "stores::killed::processes_that_write_at_once_lose_no_change",
            "--nocapture",
        ])
        .env(WORK, format!("{}\n{name}\n{changes}", file.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("this binary starts")
}

/// What this binary does when [`writer`] started it.
async fn work(work: &str) {
    let mut work = work.lines();
    let mut next = || work.next().expect("three lines").to_owned();
    let database = Database::new(next());
    let store = std::sync::Arc::new(database.pins());
    let (name, changes) = (next(), next().parse::<u64>().expect("a number"));
    if changes == 0 {
        // Failures are learned on and on, from one thread with the pins.
        let (ledger, name) = (database.ledger(), name.clone());
        tokio::spawn(async move { learn(&ledger, &name).await });
    }
    let chats = (0..TASKS)
        .map(|task| format!("{name}-{task}"))
        .chain([SHARED.to_owned()]);
    let tasks: Vec<_> = chats
        .map(|of| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { write(&store, &of, changes).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("a writer ends");
    }
}

/// Chooses one model after another, each named after the version of the record that it makes, and tells each that is kept.
async fn write(store: &SqlitePins, of: &str, changes: u64) {
    let mut kept = 0;
    let mut record = store
        .load(&chat(of))
        .await
        .expect("loading works")
        .unwrap_or_default();
    while changes == 0 || kept < changes {
        let next = chosen(&record, &format!("m{}", record.version.0 + 1));
        match store.save(&chat(of), &record, &next).await {
            Ok(()) => {
                kept += 1;
                // A parent that stopped reading has ended this process, or is about to.
                if writeln!(std::io::stdout(), "kept {of} {}", next.version.0).is_err() {
                    return;
                }
                record = next;
            }
            Err(PinStoreError::Conflict(_)) => {
                record = store
                    .load(&chat(of))
                    .await
                    .expect("loading works")
                    .unwrap_or_default();
            }
            Err(broken) => panic!("saving works: {broken:?}"),
        }
    }
}

/// The cell of a writer.
fn cell_key(of: &str) -> CellKey {
    CellKey {
        account: AccountId::kept(of),
        generation: 1,
        model: Some(Box::from("m")),
        class: FailureClass::RateLimit,
    }
}

/// Learns of one failure after another, its own and a shared one, and tells each that is kept.
async fn learn(store: &SqliteLedger, name: &str) {
    let known = store.load_all().await.expect("loading works");
    let own = cell_key(name);
    let mut count = known
        .iter()
        .find(|(key, _)| *key == own)
        .map_or(0, |(_, cell)| cell.count);
    loop {
        count += 1;
        let cell = Cell {
            count,
            failed_at: Some(Timestamp::from_millis(i64::from(count))),
            ..Cell::default()
        };
        let both = vec![(own.clone(), cell), (cell_key(SHARED), cell)];
        store.merge(both).await.expect("merging works");
        if writeln!(std::io::stdout(), "kept cell-{name} {count}").is_err() {
            return;
        }
    }
}

/// What a process tells: the chat, and the version that was kept. A line that was cut off tells nothing.
fn told(line: &str) -> Option<(String, u64)> {
    let (_, kept) = line.strip_suffix('\n')?.split_once("kept ")?;
    let (of, version) = kept.split_once(' ')?;
    Some((of.to_owned(), version.parse().ok()?))
}

/// Everything in the file is whole, and nothing that was told is missing.
async fn assert_kept(file: &Path, told: &BTreeMap<String, (u64, u64)>) {
    let store = SqlitePins::new(file);
    let cells = SqliteLedger::new(file).load_all().await.expect("loading works");
    let count_of = |of: &str| {
        let found = cells.iter().find(|(key, _)| *key == cell_key(of));
        found.map_or(0, |(_, cell)| u64::from(cell.count))
    };
    for (of, (newest, count)) in told {
        if let Some(name) = of.strip_prefix("cell-") {
            let there = count_of(name);
            assert!(
                there >= *newest,
                "{of}: {newest} failures were kept, {there} are there"
            );
            assert!(count_of(SHARED) >= *newest, "{of}: the shared cell is older");
            continue;
        }
        let record = store
            .load(&chat(of))
            .await
            .expect("loading works")
            .unwrap_or_default();
        let Version(there) = record.version;
        assert!(
            there >= *newest,
            "{of}: version {newest} was kept, {there} is there"
        );
        assert!(
            there >= *count,
            "{of}: {count} changes were kept, {there} are there"
        );
        assert_eq!(
            model(&record),
            Some(format!("m{there}")),
            "{of}: a record is one change, whole"
        );
    }
    let open = rusqlite::Connection::open(file).expect("it opens");
    let whole: String = open
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("it is checked");
    assert_eq!(whole, "ok");
}

#[tokio::test]
async fn a_writer_that_is_killed_loses_no_pin_and_no_failure_that_it_told() {
    let rounds = crate::storm::number("MODELPIN_STORM_KILLS", 12);
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let mut kept: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    // Numbers that jump about, the same in every run (the generator of Numerical Recipes).
    let mut dice: u32 = 7;
    let mut told_of_cells = 0;
    for round in 0..rounds {
        // Two write at once, each is killed at its own moment: where in a commit that is, nobody chooses.
        let writers: Vec<_> = (0..2).map(|n| writer(&file, &format!("{}", n), 0)).collect();
        let readers: Vec<_> = writers
            .into_iter()
            .map(|mut child| {
                dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let after = 1 + (dice >> 16) % 300;
                std::thread::spawn(move || {
                    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
                    let (mut all, mut line) = (Vec::new(), String::new());
                    let mut alive = true;
                    while out.read_line(&mut line).expect("read") > 0 {
                        all.extend(told(&line));
                        line.clear();
                        if alive && all.len() >= after as usize {
                            child.kill().expect("SIGKILL is sent");
                            alive = false;
                        }
                    }
                    child.wait().expect("it ended");
                    all
                })
            })
            .collect();
        for reader in readers {
            let all = reader.join().expect("joined");
            assert!(!all.is_empty(), "round {round}: a writer told nothing");
            for (of, version) in all {
                let is_cell = of.starts_with("cell-");
                let (newest, count) = kept.entry(of).or_default();
                *newest = version.max(*newest);
                *count += 1;
                told_of_cells += u64::from(is_cell);
            }
        }
        assert_kept(&file, &kept).await;
    }
    assert!(told_of_cells > 0, "failures were kept too");
    #[expect(clippy::print_stdout, reason = "the storm shows its counts")]
    {
        let pins: u64 = kept.values().map(|(_, count)| *count).sum::<u64>() - told_of_cells;
        println!(
            "kills: {}, pins told: {pins}, failures told: {told_of_cells}, lost: 0",
            2 * rounds
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_write_at_once_lose_no_change() {
    const PROCESSES: u64 = 4;
    const CHANGES: u64 = 25;
    if let Ok(told) = std::env::var(WORK) {
        return work(&told).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let writers: Vec<_> = (0..PROCESSES)
        .map(|n| writer(&file, &format!("{n}"), CHANGES))
        .collect();
    for child in writers {
        let ended = child.wait_with_output().expect("it ended");
        let out = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{out}");
        let count = out.split_inclusive('\n').filter_map(told).count() as u64;
        assert_eq!(count, CHANGES * (TASKS as u64 + 1), "each change was told once");
    }
    let store = SqlitePins::new(&file);
    let shared = store
        .load(&chat(SHARED))
        .await
        .expect("loading works")
        .expect("a record");
    assert_eq!(shared.version, Version(PROCESSES * CHANGES));
    let all = store.load_all().await.expect("loading works");
    assert_eq!(all.len(), PROCESSES as usize * TASKS + 1);
}
