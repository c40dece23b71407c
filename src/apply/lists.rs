//! Pickers: which models there are to choose from.

use std::collections::HashMap;

use crate::catalog::{Entry, Origin};
use crate::model::{ModelRef, ProviderId};
use crate::order::Reason;
use crate::picker::{Choice, Picker, ProfileOption, Serving, Standing, Usability};
use crate::resolver::{self, About, Decision, Question};
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
        let wanted = provider.map(|written| one_of(errand, written)).transpose()?;
        let of_wanted = |model: &ModelRef| wanted.as_ref().is_none_or(|wanted| wanted == model.provider());
        let models = self.offered(errand, &of_wanted);
        let now = self.outlook(errand);
        let picker = numbered(errand, &models, now.as_ref());
        let page = match page {
            Some(page) => usize::from(page),
            None if wanted.is_none() => current_page(&picker),
            None => 1,
        };
        if page > picker.pages() {
            return Err(Refusal::NoSuchPage {
                page,
                pages: picker.pages(),
                list: wanted,
            });
        }
        Ok(self.show(errand, picker, page, wanted, now.as_ref(), Occasion::Asked))
    }

    /// A picker of some models, because a name means several.
    pub(super) fn picker_of(&self, errand: Errand<'_>, models: &[ModelRef], occasion: Occasion) -> Body {
        let now = self.outlook(errand);
        let picker = numbered(errand, models, now.as_ref());
        self.show(errand, picker, 1, None, now.as_ref(), occasion)
    }

    /// A fresh picker of everything.
    pub(super) fn whole_picker(&self, errand: Errand<'_>, occasion: Occasion) -> Body {
        self.picker_of(errand, &self.offered(errand, &|_| true), occasion)
    }

    /// The models to offer: those that may be selected, without built-in ones that the sender could not use anyway;
    /// but if nothing else is left, those too.
    fn offered(&self, errand: Errand<'_>, wanted: &dyn Fn(&ModelRef) -> bool) -> Vec<ModelRef> {
        let now = self.resolver.now();
        let selectable: Vec<&Entry> = errand
            .book
            .catalog()
            .selectable()
            .filter(|entry| wanted(&entry.model))
            .collect();
        let mut usable: HashMap<&ProviderId, bool> = HashMap::new();
        for entry in &selectable {
            let provider = entry.model.provider();
            usable
                .entry(provider)
                .or_insert_with(|| errand.can_use(provider, now));
        }
        let is_offered = |entry: &&Entry| {
            entry.origin == Origin::Configured || usable.get(entry.model.provider()) == Some(&true)
        };
        let offered: Vec<&Entry> = selectable.iter().copied().filter(is_offered).collect();
        let offered = if offered.is_empty() { selectable } else { offered };
        offered.into_iter().map(|entry| entry.model.clone()).collect()
    }

    fn show(
        &self,
        errand: Errand<'_>,
        mut picker: Picker,
        page: usize,
        provider: Option<ProviderId>,
        now: Option<&Decision>,
        occasion: Occasion,
    ) -> Body {
        self.shown.remember(errand.session, errand.book.agent(), &picker);
        let serving = |model: &ModelRef| self.serving(errand, model);
        // A name's meanings are shown all at once: there is no command for their second page.
        let pages = if matches!(occasion, Occasion::Ambiguous(_)) {
            1..=picker.pages()
        } else {
            page..=page
        };
        for page in pages {
            picker.look(page, serving);
        }
        Body::Picker(PickerView {
            picker,
            page,
            provider,
            selection: now.and_then(|decision| selection(errand, decision)),
            occasion,
        })
    }

    /// How a model can be served now, to this sender, with what is pinned here.
    fn serving(&self, errand: Errand<'_>, model: &ModelRef) -> Serving {
        let question = Question {
            about: About::Model(model),
            ..Question::new(errand.session, errand.actor)
        };
        match self.resolver.explain(question) {
            Ok(decision) => Serving {
                usability: usability(&decision),
                profiles: options(errand, &decision),
            },
            Err(_) => Serving {
                usability: Usability::NoCredential,
                profiles: Vec::new(),
            },
        }
    }
}

/// A picker of these models; nobody has looked at its choices yet.
fn numbered(errand: Errand<'_>, models: &[ModelRef], now: Option<&Decision>) -> Picker {
    let current = now.and_then(|decision| decision.selected.as_ref());
    let choices = models.iter().map(|model| Choice {
        number: 0,
        alias: errand.book.catalog().alias(model).map(str::to_owned),
        standing: if current.is_some_and(|current| current.model == *model) {
            Standing::Current
        } else {
            Standing::Other
        },
        serving: None,
        model: model.clone(),
    });
    Picker::new(choices.collect(), errand.book.catalog().generation())
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

/// Whether a model can be served: the verdict on its next request.
fn usability(decision: &Decision) -> Usability {
    match &decision.verdict {
        Ok(_) => Usability::Ok,
        Err(resolver::Refusal::NoCredential { .. }) => Usability::NoCredential,
        Err(resolver::Refusal::Fenced { .. }) => Usability::Costs,
        Err(resolver::Refusal::NoEndpoint(_)) => Usability::NoEndpoint,
        Err(refused) => Usability::Resting(refused.retry_at()),
    }
}

fn options(errand: Errand<'_>, decision: &Decision) -> Vec<ProfileOption> {
    let pinned = decision.pinned.as_ref().map(|pinned| &pinned.setting.value.id);
    decision
        .ranking
        .candidates
        .iter()
        .filter(|candidate| errand.may_see(&candidate.profile))
        .map(|candidate| ProfileOption {
            id: candidate.profile.clone(),
            usability: match candidate.reason {
                Reason::Ok => Usability::Ok,
                Reason::Fenced => Usability::Costs,
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
