//! `models auth setup-token`, `paste-token`, `paste-api-key`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::credentials::{NewProfile, NewSecret, Replace};
use crate::model::ProviderId;
use crate::secret::Secret;
use crate::setup::{TokenError, is_anthropic_key, is_setup_token, pasted, setup_token as read_setup_token};

use super::super::super::ask::{self, Usual};
use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::span::span;
use super::super::super::wrong::Wrong;
use super::kept::{in_future, keep_and_tell, profile_id, provider};

/// How often a person may try before the command gives up.
const TRIES: usize = 3;

/// Where a credential is kept.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The id of the profile, for example anthropic:work
    #[arg(long, value_name = "ID", conflicts_with = "name")]
    profile_id: Option<String>,
    /// The name of the profile: `work` is anthropic:work
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replace the credential of another account under this id
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Args)]
pub(super) struct SetupTokenArgs {
    /// The provider; only Anthropic has setup tokens
    #[arg(long, value_name = "P", default_value = "anthropic")]
    provider: String,
    #[command(flatten)]
    target: Target,
    /// Do not ask whether to go on
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct PasteTokenArgs {
    /// The provider
    #[arg(long, value_name = "P")]
    provider: String,
    #[command(flatten)]
    target: Target,
    /// When it ends, from now: 30m, 24h, 365d
    #[arg(long, value_name = "TIME", value_parser = span)]
    expires_in: Option<Duration>,
}

#[derive(Debug, Args)]
pub(super) struct PasteApiKeyArgs {
    /// The provider
    #[arg(long, value_name = "P")]
    provider: String,
    #[command(flatten)]
    target: Target,
}

pub(super) fn setup_token(
    args: &SetupTokenArgs,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    if ProviderId::new(&args.provider).as_str() != "anthropic" {
        let what =
            "only anthropic has setup tokens; `modelpin models auth paste-token` keeps any other token";
        return Err(Wrong::Usage(what.to_owned()));
    }
    let place = place::operate(global)?;
    let provider = provider(&args.provider, &place)?;
    let id = args.target.id(&provider, "manual")?;
    if !ask::is_terminal() {
        let what = "setup-token needs a terminal; from a pipe, use `modelpin models auth paste-token --provider anthropic`";
        return Err(Wrong::Failed(what.to_owned()));
    }
    if !args.yes {
        ask::say("Run `claude setup-token` in another terminal, and paste what it prints here.");
    }
    let token = until_right("Setup token (hidden): ", read_setup_token)?;
    let new = NewProfile::new(provider, NewSecret::Token(token, None));
    keep_and_tell(global, &place, &id, &new, args.target.replacing(), out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn token(args: &PasteTokenArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let provider = provider(&args.provider, &place)?;
    let anthropic = provider.as_str() == "anthropic";
    let token = until_right(&format!("Token for {provider} (hidden): "), pasted)?;
    warn_if_cut_off(&token);
    let expires = args.expires_in.map(in_future);
    let mut secret = NewSecret::Token(token, expires);
    let mut usual = "manual";
    if anthropic && is_anthropic_key(secret.secret()) {
        ask::say(
            "warning: this is an API key of Anthropic, not a token; as a token it would not be accepted.",
        );
        if ask::is_terminal() && ask::yes("Keep it as an API key instead?", Usual::Yes)? {
            secret = NewSecret::ApiKey(secret.secret().clone());
            usual = "default";
        } else {
            ask::say("It is kept as a token, as asked. `modelpin models auth paste-api-key` keeps keys.");
        }
    }
    let id = args.target.id(&provider, usual)?;
    let new = NewProfile::new(provider, secret);
    keep_and_tell(global, &place, &id, &new, args.target.replacing(), out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn api_key(
    args: &PasteApiKeyArgs,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let provider = provider(&args.provider, &place)?;
    let id = args.target.id(&provider, "default")?;
    let key = until_right(&format!("API key for {provider} (hidden): "), pasted)?;
    if provider.as_str() == "anthropic" && is_setup_token(&key) {
        ask::say("warning: this is a setup token; `modelpin models auth setup-token` keeps those.");
    }
    let new = NewProfile::new(provider, NewSecret::ApiKey(key));
    keep_and_tell(global, &place, &id, &new, args.target.replacing(), out)?;
    Ok(ExitCode::SUCCESS)
}

/// Tells if it begins like a setup token and is shorter than one.
pub(in crate::cli) fn warn_if_cut_off(token: &Secret) {
    if let (true, Err(wrong)) = (is_setup_token(token), read_setup_token(token.expose())) {
        ask::say(&format!("warning: {wrong}."));
    }
}

/// Asks until the answer is right; a pipe answers once.
pub(in crate::cli) fn until_right(
    question: &str,
    read: impl Fn(&str) -> Result<Secret, TokenError>,
) -> Result<Secret, Wrong> {
    let mut left = if ask::is_terminal() { TRIES } else { 1 };
    loop {
        let typed = ask::secret(question)?;
        left -= 1;
        match read(typed.expose()) {
            Ok(secret) => return Ok(secret),
            Err(wrong) if left == 0 => {
                return Err(Wrong::Failed(format!("{wrong}; nothing was changed")));
            }
            Err(wrong) => ask::say(&format!("That is not it: {wrong}.")),
        }
    }
}

impl Target {
    fn id(&self, provider: &ProviderId, usual: &str) -> Result<crate::profile::ProfileId, Wrong> {
        profile_id(self.profile_id.as_deref(), self.name.as_deref(), provider, usual)
    }

    fn replacing(&self) -> Replace {
        if self.replace { Replace::Yes } else { Replace::No }
    }
}
