//! Pickers: which models there are to choose from.

use std::collections::HashMap;

use crate::catalog::{Entry, Letters, Origin};
use crate::model::{ModelRef, ProviderId};
use crate::picker::{Choice, Picker, Standing};
use crate::resolver::Decision;
use crate::similar::nearest;
use crate::view::{Body, Occasion, Refusal};

use super::buttons::Listing;
use super::sheet::Sheet;
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
        let listing = wanted.clone().map_or(Listing::All, Listing::Of);
        let now = self.outlook(errand);
        let picker = numbered(errand, &self.models_of(errand, &listing), now.as_ref());
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
        let sheet = Sheet {
            picker,
            listing,
            page,
            occasion: Occasion::Asked,
            profiles_of: None,
            providers: 1,
        };
        Ok(self.show(errand, sheet, now.as_ref()))
    }

    /// The page of a list to which a button leads; the last one if the list has become shorter.
    pub(super) fn turn_to(&self, errand: Errand<'_>, listing: &Listing, page: usize) -> Body {
        let now = self.outlook(errand);
        let models = self.models_of(errand, listing);
        let occasion = match listing {
            Listing::All | Listing::Of(_) => Occasion::Asked,
            Listing::Namesakes(model, _) if models.len() > 1 => Occasion::Ambiguous(model.model().to_owned()),
            Listing::Namesakes(..) => return self.whole_picker(errand, Occasion::StaleButton),
        };
        let picker = numbered(errand, &models, now.as_ref());
        let sheet = Sheet {
            page: page.clamp(1, picker.pages()),
            picker,
            listing: listing.clone(),
            occasion,
            profiles_of: None,
            providers: 1,
        };
        self.show(errand, sheet, now.as_ref())
    }

    /// A page of the providers, beside a page of all models; the last of each if there are fewer.
    pub(super) fn providers_at(&self, errand: Errand<'_>, page: usize, models: usize) -> Body {
        let now = self.outlook(errand);
        let picker = numbered(errand, &self.models_of(errand, &Listing::All), now.as_ref());
        let sheet = Sheet {
            page: models.clamp(1, picker.pages()),
            picker,
            listing: Listing::All,
            occasion: Occasion::Asked,
            profiles_of: None,
            providers: page,
        };
        self.show(errand, sheet, now.as_ref())
    }

    /// The profiles of a model, in the picker of all models.
    pub(super) fn profiles_of(&self, errand: Errand<'_>, model: &ModelRef, page: usize) -> Body {
        let now = self.outlook(errand);
        let listing = Listing::All;
        let picker = numbered(errand, &self.models_of(errand, &listing), now.as_ref());
        let choice = picker.choices().iter().find(|choice| choice.model == *model);
        let Some(number) = choice.map(|choice| choice.number) else {
            return self.whole_picker(errand, Occasion::StaleButton);
        };
        let sheet = Sheet {
            page: Picker::page_of(number),
            picker,
            listing,
            occasion: Occasion::Asked,
            profiles_of: Some((number, page)),
            providers: 1,
        };
        self.show(errand, sheet, now.as_ref())
    }

    /// A picker of the models that a name means.
    pub(super) fn meanings(&self, errand: Errand<'_>, models: &[ModelRef], written: &str) -> Body {
        let Some(first) = models.first() else {
            return self.whole_picker(errand, Occasion::Asked);
        };
        let same = models.iter().all(|model| model.model() == first.model());
        let letters = if same { Letters::Same } else { Letters::AnyCase };
        let now = self.outlook(errand);
        let sheet = Sheet {
            picker: numbered(errand, models, now.as_ref()),
            listing: Listing::Namesakes(first.clone(), letters),
            page: 1,
            occasion: Occasion::Ambiguous(written.to_owned()),
            profiles_of: None,
            providers: 1,
        };
        self.show(errand, sheet, now.as_ref())
    }

    /// A fresh picker of everything.
    pub(super) fn whole_picker(&self, errand: Errand<'_>, occasion: Occasion) -> Body {
        let now = self.outlook(errand);
        let sheet = Sheet {
            picker: numbered(errand, &self.models_of(errand, &Listing::All), now.as_ref()),
            listing: Listing::All,
            page: 1,
            occasion,
            profiles_of: None,
            providers: 1,
        };
        self.show(errand, sheet, now.as_ref())
    }

    fn models_of(&self, errand: Errand<'_>, listing: &Listing) -> Vec<ModelRef> {
        match listing {
            Listing::All => self.offered(errand, &|_| true),
            Listing::Of(provider) => self.offered(errand, &|model| model.provider() == provider),
            Listing::Namesakes(model, letters) => {
                let now = self.resolver.now();
                let namesakes = errand.book.catalog().namesakes(model, *letters);
                let usable = namesakes
                    .into_iter()
                    .filter(|model| errand.can_use(model.provider(), now));
                usable.cloned().collect()
            }
        }
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
        token: None,
        profiles_token: None,
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
