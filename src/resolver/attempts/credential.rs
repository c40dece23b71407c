//! The credential of a chosen profile, renewed where that is needed.

use crate::credential::Credential;
use crate::outcome::FailureClass;
use crate::profile::ProfileId;
use crate::provide::{ProvideCredential, Wanted};
use crate::terms::Mode;

use crate::resolver::book::Book;
use crate::resolver::deciding::Step;
use crate::resolver::decision::Decision;
use crate::resolver::engine::ResolveError;
use crate::resolver::lease::Lease;
use crate::resolver::refusal::Refusal;
use crate::resolver::renewal::Renewed;
use crate::resolver::snapshot::Snapshot;

use super::Attempts;

impl Attempts<'_> {
    /// The last attempt with a renewed sign-in, if it was one that the provider did not take.
    pub(super) async fn once_more(&mut self) -> Result<Option<Lease>, ResolveError> {
        let refused = {
            let course = self.course();
            course.walk.tried().last().and_then(|tried| tried.class()) == Some(FailureClass::Auth)
        };
        let Some((model, profile, access)) = self.last.take().filter(|_| refused) else {
            return Ok(None);
        };
        let snapshot = self.resolver.snapshot();
        let book = snapshot.book(self.session.agent())?;
        if self.forced.contains(&profile) || !snapshot.can_renew(&book, &profile) {
            return Ok(None);
        }
        self.forced.push(profile.clone());
        let renewed = self
            .resolver
            .renew(&snapshot, &book, &profile, Some(access))
            .await;
        let Ok(Renewed(credential)) = renewed else {
            return Ok(None);
        };
        let book = snapshot.book(self.session.agent())?;
        let Some(begun) = self.begun.clone() else {
            return Ok(None);
        };
        let now = self.resolver.now();
        let steps_in = Some(&model).filter(|model| Some(*model) != begun.selected.as_ref());
        let step = Step {
            model: steps_in,
            ..Step::default()
        };
        let question = self.question();
        let mut decision = self
            .resolver
            .decide(&snapshot, &book, question, now, &begun.effective, step);
        decision.verdict = Ok(profile.clone());
        self.course().walk.renewed();
        Ok(Some(self.lease(&book, &decision, profile, credential, now)?))
    }

    /// The credential of the chosen profile; `None` if it cannot be had and another may be asked.
    pub(super) async fn credential(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        decision: &Decision,
        profile: &ProfileId,
    ) -> Result<Option<Credential>, Refusal> {
        let Some(provider) = decision.provider() else {
            return Err(Refusal::NoModel);
        };
        let wanted = Wanted {
            agent: book.agent(),
            provider,
            profile,
        };
        let mut renewal = None;
        if snapshot.can_renew(book, profile) && book.is_due(profile, decision.now) {
            match self.resolver.renew(snapshot, book, profile, None).await {
                Ok(Renewed(credential)) => return Ok(Some(credential)),
                Err(failed) => renewal = Some(failed),
            }
        }
        let usable = renewal.is_none() || !book.is_stale(profile, decision.now);
        let cause = match (usable, renewal) {
            (false, Some(failed)) => failed.to_string(),
            _ => match book.credentials().provide(wanted).await {
                Ok(Some(credential)) => return Ok(Some(credential)),
                Ok(None) => "it is not there any more".to_owned(),
                Err(broken) => broken.reason,
            },
        };
        tracing::warn!(%profile, %cause, "credential unavailable");
        let strict = decision
            .pinned
            .as_ref()
            .is_some_and(|pinned| pinned.setting.value.mode == Mode::Strict);
        if strict {
            let profile = profile.clone();
            return Err(Refusal::CredentialUnavailable { profile, cause });
        }
        Ok(None)
    }
}
