//! How many watch, and that they are let go at the end.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The most watchers at a time. Each costs a look four times a second.
pub(super) const MOST: usize = 64;

/// Everybody who watches.
#[derive(Debug)]
pub(super) struct Watchers {
    places: Arc<Semaphore>,
    over: watch::Sender<bool>,
}

/// A watcher's place; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    over: watch::Receiver<bool>,
}

impl Default for Watchers {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MOST)),
            over: watch::Sender::new(false),
        }
    }
}

impl Watchers {
    /// A place, if there is one.
    pub(super) fn admit(&self) -> Option<Place> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place {
            _place: place,
            over: self.over.subscribe(),
        })
    }

    /// Lets everybody go: whoever watches would watch for ever, and hold up the end.
    pub(super) fn let_go(&self) {
        self.over.send_replace(true);
    }
}

impl Place {
    /// Returns when it is over.
    pub(super) async fn is_over(&mut self) {
        // The sender is gone only when the gateway is.
        let _over = self.over.wait_for(|over| *over).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_given_back_is_there_for_the_next() {
        let watchers = Watchers::default();
        let mut places: Vec<Place> = (0..MOST).map_while(|_| watchers.admit()).collect();
        assert_eq!(places.len(), MOST);
        assert!(watchers.admit().is_none(), "there is no room for one more");
        places.pop();
        assert!(watchers.admit().is_some());
    }
}
