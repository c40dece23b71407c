//! The record of decisions is bounded, waits for nobody, and stands back where there is trouble.

use modelpin::clock::Timestamp;
use modelpin::pin::Record;
use modelpin::store::sqlite::Database;
use modelpin::store::{AuditStore, PinStore, Row};

use super::{chat, chosen};

fn row(id: usize, length: usize) -> Row {
    Row {
        id: format!("d-{id:06}"),
        at: Timestamp::from_millis(1),
        session: None,
        agent: String::new(),
        record: "x".repeat(length),
    }
}

async fn ids(database: &Database) -> Vec<String> {
    let rows = database.audit().latest(usize::MAX).await.expect("asking works");
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_record_is_no_longer_than_its_bytes_and_keeps_the_newest_row() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = Database::new(dir.path().join("modelpin.sqlite"));
    let audit = database.audit().with_most_bytes(10_000);
    for first in (0..100).step_by(10) {
        let rows = (first..first + 10).map(|id| row(id, 492)).collect();
        audit.append(rows).await.expect("appending works");
    }
    let kept = ids(&database).await;
    assert!((15..=20).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept.first().map(String::as_str), Some("d-000099"));
    audit
        .append(vec![row(100, 50_000)])
        .await
        .expect("appending works");
    assert_eq!(
        ids(&database).await,
        ["d-000100"],
        "one that is too long by itself is kept"
    );
    audit.append(vec![row(101, 1)]).await.expect("appending works");
    assert_eq!(ids(&database).await.first().map(String::as_str), Some("d-000101"));
}

#[tokio::test]
async fn of_a_hundred_thousand_rows_the_oldest_thousand_go_together() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = Database::new(dir.path().join("modelpin.sqlite"));
    let audit = database.audit();
    let rows = (0..100_000).map(|id| row(id, 20)).collect();
    audit.append(rows).await.expect("appending works");
    assert_eq!(ids(&database).await.len(), 100_000);
    audit
        .append(vec![row(100_000, 20)])
        .await
        .expect("appending works");
    let kept = ids(&database).await;
    assert_eq!(kept.len(), 99_001);
    assert_eq!(kept.last().map(String::as_str), Some("d-001000"));
}

#[tokio::test]
async fn rows_go_with_the_next_commit() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = Database::new(dir.path().join("modelpin.sqlite"));
    let (audit, pins) = (database.audit(), database.pins());
    let nothing = Record::default();
    let record = chosen(&nothing, "m");
    let chat = chat("c");
    let (appended, saved) = tokio::join!(audit.append(vec![row(1, 9)]), pins.save(&chat, &nothing, &record),);
    appended.expect("appending works");
    saved.expect("saving works");
    // Nobody waits for this one, and it is kept all the same: the file is closed after it.
    let left = audit.append(vec![row(2, 9)]);
    tokio::select! {
        biased;
        _ = left => panic!("it waits for a commit"),
        () = std::future::ready(()) => {}
    }
    drop((audit, pins, database));
    let database = Database::new(dir.path().join("modelpin.sqlite"));
    assert_eq!(ids(&database).await, ["d-000002", "d-000001"]);
}

#[tokio::test]
async fn rows_that_cannot_be_kept_are_told_and_take_no_pin_with_them() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("modelpin.sqlite");
    let database = Database::new(&file);
    database
        .audit()
        .append(vec![row(1, 9)])
        .await
        .expect("appending works");
    let open = rusqlite::Connection::open(&file).expect("it opens");
    open.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no room for it'); END",
    )
    .expect("made");
    let nothing = Record::default();
    let record = chosen(&nothing, "m");
    let chat = chat("c");
    let (audit, pins) = (database.audit(), database.pins());
    let (appended, saved) = tokio::join!(audit.append(vec![row(2, 9)]), pins.save(&chat, &nothing, &record),);
    saved.expect("the pin is kept");
    let told = modelpin::echo::causes(&appended.expect_err("the row is not"));
    assert!(
        told.contains("no room for it") && told.contains("modelpin.sqlite"),
        "{told}"
    );
    assert_eq!(
        database.pins().load(&chat).await.expect("loading works"),
        Some(record)
    );
    assert_eq!(ids(&database).await, ["d-000001"]);
}
