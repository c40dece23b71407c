//! The decision: facts gathered, rules asked, nothing changed.

use std::cell::OnceCell;

use crate::access::{Act, Rules};
use crate::audit::Requested;
use crate::clock::Timestamp;
use crate::config::Cost;
use crate::cooldown::Standing;
use crate::model::{ModelRef, ProviderId};
use crate::order::{self, Basis, ProfileFacts, Ranking};
use crate::pin::{Affinity, Effective};
use crate::profile::ProfileId;
use crate::session::{Actor, AgentId, Scope, SessionKey};
use crate::terms::Mode;

use super::book::{Book, BookError};
use super::decision::{self, Decision, Field, Found, PinnedNow, Preference, Selected, Trial};
use super::engine::{About, Question, Resolver};
use super::fence::Gate;
use super::refusal::Refusal;
use super::snapshot::Snapshot;
use super::walk::{Turn, Walk};

/// Stands for every model of a provider; no model is named so.
const ANY: &str = "*";

impl Resolver {
    /// The decision for a request, with every candidate explained. Asking changes nothing.
    ///
    /// Where the selected model cannot be served, [`Decision::instead`] is the decision for the model that steps in.
    ///
    /// # Errors
    /// [`BookError`] if there is no such agent or its credentials cannot be read. That nobody can serve is no error but
    /// the decision's verdict.
    pub fn explain(&self, question: Question<'_>) -> Result<Decision, BookError> {
        let snapshot = self.snapshot();
        let book = snapshot.book(question.session.agent())?;
        let now = question.now.unwrap_or_else(|| self.now());
        let effective = self.pins().table().effective(question.session, book.agent(), now);
        let at = |step: Step<'_>| self.decide(&snapshot, &book, question, now, &effective, step);
        let mut first = at(Step::default());
        if first.verdict.is_ok() {
            return Ok(first);
        }
        let steps_in = first.lets_others_step_in();
        let mut walk = match question.about {
            About::Selection if !steps_in => return Ok(first),
            About::Selection => Walk::new(models(&book, &first)),
            About::Model(_) | About::Provider(_) => Walk::new(None),
        };
        let mut left = first.left.clone();
        walk.pass();
        let last = at(Step {
            resort: Resort::Last,
            ..Step::default()
        });
        loop {
            let (model, resort) = match walk.turn() {
                Turn::Model(model) => (model.clone(), Resort::Next),
                Turn::LastResort(model) => (model.clone(), Resort::Last),
                Turn::Nobody | Turn::Over(_) => break,
            };
            if Some(&model) == first.model() {
                if last.verdict.is_ok() {
                    return Ok(last);
                }
            } else {
                let next = at(Step {
                    model: Some(&model),
                    left: left.as_ref(),
                    resort,
                    ..Step::default()
                });
                if next.verdict.is_ok() {
                    first.instead = Some(Box::new(next));
                    return Ok(first);
                }
                left = left.or(next.left);
            }
            walk.pass();
        }
        Ok(match question.about {
            About::Selection => first,
            About::Model(_) | About::Provider(_) if last.verdict.is_ok() => last,
            About::Model(_) | About::Provider(_) => first,
        })
    }

    pub(super) fn decide(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        question: Question<'_>,
        now: Timestamp,
        effective: &Effective,
        step: Step<'_>,
    ) -> Decision {
        let selected = match step.model {
            Some(model) => Some(Selected {
                model: model.clone(),
                pinned: None,
                mode: Mode::Prefer,
            }),
            None => select(book, question, effective),
        };
        let mut decision = Decision {
            agent: book.agent().clone(),
            now,
            effective: effective.clone(),
            pinned: None,
            ranking: decision::nothing(),
            verdict: Err(Refusal::NoModel),
            crossing: None,
            left: None,
            trial: Trial::No,
            instead: None,
            selected,
        };
        let Some(model) = decision.model().cloned() else {
            return decision;
        };
        let provider = model.provider();
        decision.pinned = decision::pinned_now(effective, provider, book.identities());
        let pinned = decision.pinned.as_ref();
        let mut ranking = self.rank(snapshot, book, question, now, &model, pinned);
        let stale = |id: &ProfileId| book.is_stale(id, now) && !snapshot.can_renew(book, id);
        let spent = |id: &ProfileId| step.tried.contains(id) || stale(id);
        let named = pinned
            .filter(|pinned| pinned.found == Found::Yes)
            .map(|pinned| &pinned.setting.value.id)
            .or(question.preferred);
        let gate = Gate {
            book,
            order: match ranking.basis {
                Basis::StoredOrder => book.stored_order(provider),
                Basis::ConfigOrder => book.config_order(provider),
                Basis::ConfigProfiles | Basis::Store => None,
            },
            spent: &spent,
            pinned: named,
            of_model: book
                .catalog()
                .entry(&model)
                .and_then(|entry| entry.auth_profile.as_ref()),
            left: step.left,
            stopped: OnceCell::new(),
        };
        gate.close(&mut ranking);
        decision.verdict = known(book, &model, question, step).and_then(|()| {
            let field = Field {
                agent: book.agent(),
                provider,
                store: book.store_path(),
                ranking: &ranking,
                pinned,
                tried: step.tried,
                stale: &stale,
                may: &|id| may_spend(snapshot.rules(), question.actor, id),
                early: &|id| {
                    let open = gate.from(&ranking, id).is_none() || gate.crossing(&ranking, id).is_some();
                    step.resort == Resort::Last && open && self.early(book, &model, id, now)
                },
                crossing: &|id| gate.from(&ranking, id),
            };
            field.choose()
        });
        decision.crossing = decision
            .verdict
            .as_ref()
            .ok()
            .and_then(|to| gate.crossing(&ranking, to));
        decision.trial = match &decision.verdict {
            Ok(id) if self.is_trial(book, &model, id, now) => Trial::Yes,
            _ => Trial::No,
        };
        let subscribed = |id: &ProfileId| gate.cost(id) == Cost::Subscription;
        decision.left = ranking
            .candidates
            .iter()
            .map(|candidate| &candidate.profile)
            .find(|id| subscribed(id))
            .cloned();
        decision.ranking = ranking;
        decision
    }

    /// Whether a request with this profile finds out whether a failure is over.
    fn is_trial(&self, book: &Book, model: &ModelRef, id: &ProfileId, now: Timestamp) -> bool {
        let (account, told) = (book.account(id), book.told(id));
        let alone = book.alone(model.provider());
        let ledger = &self.learning().ledger;
        let (standing, _) = ledger.standing(&account, model.model(), &told, alone, now);
        standing != Standing::Clear
    }

    /// Whether a resting profile may be tried, because nobody else can serve.
    fn early(&self, book: &Book, model: &ModelRef, id: &ProfileId, now: Timestamp) -> bool {
        let (account, told) = (book.account(id), book.told(id));
        let ledger = &self.learning().ledger;
        ledger.may_be_tried_early(&account, model.model(), &told, now)
    }

    fn rank(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        question: Question<'_>,
        now: Timestamp,
        model: &ModelRef,
        pinned: Option<&PinnedNow>,
    ) -> Ranking {
        let facts = self.facts(book, model, now);
        let may = |id: &ProfileId| may_spend(snapshot.rules(), question.actor, id);
        let rank = |preferred: &[ProfileId]| {
            order::rank(&order::Ask {
                provider: model.provider(),
                profiles: &facts,
                stored_order: book.stored_order(model.provider()),
                config_order: book.config_order(model.provider()),
                config_profiles: book.declared(),
                preferred,
                allowed: &may,
                now,
            })
        };
        let own = book
            .catalog()
            .entry(model)
            .and_then(|entry| entry.auth_profile.clone());
        let preference = Preference {
            pinned: pinned
                .filter(|pinned| pinned.found == Found::Yes)
                .map(|pinned| pinned.setting.value.id.clone())
                .or(question.preferred.cloned()),
            affinity: self.affinity(question.session, book.agent(), model.provider()),
            of_model: own,
        };
        preference.rank(&rank)
    }

    fn affinity(&self, session: &SessionKey, agent: &AgentId, provider: &ProviderId) -> Option<Affinity> {
        self.learning()
            .affinities
            .of(agent, &session.chat_shared(), provider)
    }

    /// What the files tell of each profile, with what we have learned since laid over it.
    fn facts(&self, book: &Book, model: &ModelRef, now: Timestamp) -> Vec<ProfileFacts> {
        let alone = book.alone(model.provider());
        let learned = |mut facts: ProfileFacts| {
            if facts.provider == *model.provider() {
                let account = book.account(&facts.id);
                let used = self.learning().used.look(&account, |at| at.last()).flatten();
                facts.last_used = facts.last_used.max(used);
                let told = book.told(&facts.id);
                facts.rest = self
                    .learning()
                    .ledger
                    .rest(&account, model.model(), &told, alone, now);
            }
            facts
        };
        book.facts().iter().cloned().map(learned).collect()
    }
}

pub(super) fn may_spend(rules: &Rules, actor: &Actor, id: &ProfileId) -> bool {
    rules.may(actor, Act::Spend, Scope::Session, Some(id))
}

fn select(book: &Book, question: Question<'_>, effective: &Effective) -> Option<Selected> {
    let asked = match question.about {
        About::Selection => None,
        About::Model(model) => Some(model.clone()),
        About::Provider(provider) => Some(ModelRef::new(provider.clone(), ANY)),
    };
    if let Some(model) = asked {
        return Some(Selected {
            model,
            pinned: None,
            mode: Mode::Prefer,
        });
    }
    if let Some(setting) = &effective.model {
        return Some(Selected {
            model: setting.value.model.clone(),
            pinned: Some(setting.scope()),
            mode: setting.value.mode,
        });
    }
    let unpinned = question.wished.or_else(|| book.catalog().default_model());
    unpinned.map(|model| Selected {
        model: model.clone(),
        pinned: None,
        mode: Mode::Prefer,
    })
}

/// What a request asks for, for the record.
pub(super) fn requested(decision: &Decision) -> Requested {
    Requested {
        model: decision.model().cloned(),
        profile: decision
            .pinned
            .as_ref()
            .map(|pinned| pinned.setting.value.id.clone()),
        pinned: decision.selected.as_ref().and_then(|selected| selected.pinned),
    }
}

/// The models of a request: the selected one, the fallbacks, the default; a strict one alone.
pub(super) fn models(book: &Book, decision: &Decision) -> Vec<ModelRef> {
    let Some(selected) = &decision.selected else {
        return Vec::new();
    };
    let selected_first = std::iter::once(&selected.model);
    match selected.mode {
        Mode::Strict => selected_first.cloned().collect(),
        Mode::Prefer => selected_first
            .chain(book.fallbacks())
            .chain(book.catalog().default_model())
            .cloned()
            .collect(),
    }
}

/// Whether the model is still in the catalogue, on the allowlist, and can be reached. What the configuration itself names
/// to step in needs no place on the list of what people may choose.
fn known(book: &Book, model: &ModelRef, question: Question<'_>, step: Step<'_>) -> Result<(), Refusal> {
    if matches!(question.about, About::Provider(_)) {
        return Ok(());
    }
    let catalog = book.catalog();
    if catalog.entry(model).is_none() {
        return Err(Refusal::ModelGone(model.clone()));
    }
    if let Some(rule) = catalog.refusal(model).filter(|_| step.model.is_none()) {
        return Err(Refusal::ModelNotAllowed {
            model: model.clone(),
            rule: rule.to_owned(),
        });
    }
    let Some(endpoint) = book.endpoint(model.provider()) else {
        return Err(Refusal::NoEndpoint(model.provider().clone()));
    };
    if !question.written_for.is_empty() && !question.written_for.contains(&endpoint.api) {
        return Err(Refusal::OtherApi {
            model: model.clone(),
            api: endpoint.api,
        });
    }
    Ok(())
}

/// Where a request stands on its way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Step<'a> {
    /// The model that steps in for the selected one.
    pub(super) model: Option<&'a ModelRef>,
    /// Those that were asked for it already.
    pub(super) tried: &'a [ProfileId],
    /// A subscription that could not serve the models before it.
    pub(super) left: Option<&'a ProfileId>,
    pub(super) resort: Resort,
}

/// Whether resting profiles may be tried near their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Resort {
    #[default]
    Next,
    Last,
}
