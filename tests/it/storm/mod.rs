//! Many writers at once, and writers that are killed: no acknowledged change of a credential is lost.
//!
//! The writers are this test binary, started again: each is told by a variable to be one. `./storm kills` runs the same with
//! larger numbers (`MODELPIN_STORM_KILLS`, `MODELPIN_STORM_WRITERS`, `MODELPIN_STORM_CHANGES`).

#[cfg(all(feature = "cli", feature = "gateway", target_os = "linux"))]
pub(crate) mod faults;
mod kills;
mod neighbours;
mod trouble;
mod writers;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use modelpin::ProviderId;
use modelpin::clock::Timestamp;
use modelpin::credentials::{AuthStore, DraftError, NewProfile, NewSecret, Replace};
use modelpin::order::Expiry;
use modelpin::profile::ProfileId;
use modelpin::secret::Secret;

/// Where the store is, for a writer.
const STORE: &str = "MODELPIN_TEST_STORE";
/// The writer's name, which is in the ids that it adds.
const NAME: &str = "MODELPIN_TEST_NAME";
/// How many times it counts a shared counter up; without it, it adds profiles until it is killed.
const CHANGES: &str = "MODELPIN_TEST_CHANGES";

pub(crate) fn number(variable: &str, usual: usize) -> usize {
    let told = std::env::var(variable).ok();
    told.and_then(|told| told.parse().ok()).unwrap_or(usual)
}

/// A process that adds `name:0`, `name:1`, … to the store, or counts up; it prints each change when that is
/// acknowledged.
fn writer(store: &Path, name: &str, changes: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args([
            "storm::i_am_a_writer_if_i_am_told_so",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(STORE, store)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(changes) = changes {
        command.env(CHANGES, changes.to_string());
    }
    command.spawn().expect("the writer starts")
}

#[test]
fn i_am_a_writer_if_i_am_told_so() {
    let Ok(store) = std::env::var(STORE) else {
        return;
    };
    let name = std::env::var(NAME).expect("a name");
    let store = Path::new(&store);
    let changes: Option<usize> = std::env::var(CHANGES)
        .ok()
        .map(|told| told.parse().expect("a number"));
    for at in 0..changes.unwrap_or(usize::MAX) {
        let id = format!("{name}:{at}");
        match changes {
            Some(_) => count_up(store),
            None => add(store, &id),
        }
        .expect("the change is made");
        let mut out = std::io::stdout().lock();
        // Whoever started this may be gone.
        let _ = writeln!(out, "\nkept {id}").and_then(|()| out.flush());
    }
}

fn add(store: &Path, id: &str) -> Result<(), Box<dyn std::error::Error>> {
    let key = Secret::new(format!("sk-ant-api03-EXAMPLE-CANARY-{id}"));
    let new = NewProfile::new(ProviderId::new("demo"), NewSecret::ApiKey(key));
    AuthStore::change(store, |draft| {
        draft.put(&ProfileId::new(id), &new, Replace::No)?;
        Ok::<_, DraftError>(())
    })?;
    Ok(())
}

/// The profile whose end is the counter.
const COUNTER: &str = "demo:counter";

/// Reads the counter and writes one more: two writers that do not wait for each other lose a count.
fn count_up(store: &Path) -> Result<(), Box<dyn std::error::Error>> {
    AuthStore::change(store, |draft| {
        let end = Timestamp::from_millis(counted(&draft.store(store)) + 1);
        let token = NewSecret::Token(Secret::new("EXAMPLE-CANARY-token".to_owned()), Some(end));
        draft.put(
            &ProfileId::new(COUNTER),
            &NewProfile::new(ProviderId::new("demo"), token),
            Replace::No,
        )?;
        Ok::<_, DraftError>(())
    })?;
    Ok(())
}

fn counted(store: &AuthStore) -> i64 {
    match store
        .profiles()
        .get(&ProfileId::new(COUNTER))
        .map(|profile| profile.expires)
    {
        Some(Expiry::At(at)) => at.as_millis(),
        _ => 0,
    }
}

/// The ids that a writer's output acknowledges; a line that was cut off acknowledges nothing.
fn acknowledged(output: &str) -> BTreeSet<String> {
    let whole = output.rfind('\n').map_or("", |end| &output[..end]);
    let ids = whole.lines().filter_map(|line| line.strip_prefix("kept "));
    ids.map(str::to_owned).collect()
}

/// The ids in the store, which must read well.
fn ids(store: &Path) -> BTreeSet<String> {
    let read = AuthStore::read(store)
        .expect("the store is whole")
        .expect("there is one");
    read.profiles().keys().map(ToString::to_string).collect()
}

/// What is in a folder, but the guard.
fn listing(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.ends_with(".guard")).collect()
}

#[test]
fn ids_of_writers_are_told_apart() {
    assert_eq!(
        acknowledged("\nkept a:0\nkept a:1\nkept a:"),
        BTreeSet::from(["a:0".to_owned(), "a:1".to_owned()])
    );
}
