//! What a reply says, before it is said: facts, not sentences.
//!
//! The engine fills a [`View`] from what was committed; a renderer turns it into a platform's message. A view holds no
//! secret: where a key would stand there is a [`Handle`](crate::secret::Handle). Read [`Body`] for the kinds of reply.

mod audience;
mod change;
mod names;
mod refusal;
mod status;

use crate::clock::Timestamp;
use crate::model::{ModelRef, ProviderId};
use crate::picker::{ChoiceToken, Picker, ProviderList, Turns};
use crate::words::Words;

pub use audience::Audience;
pub use change::{Change, Changed, Kept, ModelNow, Next, PaysFor, Pinned, PinnedProfile, ProfileNow};
pub use names::Names;
pub use refusal::Refusal;
pub use status::{
    Candidate, LastRequest, Mark, Origin, ProviderStatus, SelectedProfile, Selection, State, Status, Why,
};

/// A reply.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// What it says.
    pub body: Body,
    /// What became of the text behind the command line.
    pub prompt: Prompt,
    /// The moment for which it is true; times are told relative to it.
    pub at: Timestamp,
    /// The language of whoever asked.
    pub words: Words,
    /// Who may read it.
    pub to: Audience,
}

/// The kinds of reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Models to choose from.
    Picker(Box<PickerView>),
    /// What is used now and what could be.
    Status(Box<Status>),
    /// Why the next request goes where it goes.
    Why(Box<Why>),
    /// What a command changed.
    Changed(Box<Changed>),
    /// How commands are written.
    Help,
    /// A command line that is wrong, drawn with its faults.
    Faults(String),
    /// A command that was understood and not carried out.
    Refused(Refusal),
}

impl Body {
    /// Whether the command did what it said: only then does the text behind it go to a model.
    #[must_use]
    pub fn was_done(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Faults(_) => false,
            Self::Picker(shown) => shown.occasion == Occasion::Asked,
            _ => true,
        }
    }
}

/// A page of a picker, and why it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PickerView {
    /// All choices.
    pub picker: Picker,
    /// The page to show, from 1.
    pub page: usize,
    /// The provider whose models alone were asked for.
    pub provider: Option<ProviderId>,
    /// What the chat uses now.
    pub selection: Option<Selection>,
    /// Why it is shown, if nobody asked for it.
    pub occasion: Occasion,
    /// The model whose profiles are shown, if they were asked for.
    pub chosen: Option<Chosen>,
    /// The buttons that turn its pages.
    pub turns: Turns,
    /// A page of the buttons that show one provider's models, where there is more than one page of all models.
    pub providers: ProviderList,
    /// The button that shows all models, where only some are listed.
    pub all: Option<ChoiceToken>,
    /// The button that goes back to the default; `None` where no buttons were made.
    pub default: Option<ChoiceToken>,
}

/// A model of a picker whose profiles are shown, [`PAGE`](crate::picker::PAGE) a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its number in the picker.
    pub number: usize,
    /// The page of its profiles, from 1.
    pub page: usize,
    /// The buttons that turn the pages of its profiles.
    pub turns: Turns,
    /// The button that chooses it and leaves the profile to automatic choice.
    pub auto: Option<ChoiceToken>,
    /// The button that shows the models again.
    pub back: Option<ChoiceToken>,
}

/// Why a picker is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody asked for it.
    Asked,
    /// A name means several models: these.
    Ambiguous(String),
    /// A number came for a picker that is not there or not true any more.
    StaleNumber(u16),
    /// A button was pressed that does not hold here, for this person, or any more.
    StaleButton,
}

/// What became of the text behind a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// There was none.
    None,
    /// It goes to the model, with the new selection.
    Sent,
    /// It was not sent: it would have run on a selection that nobody asked for.
    NotSent,
}

/// A model with the name that people call it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedModel {
    /// The alias, if it has one.
    pub alias: Option<String>,
    /// The full reference.
    pub model: ModelRef,
}
