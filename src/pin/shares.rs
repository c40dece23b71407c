//! What many say alike is kept once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::record::{OwnWay, PinnedModel, ProfileChoice};

/// What is asked for in a pin, without who, when and for how long. All who ask for the same share one.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct What {
    /// The model, if one was asked for.
    pub model: Option<PinnedModel>,
    /// A choice for each provider for which one was made.
    pub profiles: Box<[ProfileChoice]>,
    /// Whether wider chats are looked at.
    pub own_way: OwnWay,
}

/// How many may be there before it is first looked which of them are still in use.
const FIRST_SWEEP: usize = 1_024;

/// What is in use. What nobody uses any more goes when the pool has doubled: it never holds more than twice what was in
/// use at the last sweep, and then some.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<Pool>);

#[derive(Debug)]
struct Pool {
    whats: HashSet<Arc<What>>,
    sweep_at: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            whats: HashSet::new(),
            sweep_at: FIRST_SWEEP,
        }
    }
}

impl Shares {
    /// The shared one that is the same.
    pub(super) fn share(&self, what: What) -> Arc<What> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pool.whats.get(&what) {
            return Arc::clone(known);
        }
        if pool.whats.len() >= pool.sweep_at {
            pool.whats.retain(|what| Arc::strong_count(what) > 1);
            pool.sweep_at = FIRST_SWEEP.max(2 * pool.whats.len());
        }
        let new = Arc::new(what);
        pool.whats.insert(Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelRef, ProviderId};
    use crate::terms::Mode;

    fn what(n: usize) -> What {
        What {
            model: Some(PinnedModel {
                model: ModelRef::new(ProviderId::new("demo"), &n.to_string()),
                mode: Mode::Prefer,
            }),
            profiles: Box::default(),
            own_way: OwnWay::Inherits,
        }
    }

    #[test]
    fn the_same_is_kept_once_and_what_nobody_uses_goes() {
        let shares = Shares::default();
        let held = shares.share(what(0));
        assert!(Arc::ptr_eq(&held, &shares.share(what(0))));
        for n in 0..10 * FIRST_SWEEP {
            drop(shares.share(what(n)));
            let pool = shares.0.lock().expect("nobody panicked");
            assert!(pool.whats.len() <= FIRST_SWEEP + 1);
        }
        assert!(Arc::ptr_eq(&held, &shares.share(what(0))));
    }

    #[test]
    fn the_more_are_in_use_the_seldomer_it_is_looked_who_is() {
        let shares = Shares::default();
        let held: Vec<Arc<What>> = (0..3 * FIRST_SWEEP).map(|n| shares.share(what(n))).collect();
        let pool = shares.0.lock().expect("nobody panicked");
        assert_eq!((pool.whats.len(), pool.sweep_at), (held.len(), 4 * FIRST_SWEEP));
    }
}
