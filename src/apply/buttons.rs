//! What can be pressed: numbers for what a picker offers, sealed for the chat and the people in it.

use std::collections::HashMap;

use crate::catalog::Letters;
use crate::model::{ModelRef, ProviderId};
use crate::picker::{
    Action, ChoiceToken, Numbered, PAGE, PROVIDERS_PAGE, Pressers, ProviderButton, ProviderList, Scene, Seal,
    Turns,
};
use crate::profile::ProfileId;

use super::Errand;

/// A list that can be turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listing {
    /// All models.
    All,
    /// Those of one provider.
    Of(ProviderId),
    /// Those of one name.
    Namesakes(ModelRef, Letters),
}

/// Makes the buttons of a reply, and finds out what one says.
pub(super) struct Buttons<'a> {
    errand: Errand<'a>,
    seal: Seal<'a>,
    /// The profiles that the sender may see, by name, so that a file in another order has the same numbers.
    profiles: Vec<(ProviderId, ProfileId)>,
    by_profile: HashMap<(ProviderId, ProfileId), u32>,
}

impl<'a> Buttons<'a> {
    /// For this sender, in this chat.
    pub(super) fn of(errand: Errand<'a>) -> Self {
        let visible = errand.visible().into_iter();
        let mut profiles: Vec<_> = visible.map(|known| (known.provider, known.id)).collect();
        profiles.sort();
        profiles.dedup();
        let key = errand.snapshot.seal_key();
        let names = profiles
            .iter()
            .flat_map(|(provider, id)| [provider.as_str(), id.as_str()]);
        let scene = Scene {
            agent: errand.book.agent(),
            chat: errand.session.chat(),
            actor: errand.actor,
            models: errand.book.catalog().generation(),
            profiles: Numbered::of(key, names),
        };
        Self {
            errand,
            seal: Seal::new(key, scene),
            by_profile: profiles.iter().cloned().zip(0..).collect(),
            profiles,
        }
    }

    /// What a token says, and who may press the next ones; `None` if it does not hold.
    pub(super) fn open(&self, token: &str) -> Option<(Action, Pressers)> {
        self.seal.open(token)
    }

    /// The model of a number.
    pub(super) fn model(&self, number: u32) -> Option<&'a ModelRef> {
        let entries = self.errand.book.catalog().entries();
        Some(&entries.get(usize::try_from(number).ok()?)?.model)
    }

    /// The profile of a number.
    pub(super) fn profile(&self, number: u32) -> Option<&(ProviderId, ProfileId)> {
        self.profiles.get(usize::try_from(number).ok()?)
    }

    /// The provider of a number.
    pub(super) fn provider(&self, number: u32) -> Option<ProviderId> {
        let providers = self.errand.book.catalog().providers();
        providers
            .get(usize::try_from(number).ok()?)
            .map(|it| (*it).clone())
    }

    fn number(&self, model: &ModelRef) -> Option<u32> {
        u32::try_from(self.errand.book.catalog().position(model)?).ok()
    }

    fn provider_number(&self, provider: &ProviderId) -> Option<u32> {
        let providers = self.errand.book.catalog().providers();
        let at = providers.iter().position(|it| *it == provider)?;
        u32::try_from(at).ok()
    }

    fn token(&self, action: Action) -> ChoiceToken {
        self.seal.token(action, self.errand.pressers)
    }

    pub(super) fn choose(&self, model: &ModelRef) -> Option<ChoiceToken> {
        Some(self.token(Action::Model(self.number(model)?)))
    }

    pub(super) fn choose_auto(&self, model: &ModelRef) -> Option<ChoiceToken> {
        Some(self.token(Action::ModelAuto(self.number(model)?)))
    }

    pub(super) fn choose_with(&self, model: &ModelRef, profile: &ProfileId) -> Option<ChoiceToken> {
        let profile = (model.provider().clone(), profile.clone());
        Some(self.token(Action::ModelWith {
            model: self.number(model)?,
            profile: *self.by_profile.get(&profile)?,
        }))
    }

    pub(super) fn default(&self) -> ChoiceToken {
        self.token(Action::Default)
    }

    pub(super) fn page(&self, listing: &Listing, page: usize) -> Option<ChoiceToken> {
        let page = u32::try_from(page).ok()?;
        Some(self.token(match listing {
            Listing::All => Action::Page(page),
            Listing::Of(provider) => Action::ProviderPage {
                provider: self.provider_number(provider)?,
                page,
            },
            Listing::Namesakes(model, letters) => Action::NamesakesPage {
                model: self.number(model)?,
                letters: *letters,
                page,
            },
        }))
    }

    pub(super) fn profiles_page(&self, model: &ModelRef, page: usize) -> Option<ChoiceToken> {
        Some(self.token(Action::Profiles {
            model: self.number(model)?,
            page: u32::try_from(page).ok()?,
        }))
    }

    /// A page of the buttons for each provider of a picker of all models, with the number of its models in it; the last
    /// one if there are fewer. `at` is the page of models at which it is shown.
    pub(super) fn providers(&self, models: &[&ModelRef], page: usize, at: usize) -> ProviderList {
        let mut counts: indexmap::IndexMap<&ProviderId, usize> = indexmap::IndexMap::new();
        for model in models {
            *counts.entry(model.provider()).or_default() += 1;
        }
        let numbers = self.errand.book.catalog().providers();
        let numbers: HashMap<&ProviderId, u32> = numbers.into_iter().zip(0..).collect();
        let button = |(provider, models): (&ProviderId, usize)| {
            let number = *numbers.get(provider)?;
            Some(ProviderButton {
                provider: provider.clone(),
                models,
                token: self.token(Action::ProviderPage {
                    provider: number,
                    page: 1,
                }),
            })
        };
        let count = counts.len();
        let pages = count.div_ceil(PROVIDERS_PAGE).max(1);
        let page = page.clamp(1, pages);
        let on_page = counts.into_iter().skip((page - 1) * PROVIDERS_PAGE);
        ProviderList {
            buttons: on_page.take(PROVIDERS_PAGE).filter_map(button).collect(),
            page,
            pages,
            count,
            turns: turns(page, pages, |page| {
                Some(self.token(Action::Providers {
                    page: u32::try_from(page).ok()?,
                    models: u32::try_from(at).ok()?,
                }))
            }),
        }
    }
}

/// The buttons from one page to its neighbours.
pub(super) fn turns(page: usize, pages: usize, to: impl Fn(usize) -> Option<ChoiceToken>) -> Turns {
    Turns {
        previous: page.checked_sub(1).filter(|page| *page > 0).and_then(&to),
        next: (page < pages).then(|| to(page + 1)).flatten(),
    }
}

/// The pages of a list.
pub(super) fn pages(items: usize) -> usize {
    items.div_ceil(PAGE).max(1)
}
