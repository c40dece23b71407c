//! The law of ledger stores.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::cooldown::{Alone, Cell, CellKey, Changed, End, TRIAL_LASTS};
use crate::model::ProviderId;
use crate::outcome::FailureClass;
use crate::profile::{AccountId, ProfileId};
use crate::store::{Claim, Claimed, LedgerStore, Trial};

const HOUR: Duration = Duration::from_secs(3600);
/// Now.
const NOW: Timestamp = Timestamp::from_millis(1_770_000_000_000);

/// Holds a store to the law. `fresh` makes an empty store.
///
/// # Panics
/// Panics at the first sentence of the law that the store breaks, and names it.
pub async fn ledger_store<S: LedgerStore + 'static>(fresh: impl AsyncFn() -> S) {
    what_was_merged_is_loaded_whole(&fresh().await).await;
    keys_do_not_meet(&fresh().await).await;
    cells_are_joined_in_any_order_and_any_number_of_times(&fresh).await;
    nothing_is_brought_back_that_was_forgotten(&fresh().await).await;
    a_trial_is_taken_once(&fresh().await).await;
    a_claim_knows_what_others_learned(&fresh().await).await;
    an_early_try_is_taken_once(&fresh().await).await;
    one_of_many_gets_the_trial(Arc::new(fresh().await)).await;
    racing_merges_lose_nothing(Arc::new(fresh().await)).await;
    news_are_complete(&fresh().await).await;
    what_counts_for_nothing_is_swept(&fresh().await).await;
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + seconds * 1000)
}

fn key(name: &str) -> CellKey {
    CellKey {
        account: AccountId::new(&ProviderId::new("anthropic"), None, &ProfileId::new(name)),
        generation: 0,
        model: None,
        class: FailureClass::RateLimit,
    }
}

/// A rest that began and ends so many seconds from now.
fn rest(began: i64, ends: i64) -> Cell {
    Cell {
        count: 1,
        failed_at: Some(at(began)),
        until: End::At(at(ends)),
        ..Cell::default()
    }
}

/// The cell that this process would write, having noted its own trial.
fn claim(name: &str, cell: Cell, trial: Trial) -> Claim {
    let noted = match trial {
        Trial::Due => Cell {
            trial: Some(NOW),
            ..cell
        },
        Trial::Early => Cell {
            early: Some(NOW),
            ..cell
        },
    };
    Claim {
        cells: vec![(key(name), noted)],
        trial,
        alone: Alone::No,
        now: NOW,
        window: 24 * HOUR,
    }
}

async fn all(store: &dyn LedgerStore) -> Changed {
    let mut all = store.load_all().await.expect("loading works");
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

async fn merged(store: &dyn LedgerStore, cells: Changed) -> Changed {
    store.merge(cells).await.expect("merging works")
}

async fn what_was_merged_is_loaded_whole(store: &dyn LedgerStore) {
    assert!(all(store).await.is_empty(), "a fresh store is empty");
    let moment = |ms| Some(Timestamp::from_millis(ms));
    let whole = |until| Cell {
        epoch: 1,
        count: u32::MAX,
        failed_at: moment(2),
        until,
        given: moment(i64::MAX),
        trial: moment(-4),
        early: moment(5),
        pardon: moment(0),
    };
    let mut cells: Changed = vec![
        (key("a"), whole(End::Person)),
        (key("b"), whole(End::At(Timestamp::from_millis(i64::MAX)))),
        (key("c"), whole(End::None)),
        (key("d"), Cell::default()),
    ];
    let told = merged(store, cells.clone()).await;
    assert_eq!(
        told, cells,
        "what was merged is told, in the order of the question"
    );
    cells.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all(store).await, cells, "every field of every cell comes back");
}

async fn keys_do_not_meet(store: &dyn LedgerStore) {
    let odd = [
        "x",
        "X",
        "",
        "=",
        "a|b#c",
        "wörk \"1\"@x\n\0'",
        "-- ; DROP TABLE ledger",
    ];
    let mut keys = Vec::new();
    for name in odd {
        keys.push(key(name));
        keys.push(CellKey {
            model: Some(Box::from(name)),
            ..key("m")
        });
    }
    keys.push(CellKey {
        account: AccountId::kept("anthropic|x"),
        ..key("x")
    });
    for generation in [1, u64::MAX, 1 << 63] {
        keys.push(CellKey {
            generation,
            ..key("x")
        });
    }
    keys.extend(FailureClass::ALL.map(|class| CellKey {
        class,
        ..key("classes")
    }));
    let wanted = |n: usize| Cell {
        epoch: i64::try_from(n).unwrap_or(i64::MAX),
        ..rest(0, 1)
    };
    let mut cells: Changed = keys
        .into_iter()
        .enumerate()
        .map(|(n, key)| (key, wanted(n)))
        .collect();
    merged(store, cells.clone()).await;
    cells.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all(store).await, cells, "each key keeps its own cell");
}

async fn cells_are_joined_in_any_order_and_any_number_of_times<S: LedgerStore>(fresh: &impl AsyncFn() -> S) {
    let told = [
        (key("a"), rest(-60, 30)),
        (
            key("a"),
            Cell {
                count: 3,
                ..rest(-30, 10)
            },
        ),
        (
            key("b"),
            Cell {
                until: End::Person,
                ..rest(-9, 0)
            },
        ),
        (
            key("a"),
            Cell {
                epoch: 7,
                ..rest(-5, 5)
            },
        ),
        (
            key("b"),
            Cell {
                pardon: Some(NOW),
                ..rest(-8, 99)
            },
        ),
    ];
    let one = fresh().await;
    merged(&one, told.to_vec()).await;
    let other = fresh().await;
    for turn in [4, 2, 0, 3, 1, 0, 4] {
        merged(&other, vec![told[turn].clone()]).await;
    }
    assert_eq!(
        all(&one).await,
        all(&other).await,
        "no order and no repetition makes a difference"
    );
    let before = all(&one).await;
    let again = merged(&one, told.to_vec()).await;
    assert_eq!(all(&one).await, before, "merging again changes nothing");
    assert_eq!(
        again[1].1,
        Cell {
            epoch: 7,
            ..rest(-5, 5)
        },
        "the joined cell is told"
    );
}

async fn nothing_is_brought_back_that_was_forgotten(store: &dyn LedgerStore) {
    merged(store, vec![(key("a"), rest(-60, 60))]).await;
    let forgotten = rest(-60, 60).forgotten(NOW);
    merged(store, vec![(key("a"), forgotten)]).await;
    let late = merged(store, vec![(key("a"), rest(-60, 60))]).await;
    assert_eq!(late, [(key("a"), forgotten)], "a late copy brings nothing back");
}

async fn a_trial_is_taken_once(store: &dyn LedgerStore) {
    let over = rest(-60, -1);
    let first = store
        .claim(claim("a", over, Trial::Due))
        .await
        .expect("claiming works");
    let noted = Cell {
        trial: Some(NOW),
        ..over
    };
    assert_eq!(
        first,
        Claimed::Yes(vec![(key("a"), noted)]),
        "the first gets it, though the cell was not kept yet"
    );
    let second = store
        .claim(claim("a", over, Trial::Due))
        .await
        .expect("claiming works");
    assert_eq!(
        second,
        Claimed::No(vec![(key("a"), noted)]),
        "the second learns who has it"
    );
    assert_eq!(all(store).await, [(key("a"), noted)], "a no changes nothing");
    let later = NOW.after(TRIAL_LASTS);
    let after = Claim {
        now: later,
        cells: vec![(
            key("a"),
            Cell {
                trial: Some(later),
                ..over
            },
        )],
        ..claim("a", over, Trial::Due)
    };
    let third = store.claim(after).await.expect("claiming works");
    assert!(
        matches!(third, Claimed::Yes(_)),
        "whoever had it may have gone away: {third:?}"
    );
}

async fn a_claim_knows_what_others_learned(store: &dyn LedgerStore) {
    // A failure that this process has not heard of.
    merged(store, vec![(key("a"), rest(-1, 300))]).await;
    let both = Claim {
        cells: vec![
            (
                key("b"),
                Cell {
                    trial: Some(NOW),
                    ..rest(-60, -1)
                },
            ),
            (
                key("a"),
                Cell {
                    trial: Some(NOW),
                    ..rest(-60, -1)
                },
            ),
        ],
        ..claim("a", rest(-60, -1), Trial::Due)
    };
    let claimed = store.claim(both).await.expect("claiming works");
    assert_eq!(
        claimed,
        Claimed::No(vec![(key("a"), rest(-1, 300))]),
        "what rests again is not tried"
    );
    assert_eq!(
        all(store).await.len(),
        1,
        "of several cells all are taken or none"
    );
    // A success.
    merged(store, vec![(key("a"), rest(-1, 300).forgotten(NOW))]).await;
    let claimed = store
        .claim(claim("a", rest(-60, -1), Trial::Due))
        .await
        .expect("claiming works");
    assert!(
        matches!(claimed, Claimed::Yes(_)),
        "where nothing rests any more, the request may go"
    );
}

async fn an_early_try_is_taken_once(store: &dyn LedgerStore) {
    let near = rest(-60, 60);
    let first = store
        .claim(claim("a", near, Trial::Early))
        .await
        .expect("claiming works");
    assert!(matches!(first, Claimed::Yes(_)), "the first gets it: {first:?}");
    let second = store
        .claim(claim("a", near, Trial::Early))
        .await
        .expect("claiming works");
    assert!(
        matches!(second, Claimed::No(_)),
        "the second does not: {second:?}"
    );
}

async fn one_of_many_gets_the_trial<S: LedgerStore + 'static>(store: Arc<S>) {
    let ask = |_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.claim(claim("a", rest(-60, -1), Trial::Due)).await })
    };
    let mut yes = 0;
    for asked in (0..32).map(ask).collect::<Vec<_>>() {
        let claimed = asked.await.expect("it ends").expect("claiming works");
        yes += usize::from(matches!(claimed, Claimed::Yes(_)));
    }
    assert_eq!(yes, 1, "exactly one of those who ask at once gets the trial");
}

async fn racing_merges_lose_nothing<S: LedgerStore + 'static>(store: Arc<S>) {
    let write = |n: u32| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let own = format!("own {n}");
            let shared = Cell {
                count: n,
                ..rest(i64::from(n), i64::from(31 - n))
            };
            store
                .merge(vec![(key("shared"), shared), (key(&own), rest(0, 1))])
                .await
        })
    };
    for written in (0..32).map(write).collect::<Vec<_>>() {
        written.await.expect("it ends").expect("merging works");
    }
    let kept = all(&*store).await;
    assert_eq!(kept.len(), 33, "each cell of each writer is there");
    let shared = kept
        .iter()
        .find(|(of, _)| *of == key("shared"))
        .map(|(_, cell)| *cell);
    assert_eq!(
        shared,
        Some(Cell {
            count: 31,
            ..rest(31, 31)
        }),
        "and the shared one is all of them joined"
    );
}

async fn news_are_complete(store: &dyn LedgerStore) {
    let nothing = store.news(0).await.expect("asking works");
    assert!(nothing.cells.is_empty());
    merged(store, vec![(key("a"), rest(0, 1)), (key("b"), rest(0, 2))]).await;
    let first = store.news(nothing.mark).await.expect("asking works");
    if first.mark == 0 {
        assert!(first.cells.is_empty(), "a store without marks has no news");
        return;
    }
    assert_eq!(first.cells.len(), 2, "everything is news once");
    merged(store, vec![(key("b"), rest(0, 3))]).await;
    store
        .claim(claim("c", rest(-9, -1), Trial::Due))
        .await
        .expect("claiming works");
    let next = store.news(first.mark).await.expect("asking works");
    let mut told: Vec<_> = next.cells.into_iter().map(|(key, _)| key).collect();
    told.sort();
    assert_eq!(
        told,
        [key("b"), key("c")],
        "merges and claims are news, and nothing else"
    );
    // Nothing that is dropped makes a mark be given twice.
    store.sweep(at(9_000_000), HOUR).await.expect("sweeping works");
    merged(store, vec![(key("d"), rest(0, 4))]).await;
    let last = store.news(next.mark).await.expect("asking works");
    assert_eq!(
        last.cells,
        [(key("d"), rest(0, 4))],
        "what comes after a sweep is news"
    );
}

async fn what_counts_for_nothing_is_swept(store: &dyn LedgerStore) {
    let window = 24 * HOUR;
    let day = 24 * 3600;
    let cells = vec![
        (key("long ago"), rest(-3 * day, -2 * day)),
        (key("forgotten long ago"), rest(0, 0).forgotten(at(-2 * day))),
        (key("forgotten lately"), rest(0, 0).forgotten(at(-60))),
        (key("counts"), rest(-2 * day, -60)),
        (
            key("for ever"),
            Cell {
                until: End::Person,
                ..rest(-900 * day, 0)
            },
        ),
        (key("rests"), rest(-2 * day, 60)),
    ];
    merged(store, cells).await;
    let swept = store.sweep(NOW, window).await.expect("sweeping works");
    assert_eq!(swept, 2, "what is over is dropped");
    let left: Vec<_> = all(store).await.into_iter().map(|(key, _)| key).collect();
    let mut wanted = ["forgotten lately", "counts", "for ever", "rests"].map(key);
    wanted.sort();
    assert_eq!(left, wanted, "and what counts, or keeps old copies away, stays");
    assert_eq!(store.sweep(NOW, window).await.expect("sweeping works"), 0);
}
