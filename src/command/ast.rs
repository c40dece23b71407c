//! What a command means: the commands that the engine obeys, and nothing of how they were typed.

use super::reference::Reference;
use crate::session::Scope;
use crate::terms::{Lifetime, Mode};

/// A valid `/model` command.
///
/// `Display` writes one that parses back to the same command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelCommand {
    /// `/model`: show the picker.
    Picker,
    /// `/model list`: show the picker from some page on.
    List {
        /// The provider, as written.
        provider: Option<String>,
        /// The page, from 1 to 9999.
        page: Option<u16>,
    },
    /// `/model status`.
    Status,
    /// `/model default` and `/model reset`: clear the pin of a scope.
    Default {
        /// The scope, where one was given.
        scope: Option<Scope>,
    },
    /// `/model why`.
    Why,
    /// `/model undo`: take back the last change of a scope.
    Undo {
        /// The scope, where one was given.
        scope: Option<Scope>,
    },
    /// `/model help`.
    Help,
    /// A model, a number of the picker or a profile.
    Choose(Choose),
}

/// A choice and its terms; terms that were not given are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choose {
    /// What is chosen.
    pub what: Wanted,
    /// How far it reaches.
    pub scope: Option<Scope>,
    /// How firmly it is meant.
    pub mode: Option<Mode>,
    /// For how long.
    pub lifetime: Option<Lifetime>,
}

/// What a person chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A model, maybe with a profile.
    Model(Reference),
    /// An entry of the last picker shown in this chat.
    Number {
        /// The entry's number, from 1 to 9999.
        index: u16,
        /// The profile behind the `@`.
        profile: Option<String>,
    },
    /// A profile; the model stays. `auto` means automatic choice.
    Profile(String),
}
