//! What other processes changed is told once, and nothing of it is missed.

use std::fs::File;
use std::time::{Duration, SystemTime};

use modelpin::pin::{Record, Version};
use modelpin::store::PinStore;
use modelpin::store::sqlite::SqliteStore;

use super::{chat, chosen};

#[tokio::test]
async fn a_change_of_another_process_is_news_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let (ours, theirs) = (SqliteStore::new(&file), SqliteStore::new(&file));
    let first = chosen(&Record::default(), "one");
    theirs
        .save(&chat("a"), Version::default(), &first)
        .await
        .expect("saving works");
    theirs
        .save(&chat("b"), Version::default(), &first)
        .await
        .expect("saving works");
    let all = ours.news(0).await.expect("asking works");
    assert_eq!(all.records.len(), 2);
    let second = chosen(&first, "two");
    theirs
        .save(&chat("b"), first.version, &second)
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
    let ours = SqliteStore::new(&file);
    let mut lengths = Vec::new();
    let mut mark = 0;
    for (from, record) in [(Version::default(), &one), (one.version, &two)] {
        // A process that begins, changes, and ends: no log is left beside the file.
        SqliteStore::new(&file)
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

#[tokio::test]
async fn what_could_not_be_read_is_news_later() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let theirs = SqliteStore::new(&file);
    let first = chosen(&Record::default(), "one");
    theirs
        .save(&chat("a"), Version::default(), &first)
        .await
        .expect("saving works");
    drop(theirs);
    let ours = SqliteStore::new(&file);
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
