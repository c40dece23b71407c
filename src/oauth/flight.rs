//! One task for many who want the same.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Where what comes of a task will be.
type Landing<T> = watch::Receiver<Option<T>>;

/// The tasks that are under way, each by what it is for. It runs to its end whether or not anybody waits for it.
pub(super) struct Flights<K, T>(Arc<Mutex<HashMap<K, Landing<T>>>>);

impl<K, T> Clone for Flights<K, T> {
    /// Another hand on the same tasks.
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// How a caller came to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Boarded {
    /// It was started for this one.
    First,
    /// It was under way.
    Later,
}

impl<K, T> Flights<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(HashMap::new())))
    }

    /// What comes of the task for this; it is started if none is under way. `None` if it broke off.
    pub(super) async fn board<F>(&self, key: K, start: impl FnOnce() -> F) -> (Boarded, Option<T>)
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (boarded, landing) = self.find(key, start);
        (boarded, landed(landing).await)
    }

    fn find<F>(&self, key: K, start: impl FnOnce() -> F) -> (Boarded, Landing<T>)
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut open = self.open();
        if let Some(landing) = open.get(&key) {
            return (Boarded::Later, landing.clone());
        }
        let (tell, landing) = watch::channel(None);
        open.insert(key.clone(), landing.clone());
        drop(open);
        let closed = Closed(self.0.clone(), key);
        let work = start();
        tokio::spawn(async move {
            // Whoever comes after this begins anew, also if the task panics.
            let closed = closed;
            let done = work.await;
            drop(closed);
            let _nobody_waits = tell.send(Some(done));
        });
        (Boarded::First, landing)
    }

    /// Returns when nothing is under way.
    pub(super) async fn all_landed(&self) {
        loop {
            let next = self.open().values().next().cloned();
            match next {
                Some(landing) => drop(landed(landing).await),
                None => return,
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<K, Landing<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn landed<T: Clone>(mut landing: Landing<T>) -> Option<T> {
    let landed = landing.wait_for(Option::is_some).await.ok()?;
    landed.clone()
}

struct Closed<K: Eq + Hash, T>(Arc<Mutex<HashMap<K, Landing<T>>>>, K);

impl<K: Eq + Hash, T> Drop for Closed<K, T> {
    fn drop(&mut self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
    }
}

impl<K, T> fmt::Debug for Flights<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn everybody_gets_what_one_task_brought_and_nobody_is_needed_for_it() {
        let flights: Arc<Flights<&str, u32>> = Arc::new(Flights::new());
        let started = Arc::new(AtomicU32::new(0));
        let (go, wait) = oneshot::channel::<()>();
        let count = started.clone();
        let first = flights.find("a", || async move {
            count.fetch_add(1, Ordering::SeqCst);
            let _gone = wait.await;
            7
        });
        drop(first);
        let callers: Vec<_> = (0..50).map(|_| flights.find("a", || async { 8 })).collect();
        let other = flights.board("b", || async { 9 }).await;
        assert_eq!(other, (Boarded::First, Some(9)));
        go.send(()).unwrap();
        for (boarded, landing) in callers {
            assert_eq!((boarded, landed(landing).await), (Boarded::Later, Some(7)));
        }
        flights.all_landed().await;
        assert_eq!(started.load(Ordering::SeqCst), 1);
        assert_eq!(flights.board("a", || async { 8 }).await.1, Some(8));
    }

    #[tokio::test]
    async fn a_task_that_panics_leaves_nobody_waiting() {
        let flights: Flights<&str, u32> = Flights::new();
        let broken = flights.board("a", || async { panic!("as arranged") }).await;
        assert_eq!(broken.1, None);
        assert_eq!(flights.board("a", || async { 1 }).await.1, Some(1));
    }
}
