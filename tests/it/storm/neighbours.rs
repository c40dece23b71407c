//! Neighbours of another program: OpenClaw's lock file, and the lock folder of its older versions.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use modelpin::credentials::AuthStore;
use modelpin::files::{Holder, Lock, LockError};
use serde_json::{Value, json};

use super::{acknowledged, add, counted, ids, writer};

/// Takes the lock as OpenClaw does, with `make`; reads, adds a field of its own, writes, gives the lock back.
fn theirs(store: &Path, at: usize, make: impl Fn(&Path) -> std::io::Result<()>, free: impl Fn(&Path)) {
    let lock = store.with_file_name("auth-profiles.json.lock");
    let start = Instant::now();
    while make(&lock).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the lock never comes free"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let text = fs::read_to_string(store).expect("a store");
    let mut whole: Value = serde_json::from_str(&text).expect("whole");
    whole["profiles"][format!("theirs:{at}")] = json!({ "type": "passkey", "blob": at });
    let draft = store.with_file_name(format!("theirs-{at}"));
    fs::write(&draft, whole.to_string()).expect("written");
    fs::rename(&draft, store).expect("renamed");
    free(&lock);
}

fn lock_file(lock: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(lock)?;
    let record = json!({ "pid": std::process::id(), "createdAt": jiff_now() });
    file.write_all(record.to_string().as_bytes())
}

fn jiff_now() -> String {
    // ISO 8601, as JavaScript's `toISOString` writes it; the day does not matter, as long as it is not long ago.
    let out = Command::new("date")
        .args(["-u", "+%Y-%m-%dT%H:%M:%S.000Z"])
        .output()
        .expect("date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

#[test]
fn neighbours_with_a_lock_file_or_a_lock_folder_lose_nothing_and_we_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("auth-profiles.json");
    add(&store, "first").expect("the first change");
    let ours: Vec<_> = (0..2)
        .map(|at| writer(&store, &format!("w{at}"), Some(30)))
        .collect();
    for at in 0..40 {
        if at % 2 == 0 {
            theirs(&store, at, lock_file, |lock| fs::remove_file(lock).expect("free"));
        } else {
            theirs(
                &store,
                at,
                |lock| fs::create_dir(lock),
                |lock| fs::remove_dir(lock).expect("free"),
            );
        }
    }
    for child in ours {
        let done = child.wait_with_output().expect("it ended");
        assert_eq!(acknowledged(&String::from_utf8_lossy(&done.stdout)).len(), 30);
    }
    let there = ids(&store);
    assert_eq!(there.iter().filter(|id| id.starts_with("theirs:")).count(), 40);
    let read = AuthStore::read(&store).expect("whole").expect("there");
    assert_eq!(counted(&read), 60);
}

#[test]
fn a_lock_of_a_dead_process_is_taken_over_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("auth-profiles.json");
    let dead = Command::new("true").spawn().expect("a process");
    let pid = dead.id();
    dead.wait_with_output().expect("it ended");
    let record = json!({ "pid": pid, "createdAt": jiff_now() });
    fs::write(dir.path().join("auth-profiles.json.lock"), record.to_string()).expect("a lock");
    drop(Lock::take_within(&store, Duration::from_secs(1)).expect("taken over"));
}

#[test]
fn a_living_neighbour_is_told_by_its_number_after_ten_seconds() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("auth-profiles.json");
    let mut living = Command::new("sleep").arg("60").spawn().expect("a process");
    let lock = dir.path().join("auth-profiles.json.lock");
    let record = json!({ "pid": living.id(), "createdAt": jiff_now() }).to_string();
    fs::write(&lock, &record).expect("a lock");
    let told = Lock::take(&store).expect_err("it is held");
    assert!(matches!(told, LockError::Held { holder: Holder::Process(pid), .. } if pid == living.id()));
    assert!(
        told.to_string().contains(&format!("process {}", living.id())),
        "{told}"
    );
    assert!(told.to_string().contains("10 s"), "{told}");
    assert_eq!(fs::read_to_string(&lock).expect("still there"), record);
    assert!(!store.exists());
    living.kill().expect("ended");
    living.wait().expect("ended");
    assert!(SystemTime::now() > SystemTime::UNIX_EPOCH);
}
