//! A disk that is full, a folder that is read-only, a folder that goes away.

use std::fs;
use std::path::Path;
use std::process::Command;

use modelpin::ProviderId;
use modelpin::credentials::{AuthStore, ChangeError, DraftError, NewProfile, NewSecret, Replace};
use modelpin::profile::ProfileId;
use modelpin::secret::Secret;

use super::{add, listing};

const LONG: &str = "MODELPIN_TEST_LONG";

/// Adds a profile whose key has so many characters, in a process of its own with the given limits before it.
fn under(limits: &[&str], store: &Path, length: usize) -> (bool, String) {
    let mut command = match limits {
        [] => Command::new(std::env::current_exe().expect("this test")),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command
                .args(rest)
                .arg(std::env::current_exe().expect("this test"));
            command
        }
    };
    let done = command
        .args([
            "storm::trouble::i_add_a_long_key_if_i_am_told_so",
            "--exact",
            "--nocapture",
        ])
        .env(super::STORE, store)
        .env(LONG, length.to_string())
        .output()
        .expect("it runs");
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    (out.contains("it is kept"), out)
}

#[test]
#[expect(clippy::print_stdout, reason = "the test that started this process reads it")]
fn i_add_a_long_key_if_i_am_told_so() {
    let (Ok(store), Ok(length)) = (std::env::var(super::STORE), std::env::var(LONG)) else {
        return;
    };
    let key = Secret::new("CANARY-EXAMPLE-".repeat(length.parse::<usize>().expect("a number") / 15));
    let new = NewProfile::new(ProviderId::new("demo"), NewSecret::ApiKey(key));
    let done = AuthStore::change(Path::new(&store), |draft| {
        draft.put(&ProfileId::new("long"), &new, Replace::No)
    });
    match done {
        Ok(_) => println!("\nit is kept"),
        Err(wrong) => {
            let wrong: &dyn std::error::Error = &wrong;
            println!("\nrefused: {}", modelpin::echo::causes(wrong));
        }
    }
}

fn store_with_one(dir: &Path) -> (std::path::PathBuf, Vec<u8>) {
    let store = dir.join("auth-profiles.json");
    add(&store, "first").expect("the first change");
    let text = fs::read(&store).expect("a store");
    (store, text)
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    // A small file system where we may make one; else a limit of the process, which fails the same write.
    let dir = tempfile::tempdir().expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"])
        .arg(dir.path())
        .output()
        .is_ok_and(|done| done.status.success());
    let (store, before) = store_with_one(dir.path());
    let limits: &[&str] = if mounted {
        &[]
    } else {
        &["sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]
    };
    let (kept, out) = under(limits, &store, 300_000);
    assert!(!kept && out.contains("nothing was changed"), "{out}");
    assert!(
        out.contains("auth-profiles.json") && !out.contains("CANARY"),
        "{out}"
    );
    assert_eq!(fs::read(&store).expect("there"), before);
    let left: Vec<String> = listing(dir.path())
        .into_iter()
        .filter(|name| !name.ends_with(".bak"))
        .collect();
    assert_eq!(
        left,
        ["auth-profiles.json"],
        "no temporary file and no lock is left"
    );
    if mounted {
        // A little fits, so the next change is made.
        assert!(under(limits, &store, 150).0);
        assert!(
            Command::new("umount")
                .arg(dir.path())
                .status()
                .expect("umount")
                .success()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_told_and_nothing_is_lost() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let (store, before) = store_with_one(dir.path());
    let mode = |mode| fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).expect("a mode");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o644)).expect("a mode");
    fs::remove_file(dir.path().join(".auth-profiles.json.guard")).expect("gone");
    mode(0o555);
    // Root may write everywhere: then somebody else tries.
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    let limits: &[&str] = if root {
        &["setpriv", "--reuid=65534", "--clear-groups"]
    } else {
        &[]
    };
    let reachable =
        !root || fs::metadata(std::env::current_exe().expect("this test")).is_ok() && reads_as_nobody();
    if reachable {
        let (kept, out) = under(limits, &store, 150);
        assert!(!kept && out.contains("nothing was changed"), "{out}");
        assert!(out.contains(&dir.path().display().to_string()), "{out}");
    }
    mode(0o755);
    assert_eq!(fs::read(&store).expect("there"), before);
    assert!(listing(dir.path()).iter().all(|name| !name.contains(".lock")));
}

/// Whether the user `nobody` may run this binary at all: a home of root may be closed to others.
fn reads_as_nobody() -> bool {
    let exe = std::env::current_exe().expect("this test");
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--clear-groups"])
        .arg(exe)
        .arg("--list");
    command.output().is_ok_and(|done| done.status.success())
}

#[test]
fn a_folder_that_goes_away_under_a_change_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("agent");
    fs::create_dir(&folder).expect("a folder");
    let (store, _) = store_with_one(&folder);
    let key = Secret::new("sk-ant-api03-EXAMPLE-CANARY".to_owned());
    let new = NewProfile::new(ProviderId::new("demo"), NewSecret::ApiKey(key));
    let done = AuthStore::change(&store, |draft| {
        fs::rename(&folder, dir.path().join("moved")).expect("moved");
        draft.put(&ProfileId::new("second"), &new, Replace::No)
    });
    // Either the folder was made anew with all that was read, or the change is refused. Nothing in between.
    match done {
        Ok(_) => assert_eq!(super::ids(&store).len(), 2),
        Err(ChangeError::Write(told)) => assert!(told.to_string().contains("nothing was changed"), "{told}"),
        Err(other) => panic!("{other}"),
    }
    let moved = dir.path().join("moved/auth-profiles.json");
    assert_eq!(super::ids(&moved).len(), 1);
}

#[test]
fn a_change_that_is_refused_or_changes_nothing_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, before) = store_with_one(dir.path());
    let at = fs::metadata(&store)
        .and_then(|about| about.modified())
        .expect("a time");
    let missing = ProfileId::new("none");
    let refused = AuthStore::change(&store, |draft| draft.rename(&missing, &ProfileId::new("x")));
    assert!(matches!(
        refused,
        Err(ChangeError::Refused(DraftError::Missing(_)))
    ));
    let nothing = AuthStore::change(&store, |draft| Ok::<_, DraftError>(draft.remove(&missing)));
    assert!(!nothing.expect("it is no error"));
    assert_eq!(fs::read(&store).expect("there"), before);
    assert_eq!(
        fs::metadata(&store)
            .and_then(|about| about.modified())
            .expect("a time"),
        at
    );
    fs::write(&store, "{ torn").expect("torn");
    let told = add(&store, "more")
        .expect_err("a torn store is never replaced")
        .to_string();
    assert!(told.contains("auth-profiles.json:1:3"), "{told}");
    assert_eq!(fs::read(&store).expect("there"), b"{ torn");
}
