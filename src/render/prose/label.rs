//! The words on buttons, and beside them where a platform has room.

use super::name::short;
use super::pen::Pen;
use super::picker::{ids, short_name, usability};
use crate::clock::Timestamp;
use crate::picker::{Choice, ProfileOption, ProviderButton, Standing};
use crate::words::{Words, say};

/// Words on the buttons of a picker, uncut: renderers cut them to the platform's room ([`cut`](super::cut)).
#[derive(Debug, Clone)]
pub struct Labels {
    words: Words,
    now: Timestamp,
}

/// A model to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceLabel {
    /// Its number in the picker; it can be typed instead: `/model 3`.
    pub number: usize,
    /// The alias, else the full reference.
    pub name: String,
    /// The full reference, `provider/model`.
    pub reference: String,
    /// Whether it is what the chat uses now.
    pub current: bool,
    /// What keeps it from serving now, in short; `None` if nothing does.
    pub note: Option<String>,
}

/// A profile to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileLabel {
    /// The name behind the provider where it is understood, else the whole id.
    pub name: String,
    /// The whole id.
    pub id: String,
    /// Whether it is pinned.
    pub current: bool,
    /// What keeps it from serving now, in short; `None` if nothing does.
    pub note: Option<String>,
}

impl Labels {
    /// The words of a view.
    #[must_use]
    pub fn of(view: &crate::view::View) -> Self {
        Self {
            words: view.words.clone(),
            now: view.at,
        }
    }

    fn pen(&self) -> Pen<'_> {
        Pen { words: &self.words }
    }

    /// A model.
    #[must_use]
    pub fn choice(&self, choice: &Choice) -> ChoiceLabel {
        let reference = choice.model.to_string();
        let serving = choice.serving.as_ref();
        ChoiceLabel {
            number: choice.number,
            name: short(choice.alias.as_deref().unwrap_or(&reference)).into_owned(),
            reference: short(&reference).into_owned(),
            current: choice.standing == Standing::Current,
            note: serving.and_then(|serving| usability(self.pen(), serving.usability, self.now)),
        }
    }

    /// A profile of a model.
    #[must_use]
    pub fn profile(&self, choice: &Choice, option: &ProfileOption) -> ProfileLabel {
        let id = option.id.as_str();
        let name = short_name(choice, option, &ids(choice)).unwrap_or(id);
        ProfileLabel {
            name: short(name).into_owned(),
            id: short(id).into_owned(),
            current: option.standing == Standing::Current,
            note: usability(self.pen(), option.usability, self.now),
        }
    }

    /// A provider and how many models it has: `anthropic (20)`.
    #[must_use]
    pub fn provider(&self, button: &ProviderButton) -> String {
        let provider = short(button.provider.as_str());
        say!(
            self.words,
            "button-provider",
            provider = provider,
            count = button.models
        )
    }

    /// To the profiles of a model, so many.
    #[must_use]
    pub fn profiles(&self, count: usize) -> String {
        say!(self.words, "button-profiles", count = count)
    }

    /// To the page before.
    #[must_use]
    pub fn previous(&self) -> String {
        say!(self.words, "button-previous")
    }

    /// To the page behind.
    #[must_use]
    pub fn next(&self) -> String {
        say!(self.words, "button-next")
    }

    /// The profile is left to automatic choice.
    #[must_use]
    pub fn auto(&self) -> String {
        say!(self.words, "button-automatic")
    }

    /// From the profiles of a model back to the models.
    #[must_use]
    pub fn back(&self) -> String {
        say!(self.words, "button-back")
    }

    /// To the models of all providers.
    #[must_use]
    pub fn all(&self) -> String {
        say!(self.words, "button-all")
    }

    /// Back to the default.
    #[must_use]
    pub fn default(&self) -> String {
        say!(self.words, "button-default")
    }

    /// What somebody reads who pressed a button that does not hold, where no list can be shown to them.
    #[must_use]
    pub fn not_yours(&self) -> String {
        say!(self.words, "button-not-yours")
    }

    /// What a closed list of models asks.
    #[must_use]
    pub fn choose_model(&self) -> String {
        say!(self.words, "choose-model")
    }

    /// What a closed list of profiles asks.
    #[must_use]
    pub fn choose_profile(&self) -> String {
        say!(self.words, "choose-profile")
    }

    /// What a closed list of providers asks.
    #[must_use]
    pub fn choose_provider(&self) -> String {
        say!(self.words, "choose-provider")
    }
}
