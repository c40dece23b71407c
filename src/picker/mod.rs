//! The picker before any platform: which choices there are, numbered, in pages.
//!
//! A number belongs to the picker in which it was shown, and to nothing else: the list keeps its
//! [`generation`](Picker::generation), and a number of another generation is never followed. Renderers decide how it
//! looks; whoever builds it decides what is in it.
//!
//! Where a platform has buttons, each choice has a [`ChoiceToken`] besides: `token.rs` says what a button can do, `seal.rs`
//! where and for whom it holds. Nothing is kept for them: a press after a restart, or in another process of the same
//! state directory, does what the button says.

mod seal;
mod token;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::profile::ProfileId;

pub use seal::{Numbered, Scene, Seal};
pub use token::{Action, ChoiceToken, Pressers, TOKEN_BYTES};

/// How many choices stand on a page.
pub const PAGE: usize = 8;

/// How many providers stand on a page of them: two a row are eight rows of Telegram's keyboard, and with the choices the
/// whole markup stays under its 10 kB.
pub const PROVIDERS_PAGE: usize = 16;

/// A numbered list of models to choose from, grouped by provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    choices: Vec<Choice>,
    generation: u64,
}

/// A model that can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its number in this picker, from 1.
    pub number: usize,
    /// The model.
    pub model: ModelRef,
    /// The short name by which people call it.
    pub alias: Option<String>,
    /// Whether it is the chat's model now.
    pub standing: Standing,
    /// How it can be served; `None` for a choice of another page, at which nobody has looked.
    pub serving: Option<Serving>,
    /// The button that chooses it; `None` where no buttons were made.
    pub token: Option<ChoiceToken>,
    /// The button that shows its profiles; `None` if it has none, or where no buttons were made.
    pub profiles_token: Option<ChoiceToken>,
}

/// How a model can be served now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Whether it can.
    pub usability: Usability,
    /// The profiles to choose from, in the order in which they would be tried; where they are more than a page, in that of
    /// the file, so that none is missed while pages are turned.
    pub profiles: Vec<ProfileOption>,
}

/// Whether a choice is the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is what the chat uses now.
    Current,
    /// It is not.
    Other,
}

/// Whether a model or a profile can serve now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usability {
    /// It can.
    Ok,
    /// It rests, until then if that is known.
    Resting(Option<Timestamp>),
    /// It would begin to cost, and nobody said yes.
    Costs,
    /// There is no credential for it.
    NoCredential,
    /// Nobody has said where its provider is reached.
    NoEndpoint,
}

/// A profile that can be picked with a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileOption {
    /// The profile.
    pub id: ProfileId,
    /// Whether it can serve now.
    pub usability: Usability,
    /// Whether it is the one pinned.
    pub standing: Standing,
    /// The button that chooses the model with it; `None` where no buttons were made.
    pub token: Option<ChoiceToken>,
}

/// The buttons that turn pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turns {
    /// To the page before; `None` on the first.
    pub previous: Option<ChoiceToken>,
    /// To the page behind; `None` on the last.
    pub next: Option<ChoiceToken>,
}

/// The button that shows one provider's models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderButton {
    /// The provider.
    pub provider: ProviderId,
    /// How many of its models the picker has.
    pub models: usize,
    /// The button.
    pub token: ChoiceToken,
}

/// One page of the providers of a picker, at most [`PROVIDERS_PAGE`]. By default there are none, on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderList {
    /// The buttons of this page.
    pub buttons: Vec<ProviderButton>,
    /// Which page, from 1.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// How many providers there are on all of them.
    pub count: usize,
    /// The buttons that turn to another page of providers; the page of models stays.
    pub turns: Turns,
}

impl Default for ProviderList {
    fn default() -> Self {
        Self {
            buttons: Vec::new(),
            page: 1,
            pages: 1,
            count: 0,
            turns: Turns::default(),
        }
    }
}

/// One page of a picker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a> {
    /// Which page, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// The choices on it.
    pub choices: &'a [Choice],
}

impl Picker {
    /// Groups the choices by provider, in the order in which providers first come, and numbers them.
    #[must_use]
    pub fn new(choices: Vec<Choice>, generation: u64) -> Self {
        let mut groups: indexmap::IndexMap<ProviderId, Vec<Choice>> = indexmap::IndexMap::new();
        for choice in choices {
            groups
                .entry(choice.model.provider().clone())
                .or_default()
                .push(choice);
        }
        let choices = groups
            .into_values()
            .flatten()
            .zip(1..)
            .map(|(choice, number)| Choice { number, ..choice })
            .collect();
        Self { choices, generation }
    }

    /// All choices, by number.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The generation of the catalogue that it was made from.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many pages there are; an empty picker has one.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.choices.len().div_ceil(PAGE).max(1)
    }

    /// Looks at the choices of a page: how each can be served, and what its buttons are. Numbers and models stay.
    pub fn look(&mut self, page: usize, looked_at: impl Fn(&Choice) -> Choice) {
        let choices = self
            .choices
            .iter_mut()
            .skip(page.saturating_sub(1) * PAGE)
            .take(PAGE);
        for choice in choices {
            *choice = Choice {
                number: choice.number,
                model: choice.model.clone(),
                ..looked_at(choice)
            };
        }
    }

    /// The page on which a number stands.
    #[must_use]
    pub fn page_of(number: usize) -> usize {
        number.saturating_sub(1) / PAGE + 1
    }

    /// A page, from 1; `None` past the end.
    #[must_use]
    pub fn page(&self, number: usize) -> Option<Page<'_>> {
        let of = self.pages();
        (1..=of).contains(&number).then(|| {
            let from = (number - 1) * PAGE;
            Page {
                number,
                of,
                choices: &self.choices[from..self.choices.len().min(from + PAGE)],
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choice(model: String) -> Choice {
        Choice {
            number: 0,
            model: ModelRef::parse(&model).expect("a reference"),
            alias: None,
            standing: Standing::Other,
            serving: None,
            token: None,
            profiles_token: None,
        }
    }

    proptest! {
        #[test]
        fn pages_show_every_choice_once_in_the_order_of_its_number(providers in proptest::collection::vec(0_u8..5, 0..60)) {
            let choices = providers.iter().zip(0..).map(|(p, n)| choice(format!("p{p}/m{n}"))).collect();
            let picker = Picker::new(choices, 1);
            let mut numbers = Vec::new();
            for page in 1..=picker.pages() {
                let page = picker.page(page).expect("within the pages");
                prop_assert!(page.choices.len() <= PAGE);
                numbers.extend(page.choices.iter().map(|choice| choice.number));
            }
            prop_assert_eq!(numbers, (1..=providers.len()).collect::<Vec<_>>());
            prop_assert_eq!(picker.page(picker.pages() + 1), None);
        }
    }
}
