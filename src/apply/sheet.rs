//! A picker as it is shown: looked at, numbered for the chat, with its buttons.

use std::collections::HashMap;

use crate::model::ModelRef;
use crate::order::Reason;
use crate::picker::{Choice, PAGE, Picker, ProfileOption, ProviderList, Serving, Standing, Usability};
use crate::profile::ProfileId;
use crate::resolver::{self, About, Decision, Question};
use crate::view::{Body, Chosen, Occasion, PickerView};

use super::buttons::{Buttons, Listing, pages, turns};
use super::outlook::selection;
use super::{Desk, Errand};

/// What is to be shown of a picker.
pub(super) struct Sheet {
    pub(super) picker: Picker,
    pub(super) listing: Listing,
    pub(super) page: usize,
    pub(super) occasion: Occasion,
    /// The number of the model whose profiles are to be shown, and which page of them.
    pub(super) profiles_of: Option<(usize, usize)>,
    /// The page of the providers, where they are shown.
    pub(super) providers: usize,
}

impl Desk {
    pub(super) fn show(&self, errand: Errand<'_>, sheet: Sheet, now: Option<&Decision>) -> Body {
        let Sheet {
            mut picker,
            listing,
            page,
            occasion,
            profiles_of,
            providers,
        } = sheet;
        self.shown.remember(errand.session, errand.book.agent(), &picker);
        let buttons = Buttons::of(errand);
        let looked_at = |choice: &Choice| {
            let page = profiles_of.filter(|(number, _)| *number == choice.number);
            self.looked_at(errand, &buttons, choice, page.map_or(1, |(_, page)| page))
        };
        // A name's meanings are shown all at once: there is no command for their second page.
        let seen = if matches!(occasion, Occasion::Ambiguous(_)) {
            1..=picker.pages()
        } else {
            page..=page
        };
        for page in seen {
            picker.look(page, looked_at);
        }
        let chosen = profiles_of.and_then(|(number, page)| {
            let choice = picker.choices().get(number.checked_sub(1)?)?;
            let profiles = choice
                .serving
                .as_ref()
                .map_or(0, |serving| serving.profiles.len());
            let page = page.clamp(1, pages(profiles));
            Some(Chosen {
                number,
                page,
                turns: turns(page, pages(profiles), |page| {
                    buttons.profiles_page(&choice.model, page)
                }),
                auto: buttons.choose_auto(&choice.model),
                back: buttons.page(&listing, Picker::page_of(number)),
            })
        });
        let models: Vec<&ModelRef> = picker.choices().iter().map(|choice| &choice.model).collect();
        Body::Picker(Box::new(PickerView {
            page,
            selection: now.and_then(|decision| selection(errand, decision)),
            occasion,
            chosen,
            turns: turns(page, picker.pages(), |page| buttons.page(&listing, page)),
            providers: if listing == Listing::All && picker.pages() > 1 {
                buttons.providers(&models, providers, page)
            } else {
                ProviderList::default()
            },
            all: (listing != Listing::All)
                .then(|| buttons.page(&Listing::All, 1))
                .flatten(),
            default: Some(buttons.default()),
            provider: match listing {
                Listing::Of(provider) => Some(provider),
                Listing::All | Listing::Namesakes(..) => None,
            },
            picker,
        }))
    }

    /// A choice with all that is to be said of it; of its profiles, those of the first page and of `page` have buttons.
    fn looked_at(&self, errand: Errand<'_>, buttons: &Buttons<'_>, choice: &Choice, page: usize) -> Choice {
        let model = &choice.model;
        let mut serving = self.serving(errand, model);
        let page = page.clamp(1, pages(serving.profiles.len()));
        for (at, option) in serving.profiles.iter_mut().enumerate() {
            if at < PAGE || at / PAGE + 1 == page {
                option.token = buttons.choose_with(model, &option.id);
            }
        }
        Choice {
            token: buttons.choose(model),
            profiles_token: if serving.profiles.is_empty() {
                None
            } else {
                buttons.profiles_page(model, 1)
            },
            serving: Some(serving),
            ..choice.clone()
        }
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

/// The profiles to choose from, in the order in which they would be tried. That order changes with what is pinned and what
/// rests, so where they stand on several pages it is that of the file: none falls between two pages while they are turned.
fn options(errand: Errand<'_>, decision: &Decision) -> Vec<ProfileOption> {
    let mut options = as_tried(errand, decision);
    if options.len() > PAGE {
        let facts = errand.book.facts();
        let places: HashMap<&ProfileId, usize> = facts.iter().map(|facts| &facts.id).zip(0..).collect();
        options.sort_by_key(|option| places.get(&option.id).copied());
    }
    options
}

fn as_tried(errand: Errand<'_>, decision: &Decision) -> Vec<ProfileOption> {
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
            token: None,
        })
        .collect()
}
