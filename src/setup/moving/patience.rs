//! Asking again where a server was slow: a chat is told at once that a change was refused, a move has time.

use std::error::Error;
use std::time::Duration;

use crate::store::redis::Trouble;
use crate::store::{LedgerUnavailable, PinStoreError};

/// The waits before something is asked again.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// An error that may come of a server.
pub(super) trait MayPass {
    /// Whether it may be over in a moment.
    fn may_pass(&self) -> bool;
}

impl MayPass for PinStoreError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable(cause) if passes(&**cause))
    }
}

impl MayPass for LedgerUnavailable {
    fn may_pass(&self) -> bool {
        passes(&*self.0)
    }
}

fn passes(cause: &(dyn Error + Send + Sync + 'static)) -> bool {
    cause.downcast_ref::<Trouble>().is_some_and(Trouble::may_pass)
}

/// Asks until there is an answer, or an error that does not pass, or patience is over.
pub(super) async fn patiently<T, E: MayPass>(ask: impl AsyncFn() -> Result<T, E>) -> Result<T, E> {
    for pause in PAUSES {
        match ask().await {
            Err(wrong) if wrong.may_pass() => tokio::time::sleep(pause).await,
            answer => return answer,
        }
    }
    ask().await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Passing(bool);

    impl MayPass for Passing {
        fn may_pass(&self) -> bool {
            self.0
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_asked_again_and_what_stays_is_not() {
        let asked = Cell::new(0);
        let ask = async |passes: bool, well_after: u32| {
            patiently(async || {
                asked.set(asked.get() + 1);
                match asked.get() > well_after {
                    true => Ok(()),
                    false => Err(Passing(passes)),
                }
            })
            .await
        };
        assert_eq!(ask(true, 2).await, Ok(()));
        assert_eq!(asked.replace(0), 3);
        assert_eq!(ask(false, 2).await, Err(Passing(false)));
        assert_eq!(asked.replace(0), 1);
        assert_eq!(ask(true, 99).await, Err(Passing(true)));
        assert_eq!(asked.get(), 6);
    }
}
