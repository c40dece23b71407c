//! The port of renewal, kept.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::description::{Description, DescriptionError};
use super::errand::{Errand, Unsaved};
use super::fleet::Untold;
use super::flight::{Boarded, Flights};
use super::keeper::Keeper;
use super::renewal::{adopt, renew};
use crate::clock::Clock;
use crate::credential::Credential;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::provide::{Adopted, Concerns, RefreshError, RefreshToken, Renewal, SignIn};
use crate::store::SignInStore;

/// How one signs in at a provider, as of now.
type Describe = dyn Fn(&ProviderId) -> Result<Option<Description>, DescriptionError> + Send + Sync;
type Key = (PathBuf, ProfileId);
/// Where several machines share sign-ins, as soon as that is known.
type Shared = dyn Fn() -> Option<Arc<dyn SignInStore>> + Send + Sync;

/// Renews the sign-ins of credential files.
///
/// A refresh token is sent once: by one task of this process, under a lock that every process of this program takes, and
/// only when the disk knows that it is about to leave. The lock is one of the renewal and of this profile alone
/// (`auth-profiles.json.refresh-….lock`). The store's own lock is taken when the new tokens are written, so that a slow
/// provider holds up nobody who writes the store. Another program does not know our lock; if it renews the same sign-in
/// at that moment, the store is read again after the refusal, and its tokens are used.
///
/// The task is one of the runtime that asks, and outlives whoever asked. When a runtime is about to end, await
/// [`finished`](RefreshToken::finished) first: tokens that were on their way would be lost, and the person would have to sign in again.
///
/// New tokens that cannot be written, because the disk is full, are tried again every two seconds until they are, whether
/// or not anybody asks for them: until then they are in memory alone.
pub struct Refresher {
    describe: Box<Describe>,
    clock: Arc<dyn Clock>,
    flights: Flights<Key, Result<Credential, RefreshError>>,
    unsaved: Unsaved,
    untold: Untold,
    keeper: Keeper,
    shared: Option<Box<Shared>>,
    process: Arc<str>,
}

impl Refresher {
    /// Renews at the providers that `describe` knows; it is asked each time, so that a changed configuration counts.
    #[must_use]
    pub fn new(
        describe: impl Fn(&ProviderId) -> Result<Option<Description>, DescriptionError> + Send + Sync + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            describe: Box::new(describe),
            clock,
            flights: Flights::new(),
            keeper: Keeper::default(),
            unsaved: Arc::new(Mutex::new(HashMap::new())),
            untold: Untold::default(),
            shared: None,
            process: one_of_a_kind(),
        }
    }

    /// The same for one of several machines that share sign-ins: of all of them one renews, and all have what it was given.
    ///
    /// `shared` is asked each time. Where it tells a store, a renewal that cannot ask it sends nothing; one whose token has left
    /// goes on without it, and tells the others when it is back.
    #[must_use]
    pub fn sharing(
        mut self,
        shared: impl Fn() -> Option<Arc<dyn SignInStore>> + Send + Sync + 'static,
    ) -> Self {
        self.shared = Some(Box::new(shared));
        self
    }

    /// What is to be done, for whatever name of the file.
    fn errand(&self, sign_in: &SignIn, why: Renewal) -> Result<Errand, RefreshError> {
        let impossible = |reason: String| RefreshError::Impossible {
            profile: sign_in.profile.clone(),
            reason,
        };
        let at = (self.describe)(&sign_in.provider).map_err(|wrong| impossible(wrong.to_string()))?;
        let at = at.ok_or_else(|| {
            impossible(format!(
                "nothing says where a sign-in of {0} is renewed: set `oauth.{0}` in the configuration",
                sign_in.provider
            ))
        })?;
        // One file, by whatever name: two renewals of it would not know of each other.
        let store = std::fs::canonicalize(&sign_in.store).unwrap_or_else(|_| sign_in.store.clone());
        let shared = self.shared.as_ref().and_then(|shared| shared());
        Ok(Errand {
            sign_in: SignIn {
                store,
                ..sign_in.clone()
            },
            at,
            why,
            clock: self.clock.clone(),
            unsaved: self.unsaved.clone(),
            untold: self.untold.clone(),
            shared: shared.map(|store| (store, Arc::clone(&self.process))),
        })
    }
}

#[async_trait]
impl RefreshToken for Refresher {
    /// Cancelling it cancels nothing but the waiting.
    async fn refresh(&self, sign_in: &SignIn, why: Renewal) -> Result<Credential, RefreshError> {
        let errand = self.errand(sign_in, why.clone())?;
        let key = errand.key();
        loop {
            let errand = errand.clone();
            let (boarded, done) = self.flights.board(key.clone(), || renew(errand.clone())).await;
            if errand.in_hand().is_some() || errand.is_untold() {
                self.keeper.begin(&self.flights, key.clone(), errand);
            }
            let done = done.unwrap_or_else(|| {
                Err(RefreshError::Transient {
                    profile: sign_in.profile.clone(),
                    reason: "it broke off".to_owned(),
                })
            });
            // Who came later may know that just this token is refused, which the first one did not.
            let refused = match (&why, &done) {
                (Renewal::Rejected(refused), Ok(credential)) => {
                    credential.secret().expose() == refused.expose()
                }
                _ => false,
            };
            if boarded == Boarded::First || !refused {
                return done;
            }
        }
    }

    async fn adopt(&self, sign_in: &SignIn, concerns: &Concerns) -> Result<Adopted, RefreshError> {
        if self.shared.is_none() {
            return Ok(Adopted::NotConcerned);
        }
        adopt(&self.errand(sign_in, Renewal::Due)?, concerns).await
    }

    /// One renewal takes as long as the provider does, at most some minutes.
    async fn finished(&self) {
        self.flights.all_landed().await;
    }
}

/// A name that no other process has: 64 bits of chance.
fn one_of_a_kind() -> Arc<str> {
    let chance = getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()));
    Arc::from(format!("{chance:016x}"))
}

impl fmt::Debug for Refresher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresher")
            .field("flights", &self.flights)
            .finish_non_exhaustive()
    }
}
