//! `modelpin register`: what a platform is told once, so that people find `/model` there.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::registration::discord::ApplicationCommand;
use crate::registration::slack::Manifest;
use crate::registration::telegram::{BotCommandScope, COMMANDS, SetMyCommands, command_name};
use crate::view::Names;

use super::global::Global;
use super::place;
use super::table::table;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct RegisterArgs {
    #[command(subcommand)]
    platform: Platform,
}

#[derive(Debug, Subcommand)]
enum Platform {
    /// The commands that Telegram offers when somebody types `/`, with the
    /// aliases of the configuration
    #[command(
        after_help = "Examples:\n  modelpin register telegram\n  modelpin register telegram --json\n  modelpin register telegram --scope groups --ephemeral --json\n  modelpin register telegram --language vi --json"
    )]
    Telegram {
        /// Where they are shown
        #[arg(long, value_enum, default_value = "default")]
        scope: Scope,
        /// The language of the people to whom they are shown: two letters
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
        /// Typed in a group, they are seen by nobody but the bot
        #[arg(long)]
        ephemeral: bool,
        /// The body alone, as JSON
        #[arg(long)]
        json: bool,
    },
    /// The command of a Discord application
    #[command(
        after_help = "Examples:\n  modelpin register discord\n  modelpin register discord --json\n  modelpin register discord --persons --json"
    )]
    Discord {
        /// Persons can install it too, and use it wherever they are
        #[arg(long)]
        persons: bool,
        /// The body alone, as JSON
        #[arg(long)]
        json: bool,
    },
    /// The manifest of a Slack app
    #[command(
        after_help = "Examples:\n  modelpin register slack\n  modelpin register slack --name pinbot --json\n  modelpin register slack --url https://bot.example/slack --json"
    )]
    Slack {
        /// What the app and its bot are called
        #[arg(long, default_value = "modelpin")]
        name: String,
        /// Where Slack sends commands, presses and messages; without it, the
        /// app asks for them over a socket
        #[arg(long, value_name = "HTTPS-URL")]
        url: Option<String>,
        /// The manifest alone, as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Where Telegram shows a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    /// Wherever there is no narrower list
    Default,
    /// In private chats
    Private,
    /// In groups
    Groups,
    /// To the administrators of groups
    Admins,
}

pub(super) fn run(args: &RegisterArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &args.platform {
        Platform::Telegram {
            scope,
            language,
            ephemeral,
            json,
        } => {
            let names = aliases(global)?;
            let words = place::operate(global)?
                .snapshot()
                .languages()
                .of(language.as_deref());
            let mut body = match language {
                Some(_) => SetMyCommands::said(&names, &words),
                None => SetMyCommands::of(&names),
            };
            body = match scope {
                Scope::Default => body,
                Scope::Private => body.within(BotCommandScope::AllPrivateChats),
                Scope::Groups => body.within(BotCommandScope::AllGroupChats),
                Scope::Admins => body.within(BotCommandScope::AllChatAdministrators),
            };
            if let Some(language) = language {
                body = body
                    .in_language(language)
                    .map_err(|wrong| Wrong::Usage(format!("--language: {wrong}")))?;
            }
            if *ephemeral {
                if !matches!(scope, Scope::Groups | Scope::Admins) {
                    return Err(Wrong::Usage(
                        "--ephemeral is for groups: add `--scope groups` or `--scope admins`".to_owned(),
                    ));
                }
                body = body.ephemeral();
            }
            if *json {
                print(&body, out)?
            } else {
                telegram(&body, &names, out)?
            }
        }
        Platform::Discord { persons, json } => {
            let place = place::operate(global)?;
            let command = ApplicationCommand::model().in_languages(place.snapshot().languages());
            let command = if *persons {
                command.for_persons_too()
            } else {
                command
            };
            if *json {
                print(&command, out)?
            } else {
                discord(&command, out)?
            }
        }
        Platform::Slack { name, url, json } => {
            Wrong::if_a_key("--name", name)?;
            let manifest = match url {
                None => Manifest::in_socket_mode(name),
                Some(url) if url.starts_with("https://") => Manifest::at(name, url),
                Some(_) => {
                    return Err(Wrong::Usage("--url has to begin with `https://`".to_owned()));
                }
            };
            if *json {
                print(&manifest, out)?
            } else {
                slack(&manifest, out)?
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The alias commands of the agent.
fn aliases(global: &Global) -> Result<Names, Wrong> {
    let place = place::operate(global)?;
    let agent = global.agent()?;
    let syntax = place.snapshot().syntax(agent.as_ref())?;
    Ok(Names {
        commands: syntax.alias_commands().map(str::to_owned).collect(),
        ..Names::default()
    })
}

fn print(body: &impl Serialize, out: &mut impl Write) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(body).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")
}

fn telegram(body: &SetMyCommands, names: &Names, out: &mut impl Write) -> std::io::Result<()> {
    let rows = body.commands.iter();
    let rows = rows.map(|command| vec![format!("/{}", command.command), command.description.clone()]);
    writeln!(out, "{}\n", table(&["COMMAND", "SAYS"], rows))?;
    let is_in = |alias: &&String| {
        let name = command_name(alias);
        body.commands
            .iter()
            .any(|known| Some(&known.command) == name.as_ref())
    };
    let left_out: Vec<Vec<String>> = names
        .commands
        .iter()
        .filter(|alias| !is_in(alias))
        .map(|alias| vec![format!("/{alias}")])
        .collect();
    if !left_out.is_empty() {
        writeln!(out, "{}\n", table(&["LEFT OUT"], left_out))?;
        writeln!(
            out,
            "Telegram takes at most {COMMANDS} names of 1 to 32 of a-z, 0-9 and _.\nWhat is left out can be typed all the same.\n"
        )?;
    }
    writeln!(
        out,
        "Send it with the token of your bot:\n\n  modelpin register telegram --json |\n    curl --json @- \"https://api.telegram.org/bot$TOKEN/setMyCommands\""
    )
}

fn discord(command: &ApplicationCommand, out: &mut impl Write) -> std::io::Result<()> {
    let mut rows = vec![vec![format!("/{}", command.name), command.description.clone()]];
    for option in &command.options {
        rows.push(vec![format!("  {}", option.name), option.description.clone()]);
    }
    writeln!(out, "{}\n", table(&["COMMAND", "SAYS"], rows))?;
    writeln!(
        out,
        "Send it with the token of your bot, and the id of your application:\n\n  modelpin register discord --json |\n    curl --json @- -H \"authorization: Bot $TOKEN\" \\\n      \"https://discord.com/api/v10/applications/$APP/commands\""
    )
}

fn slack(manifest: &Manifest, out: &mut impl Write) -> std::io::Result<()> {
    let commands = manifest.features.slash_commands.iter();
    let rows = commands.map(|command| vec![command.command.clone(), command.description.clone()]);
    writeln!(out, "{}\n", table(&["COMMAND", "SAYS"], rows))?;
    writeln!(
        out,
        "Make an app of the manifest at https://api.slack.com/apps?new_app=1:\n\n  modelpin register slack --json"
    )?;
    if manifest.settings.socket_mode_enabled {
        writeln!(
            out,
            "\nIt asks Slack over a socket. For an app that Slack asks, give --url."
        )?;
    }
    Ok(())
}
