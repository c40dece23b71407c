//! `/model status` and `/model why`.

use indexmap::IndexSet;

use crate::audit::Kind;
use crate::model::ProviderId;
use crate::order::{Reason, Source};
use crate::profile::ProfileId;
use crate::resolver::{About, Decision, Found, Question};
use crate::view::{Body, Candidate, LastRequest, Mark, ProviderStatus, Refusal, State, Status, Why};

use super::outlook::{excluded_state, next, selection, state};
use super::{Desk, Errand};

impl Desk {
    pub(super) fn status(&self, errand: Errand<'_>) -> Result<Body, Refusal> {
        let Some(decision) = self.outlook(errand) else {
            return Err(self.broken(errand));
        };
        let catalog = errand.book.catalog();
        let default = catalog.default_model().map(|model| errand.named(model));
        let current = decision.provider().cloned();
        let with_profiles = errand
            .book
            .facts()
            .iter()
            .filter(|facts| errand.may_see(&facts.id));
        let providers: IndexSet<ProviderId> = current
            .iter()
            .cloned()
            .chain(
                catalog
                    .providers()
                    .into_iter()
                    .filter(|provider| errand.can_use(provider, decision.now))
                    .cloned(),
            )
            .chain(with_profiles.map(|facts| facts.provider.clone()))
            .collect();
        let providers = providers
            .into_iter()
            .map(|provider| {
                let about = if Some(&provider) == current.as_ref() {
                    Some(decision.clone())
                } else {
                    self.about_provider(errand, &provider)
                };
                ProviderStatus {
                    endpoint: errand.book.shown_endpoint(&provider),
                    candidates: about
                        .map(|about| {
                            self.candidates(errand, &about, &provider, Some(&provider) == current.as_ref())
                        })
                        .unwrap_or_default(),
                    provider,
                }
            })
            .collect();
        Ok(Body::Status(Box::new(Status {
            selection: selection(errand, &decision),
            default,
            agent: errand.book.agent().clone(),
            store: errand.book.store_path().to_owned(),
            providers,
            next: Some(next(errand, &decision)),
        })))
    }

    pub(super) fn why(&self, errand: Errand<'_>) -> Result<Body, Refusal> {
        let Some(decision) = self.outlook(errand) else {
            return Err(self.broken(errand));
        };
        let Some(provider) = decision.provider().cloned() else {
            return Err(Refusal::NoModel);
        };
        Ok(Body::Why(Box::new(Why {
            selection: selection(errand, &decision),
            basis: decision.ranking.basis,
            candidates: self.candidates(errand, &decision, &provider, true),
            next: next(errand, &decision),
            last: self.last(errand),
        })))
    }

    /// The last request of the chat, unless a profile is in it that the reader may not see.
    fn last(&self, errand: Errand<'_>) -> Option<LastRequest> {
        let chat = errand.session.chat();
        let record = self.resolver.last_request(errand.book.agent(), chat)?;
        let Kind::Decision(decision) = &record.kind else {
            return None;
        };
        let seen = decision.attempts.iter().all(|one| errand.may_see(&one.profile));
        let asked = decision.requested.profile.as_ref();
        let seen = seen && asked.is_none_or(|id| errand.may_see(id));
        seen.then(|| LastRequest {
            at: record.at,
            told: (**decision).clone(),
        })
    }

    fn broken(&self, errand: Errand<'_>) -> Refusal {
        let question = Question::new(errand.session, errand.actor);
        let cause = match self.resolver.explain(question) {
            Err(broken) => broken.to_string(),
            Ok(_) => "it was changed just now".to_owned(),
        };
        Refusal::Broken {
            cause,
            at: self.resolver.now(),
        }
    }

    /// A provider that the chat does not use now.
    fn about_provider(&self, errand: Errand<'_>, provider: &ProviderId) -> Option<Decision> {
        let question = Question {
            about: About::Provider(provider),
            ..Question::new(errand.session, errand.actor)
        };
        self.resolver.explain(question).ok()
    }

    /// The candidates as lines, those that the sender may not see left out.
    fn candidates(
        &self,
        errand: Errand<'_>,
        decision: &Decision,
        provider: &ProviderId,
        current: bool,
    ) -> Vec<Candidate> {
        let chosen = decision.verdict.as_ref().ok().filter(|_| current);
        let pinned = decision.pinned.as_ref().map(|pinned| &pinned.setting.value.id);
        let served = self.resolver.last_good(errand.book.agent(), provider);
        let last_good = served.as_ref().or(errand.book.last_good(provider));
        let line = |id: &ProfileId, reason: Reason, until, state| {
            let facts = errand.book.fact(id);
            let mut marks = Vec::new();
            for (is, mark) in [
                (chosen == Some(id), Mark::Next),
                (pinned == Some(id), Mark::Pinned),
                (last_good == Some(id), Mark::LastGood),
            ] {
                if is {
                    marks.push(mark);
                }
            }
            let source = facts
                .map(|facts| &facts.source)
                .filter(|source| **source != Source::Store);
            Candidate {
                profile: id.clone(),
                kind: facts.and_then(|facts| facts.kind),
                account: errand.book.email(id).map(str::to_owned),
                expires: facts.and_then(|facts| match facts.expires {
                    crate::order::Expiry::At(at) if !facts.refreshable => Some(at),
                    _ => None,
                }),
                state,
                marks,
                handle: errand.book.handle(id),
                source: source.map(ToString::to_string),
                reason: reason.as_str(),
                until,
            }
        };
        let tried = decision.ranking.candidates.iter().map(|candidate| {
            let state = state(candidate);
            line(&candidate.profile, candidate.reason, candidate.until, state)
        });
        let left_out = decision.ranking.excluded.iter();
        let left_out = left_out.map(|out| line(&out.profile, out.reason, None, excluded_state(out.reason)));
        // A pinned profile that is gone is in no list, and is told all the same.
        let gone = decision
            .pinned
            .iter()
            .filter(|pinned| pinned.found == Found::No)
            .map(|pinned| &pinned.setting.value.id)
            .filter(|id| {
                let ranking = &decision.ranking;
                ranking.excluded.iter().all(|out| out.profile != **id)
                    && ranking.candidates.iter().all(|one| one.profile != **id)
            });
        let gone = gone.map(|id| line(id, Reason::Missing, None, State::Missing));
        tried
            .chain(left_out)
            .chain(gone)
            .filter(|candidate| errand.may_see(&candidate.profile))
            .collect()
    }
}
