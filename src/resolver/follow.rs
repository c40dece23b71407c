//! Seeing what other processes change.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::echo::causes;
use crate::store::{LedgerNews, LedgerStore, LedgerUnavailable};

/// How often other processes' changes are looked for. Looking costs two questions to the file system where nothing was
/// changed; with the time that a commit takes, a change is seen well within 100 ms.
const NEWS: Duration = Duration::from_millis(40);
/// A store that rings is looked at all the same now and then, to see whether anybody still needs its news.
const STILL_NEEDED: Duration = Duration::from_secs(10);
/// The longest time between two looks at a store that rings and is in trouble: each may be one at everything.
const AGAIN: Duration = Duration::from_millis(320);

/// Whether to go on following.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// Go on.
    On,
    /// Nobody is there any more who could use the news.
    Over,
}

/// Looks for news whenever `bell` rings, or else again and again, in a task of its own, until `look` says that it is over.
///
/// `look` is given the mark of its last answer, at first `mark`, and tells the next one. The first trouble of a row is
/// logged: `what` of other processes is not seen. Without a Tokio runtime that has a timer nothing is followed.
pub(super) fn follow<L, F, E>(what: &'static str, bell: Option<Arc<Notify>>, mark: u64, mut look: L)
where
    L: FnMut(u64) -> F + Send + 'static,
    F: Future<Output = Result<(u64, Followed), E>> + Send,
    E: std::error::Error + Send + 'static,
{
    let Ok(tasks) = tokio::runtime::Handle::try_current() else {
        return;
    };
    tasks.spawn(async move {
        let (mut mark, mut blind, mut again) = (mark, false, NEWS);
        loop {
            match &bell {
                Some(bell) => {
                    let longest = if blind { again } else { STILL_NEEDED };
                    // Either of both is a reason to look.
                    let _rung = tokio::time::timeout(longest, bell.notified()).await;
                }
                None => tokio::time::sleep(NEWS).await,
            }
            match look(mark).await {
                Ok((_, Followed::Over)) => return,
                Ok((next, Followed::On)) => (mark, blind, again) = (next, false, NEWS),
                Err(broken) => {
                    if blind {
                        again = (again * 2).min(AGAIN);
                    } else {
                        tracing::warn!(error = %causes(&broken), "{what} of other processes are not seen");
                    }
                    blind = true;
                }
            }
        }
    });
}

/// Hands on what other processes learn of failures, a moment after they did, until `take` says that it is over or the
/// last copy of the store is dropped. `mark` is that of the news which the ledger was filled from; 0 if it is empty.
///
/// Must be called within a Tokio runtime that has a timer; without a runtime nothing is followed.
pub fn follow_ledger(
    store: &Arc<dyn LedgerStore>,
    mark: u64,
    take: impl Fn(LedgerNews) -> Followed + Send + Sync + 'static,
) {
    let bell = store.bell();
    let (store, take) = (Arc::downgrade(store), Arc::new(take));
    follow("failures and rests", bell, mark, move |mark| {
        let (store, take) = (store.upgrade(), Arc::clone(&take));
        async move {
            let Some(store) = store else {
                return Ok((mark, Followed::Over));
            };
            let told = store.news(mark).await?;
            Ok::<_, LedgerUnavailable>((told.mark, take(told)))
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use thiserror::Error;
    use tokio::sync::mpsc;

    use super::*;

    #[derive(Debug, Error)]
    #[error("it does not answer")]
    struct Away;

    #[tokio::test(start_paused = true)]
    async fn a_store_that_rings_is_looked_at_when_it_rings_and_no_sooner() {
        let (bell, (looked, mut looks)) = (Arc::new(Notify::new()), mpsc::unbounded_channel());
        follow("news", Some(Arc::clone(&bell)), 7, move |mark| {
            let sent = looked.send(mark);
            async move {
                sent.expect("the test goes on");
                Ok::<_, Away>((mark + 1, Followed::On))
            }
        });
        tokio::time::sleep(STILL_NEEDED / 2).await;
        assert!(looks.try_recv().is_err(), "nothing has rung");
        for mark in [7, 8] {
            let rung = tokio::time::Instant::now();
            bell.notify_one();
            assert_eq!(looks.recv().await, Some(mark));
            assert_eq!(rung.elapsed(), Duration::ZERO, "nobody waited for a clock");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_in_trouble_is_looked_at_with_the_old_mark_until_it_answers() {
        let bell = Arc::new(Notify::new());
        let (failures, marks) = (AtomicUsize::new(4), Arc::new(Mutex::new(Vec::new())));
        let (seen, (done, over)) = (Arc::clone(&marks), tokio::sync::oneshot::channel::<()>());
        let done = Mutex::new(Some(done));
        follow("news", Some(Arc::clone(&bell)), 7, move |mark| {
            seen.lock().expect("whole").push(mark);
            let left = failures.load(Ordering::SeqCst);
            failures.store(left.saturating_sub(1), Ordering::SeqCst);
            let told = (left == 0).then(|| done.lock().expect("whole").take());
            async move {
                if left > 0 {
                    return Err(Away);
                }
                drop(told);
                Ok((mark, Followed::Over))
            }
        });
        bell.notify_one();
        let _dropped = over.await;
        assert_eq!(*marks.lock().expect("whole"), [7; 5]);
    }
}
