//! What is held, and what is told of it.

use std::fmt;

use thiserror::Error;

use super::Shape;

/// What every adapter has to hold. The text of each is what is told when it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Claim {
    /// Every reply is at least one message, and has something to read.
    EveryReplyIsRead,
    /// The platform takes every message.
    WithinTheLimits,
    /// The same reply gives the same bytes.
    TheSameBytes,
    /// No message holds a part of a secret.
    NoSecret,
    /// No text holds a control character or turns the direction of writing.
    NothingActsOnADisplay,
    /// No text is cut within what a person sees as one character.
    NoHalfGrapheme,
    /// No token stands twice in a message.
    NoTokenTwice,
    /// Every button of a reply is one that the reply has.
    NoInventedToken,
    /// Every choice of a page can be pressed, or its number and its name can be read.
    EveryChoiceIsOffered,
    /// Every choice is reached by the buttons for pages, providers and profiles, or by `/model list N`.
    EveryChoiceIsReached,
    /// As many models are announced as are reached.
    TheAnnouncedNumberIsTrue,
    /// A number that is typed chooses what stood beside it.
    NumbersChooseWhatTheyStandFor,
    /// A press chooses what the label names.
    ALabelNamesWhatIsChosen,
    /// A press that is stale, forged or somebody else's changes nothing and brings a fresh picker to the presser.
    DeadPressesChangeNothing,
    /// A profile that was taken away is not in the next page.
    ARevokedProfileIsGone,
    /// A profile that the reader may not see stands in no message.
    WhatIsHiddenStaysHidden,
    /// Whether the presser may is asked at the press.
    PermissionIsAskedAtThePress,
    /// The kit itself cannot work here.
    TheKitWorks,
}

impl Claim {
    /// The claim as a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EveryReplyIsRead => "every reply is at least one message with something to read",
            Self::WithinTheLimits => "the platform takes every message",
            Self::TheSameBytes => "the same reply gives the same bytes",
            Self::NoSecret => "no message holds a part of a secret",
            Self::NothingActsOnADisplay => "no text holds a control character or a direction override",
            Self::NoHalfGrapheme => "no text is cut within a grapheme",
            Self::NoTokenTwice => "no token stands twice in a message",
            Self::NoInventedToken => "every button is one that the reply has",
            Self::EveryChoiceIsOffered => "every choice of a page is offered in it",
            Self::EveryChoiceIsReached => "every choice is reached",
            Self::TheAnnouncedNumberIsTrue => "as many models are announced as are reached",
            Self::NumbersChooseWhatTheyStandFor => "a number chooses what stands beside it",
            Self::ALabelNamesWhatIsChosen => "a press chooses what the label names",
            Self::DeadPressesChangeNothing => {
                "a press that does not hold changes nothing and brings a fresh picker to the presser"
            }
            Self::ARevokedProfileIsGone => "a profile that was taken away is not in the next page",
            Self::WhatIsHiddenStaysHidden => "a profile that the reader may not see stands in no message",
            Self::PermissionIsAskedAtThePress => "whether the presser may is asked at the press",
            Self::TheKitWorks => "the kit works on this machine",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A claim that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("it does not hold that {claim}: {told}{}", self.place())]
pub struct Broken {
    /// The claim.
    pub claim: Claim,
    /// What was said or pressed, and what came out.
    pub told: String,
    /// The catalogue in which it happened.
    pub catalogue: Option<Shape>,
}

impl Broken {
    pub(super) fn new(claim: Claim, told: impl Into<String>) -> Self {
        Self {
            claim,
            told: told.into(),
            catalogue: None,
        }
    }

    pub(super) fn kit(broken: impl fmt::Display) -> Self {
        Self::new(Claim::TheKitWorks, broken.to_string())
    }

    pub(super) fn in_catalogue(self, shape: &Shape) -> Self {
        Self {
            catalogue: Some(*shape),
            ..self
        }
    }

    fn place(&self) -> String {
        self.catalogue
            .map(|shape| format!(" (catalogue: {shape:?})"))
            .unwrap_or_default()
    }
}

/// Breaks a claim unless something is so.
pub(super) fn hold(so: bool, claim: Claim, told: impl FnOnce() -> String) -> Result<(), Broken> {
    if so {
        Ok(())
    } else {
        Err(Broken::new(claim, told()))
    }
}

/// What was tried, and held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Catalogues.
    pub catalogues: usize,
    /// Replies that were rendered and read.
    pub views: usize,
    /// Messages that they became.
    pub messages: usize,
    /// Buttons that were pressed.
    pub presses: usize,
    /// Presses that had to do nothing, and did.
    pub dead: usize,
    /// Numbers that were typed.
    pub numbers: usize,
    /// Choices, of models and of profiles, that were announced, reached and found to be what they said.
    pub choices: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} catalogues, {} replies in {} messages, {} presses and {} dead ones, {} numbers, {} choices",
            self.catalogues, self.views, self.messages, self.presses, self.dead, self.numbers, self.choices
        )
    }
}
