//! What other processes changed is told once, and nothing of it is missed.

use std::fs::File;
use std::time::{Duration, SystemTime};

use modelpin::pin::Record;
use modelpin::store::PinStore;
use modelpin::store::sqlite::SqlitePins;

use super::{chat, chosen};

#[tokio::test]
async fn a_change_of_another_process_is_news_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let (ours, theirs) = (SqlitePins::new(&file), SqlitePins::new(&file));
    let first = chosen(&Record::default(), "one");
    theirs
        .save(&chat("a"), &Record::default(), &first)
        .await
        .expect("saving works");
    theirs
        .save(&chat("b"), &Record::default(), &first)
        .await
        .expect("saving works");
    let all = ours.news(0).await.expect("asking works");
    assert_eq!(all.records.len(), 2);
    let second = chosen(&first, "two");
    theirs
        .save(&chat("b"), &first, &second)
        .await
        .expect("saving works");
    let news = ours.news(all.mark).await.expect("asking works");
    assert_eq!(news.records, [(chat("b"), second)]);
    for _ in 0..3 {
        let nothing = ours.news(news.mark).await.expect("asking works");
        assert!(nothing.records.is_empty());
        assert_eq!(nothing.mark, news.mark);
    }
}

/// The clock of a file system may stand still between two changes that follow each other at once.
#[tokio::test]
async fn a_change_that_leaves_length_and_time_of_the_file_is_not_missed() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_770_000_000);
    let one = chosen(&Record::default(), "one");
    let two = chosen(&one, "two");
    let ours = SqlitePins::new(&file);
    let mut lengths = Vec::new();
    let mut mark = 0;
    for (from, record) in [(&Record::default(), &one), (&one, &two)] {
        // A process that begins, changes, and ends: no log is left beside the file.
        SqlitePins::new(&file)
            .save(&chat("c"), from, record)
            .await
            .expect("saving works");
        let open = File::options().append(true).open(&file).expect("it opens");
        open.set_modified(then).expect("set");
        lengths.push(open.metadata().expect("metadata").len());
        let news = ours.news(mark).await.expect("asking works");
        assert_eq!(news.records, [(chat("c"), record.clone())]);
        mark = news.mark;
    }
    assert_eq!(lengths[0], lengths[1], "else this test tests nothing");
}

/// While it writes, a process keeps a connection to ask for news.
#[tokio::test]
async fn a_process_that_writes_and_asks_for_news_takes_the_log_away_when_it_ends() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let beside = || std::fs::read_dir(dir.path()).expect("a folder").count();
    let (ours, theirs) = (SqlitePins::new(&file), SqlitePins::new(&file));
    let first = chosen(&Record::default(), "one");
    let mut mark = 0;
    for name in ["a", "b", "c"] {
        for (store, chat) in [(&ours, format!("our {name}")), (&theirs, format!("their {name}"))] {
            let key = super::chat(&chat);
            let saved = store.save(&key, &Record::default(), &first).await;
            saved.expect("saving works");
            let news = ours.news(mark).await.expect("asking works");
            assert_eq!(news.records, [(key, first.clone())]);
            mark = news.mark;
        }
    }
    assert!(beside() > 1, "else this test tests nothing");
    drop(theirs);
    assert!(ours.news(mark).await.expect("asking works").records.is_empty());
    drop(ours);
    assert_eq!(beside(), 1);
}

#[tokio::test]
async fn what_could_not_be_read_is_news_later() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let theirs = SqlitePins::new(&file);
    let first = chosen(&Record::default(), "one");
    theirs
        .save(&chat("a"), &Record::default(), &first)
        .await
        .expect("saving works");
    drop(theirs);
    let ours = SqlitePins::new(&file);
    let edit = |sql: &str| {
        let open = rusqlite::Connection::open(&file).expect("it opens");
        open.execute_batch(sql).expect("changed");
    };
    edit("UPDATE pins SET record = '[' || record");
    assert!(ours.news(0).await.is_err());
    assert!(ours.news(0).await.is_err(), "the trouble is not forgotten");
    edit("UPDATE pins SET record = substr(record, 2)");
    let news = ours.news(0).await.expect("asking works");
    assert_eq!(news.records, [(chat("a"), first)]);
}

#[cfg(unix)]
#[tokio::test]
async fn everything_in_a_file_that_took_the_place_of_another_is_news() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let theirs = SqlitePins::new(&file);
    let first = chosen(&Record::default(), "one");
    for name in ["a", "b", "c"] {
        let saved = theirs.save(&chat(name), &Record::default(), &first).await;
        saved.expect("saving works");
    }
    let ours = SqlitePins::new(&file);
    let mark = ours.news(0).await.expect("asking works").mark;
    drop(theirs);
    std::fs::rename(&file, dir.path().join("aside")).expect("moved");
    let theirs = SqlitePins::new(&file);
    let saved = theirs.save(&chat("d"), &Record::default(), &first).await;
    saved.expect("saving works");
    let news = ours.news(mark).await.expect("asking works");
    assert_eq!(news.records, [(chat("d"), first)]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_behind_a_link_is_read_with_its_log() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("far")).expect("a folder");
    let file = dir.path().join("modelpin.sqlite");
    std::os::unix::fs::symlink("far/modelpin.sqlite", &file).expect("linked");
    let (ours, theirs) = (SqlitePins::new(&file), SqlitePins::new(&file));
    let first = chosen(&Record::default(), "one");
    for name in ["a", "b"] {
        let saved = theirs.save(&chat(name), &Record::default(), &first).await;
        saved.expect("saving works");
    }
    // It is open, so what was saved is in the log, beside the file and not beside the link.
    assert!(dir.path().join("far/modelpin.sqlite-wal").exists());
    let news = ours.news(0).await.expect("asking works");
    assert_eq!(news.records.len(), 2);
}
