//! Telegram: the list of commands that a client shows when somebody types `/`.

use serde::Serialize;
use thiserror::Error;

use super::{Names, purpose, utf16};
use crate::render::prose::cut;
use crate::words::{Words, say};

/// The longest name of a command, in characters of `a-z`, `0-9` and `_`
/// (<https://core.telegram.org/bots/api#botcommand>).
pub const COMMAND_NAME: usize = 32;

/// The longest description of a command, in characters (<https://core.telegram.org/bots/api#botcommand>).
pub const COMMAND_DESCRIPTION: usize = 256;

/// The most commands of one list (<https://core.telegram.org/bots/api#setmycommands>).
pub const COMMANDS: usize = 100;

/// The body of `setMyCommands` (<https://core.telegram.org/bots/api#setmycommands>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetMyCommands {
    /// The commands, at most [`COMMANDS`].
    pub commands: Vec<BotCommand>,
    /// Who gets to see them; by default everybody for whom there is no narrower list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<BotCommandScope>,
    /// The language of the people who see them, as two letters of ISO 639-1; by default all for whom there is no list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
}

/// A command in the list (<https://core.telegram.org/bots/api#botcommand>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BotCommand {
    /// Its name, without the slash.
    pub command: String,
    /// What it does.
    pub description: String,
    /// Whether nobody but the bot sees it typed in a group (Bot API 10.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ephemeral: Option<bool>,
}

/// Where a list is shown (<https://core.telegram.org/bots/api#botcommandscope>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BotCommandScope {
    /// Wherever there is no narrower list.
    Default,
    /// In all private chats.
    AllPrivateChats,
    /// In all groups and supergroups.
    AllGroupChats,
    /// To the administrators of all of them.
    AllChatAdministrators,
    /// In one chat.
    Chat {
        /// The chat.
        chat_id: i64,
    },
    /// To the administrators of one chat.
    ChatAdministrators {
        /// The chat.
        chat_id: i64,
    },
    /// To one member of one chat.
    ChatMember {
        /// The chat.
        chat_id: i64,
        /// The member.
        user_id: i64,
    },
}

/// A language for which Telegram has no list of its own.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "a list is for a language of two letters (ISO 639-1), such as `vi`; a list without one is for all others"
)]
pub struct NoLanguageCode;

impl SetMyCommands {
    /// `model`, `models`, and the alias commands whose names fit ([`command_name`]), in the order of `names`, as many as
    /// there is room for. Those that are left out are typed all the same, and reached as `/model name`.
    #[must_use]
    pub fn of(names: &Names) -> Self {
        Self::said(names, &Words::english())
    }

    /// The same in the words of a language. Telegram shows it to people of that language when the body says so too
    /// ([`in_language`](Self::in_language)).
    #[must_use]
    pub fn said(names: &Names, words: &Words) -> Self {
        let described = |command: String, about: &str| BotCommand {
            command,
            description: cut(about, COMMAND_DESCRIPTION, utf16).into_owned(),
            is_ephemeral: None,
        };
        let mut commands = vec![
            described("model".to_owned(), &purpose(words)),
            described("models".to_owned(), &say!(words, "command-models")),
        ];
        for alias in &names.commands {
            let Some(name) = command_name(alias) else { continue };
            if commands.len() < COMMANDS && commands.iter().all(|known| known.command != name) {
                commands.push(described(
                    name.clone(),
                    &say!(words, "command-alias", name = name),
                ));
            }
        }
        Self {
            commands,
            scope: None,
            language_code: None,
        }
    }

    /// The same, shown there only.
    #[must_use]
    pub fn within(self, scope: BotCommandScope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// The same, shown to people of one language: `vi`, or the first part of `zh-CN`.
    ///
    /// # Errors
    /// [`NoLanguageCode`] if its first part is not two letters.
    pub fn in_language(self, locale: &str) -> Result<Self, NoLanguageCode> {
        let first = locale.split(['-', '_']).next().unwrap_or_default();
        if first.len() != 2 || !first.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(NoLanguageCode);
        }
        Ok(Self {
            language_code: Some(first.to_ascii_lowercase()),
            ..self
        })
    }

    /// The same; typed in a group, the commands are seen by nobody but the bot. For lists of groups.
    #[must_use]
    pub fn ephemeral(mut self) -> Self {
        for command in &mut self.commands {
            command.is_ephemeral = Some(true);
        }
        self
    }
}

/// The name under which an alias stands in the list; `None` if Telegram does not take it as one.
///
/// Telegram's names are in lower case. Case does not count in an alias, so nothing is lost by it.
#[must_use]
pub fn command_name(alias: &str) -> Option<String> {
    let name = alias.to_ascii_lowercase();
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    ((1..=COMMAND_NAME).contains(&name.len()) && name.bytes().all(fits)).then_some(name)
}
