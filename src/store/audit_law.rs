//! The law of audit stores, as a function that every backend runs in its own tests.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{AuditStore, Row};
use crate::clock::Timestamp;

/// Holds an audit store to the law. `fresh` makes an empty store of so many rows.
///
/// # Panics
/// Panics at the first sentence of the law that the store breaks, and names it.
pub async fn audit_store<S: AuditStore + 'static>(fresh: impl AsyncFn(NonZeroUsize) -> S) {
    let small = NonZeroUsize::MIN.saturating_add(3);
    let large = NonZeroUsize::MIN.saturating_add(9_999);
    an_empty_store_has_no_rows(&fresh(large).await).await;
    what_was_appended_comes_back_whole(&fresh(large).await).await;
    the_newest_is_the_one_appended_last(&fresh(large).await).await;
    chats_do_not_meet(&fresh(large).await).await;
    a_row_that_is_appended_again_is_there_once(&fresh(large).await).await;
    the_oldest_go(&fresh(small).await).await;
    racing_appends_lose_no_row(Arc::new(fresh(large).await)).await;
}

fn row(id: &str, at: i64) -> Row {
    Row {
        id: id.to_owned(),
        at: Timestamp::from_millis(at),
        session: Some("telegram:42".to_owned()),
        agent: "main".to_owned(),
        record: format!(r#"{{"id":"{id}"}}"#),
    }
}

async fn append(store: &dyn AuditStore, rows: Vec<Row>) {
    store.append(rows).await.expect("appending works");
}

async fn ids(store: &dyn AuditStore, most: usize) -> Vec<String> {
    let rows = store.latest(most).await.expect("asking works");
    rows.into_iter().map(|row| row.id).collect()
}

async fn an_empty_store_has_no_rows(store: &dyn AuditStore) {
    append(store, Vec::new()).await;
    assert!(ids(store, 10).await.is_empty(), "an empty store has no rows");
    let found = store.find("d-1").await.expect("asking works");
    assert_eq!(found, None, "an id that was never appended is not found");
}

async fn what_was_appended_comes_back_whole(store: &dyn AuditStore) {
    let odd = Row {
        id: "d-1'\"; --".to_owned(),
        at: Timestamp::from_millis(-1),
        session: Some("чат\u{0}\n%_".to_owned()),
        agent: "wörk".to_owned(),
        record: "{\"kind\":\"decision\",\"t\":\"\u{1f600}\"}".to_owned(),
    };
    let bare = Row {
        session: None,
        agent: String::new(),
        at: Timestamp::from_millis(i64::MAX),
        ..row("o-1", 0)
    };
    append(store, vec![odd.clone(), bare.clone()]).await;
    let all = store.latest(usize::MAX).await.expect("asking works");
    assert_eq!(all, [bare.clone(), odd.clone()], "every field comes back");
    for wanted in [odd, bare] {
        let found = store.find(&wanted.id).await.expect("asking works");
        assert_eq!(found, Some(wanted), "a row is found by its id");
    }
}

async fn the_newest_is_the_one_appended_last(store: &dyn AuditStore) {
    append(store, vec![row("a", 30), row("b", 10)]).await;
    append(store, vec![row("c", 20)]).await;
    assert_eq!(ids(store, 10).await, ["c", "b", "a"], "clocks may go back");
    assert_eq!(ids(store, 2).await, ["c", "b"], "no more than was asked for");
    assert!(ids(store, 0).await.is_empty(), "none was asked for");
}

async fn chats_do_not_meet(store: &dyn AuditStore) {
    let of = |id: &str, agent: &str, session: Option<&str>| Row {
        agent: agent.to_owned(),
        session: session.map(str::to_owned),
        ..row(id, 1)
    };
    append(
        store,
        vec![
            of("1", "main", Some("c")),
            of("2", "main", Some("C")),
            of("3", "other", Some("c")),
            of("4", "main", None),
            of("5", "main", Some("c")),
        ],
    )
    .await;
    let found = async |most| {
        let rows = store.of_session("main", "c", most).await.expect("asking works");
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found(10).await, ["5", "1"], "a chat has its own rows");
    assert_eq!(found(1).await, ["5"], "no more than was asked for");
}

async fn a_row_that_is_appended_again_is_there_once(store: &dyn AuditStore) {
    append(store, vec![row("a", 1), row("b", 2)]).await;
    let again = Row {
        record: "{}".to_owned(),
        ..row("a", 3)
    };
    append(store, vec![again.clone()]).await;
    assert_eq!(
        ids(store, 10).await,
        ["a", "b"],
        "it is there once, as the newest"
    );
    let found = store.find("a").await.expect("asking works");
    assert_eq!(found, Some(again), "and as it was appended last");
}

/// The store holds four rows.
async fn the_oldest_go(store: &dyn AuditStore) {
    for id in ["a", "b", "c", "d", "e"] {
        append(store, vec![row(id, 1)]).await;
    }
    assert_eq!(ids(store, 10).await, ["e", "d", "c", "b"], "the oldest goes");
    let gone = store.find("a").await.expect("asking works");
    assert_eq!(gone, None, "what has gone is not found");
    append(store, ["1", "2", "3", "4", "5", "6"].map(|id| row(id, 2)).into()).await;
    assert_eq!(
        ids(store, 10).await,
        ["6", "5", "4", "3"],
        "more at once than there is room for: the last ones stay"
    );
}

async fn racing_appends_lose_no_row<S: AuditStore + 'static>(store: Arc<S>) {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let write = |n: usize| {
        let store = Arc::clone(&store);
        async move {
            for at in 0..EACH {
                append(&*store, vec![row(&format!("{n}-{at}"), 1)]).await;
            }
        }
    };
    let tasks: Vec<_> = (0..WRITERS).map(|n| tokio::spawn(write(n))).collect();
    for task in tasks {
        task.await.expect("a writer ends");
    }
    let all = ids(&*store, usize::MAX).await;
    assert_eq!(all.len(), WRITERS * EACH, "each acknowledged row is there");
    for n in 0..WRITERS {
        let mine = all.iter().filter(|id| id.starts_with(&format!("{n}-")));
        let wanted: Vec<String> = (0..EACH).rev().map(|at| format!("{n}-{at}")).collect();
        assert!(mine.eq(wanted.iter()), "one writer's rows stay in their order");
    }
}
