//! Writers that are killed at any moment.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use modelpin::files::{Lock, LockState, left_over, lock_state};

use super::{acknowledged, add, ids, number, writer};

/// A repeatable series of numbers (xorshift, Marsaglia 2003).
struct Series(u64);

impl Series {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[test]
fn writers_that_are_killed_leave_a_whole_store_with_every_acknowledged_change() {
    let kills = number("MODELPIN_STORM_KILLS", 100);
    let mut series = Series(0x5eed_0001);
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("auth-profiles.json");
    add(&store, "first").expect("the first change");
    let mut kept = BTreeSet::from(["first".to_owned()]);
    let mut killed = 0;
    let mut round = 0;
    while killed < kills {
        let started: Vec<_> = (0..4)
            .map(|at| writer(&store, &format!("r{round}w{at}"), None))
            .collect();
        for mut child in started {
            std::thread::sleep(Duration::from_micros(15_000 + series.below(25_000)));
            // The store reads well at every moment, also while writers are about.
            ids(&store);
            child.kill().expect("killed");
            let done = child.wait_with_output().expect("it ended");
            kept.extend(acknowledged(&String::from_utf8_lossy(&done.stdout)));
            killed += 1;
        }
        let there = ids(&store);
        let lost: Vec<_> = kept.difference(&there).collect();
        assert!(
            lost.is_empty(),
            "after {killed} kills, acknowledged and lost: {lost:?}"
        );
        round += 1;
        // Stores of thousands of profiles only make the rounds slow.
        if there.len() > 400 {
            std::fs::remove_file(&store).expect("a fresh store");
            add(&store, "first").expect("the first change");
            kept = BTreeSet::from(["first".to_owned()]);
        }
    }
    assert!(kept.len() > 1 || round > 1, "the writers came to write");
    no_lock_and_no_leftover_stays(&store);
}

/// What the killed left does not stand in anybody's way, and can be found and taken away.
fn no_lock_and_no_leftover_stays(store: &Path) {
    drop(Lock::take_within(store, Duration::from_secs(1)).expect("a dead process holds nothing"));
    assert_eq!(lock_state(store).expect("it can be looked at"), LockState::Free);
    let folder = store.parent().expect("a folder");
    let temporary: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(".auth-profiles.json.") && !name.ends_with(".guard")
        })
        .collect();
    for entry in &temporary {
        let long_ago = SystemTime::now() - Duration::from_secs(120);
        let file = File::options().append(true).open(entry.path()).expect("ours");
        file.set_modified(long_ago).expect("aged");
    }
    let in_store = left_over(store);
    let of_backup = left_over(&modelpin::files::backup_of(store));
    assert_eq!(in_store.len() + of_backup.len(), temporary.len(), "{temporary:?}");
}
