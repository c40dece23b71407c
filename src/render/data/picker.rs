//! The picker: a page of choices, with the tokens of their buttons.

use serde::Serialize;

use super::words::{ModelData, SelectionData, label, millis, name};
use crate::picker::{
    Choice, ChoiceToken, PAGE, ProfileOption, ProviderButton, ProviderList, Standing, Turns, Usability,
};
use crate::view::{Chosen, Occasion, PickerView};

/// A page of models to choose from, at most eight.
///
/// A token is the text of a button: give it back with the session and the actor who pressed, and what it says is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PickerData {
    /// Why it is shown.
    #[serde(flatten)]
    pub occasion: OccasionData,
    /// What the chat uses now.
    pub selection: Option<SelectionData>,
    /// The provider whose models alone are listed.
    pub provider: Option<String>,
    /// Which page this is, from 1.
    pub page: usize,
    /// How many there are.
    pub pages: usize,
    /// How many choices there are on all of them.
    pub count: usize,
    /// The choices of this page.
    pub choices: Vec<ChoiceData>,
    /// The token that turns to the page before.
    pub previous: Option<String>,
    /// The token that turns to the page behind.
    pub next: Option<String>,
    /// The token that goes back to the default.
    pub default: Option<String>,
    /// The token that shows all models, where only some are listed.
    pub all: Option<String>,
    /// The providers in a list of several pages, with the tokens that show their models alone: those of this page of them,
    /// at most sixteen.
    pub providers: Vec<ProviderData>,
    /// Which page of the providers this is, and how to turn it.
    pub provider_pages: ProviderPagesData,
    /// The model whose profiles are to be shown instead of the choices, if one is.
    pub chosen: Option<ChosenData>,
}

/// Why a picker is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "occasion", rename_all = "kebab-case")]
pub enum OccasionData {
    /// Somebody asked for it.
    Asked,
    /// A name means several models: these. Nothing changed.
    Ambiguous {
        /// The name as it was written.
        written: String,
    },
    /// A number came for a list that is not there or not true any more. Nothing changed.
    StaleNumber {
        /// The number.
        number: u16,
    },
    /// A button was pressed that does not hold here, for this person, or any more. Nothing changed.
    StaleButton,
}

/// A model that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChoiceData {
    /// Its number in this picker, from 1: `/model 3`.
    pub number: usize,
    /// Its names.
    #[serde(flatten)]
    pub model: ModelData,
    /// Its provider.
    pub provider: String,
    /// Whether it is the chat's model now.
    pub current: bool,
    /// Whether it can be served now.
    pub usability: Option<UsabilityData>,
    /// The token that chooses it.
    pub token: Option<String>,
    /// The first profiles to choose it with, at most eight, in the order in which they would be tried.
    pub profiles: Vec<ProfileData>,
    /// How many profiles there are.
    pub profile_count: usize,
    /// The token that shows all its profiles.
    pub profiles_token: Option<String>,
}

/// A profile that a model can be chosen with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfileData {
    /// Its id.
    pub profile: String,
    /// Its name without the provider: fit to be shown.
    pub label: String,
    /// Whether it is the one pinned.
    pub pinned: bool,
    /// Whether it can serve now.
    pub usability: UsabilityData,
    /// The token that chooses the model with it.
    pub token: Option<String>,
}

/// Whether a model or a profile can serve now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UsabilityData {
    /// Whether it can, or why not.
    pub code: UsabilityCode,
    /// For `resting`: until when, in milliseconds since the Unix epoch; `null` until somebody repairs it.
    pub until: Option<i64>,
}

/// Whether a model or a profile can serve now, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UsabilityCode {
    /// It can.
    Ok,
    /// It rests.
    Resting,
    /// It would begin to cost, and nobody said yes.
    Costs,
    /// There is no credential for it.
    NoCredential,
    /// Nobody has said where its provider is reached.
    NoEndpoint,
}

/// A provider of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProviderData {
    /// The provider.
    pub provider: String,
    /// The same, fit to be shown.
    pub label: String,
    /// How many of the choices are its models.
    pub count: usize,
    /// The token that shows them alone.
    pub token: String,
}

/// The pages of the providers of a list. Turning them leaves the page of the models as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProviderPagesData {
    /// Which page this is, from 1.
    pub page: usize,
    /// How many there are; 1 if there are no providers.
    pub pages: usize,
    /// How many providers there are on all of them.
    pub count: usize,
    /// The token that turns to the page before.
    pub previous: Option<String>,
    /// The token that turns to the page behind.
    pub next: Option<String>,
}

/// The profiles of one model of the picker, at most eight a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChosenData {
    /// The model's number in this picker.
    pub number: usize,
    /// The model.
    #[serde(flatten)]
    pub model: ModelData,
    /// Which page of its profiles this is, from 1.
    pub page: usize,
    /// How many there are.
    pub pages: usize,
    /// How many profiles there are on all of them.
    pub count: usize,
    /// The profiles of this page.
    pub profiles: Vec<ProfileData>,
    /// The token that turns to the page before.
    pub previous: Option<String>,
    /// The token that turns to the page behind.
    pub next: Option<String>,
    /// The token that chooses the model as it is: a profile of its provider that is pinned stays so.
    pub token: Option<String>,
    /// The token that chooses the model and leaves the profile to automatic choice.
    pub auto: Option<String>,
    /// The token that shows the models again.
    pub back: Option<String>,
}

fn text(token: Option<&ChoiceToken>) -> Option<String> {
    token.map(ToString::to_string)
}

impl PickerData {
    pub(super) fn of(shown: &PickerView) -> Self {
        let page = shown.picker.page(shown.page);
        let Turns { previous, next } = &shown.turns;
        Self {
            occasion: OccasionData::of(&shown.occasion),
            selection: shown.selection.as_ref().map(SelectionData::of),
            provider: shown.provider.as_ref().map(|provider| name(provider.as_str())),
            page: shown.page,
            pages: shown.picker.pages(),
            count: shown.picker.choices().len(),
            choices: page
                .into_iter()
                .flat_map(|page| page.choices)
                .map(choice)
                .collect(),
            previous: text(previous.as_ref()),
            next: text(next.as_ref()),
            default: text(shown.default.as_ref()),
            all: text(shown.all.as_ref()),
            providers: shown.providers.buttons.iter().map(provider).collect(),
            provider_pages: provider_pages(&shown.providers),
            chosen: shown.chosen.as_ref().and_then(|of| chosen(shown, of)),
        }
    }
}

impl OccasionData {
    fn of(occasion: &Occasion) -> Self {
        match occasion {
            Occasion::Asked => Self::Asked,
            Occasion::Ambiguous(written) => Self::Ambiguous {
                written: name(written),
            },
            Occasion::StaleNumber(number) => Self::StaleNumber { number: *number },
            Occasion::StaleButton => Self::StaleButton,
        }
    }
}

/// The profiles of a page.
fn profiles(choice: &Choice, page: usize) -> Vec<ProfileData> {
    let all = choice.serving.iter().flat_map(|serving| &serving.profiles);
    all.skip(page.saturating_sub(1) * PAGE)
        .take(PAGE)
        .map(|option| profile(choice, option))
        .collect()
}

fn profile_count(choice: &Choice) -> usize {
    choice
        .serving
        .as_ref()
        .map_or(0, |serving| serving.profiles.len())
}

fn choice(choice: &Choice) -> ChoiceData {
    ChoiceData {
        number: choice.number,
        model: ModelData::called(choice.alias.as_deref(), &choice.model),
        provider: name(choice.model.provider().as_str()),
        current: choice.standing == Standing::Current,
        usability: choice
            .serving
            .as_ref()
            .map(|serving| usability(serving.usability)),
        token: text(choice.token.as_ref()),
        profiles: profiles(choice, 1),
        profile_count: profile_count(choice),
        profiles_token: text(choice.profiles_token.as_ref()),
    }
}

fn profile(choice: &Choice, option: &ProfileOption) -> ProfileData {
    let short = option.id.short_name(choice.model.provider());
    ProfileData {
        profile: name(option.id.as_str()),
        label: label(short.unwrap_or(option.id.as_str())),
        pinned: option.standing == Standing::Current,
        usability: usability(option.usability),
        token: text(option.token.as_ref()),
    }
}

fn usability(usability: Usability) -> UsabilityData {
    let (code, until) = match usability {
        Usability::Ok => (UsabilityCode::Ok, None),
        Usability::Resting(until) => (UsabilityCode::Resting, until),
        Usability::Costs => (UsabilityCode::Costs, None),
        Usability::NoCredential => (UsabilityCode::NoCredential, None),
        Usability::NoEndpoint => (UsabilityCode::NoEndpoint, None),
    };
    UsabilityData {
        code,
        until: millis(until),
    }
}

fn provider(button: &ProviderButton) -> ProviderData {
    ProviderData {
        provider: name(button.provider.as_str()),
        label: label(button.provider.as_str()),
        count: button.models,
        token: button.token.to_string(),
    }
}

fn provider_pages(list: &ProviderList) -> ProviderPagesData {
    let ProviderList {
        page, pages, count, ..
    } = *list;
    ProviderPagesData {
        page,
        pages,
        count,
        previous: text(list.turns.previous.as_ref()),
        next: text(list.turns.next.as_ref()),
    }
}

fn chosen(shown: &PickerView, of: &Chosen) -> Option<ChosenData> {
    let mut choices = shown.picker.choices().iter();
    let choice = choices.find(|choice| choice.number == of.number)?;
    let count = profile_count(choice);
    Some(ChosenData {
        number: of.number,
        model: ModelData::called(choice.alias.as_deref(), &choice.model),
        page: of.page,
        pages: count.div_ceil(PAGE).max(1),
        count,
        profiles: profiles(choice, of.page),
        previous: text(of.turns.previous.as_ref()),
        next: text(of.turns.next.as_ref()),
        token: text(choice.token.as_ref()),
        auto: text(of.auto.as_ref()),
        back: text(of.back.as_ref()),
    })
}
