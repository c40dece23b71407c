//! Files in the database's place that are not ours to write: each is told, by name and with a remedy, and left alone.

use std::error::Error;
use std::fs;
use std::path::Path;

use modelpin::pin::Record;
use modelpin::store::sqlite::SqlitePins;
use modelpin::store::{PinStore, PinStoreError};
use rusqlite::Connection;

use super::{chat, chosen, model};

fn all(told: &PinStoreError) -> String {
    let mut text = told.to_string();
    let mut cause = told.source();
    while let Some(is) = cause {
        text = format!("{text}: {is}");
        cause = is.source();
    }
    text
}

fn listing(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("read"))
        })
        .collect();
    all.sort();
    all
}

/// Reading and writing are refused, the refusal says `why`, and no byte in the folder is another one afterwards.
async fn assert_left_alone(file: &Path, why: &str) {
    let folder = file.parent().expect("a folder");
    let before = listing(folder);
    let store = SqlitePins::new(file);
    let refused = [
        store.load_all().await.err(),
        store.load(&chat("c")).await.err(),
        store.news(0).await.err(),
        store
            .save(&chat("c"), &Record::default(), &chosen(&Record::default(), "m"))
            .await
            .err(),
    ];
    drop(store);
    for told in refused {
        let told = all(&told.unwrap_or_else(|| panic!("{why}: it was taken for a pin store")));
        assert!(told.contains(&file.display().to_string()), "{told}");
        assert!(told.contains(why), "{told}");
        assert!(told.contains("begin without pins"), "no remedy: {told}");
    }
    assert!(
        listing(folder) == before,
        "{why}: something in the folder was changed"
    );
}

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    for journal in ["DELETE", "WAL"] {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("modelpin.sqlite");
        let other = Connection::open(&file).expect("it opens");
        other.pragma_update(None, "journal_mode", journal).expect("set");
        other
            .execute_batch("CREATE TABLE pins (theirs TEXT); INSERT INTO pins VALUES ('kept');")
            .expect("made");
        drop(other);
        assert_left_alone(&file, "another program").await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_modelpin_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    written(&file, 3).await;
    let newer = Connection::open(&file).expect("it opens");
    newer.pragma_update(None, "user_version", 99).expect("set");
    drop(newer);
    assert_left_alone(&file, "newer modelpin").await;
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    for text in [
        &b"{\"pins\": []}\n"[..],
        &[0xff; 9_000],
        b"SQLite format 3\0 and no more",
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("modelpin.sqlite");
        fs::write(&file, text).expect("written");
        assert_left_alone(&file, "not a database").await;
    }
}

#[tokio::test]
async fn a_torn_database_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    written(&file, 400).await;
    let whole = fs::read(&file).expect("read");
    for length in [whole.len() / 2, whole.len() - 5_000, 4_096] {
        fs::write(&file, &whole[..length]).expect("written");
        assert_left_alone(&file, "malformed").await;
    }
    fs::write(&file, &whole).expect("written");
    let all = SqlitePins::new(&file)
        .load_all()
        .await
        .expect("it is whole again");
    assert_eq!(all.len(), 400);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_told_and_not_replaced() {
    for (text, why) in [
        ("{", "its text"),
        (r#"{"lasting":{"end":"doomsday"}}"#, "when it ends"),
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("modelpin.sqlite");
        written(&file, 1).await;
        let open = Connection::open(&file).expect("it opens");
        open.execute("UPDATE pins SET record = ?1", [text])
            .expect("changed");
        drop(open);
        let told = SqlitePins::new(&file)
            .load_all()
            .await
            .expect_err("it cannot be read");
        assert!(all(&told).contains(why), "{}", all(&told));
    }
}

/// A database with this many records, closed.
async fn written(file: &Path, records: usize) {
    let store = std::sync::Arc::new(SqlitePins::new(file));
    let saves: Vec<_> = (0..records)
        .map(|n| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move {
                let record = chosen(&Record::default(), &format!("m{n}"));
                store
                    .save(&chat(&format!("c{n}")), &Record::default(), &record)
                    .await
            })
        })
        .collect();
    for save in saves {
        save.await.expect("it ends").expect("saving works");
    }
}

#[tokio::test]
async fn reading_makes_no_file_and_the_first_save_makes_one_for_its_owner() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("new/modelpin.sqlite");
    let store = SqlitePins::new(&file);
    assert!(store.load_all().await.expect("loading works").is_empty());
    assert_eq!(store.load(&chat("c")).await.expect("loading works"), None);
    assert!(store.news(0).await.expect("loading works").records.is_empty());
    assert!(listing(dir.path()).is_empty());
    let first = chosen(&Record::default(), "m");
    store
        .save(&chat("c"), &Record::default(), &first)
        .await
        .expect("saving works");
    #[cfg(unix)]
    for file in fs::read_dir(file.parent().expect("a folder"))
        .expect("a folder")
        .flatten()
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
    drop(store);
    // Nobody has it open: no log is beside it, and asking makes none.
    let there = || {
        fs::read_dir(file.parent().expect("a folder"))
            .expect("a folder")
            .count()
    };
    assert_eq!(there(), 1);
    let store = SqlitePins::new(&file);
    let loaded = store
        .load(&chat("c"))
        .await
        .expect("loading works")
        .expect("a record");
    assert_eq!(model(&loaded), Some("m".to_owned()));
    assert_eq!(there(), 1);
}

#[tokio::test]
async fn a_path_that_means_something_in_an_address_is_a_path() {
    for name in ["a?b=c.sqlite", "a#b.sqlite", "50%41.sqlite", "ü & \"x\".sqlite"] {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join(name);
        written(&file, 2).await;
        let all = SqlitePins::new(&file).load_all().await.expect("loading works");
        assert_eq!(all.len(), 2, "{name}");
        assert_eq!(listing(dir.path()).len(), 1, "{name}");
    }
}

#[tokio::test]
#[cfg(unix)]
async fn a_database_that_was_moved_away_takes_no_more_pins_with_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let store = SqlitePins::new(&file);
    let record = chosen(&Record::default(), "m");
    store
        .save(&chat("a"), &Record::default(), &record)
        .await
        .expect("saving works");
    fs::rename(&file, dir.path().join("aside")).expect("moved");
    for log in ["modelpin.sqlite-wal", "modelpin.sqlite-shm"] {
        fs::remove_file(dir.path().join(log)).expect("removed");
    }
    store
        .save(&chat("b"), &Record::default(), &record)
        .await
        .expect("saving works");
    let kept = SqlitePins::new(&file)
        .load(&chat("b"))
        .await
        .expect("loading works");
    assert_eq!(
        kept,
        Some(record),
        "what was acknowledged is in the file of that name"
    );
}
