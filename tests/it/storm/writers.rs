//! Many at once.

use std::collections::BTreeSet;

use modelpin::credentials::AuthStore;

use super::{acknowledged, counted, listing, number, writer};

#[test]
fn many_processes_lose_no_change_of_each_other() {
    let (writers, changes) = (
        number("MODELPIN_STORM_WRITERS", 64),
        number("MODELPIN_STORM_CHANGES", 50),
    );
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("auth-profiles.json");
    let started: Vec<_> = (0..writers)
        .map(|at| writer(&store, &format!("w{at}"), Some(changes)))
        .collect();
    let mut kept = BTreeSet::new();
    for child in started {
        let done = child.wait_with_output().expect("it ended");
        let out = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{out}");
        kept.extend(acknowledged(&out));
    }
    assert_eq!(kept.len(), writers * changes, "every change is acknowledged");
    let read = AuthStore::read(&store).expect("whole").expect("there");
    assert_eq!(
        counted(&read),
        i64::try_from(writers * changes).expect("few"),
        "and none is lost"
    );
    let left = BTreeSet::from([
        "auth-profiles.json".to_owned(),
        "auth-profiles.json.bak".to_owned(),
    ]);
    assert_eq!(listing(dir.path()), left);
}
