//! Discord: the definition of `/model`, and what is offered while somebody types behind it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Names, suggest, usage, utf16, what_for};
use crate::command::LINE_LIMIT;
use crate::echo::discreet;
use crate::render::prose::{clean, cut};
use crate::words::{Languages, Words};

/// The longest name of a command or an option, in characters of `-`, `_`, letters and digits, in lower case
/// (<https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-naming>).
pub const COMMAND_NAME: usize = 32;

/// The longest description of a command or an option, in characters
/// (<https://docs.discord.com/developers/interactions/application-commands#application-command-object>).
pub const DESCRIPTION: usize = 100;

/// The most characters of names, descriptions and values of one command together; of several languages, the longest
/// counts (<https://docs.discord.com/developers/interactions/application-commands#slash-commands>).
pub const COMMAND_CHARACTERS: usize = 8_000;

/// The most choices of one answer
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete>).
pub const CHOICES: usize = 25;

/// The longest name of a choice, in characters
/// (<https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure>).
pub const CHOICE_NAME: usize = 100;

/// The longest value of a choice, in characters (as [`CHOICE_NAME`]).
pub const CHOICE_VALUE: usize = 100;

/// The longest text that may be typed into an option, in characters
/// (<https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure>).
pub const OPTION_LENGTH: usize = 6_000;

/// The languages of Discord's clients (<https://docs.discord.com/developers/reference#locales>).
pub const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko",
];

/// What the option of `/model` is called, in which everything behind the command is typed.
pub const OPTION: &str = "what";

/// `CHAT_INPUT`, a slash command.
const CHAT_INPUT: u8 = 1;

/// `STRING`, the type of an option.
const STRING: u8 = 3;

/// `APPLICATION_COMMAND_AUTOCOMPLETE_RESULT`, the type of a response.
const AUTOCOMPLETE_RESULT: u8 = 8;

/// The body that makes the command, or changes it: one of an application's commands has this name
/// (<https://docs.discord.com/developers/interactions/application-commands#create-global-application-command>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplicationCommand {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The same in other languages, by Discord's names of them
    /// (<https://docs.discord.com/developers/reference#locales>).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub description_localizations: BTreeMap<&'static str, String>,
    /// What kind of command: 1, which is typed.
    #[serde(rename = "type")]
    pub kind: u8,
    /// What can stand behind it.
    pub options: Vec<CommandOption>,
    /// Where it can be given: 0 servers, 1 direct messages with the bot, 2 other direct messages and groups.
    pub contexts: Vec<u8>,
    /// For whom it is installed: 0 servers, 1 persons.
    pub integration_types: Vec<u8>,
}

/// An option of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandOption {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What kind of value: 3, a text.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Whether it has to be given: without it, `/model` shows the picker.
    pub required: bool,
    /// Whether the bot is asked while it is typed.
    pub autocomplete: bool,
    /// The longest text, in characters.
    pub max_length: usize,
}

impl ApplicationCommand {
    /// `/model`, for servers and for direct messages with the bot.
    #[must_use]
    pub fn model() -> Self {
        let short = |text: &str| cut(text, DESCRIPTION, utf16).into_owned();
        Self {
            name: "model".to_owned(),
            description: short(&what_for(&Words::english())),
            description_localizations: BTreeMap::new(),
            kind: CHAT_INPUT,
            options: vec![CommandOption {
                name: OPTION.to_owned(),
                description: short(&usage()),
                kind: STRING,
                required: false,
                autocomplete: true,
                max_length: OPTION_LENGTH.min(LINE_LIMIT),
            }],
            contexts: vec![0, 1],
            integration_types: vec![0],
        }
    }

    /// The same, told in each of Discord's languages in which there is a sentence for it.
    #[must_use]
    pub fn in_languages(mut self, languages: &Languages) -> Self {
        for locale in LOCALES {
            let told = languages.named(locale).map(|words| what_for(&words));
            if let Some(told) = told.filter(|told| *told != self.description) {
                let told = cut(&told, DESCRIPTION, utf16).into_owned();
                self.description_localizations.insert(locale, told);
            }
        }
        self
    }

    /// The same; persons can install it too, and then use it wherever they are.
    #[must_use]
    pub fn for_persons_too(mut self) -> Self {
        self.contexts.push(2);
        self.integration_types.push(1);
        self
    }
}

/// The answer to an interaction of type 4, `APPLICATION_COMMAND_AUTOCOMPLETE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Autocomplete {
    /// What kind of answer: 8.
    #[serde(rename = "type")]
    kind: u8,
    /// The choices.
    pub data: AutocompleteData,
}

/// The choices of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AutocompleteData {
    /// At most 25, best first.
    pub choices: Vec<Choice>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// What is shown.
    pub name: String,
    /// What is sent when it is chosen: the text of the option.
    pub value: String,
}

impl Autocomplete {
    /// What is offered for what was typed so far into the option.
    ///
    /// `names` are those of the person who types, in their chat
    /// ([`ModelPin::names`](crate::ModelPin::names)): nothing else is ever offered. What was typed is the last choice
    /// unless another says the same, so that it can be sent as it is; Discord lets a person send
    /// it anyway, and what looks like a pasted key is not repeated. A name whose line is over [`CHOICE_VALUE`] is
    /// not offered: it is reached by its number or by the picker.
    #[must_use]
    pub fn of(typed: &str, names: &Names) -> Self {
        let typed = typed.trim();
        let fits = |line: &str| utf16(line) <= CHOICE_VALUE && !line.trim().is_empty();
        let mut choices: Vec<Choice> = suggest(typed, names, CHOICES, fits)
            .into_iter()
            .map(|found| {
                let shown = clean(&found.line);
                let name = match found.about.as_str() {
                    "" => shown.into_owned(),
                    about => format!("{shown} — {about}"),
                };
                Choice {
                    name: cut(&name, CHOICE_NAME, utf16).into_owned(),
                    value: found.line,
                }
            })
            .collect();
        let is_key = discreet(typed) != typed;
        if fits(typed) && !is_key && choices.iter().all(|choice| choice.value != typed) {
            choices.truncate(CHOICES - 1);
            choices.push(Choice {
                name: cut(&clean(typed), CHOICE_NAME, utf16).into_owned(),
                value: typed.to_owned(),
            });
        }
        Self {
            kind: AUTOCOMPLETE_RESULT,
            data: AutocompleteData { choices },
        }
    }
}
