//! Pickers: which models there are to choose from.

use std::collections::HashMap;

use crate::catalog::Entry;
use crate::model::{ModelRef, ProviderId};
use crate::order::Reason;
use crate::picker::{Choice, Picker, ProfileOption, Standing, Usability};
use crate::resolver::{About, Decision, Question};
use crate::similar::nearest;
use crate::view::{Body, Occasion, PickerView, Refusal};

use super::outlook::selection;
use super::{Desk, Errand};

impl Desk {
    /// `/model`, `/model list`: all models, or one provider's.
    pub(super) fn list(
        &self,
        errand: Errand<'_>,
        provider: Option<&str>,
        page: Option<u16>,
    ) -> Result<Body, Refusal> {
        let catalog = errand.book.catalog();
        let wanted = provider.map(|written| one_of(errand, written)).transpose()?;
        let models: Vec<ModelRef> = catalog
            .selectable()
            .map(|entry| entry.model.clone())
            .filter(|model| wanted.as_ref().is_none_or(|wanted| wanted == model.provider()))
            .collect();
        let now = self.outlook(errand);
        let picker = self.build(errand, &models, now.as_ref());
        let current = current_page(&picker);
        let page = match page {
            Some(page) => usize::from(page),
            None if provider.is_none() => current,
            None => 1,
        };
        if page > picker.pages() {
            return Err(Refusal::NoSuchPage {
                page,
                pages: picker.pages(),
            });
        }
        Ok(self.show(errand, picker, page, now.as_ref(), Occasion::Asked))
    }

    /// A picker of some models, because a name means several.
    pub(super) fn picker_of(&self, errand: Errand<'_>, models: &[ModelRef], occasion: Occasion) -> Body {
        let now = self.outlook(errand);
        let picker = self.build(errand, models, now.as_ref());
        self.show(errand, picker, 1, now.as_ref(), occasion)
    }

    /// A fresh picker of everything.
    pub(super) fn whole_picker(&self, errand: Errand<'_>, occasion: Occasion) -> Body {
        let all: Vec<ModelRef> = errand
            .book
            .catalog()
            .selectable()
            .map(|entry| entry.model.clone())
            .collect();
        self.picker_of(errand, &all, occasion)
    }

    fn show(
        &self,
        errand: Errand<'_>,
        picker: Picker,
        page: usize,
        now: Option<&Decision>,
        occasion: Occasion,
    ) -> Body {
        self.shown.remember(errand.session, errand.book.agent(), &picker);
        Body::Picker(PickerView {
            picker,
            page,
            selection: now.and_then(|decision| selection(errand, decision)),
            occasion,
        })
    }

    fn build(&self, errand: Errand<'_>, models: &[ModelRef], now: Option<&Decision>) -> Picker {
        let current = now.and_then(|decision| decision.selected.as_ref());
        let mut without: HashMap<ProviderId, bool> = HashMap::new();
        let choices = models
            .iter()
            .map(|model| {
                let bare = *without
                    .entry(model.provider().clone())
                    .or_insert_with(|| !errand.can_use(model.provider()));
                let decision = (!bare).then(|| self.about(errand, model)).flatten();
                Choice {
                    number: 0,
                    alias: errand
                        .book
                        .catalog()
                        .entry(model)
                        .and_then(|entry: &Entry| entry.alias.clone()),
                    standing: if current.is_some_and(|current| current.model == *model) {
                        Standing::Current
                    } else {
                        Standing::Other
                    },
                    usability: decision.as_ref().map_or(Usability::NoCredential, usability),
                    profiles: decision
                        .as_ref()
                        .map(|decision| options(errand, decision))
                        .unwrap_or_default(),
                    model: model.clone(),
                }
            })
            .collect();
        Picker::new(choices, errand.book.catalog().generation())
    }

    fn about(&self, errand: Errand<'_>, model: &ModelRef) -> Option<Decision> {
        let question = Question {
            about: About::Model(model),
            ..Question::new(errand.session, errand.actor)
        };
        self.resolver.explain(question).ok()
    }
}

fn current_page(picker: &Picker) -> usize {
    let at = picker
        .choices()
        .iter()
        .position(|choice| choice.standing == Standing::Current);
    at.map_or(1, |at| at / crate::picker::PAGE + 1)
}

/// A provider that the catalogue has.
fn one_of(errand: Errand<'_>, written: &str) -> Result<ProviderId, Refusal> {
    let wanted = ProviderId::new(written);
    let providers = errand.book.catalog().providers();
    if providers.contains(&&wanted) {
        return Ok(wanted);
    }
    let names = providers.iter().map(|provider| provider.as_str());
    Err(Refusal::UnknownProvider {
        written: written.to_owned(),
        near: nearest(written, names, 3)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    })
}

/// Whether a model can be served: by anybody, whatever is pinned.
fn usability(decision: &Decision) -> Usability {
    let candidates = &decision.ranking.candidates;
    if candidates.is_empty() {
        return Usability::NoCredential;
    }
    if candidates.iter().any(|candidate| candidate.reason == Reason::Ok) {
        return Usability::Ok;
    }
    Usability::Resting(candidates.iter().filter_map(|candidate| candidate.until).min())
}

fn options(errand: Errand<'_>, decision: &Decision) -> Vec<ProfileOption> {
    let pinned = decision.pinned.as_ref().map(|setting| &setting.value.id);
    decision
        .ranking
        .candidates
        .iter()
        .filter(|candidate| errand.may_see(&candidate.profile))
        .map(|candidate| ProfileOption {
            id: candidate.profile.clone(),
            usability: match candidate.reason {
                Reason::Ok => Usability::Ok,
                _ => Usability::Resting(candidate.until),
            },
            standing: if pinned == Some(&candidate.profile) {
                Standing::Current
            } else {
                Standing::Other
            },
        })
        .collect()
}
