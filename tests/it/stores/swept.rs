//! What counts for nothing any more goes by itself, so that no store grows for ever.

use std::sync::Arc;
use std::time::Duration;

use modelpin::ModelPin;
use modelpin::clock::{ManualClock, Timestamp};
use modelpin::cooldown::{Cell, CellKey, End};
use modelpin::model::ProviderId;
use modelpin::outcome::FailureClass;
use modelpin::profile::{AccountId, ProfileId};
use modelpin::resolver::Kept;
use modelpin::store::LedgerStore;
use modelpin::store::memory::{MemoryLedger, MemoryPins};

const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);
const DAY: i64 = 24 * 3_600_000;

/// A failure so many milliseconds from now, with a rest of a minute behind it.
fn failure(name: &str, from_now: i64) -> (CellKey, Cell) {
    let key = CellKey {
        account: AccountId::new(&ProviderId::new("demo"), None, &ProfileId::new(name)),
        generation: 0,
        model: None,
        class: FailureClass::RateLimit,
    };
    let at = |ms| Timestamp::from_millis(NOW.as_millis() + ms);
    let cell = Cell {
        count: 1,
        failed_at: Some(at(from_now)),
        until: End::At(at(from_now + 60_000)),
        ..Cell::default()
    };
    (key, cell)
}

/// Waits, in time that does not pass, until so many cells are there; tells how many were.
async fn until(ledger: &MemoryLedger, count: usize) -> usize {
    let mut there = usize::MAX;
    for _ in 0..100 {
        there = ledger.load_all().await.expect("loading works").len();
        if there == count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    there
}

#[tokio::test(start_paused = true)]
async fn what_counts_for_nothing_goes_at_the_start_and_every_hour() {
    let ledger = Arc::new(MemoryLedger::default());
    let cells = vec![failure("old", -30 * DAY), failure("new", -60_000)];
    ledger.merge(cells).await.expect("merging works");
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("modelpin.json"), "{}").expect("written");
    let clock = Arc::new(ManualClock::new(NOW));
    let kept = Kept {
        ledger: Arc::clone(&ledger) as _,
        ..Kept::default()
    };
    let modelpin = ModelPin::builder()
        .state_dir(dir.path())
        .without_environment()
        .pin_store(Arc::new(MemoryPins::default()))
        .kept(kept)
        .clock(Arc::clone(&clock) as _)
        .build()
        .await
        .expect("it builds");
    assert_eq!(until(&ledger, 1).await, 1, "the old one went, the new one counts");
    clock.advance(Duration::from_secs(3_599));
    let stays = until(&ledger, 0).await;
    assert_eq!(stays, 1, "it counts, and the hour is not over");
    clock.advance(Duration::from_secs(40 * 24 * 3_600));
    assert_eq!(until(&ledger, 0).await, 0);
    drop(modelpin);
}
