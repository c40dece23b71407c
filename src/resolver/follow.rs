//! Seeing what other processes change.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::echo::causes;
use crate::store::{LedgerNews, LedgerStore, LedgerUnavailable};

/// How often other processes' changes are looked for. Looking costs two questions to the file system where nothing was
/// changed; with the time that a commit takes, a change is seen well within 100 ms.
const NEWS: Duration = Duration::from_millis(40);

/// Whether to go on following.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// Go on.
    On,
    /// Nobody is there any more who could use the news.
    Over,
}

/// Looks for news again and again, in a task of its own, until `look` says that it is over.
///
/// `look` is given the mark of its last answer, at first `mark`, and tells the next one. The first trouble of a row is
/// logged: `what` of other processes is not seen. Without a Tokio runtime that has a timer nothing is followed.
pub(super) fn follow<L, F, E>(what: &'static str, mark: u64, mut look: L)
where
    L: FnMut(u64) -> F + Send + 'static,
    F: Future<Output = Result<(u64, Followed), E>> + Send,
    E: std::error::Error + Send + 'static,
{
    let Ok(tasks) = tokio::runtime::Handle::try_current() else {
        return;
    };
    tasks.spawn(async move {
        let (mut mark, mut blind) = (mark, false);
        loop {
            tokio::time::sleep(NEWS).await;
            match look(mark).await {
                Ok((_, Followed::Over)) => return,
                Ok((next, Followed::On)) => (mark, blind) = (next, false),
                Err(broken) => {
                    if !blind {
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
    let (store, take) = (Arc::downgrade(store), Arc::new(take));
    follow("failures and rests", mark, move |mark| {
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
