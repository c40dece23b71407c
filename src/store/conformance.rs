//! The law of each kind of store, as a function that every backend runs in its own tests.

mod ledger;
mod sign_ins;

use std::sync::Arc;

pub use super::audit_law::audit_store;
use super::{PinStore, PinStoreError};
use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::pin::{Change, End, PinTable, PinnedModel, Record, ScopeKey, Set, Version};
use crate::profile::{Identity, ProfileId};
use crate::session::AgentId;
use crate::terms::Mode;

pub use ledger::ledger_store;
pub use sign_ins::sign_in_store;

/// Holds a store to the law. `fresh` makes an empty store.
///
/// # Panics
/// Panics at the first sentence of the law that the store breaks, and names it.
pub async fn pin_store<S: PinStore + 'static>(fresh: impl AsyncFn() -> S) {
    an_unknown_scope_has_no_record(&fresh().await).await;
    what_was_saved_is_loaded_whole(&fresh().await).await;
    scopes_do_not_meet(&fresh().await).await;
    a_write_from_an_old_version_is_refused_and_changes_nothing(&fresh().await).await;
    racing_writers_lose_no_change(Arc::new(fresh().await)).await;
    a_table_is_filled_with_all_that_is_kept(&fresh().await).await;
}

fn chat(name: &str) -> ScopeKey {
    ScopeKey::Session(AgentId::main(), Arc::from(name))
}

fn change(model: &str) -> Change {
    let provider = ProviderId::new("anthropic");
    let id = ProfileId::new("anthropic:wörk \"1\"@x");
    Change::Set(Set {
        model: Some(PinnedModel {
            model: ModelRef::new(provider.clone(), model),
            mode: Mode::Strict,
        }),
        profile: Some(crate::pin::ProfileChoice::Pinned(crate::pin::PinnedProfile {
            identity: Identity::new(Some("acc-1"), Some("me@x.org")),
            id,
            provider,
            mode: Mode::Prefer,
        })),
        // Far ahead: a store may drop what is over.
        end: End::At(Timestamp::from_millis(4_102_444_800_000)),
        by: Arc::from("ann"),
    })
}

fn changed(record: &Record, model: &str) -> Record {
    change(model)
        .apply(record, crate::session::Scope::Session, Timestamp::from_millis(1))
        .expect("setting a model always changes the record")
}

async fn an_unknown_scope_has_no_record(store: &dyn PinStore) {
    let loaded = store.load(&chat("nobody")).await.expect("loading works");
    assert_eq!(loaded, None, "a scope that was never saved has no record");
    assert!(store.load_all().await.expect("loading works").is_empty());
}

async fn a_table_is_filled_with_all_that_is_kept(store: &dyn PinStore) {
    let table = Arc::new(PinTable::default());
    store.fill(&table).await.expect("filling works");
    assert!(table.is_empty(), "a store that has nothing fills in nothing");
    for name in ["a", "b", "c"] {
        let record = changed(&Record::default(), name);
        let key = chat(name);
        store
            .save(&key, &Record::default(), &record)
            .await
            .expect("saving works");
    }
    let mark = store.fill(&table).await.expect("filling works");
    let all = store.load_all().await.expect("loading works");
    assert_eq!((all.len(), table.len()), (3, 3), "all that is kept is filled in");
    for (key, record) in all {
        assert_eq!(table.record(&key).as_deref(), Some(&record), "as it was kept");
    }
    let later = changed(&Record::default(), "later");
    let key = chat("d");
    store
        .save(&key, &Record::default(), &later)
        .await
        .expect("saving works");
    let news = store.news(mark).await.expect("asking works");
    let told = news.records.iter().all(|(changed, _)| *changed == key);
    assert!(told, "what was filled in is no news");
}

async fn what_was_saved_is_loaded_whole(store: &dyn PinStore) {
    let first = changed(&Record::default(), "one/with@odd chars\n");
    let second = changed(&first, "two");
    store
        .save(&chat("c"), &Record::default(), &first)
        .await
        .expect("a first save works");
    store
        .save(&chat("c"), &first, &second)
        .await
        .expect("a second save works");
    let loaded = store.load(&chat("c")).await.expect("loading works");
    assert_eq!(
        loaded.as_ref(),
        Some(&second),
        "every field comes back, history and version too"
    );
    assert_eq!(
        store.load_all().await.expect("loading works"),
        [(chat("c"), second)]
    );
}

async fn scopes_do_not_meet(store: &dyn PinStore) {
    let other = AgentId::new("other").expect("a good id");
    let keys = [
        chat("c"),
        chat("C"),
        ScopeKey::Session(other.clone(), Arc::from("c")),
        ScopeKey::Agent(AgentId::main()),
        ScopeKey::Agent(other),
        ScopeKey::Global,
    ];
    for (n, key) in keys.iter().enumerate() {
        let record = changed(&Record::default(), &format!("m{n}"));
        store
            .save(key, &Record::default(), &record)
            .await
            .expect("saving works");
    }
    for (n, key) in keys.iter().enumerate() {
        let loaded = store.load(key).await.expect("loading works");
        let wanted = changed(&Record::default(), &format!("m{n}"));
        assert_eq!(loaded, Some(wanted), "each scope keeps its own record: {key:?}");
    }
}

async fn a_write_from_an_old_version_is_refused_and_changes_nothing(store: &dyn PinStore) {
    let first = changed(&Record::default(), "one");
    store
        .save(&chat("c"), &Record::default(), &first)
        .await
        .expect("saving works");
    for version in [Version::default(), Version(7)] {
        let from = Record {
            version,
            ..Record::default()
        };
        let late = store
            .save(&chat("c"), &from, &changed(&Record::default(), "late"))
            .await;
        assert!(
            matches!(late, Err(PinStoreError::Conflict(now)) if now == first.version),
            "a write from version {version:?} is told the version that is there: {late:?}"
        );
    }
    let loaded = store.load(&chat("c")).await.expect("loading works");
    assert_eq!(loaded, Some(first), "a refused write leaves the record as it was");
}

async fn racing_writers_lose_no_change<S: PinStore + 'static>(store: Arc<S>) {
    const WRITERS: u64 = 16;
    let write = |n: u64| {
        let store = Arc::clone(&store);
        async move {
            loop {
                let old = store
                    .load(&chat("race"))
                    .await
                    .expect("loading works")
                    .unwrap_or_default();
                let new = changed(&old, &format!("m{n}"));
                match store.save(&chat("race"), &old, &new).await {
                    Ok(()) => return,
                    Err(PinStoreError::Conflict(_)) => tokio::task::yield_now().await,
                    Err(broken) => panic!("saving works: {broken}"),
                }
            }
        }
    };
    let tasks: Vec<_> = (0..WRITERS).map(|n| tokio::spawn(write(n))).collect();
    for task in tasks {
        task.await.expect("a writer ends");
    }
    let last = store
        .load(&chat("race"))
        .await
        .expect("loading works")
        .expect("there is a record");
    assert_eq!(
        last.version,
        Version(WRITERS),
        "each acknowledged change counts once"
    );
}
