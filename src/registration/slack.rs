//! Slack: the manifest from which an app is made, with `/model` in it. There is no registration by a request.

use serde::Serialize;

use super::{usage, what_for};
use crate::render::prose::cut;
use crate::words::Words;

/// The longest name of an app, in characters (<https://docs.slack.dev/reference/app-manifest#fields>).
pub const APP_NAME: usize = 35;

/// The longest name of a bot, in characters (as [`APP_NAME`]).
pub const BOT_NAME: usize = 80;

/// The longest description of an app, in characters (as [`APP_NAME`]).
pub const APP_DESCRIPTION: usize = 140;

/// The longest name of a slash command, in characters with the slash (as [`APP_NAME`]).
pub const COMMAND_NAME: usize = 32;

/// The longest description of a slash command, in characters (as [`APP_NAME`]).
pub const COMMAND_DESCRIPTION: usize = 2_000;

/// The longest hint at what stands behind a slash command, in characters (as [`APP_NAME`]).
pub const USAGE_HINT: usize = 1_000;

/// What the bot may do: hear its command, write, and read what is written to it.
const SCOPES: [&str; 4] = ["commands", "chat:write", "app_mentions:read", "im:history"];

/// What the bot hears of: messages that mention it, and direct messages.
const EVENTS: [&str; 2] = ["app_mention", "message.im"];

/// An app manifest (<https://docs.slack.dev/reference/app-manifest>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// How the app is shown.
    pub display_information: DisplayInformation,
    /// What it has.
    pub features: Features,
    /// What it may do.
    pub oauth_config: OauthConfig,
    /// How it is reached.
    pub settings: Settings,
}

/// How an app is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisplayInformation {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// What an app has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Features {
    /// Its home: people write to the bot there.
    pub app_home: AppHome,
    /// Its bot.
    pub bot_user: BotUser,
    /// Its commands.
    pub slash_commands: Vec<SlashCommand>,
}

/// The home of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppHome {
    /// Whether there is a tab for messages.
    pub messages_tab_enabled: bool,
    /// Whether nobody can write there.
    pub messages_tab_read_only_enabled: bool,
}

/// The bot of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BotUser {
    /// Its name.
    pub display_name: String,
    /// Whether it is shown as present always.
    pub always_online: bool,
}

/// A slash command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlashCommand {
    /// Its name, with the slash.
    pub command: String,
    /// Where it is sent; none in socket mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it does.
    pub description: String,
    /// What can stand behind it.
    pub usage_hint: String,
    /// Whether names of people and channels are replaced by their ids: no, what was typed is to be read.
    pub should_escape: bool,
}

/// What an app may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OauthConfig {
    /// The scopes.
    pub scopes: Scopes,
}

/// The scopes of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scopes {
    /// Those of its bot.
    pub bot: Vec<String>,
}

/// How an app is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// What it hears of.
    pub event_subscriptions: EventSubscriptions,
    /// Buttons.
    pub interactivity: Interactivity,
    /// Whether it is installed for a whole organisation.
    pub org_deploy_enabled: bool,
    /// Whether it asks Slack over a socket, instead of being asked over HTTP.
    pub socket_mode_enabled: bool,
    /// Whether its tokens change.
    pub token_rotation_enabled: bool,
}

/// What an app hears of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventSubscriptions {
    /// Where it is sent; none in socket mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// The events.
    pub bot_events: Vec<String>,
}

/// Buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interactivity {
    /// Whether there are any.
    pub is_enabled: bool,
    /// Where a press is sent; none in socket mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
}

impl Manifest {
    /// An app in socket mode, which needs no address of its own.
    #[must_use]
    pub fn in_socket_mode(name: &str) -> Self {
        Self::of(name, None)
    }

    /// An app that Slack asks over HTTPS, at one address for commands, presses and events.
    #[must_use]
    pub fn at(name: &str, url: &str) -> Self {
        Self::of(name, Some(url.to_owned()))
    }

    fn of(name: &str, url: Option<String>) -> Self {
        let short = |text: &str, room| cut(text, room, super::utf16).into_owned();
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            display_information: DisplayInformation {
                name: short(name, APP_NAME),
                description: short(&what_for(&Words::english()), APP_DESCRIPTION),
            },
            features: Features {
                app_home: AppHome {
                    messages_tab_enabled: true,
                    messages_tab_read_only_enabled: false,
                },
                bot_user: BotUser {
                    display_name: short(name, BOT_NAME),
                    always_online: true,
                },
                slash_commands: vec![SlashCommand {
                    command: "/model".to_owned(),
                    url: url.clone(),
                    description: short(&what_for(&Words::english()), COMMAND_DESCRIPTION),
                    usage_hint: short(&usage(), USAGE_HINT),
                    should_escape: false,
                }],
            },
            oauth_config: OauthConfig {
                scopes: Scopes { bot: owned(&SCOPES) },
            },
            settings: Settings {
                event_subscriptions: EventSubscriptions {
                    request_url: url.clone(),
                    bot_events: owned(&EVENTS),
                },
                interactivity: Interactivity {
                    is_enabled: true,
                    request_url: url.clone(),
                },
                org_deploy_enabled: false,
                socket_mode_enabled: url.is_none(),
                token_rotation_enabled: false,
            },
        }
    }
}
