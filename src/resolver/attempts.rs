//! One request, from its first credential to its last.

use crate::clock::Timestamp;
use crate::pin::{Change, Effective, Version};
use crate::profile::ProfileId;
use crate::provide::{ProvideCredential, Wanted};
use crate::session::{Actor, SessionKey};
use crate::store::PinStoreError;

use super::engine::{Question, ResolveError, Resolver};
use super::lease::Lease;
use super::refusal::Refusal;

/// How often a `--once` pin may be snatched away by other requests before this one gives up.
const TRIES: usize = 32;

/// The attempts of one request: each usable credential at most once.
///
/// What is pinned is looked at when the request begins, and holds for all its attempts.
#[derive(Debug)]
pub struct Attempts<'a> {
    resolver: &'a Resolver,
    session: SessionKey,
    actor: Actor,
    tried: Vec<ProfileId>,
    begun: Option<Effective>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(resolver: &'a Resolver, session: &SessionKey, actor: &Actor) -> Self {
        Self {
            resolver,
            session: session.clone(),
            actor: actor.clone(),
            tried: Vec::new(),
            begun: None,
        }
    }

    /// The lease for the first attempt, or for the next one after a failure was reported.
    ///
    /// # Errors
    /// [`ResolveError::Refused`] when nobody is left who can serve.
    pub async fn next(&mut self) -> Result<Lease, ResolveError> {
        let mut snatched = 0;
        loop {
            let snapshot = self.resolver.snapshot();
            let book = snapshot.book(self.session.agent())?;
            let now = self.resolver.now();
            let effective = match &self.begun {
                Some(effective) => effective.clone(),
                None => self
                    .resolver
                    .pins()
                    .table()
                    .effective(&self.session, book.agent(), now),
            };
            let question = Question::new(&self.session, &self.actor);
            let decision = self
                .resolver
                .decide(&snapshot, &book, question, now, effective, &self.tried);
            let profile = decision.verdict.clone()?;
            let (Some(selected), Some(candidate)) = (&decision.selected, decision.chosen()) else {
                return Err(Refusal::NoModel.into());
            };
            let provider = selected.model.provider();
            let wanted = Wanted {
                agent: book.agent(),
                provider,
                profile: &profile,
            };
            let credential = match book.credentials().provide(wanted).await {
                Ok(Some(credential)) => Ok(credential),
                Ok(None) => Err("it is not there any more".to_owned()),
                Err(broken) => Err(broken.reason),
            };
            let credential = match credential {
                Ok(credential) => credential,
                Err(cause) if decision.pinned.is_some() => {
                    return Err(Refusal::CredentialUnavailable { profile, cause }.into());
                }
                Err(cause) => {
                    // Not a failure of the provider: nobody rests for it, and the next candidate is asked.
                    tracing::warn!(%profile, %cause, "credential unavailable");
                    self.tried.push(profile);
                    continue;
                }
            };
            let endpoint = book
                .endpoint(provider)
                .ok_or_else(|| Refusal::NoEndpoint(provider.clone()))?;
            if self.begun.is_none() && !self.spend_once(&decision.effective, now).await? {
                snatched += 1;
                if snatched > TRIES {
                    return Err(PinStoreError::Conflict(Version::default()).into());
                }
                continue;
            }
            self.begun = Some(decision.effective.clone());
            self.tried.push(profile.clone());
            let account = book.account(&profile);
            self.resolver.learning().used.insert(account.clone(), now);
            return Ok(Lease {
                id: self.resolver.next_lease_id(now),
                model: selected.model.clone(),
                source: candidate.source.clone(),
                endpoint,
                credential,
                account,
                agent: book.agent().clone(),
                chat: self.session.chat_shared(),
                learning: std::sync::Arc::clone(self.resolver.learning()),
                profile,
            });
        }
    }

    /// Marks the `--once` pins as used; false if another request was faster, and the decision has to be made again.
    async fn spend_once(&self, effective: &Effective, now: Timestamp) -> Result<bool, ResolveError> {
        for key in &effective.once {
            if self
                .resolver
                .pins()
                .commit(key, &Change::Spend, now)
                .await?
                .is_none()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
