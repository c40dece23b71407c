//! `modelpin models auth …`: credentials, added, listed, ordered, taken away.

mod add;
mod kept;
mod list;
mod login;
mod order;
mod paste;
mod remove;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::super::global::Global;
use super::super::wrong::Wrong;

pub(in crate::cli) use add::guided;
pub(in crate::cli) use kept::{in_future, provider};
pub(in crate::cli) use paste::{until_right, warn_if_cut_off};

/// `modelpin models auth`.
#[derive(Debug, Args)]
pub(super) struct Auth {
    #[command(subcommand)]
    command: AuthCommand,
}

#[derive(Debug, Subcommand)]
enum AuthCommand {
    /// Add a credential, guided
    #[command(after_help = "Example:\n  modelpin models auth add")]
    Add(add::AddArgs),
    /// Show the profiles of the agent
    #[command(
        after_help = "Examples:\n  modelpin models auth list\n  modelpin models auth list --provider anthropic --json"
    )]
    List(list::ListArgs),
    /// Sign in with a browser or a device code
    #[command(
        after_help = "Examples:\n  modelpin models auth login --provider openai-codex\n  modelpin models auth login --provider github-copilot\n  modelpin models auth login --provider openai-codex --profile-id codex:work\n\nWithout a browser on this machine, open the address anywhere, and paste the\naddress that it ends at. Providers of your own stand in `oauth.<provider>` of\nthe configuration."
    )]
    Login(login::LoginArgs),
    /// Keep a setup token of Anthropic (`claude setup-token` prints one)
    #[command(
        after_help = "Examples:\n  modelpin models auth setup-token --provider anthropic\n  modelpin models auth setup-token --name work\n\nIt needs a terminal. From a pipe, use `paste-token`."
    )]
    SetupToken(paste::SetupTokenArgs),
    /// Keep a token of any provider
    #[command(
        after_help = "Examples:\n  modelpin models auth paste-token --provider anthropic --expires-in 365d\n  pass show anthropic | modelpin models auth paste-token --provider anthropic\n  modelpin models auth paste-token --provider openai --profile-id openai:work"
    )]
    PasteToken(paste::PasteTokenArgs),
    /// Keep an API key of any provider
    #[command(
        after_help = "Examples:\n  modelpin models auth paste-api-key --provider openai\n  pass show openai | modelpin models auth paste-api-key --provider openai"
    )]
    PasteApiKey(paste::PasteApiKeyArgs),
    /// In which order the profiles of a provider are tried, for one agent
    #[command(
        after_help = "Examples:\n  modelpin models auth order get --provider anthropic\n  modelpin models auth order set --provider openai openai:work openai:home\n  modelpin models auth order clear --provider anthropic"
    )]
    Order(order::Order),
    /// Forget that a profile rests
    #[command(after_help = "Example:\n  modelpin models auth clear-cooldown anthropic:work")]
    ClearCooldown(remove::IdArgs),
    /// Take the credential of a profile away; the configuration still knows it
    #[command(
        after_help = "Example:\n  modelpin models auth logout anthropic:work\n\n`remove` also takes the profile out of the configuration."
    )]
    Logout(remove::RemoveArgs),
    /// Take a profile away, with all that names it
    #[command(
        after_help = "Examples:\n  modelpin models auth remove anthropic:work --dry-run\n  modelpin models auth remove anthropic:work"
    )]
    Remove(remove::RemoveArgs),
    /// Give a profile another id; orders, rules and pins follow
    #[command(
        after_help = "Examples:\n  modelpin models auth rename anthropic:manual anthropic:work --dry-run\n  modelpin models auth rename anthropic:manual anthropic:work"
    )]
    Rename(remove::RenameArgs),
}

pub(super) fn run(auth: &Auth, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &auth.command {
        AuthCommand::Add(args) => add::run(args, global, out),
        AuthCommand::List(args) => list::run(args, global, out),
        AuthCommand::Login(args) => login::run(args, global, out),
        AuthCommand::SetupToken(args) => paste::setup_token(args, global, out),
        AuthCommand::PasteToken(args) => paste::token(args, global, out),
        AuthCommand::PasteApiKey(args) => paste::api_key(args, global, out),
        AuthCommand::Order(order) => order::run(order, global, out),
        AuthCommand::ClearCooldown(args) => remove::clear_cooldown(args, global, out),
        AuthCommand::Logout(args) => remove::logout(args, global, out),
        AuthCommand::Remove(args) => remove::remove(args, global, out),
        AuthCommand::Rename(args) => remove::rename(args, global, out),
    }
}
