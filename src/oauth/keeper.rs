//! New tokens that the store would not take are brought to it again, until it takes them; and to the other machines, when they
//! can be told again.
//!
//! Nobody may ask for them meanwhile: what is on disk says that their predecessor may be used up, so the sign-in is passed
//! over, and only what is in memory here can mend that.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::errand::Errand;
use super::flight::Flights;
use super::renewal::{adopt, renew};
use crate::credential::Credential;
use crate::profile::ProfileId;
use crate::provide::{RefreshError, Renewal};

/// How long a full disk is left alone.
const AGAIN: Duration = Duration::from_secs(2);
/// How long other machines are left alone that cannot be told.
const TELL: Duration = Duration::from_millis(250);

type Key = (PathBuf, ProfileId);
type Renewals = Flights<Key, Result<Credential, RefreshError>>;

/// Those who come again with tokens, at most one for each sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Keeper(Arc<Mutex<HashSet<Key>>>);

impl Keeper {
    /// Begins to come again for a sign-in, if nobody does. It is a task of the runtime that asks, and ends when the tokens
    /// are written, when somebody else has renewed the sign-in, or when it is gone.
    pub(super) fn begin(&self, flights: &Renewals, key: Key, errand: Errand) {
        if !self.with(|keys| keys.insert(key.clone())) {
            return;
        }
        let (keeper, flights) = (self.clone(), flights.clone());
        tokio::spawn(async move {
            loop {
                if errand.in_hand().is_none() {
                    if !errand.is_untold() {
                        break;
                    }
                    tokio::time::sleep(TELL).await;
                    // What goes wrong is met again at the next time.
                    let _later = adopt(&errand, &|_| true).await;
                    continue;
                }
                tokio::time::sleep(AGAIN).await;
                // Nobody refused the new token: what is in hand is kept, and nothing is asked for again.
                let again = Errand {
                    why: Renewal::Due,
                    ..errand.clone()
                };
                match flights.board(key.clone(), || renew(again)).await {
                    (_, Some(Err(RefreshError::Transient { .. })) | None) => {}
                    _ => break,
                }
            }
            keeper.with(|keys| keys.remove(&key));
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashSet<Key>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
