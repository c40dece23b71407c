//! The laws of stores, as functions that every backend runs in its own tests.

use std::sync::Arc;

pub use super::audit_law::audit_store;
use super::{Claimed, LedgerStore, PinStore, PinStoreError};
use crate::clock::Timestamp;
use crate::cooldown::{Cell, CellKey, End};
use crate::model::{ModelRef, ProviderId};
use crate::outcome::FailureClass;
use crate::pin::{Change, End as PinEnd, PinnedModel, Record, ScopeKey, Set, Version};
use crate::profile::{AccountId, Identity, ProfileId};
use crate::session::AgentId;
use crate::terms::Mode;

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
        end: PinEnd::At(Timestamp::from_millis(9_000)),
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

async fn what_was_saved_is_loaded_whole(store: &dyn PinStore) {
    let first = changed(&Record::default(), "one/with@odd chars\n");
    let second = changed(&first, "two");
    store
        .save(&chat("c"), Version::default(), &first)
        .await
        .expect("a first save works");
    store
        .save(&chat("c"), first.version, &second)
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
            .save(key, Version::default(), &record)
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
        .save(&chat("c"), Version::default(), &first)
        .await
        .expect("saving works");
    for from in [Version::default(), Version(7)] {
        let late = store
            .save(&chat("c"), from, &changed(&Record::default(), "late"))
            .await;
        assert!(
            matches!(late, Err(PinStoreError::Conflict(now)) if now == first.version),
            "a write from version {from:?} is told the version that is there: {late:?}"
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
                match store.save(&chat("race"), old.version, &new).await {
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

/// Holds a ledger to the law. `fresh` makes an empty store.
///
/// # Panics
/// Panics at the first sentence of the law that the store breaks, and names it.
pub async fn ledger_store<S: LedgerStore + 'static>(fresh: impl AsyncFn() -> S) {
    an_empty_ledger_has_no_cells(&fresh().await).await;
    cells_are_joined_in_any_order(&fresh().await, &fresh().await).await;
    news_are_what_changed(&fresh().await).await;
    a_trial_is_taken_once(Arc::new(fresh().await)).await;
}

fn cell_key(of: &str, class: FailureClass) -> CellKey {
    let provider = ProviderId::new("anthropic");
    CellKey {
        account: AccountId::new(&provider, Some("ann|#'\"@x.org"), &ProfileId::new(of)),
        generation: u64::MAX - 1,
        model: (!of.is_empty()).then(|| Box::from(of)),
        class,
    }
}

fn cell(failed: i64, until: i64) -> Cell {
    Cell {
        count: 1,
        failed_at: Some(Timestamp::from_millis(failed)),
        until: End::At(Timestamp::from_millis(until)),
        ..Cell::default()
    }
}

async fn an_empty_ledger_has_no_cells(store: &dyn LedgerStore) {
    let news = store.cells_since(0).await.expect("asking works");
    assert!(news.cells.is_empty(), "nothing was kept");
}

async fn all(store: &dyn LedgerStore) -> Vec<(CellKey, Cell)> {
    store.settled().await;
    let mut cells = store.cells_since(0).await.expect("asking works").cells;
    cells.sort_by(|(one, _), (other, _)| one.cmp(other));
    cells
}

async fn cells_are_joined_in_any_order(one: &dyn LedgerStore, other: &dyn LedgerStore) {
    let heard = [
        (cell_key("", FailureClass::Billing), cell(1, 9)),
        (cell_key("wörk/m\n1", FailureClass::RateLimit), cell(3, 4)),
        (cell_key("", FailureClass::Billing), cell(2, 7)),
        (
            cell_key("", FailureClass::AuthPermanent),
            Cell {
                until: End::Person,
                epoch: 5,
                ..cell(8, 0)
            },
        ),
        (cell_key("", FailureClass::AuthPermanent), cell(9, 99)),
    ];
    for each in &heard {
        one.keep(vec![each.clone()]);
    }
    for each in heard.iter().rev() {
        other.keep(vec![each.clone(), each.clone()]);
    }
    let kept = all(one).await;
    assert_eq!(
        kept,
        all(other).await,
        "the order in which it is heard means nothing"
    );
    assert_eq!(kept.len(), 3, "each key has one cell");
    let billing = kept.iter().find(|(key, _)| key.class == FailureClass::Billing);
    assert_eq!(
        billing.map(|(_, cell)| *cell),
        Some(cell(2, 9)),
        "cells are joined"
    );
}

async fn news_are_what_changed(store: &dyn LedgerStore) {
    let key = |at: usize| cell_key(&format!("m{at}"), FailureClass::Timeout);
    store.keep((0..3).map(|at| (key(at), cell(1, 2))).collect());
    store.settled().await;
    let mark = store.cells_since(0).await.expect("asking works").mark;
    store.keep(vec![(key(1), cell(5, 6)), (key(2), cell(1, 2))]);
    store.settled().await;
    let news = store.cells_since(mark).await.expect("asking works");
    let keys: Vec<_> = news.cells.iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(keys, [key(1)], "what did not change is no news");
    let again = store.cells_since(news.mark).await.expect("asking works");
    assert!(again.cells.is_empty() && again.mark >= news.mark);
}

async fn a_trial_is_taken_once(store: Arc<dyn LedgerStore>) {
    let window = std::time::Duration::from_secs(3600);
    let key = cell_key("m", FailureClass::RateLimit);
    let now = Timestamp::from_millis(1_000);
    store.keep(vec![(key.clone(), cell(1, 1_000))]);
    let claims = (0..8).map(|_| {
        let (store, key) = (Arc::clone(&store), key.clone());
        tokio::spawn(async move {
            let wanted = Cell {
                trial: Some(now),
                ..cell(1, 1_000)
            };
            let claimed = store.claim(vec![(key, wanted)], now, window).await;
            claimed.expect("asking works") == Claimed::Yes
        })
    });
    let mut taken = 0;
    for claim in claims.collect::<Vec<_>>() {
        taken += usize::from(claim.await.expect("it ends"));
    }
    assert_eq!(taken, 1, "one of many gets the trial");
    // After it has failed, there is another rest, and then another trial.
    let failed = Cell {
        count: 2,
        trial: Some(now),
        ..cell(1_500, 3_000)
    };
    store.keep(vec![(key.clone(), failed)]);
    let claim = |at: i64| {
        let wanted = Cell {
            trial: Some(Timestamp::from_millis(at)),
            ..failed
        };
        store.claim(vec![(key.clone(), wanted)], Timestamp::from_millis(at), window)
    };
    assert!(matches!(claim(2_000).await, Ok(Claimed::No(_))), "it rests");
    assert!(matches!(claim(3_000).await, Ok(Claimed::Yes)), "the rest is over");
}
