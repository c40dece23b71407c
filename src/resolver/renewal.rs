//! Sign-ins that end are renewed before they are used.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::credential::Credential;
use crate::outcome::{FailureClass, Outcome};
use crate::profile::ProfileId;
use crate::provide::{RefreshError, Renewal, SignIn};
use crate::secret::Secret;

use super::book::Book;
use super::engine::Resolver;
use super::snapshot::Snapshot;

/// How many requests had to wait for a sign-in to be renewed since the process began. Those that wait for the same renewal
/// count each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renewals {
    /// It was renewed.
    pub renewed: u64,
    /// It could not be.
    pub failed: u64,
}

/// The same, while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    renewed: AtomicU64,
    failed: AtomicU64,
}

/// A credential that is new.
pub(super) struct Renewed(pub(super) Credential);

impl Resolver {
    /// How many requests of this process had to wait for a sign-in to be renewed.
    #[must_use]
    pub fn renewals(&self) -> Renewals {
        let counted = &self.learning().renewals;
        Renewals {
            renewed: counted.renewed.load(Ordering::Relaxed),
            failed: counted.failed.load(Ordering::Relaxed),
        }
    }

    /// Renews a sign-in: because it ends, or because the provider did not take this access token.
    ///
    /// What cannot be renewed any more is disabled until its secret changes, so that nobody asks again with it.
    pub(super) async fn renew(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        profile: &ProfileId,
        rejected: Option<Secret>,
    ) -> Result<Renewed, RefreshError> {
        let impossible = |reason: &str| RefreshError::Impossible {
            profile: profile.clone(),
            reason: reason.to_owned(),
        };
        let Some(refresher) = snapshot.refresher() else {
            return Err(impossible("nothing renews sign-ins here"));
        };
        let Some(facts) = book.fact(profile) else {
            return Err(impossible("it is not there any more"));
        };
        let sign_in = SignIn {
            store: book.store_of(profile),
            profile: profile.clone(),
            provider: facts.provider.clone(),
        };
        let why = rejected.map_or(Renewal::Due, Renewal::Rejected);
        let renewed = refresher.refresh(&sign_in, why).await;
        let counted = &self.learning().renewals;
        let counter = match &renewed {
            Ok(_) => &counted.renewed,
            Err(_) => &counted.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.learning()
            .tell_of_renewal(book.agent(), profile, renewed.as_ref().err());
        match &renewed {
            Ok(_) => {
                snapshot.forget_books();
                self.lanes().clear();
            }
            Err(RefreshError::Transient { .. }) => {}
            Err(_) => {
                let now = self.now();
                let account = book.account(profile);
                let ended = Outcome::Failed {
                    class: FailureClass::AuthPermanent,
                    retry_at: None,
                };
                let learning = self.learning();
                learning.keep(learning.ledger.record(&account, "", ended, now, now));
            }
        }
        renewed.map(Renewed)
    }
}
