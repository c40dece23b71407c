//! What a button says when it is pressed: a short text that only we can have written.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::catalog::Letters;
use crate::secret::SEAL_BYTES;

/// The longest token, in bytes. Telegram takes 64 bytes of `callback_data`, Slack 75 characters of a value, Discord 100.
pub const TOKEN_BYTES: usize = 48;

/// How every token begins: what kind of text it is, and in which edition.
const EDITION: &str = "mp1-";

/// How long what a token does is when it is written down: its kind and two numbers.
const ACTION_BYTES: usize = 9;

/// The bit of the kind that says that everybody may press.
const FOR_EVERYBODY: u8 = 0x80;

/// The text of a button: at most [`TOKEN_BYTES`] of `A-Z`, `a-z`, `0-9`, `-` and `_`.
///
/// It has no secret in it and no name: numbers, and a seal under which they hold in one chat, for one person, as long as
/// they mean the same. A [`Seal`](super::Seal) makes and opens it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ChoiceToken(String);

impl ChoiceToken {
    pub(super) fn write(open: &Open, seal: &[u8; SEAL_BYTES]) -> Self {
        let mut bytes = open.bytes().to_vec();
        bytes.extend(seal);
        Self(format!("{EDITION}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text may be one of ours: a bot that has buttons of its own sends those elsewhere.
    ///
    /// It says nothing about whether the token holds.
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        text.starts_with(EDITION)
    }
}

impl fmt::Display for ChoiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChoiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// What a button does. Numbers count from 0 and mean something in one generation only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Chooses a model of the catalogue.
    Model(u32),
    /// Chooses a model with one of the profiles that the presser may see.
    ModelWith {
        /// The model.
        model: u32,
        /// The profile.
        profile: u32,
    },
    /// Chooses a model and leaves the profile to automatic choice.
    ModelAuto(u32),
    /// Shows a page of all models.
    Page(u32),
    /// Shows a page of one provider's models.
    ProviderPage {
        /// The provider.
        provider: u32,
        /// The page.
        page: u32,
    },
    /// Shows a page of the models of one name.
    NamesakesPage {
        /// One of them.
        model: u32,
        /// What makes them one name.
        letters: Letters,
        /// The page.
        page: u32,
    },
    /// Shows a page of the profiles of a model.
    Profiles {
        /// The model.
        model: u32,
        /// The page.
        page: u32,
    },
    /// Goes back to the default.
    Default,
    /// Shows a page of the providers of all models.
    Providers {
        /// The page of the providers.
        page: u32,
        /// The page of the models, which stays as it is.
        models: u32,
    },
}

impl Action {
    /// Whether it names a profile, so that the profiles have to be those that they were.
    #[must_use]
    pub fn names_a_profile(self) -> bool {
        matches!(self, Self::ModelWith { .. })
    }

    fn parts(self) -> (u8, u32, u32) {
        match self {
            Self::Model(model) => (1, model, 0),
            Self::ModelWith { model, profile } => (2, model, profile),
            Self::ModelAuto(model) => (3, model, 0),
            Self::Page(page) => (4, page, 0),
            Self::ProviderPage { provider, page } => (5, provider, page),
            Self::NamesakesPage {
                model,
                letters: Letters::Same,
                page,
            } => (6, model, page),
            Self::NamesakesPage {
                model,
                letters: Letters::AnyCase,
                page,
            } => (7, model, page),
            Self::Profiles { model, page } => (8, model, page),
            Self::Default => (9, 0, 0),
            Self::Providers { page, models } => (10, page, models),
        }
    }

    fn of_parts(kind: u8, first: u32, second: u32) -> Option<Self> {
        let namesakes = |letters| Self::NamesakesPage {
            model: first,
            letters,
            page: second,
        };
        let action = match kind {
            1 => Self::Model(first),
            2 => Self::ModelWith {
                model: first,
                profile: second,
            },
            3 => Self::ModelAuto(first),
            4 => Self::Page(first),
            5 => Self::ProviderPage {
                provider: first,
                page: second,
            },
            6 => namesakes(Letters::Same),
            7 => namesakes(Letters::AnyCase),
            8 => Self::Profiles {
                model: first,
                page: second,
            },
            9 => Self::Default,
            10 => Self::Providers {
                page: first,
                models: second,
            },
            _ => return None,
        };
        // One way to write each: a number where none belongs is not ours.
        (action.parts() == (kind, first, second)).then_some(action)
    }
}

/// Who may press a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pressers {
    /// The person for whom it was made.
    #[default]
    Sender,
    /// Everybody in the chat who may give commands there.
    Everybody,
}

/// What stands in a token before its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) action: Action,
    pub(super) pressers: Pressers,
}

impl Open {
    pub(super) fn bytes(&self) -> [u8; ACTION_BYTES] {
        let (kind, first, second) = self.action.parts();
        let for_everybody = match self.pressers {
            Pressers::Sender => 0,
            Pressers::Everybody => FOR_EVERYBODY,
        };
        let mut bytes = [0; ACTION_BYTES];
        bytes[0] = kind | for_everybody;
        bytes[1..5].copy_from_slice(&first.to_be_bytes());
        bytes[5..].copy_from_slice(&second.to_be_bytes());
        bytes
    }

    /// Reads a text; `None` if it is no token, whatever it is. The seal is not looked at.
    pub(super) fn read(text: &str) -> Option<(Self, [u8; SEAL_BYTES])> {
        let written = text.strip_prefix(EDITION)?;
        if text.len() > TOKEN_BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(written).ok()?;
        let (open, seal) = bytes.split_first_chunk::<ACTION_BYTES>()?;
        let seal: [u8; SEAL_BYTES] = seal.try_into().ok()?;
        let [kind, a, b, c, d, e, f, g, h] = *open;
        let action = Action::of_parts(
            kind & !FOR_EVERYBODY,
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
        )?;
        let pressers = if kind & FOR_EVERYBODY == 0 {
            Pressers::Sender
        } else {
            Pressers::Everybody
        };
        Some((Self { action, pressers }, seal))
    }
}
