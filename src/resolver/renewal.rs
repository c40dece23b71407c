//! Sign-ins that end are renewed before they are used.

use crate::credential::Credential;
use crate::outcome::{FailureClass, Outcome};
use crate::profile::ProfileId;
use crate::provide::{RefreshError, Renewal, SignIn};
use crate::secret::Secret;

use super::book::Book;
use super::engine::Resolver;
use super::snapshot::Snapshot;

/// A credential that is new.
pub(super) struct Renewed(pub(super) Credential);

impl Resolver {
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
        self.learning()
            .tell_of_renewal(book.agent(), profile, renewed.as_ref().err());
        match &renewed {
            Ok(_) => snapshot.forget_books(),
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
