//! `models auth add`: the same, question by question.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::credentials::{NewProfile, NewSecret, Replace, known_providers};
use crate::setup::{pasted, setup_token};

use super::super::super::ask;
use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::span::span;
use super::super::super::wrong::Wrong;
use super::kept::{in_future, keep_and_tell, profile_id, provider};
use super::paste::until_right;

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// The provider; without it, it is asked for
    #[arg(long, value_name = "P")]
    provider: Option<String>,
    /// Replace the credential of another account under the id
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &AddArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let written = match &args.provider {
        Some(written) => written.clone(),
        None => {
            let known: Vec<String> = known_providers().map(|provider| provider.to_string()).collect();
            ask::say(&format!("Known providers: {}", known.join(", ")));
            ask::text("Provider", "anthropic")?
        }
    };
    let provider = provider(&written, &place)?;
    let anthropic = provider.as_str() == "anthropic";
    let kinds = match anthropic {
        true => &[
            "key        (an API key)",
            "token      (a token)",
            "setup      (`claude setup-token` prints it)",
        ][..],
        false => &["key        (an API key)", "token      (a token)"][..],
    };
    let kind = ask::one_of("What is it?", kinds)?;
    let secret = match kind {
        0 => NewSecret::ApiKey(until_right("API key (hidden): ", pasted)?),
        1 => NewSecret::Token(until_right("Token (hidden): ", pasted)?, None),
        _ => NewSecret::Token(until_right("Setup token (hidden): ", setup_token)?, None),
    };
    let secret = match secret {
        NewSecret::Token(token, _) => {
            let ends = loop {
                let typed = ask::text("It ends in (365d; nothing if it does not say)", "")?;
                match typed.as_str() {
                    "" => break None,
                    typed => match span(typed) {
                        Ok(span) => break Some(in_future(span)),
                        Err(wrong) => ask::say(&wrong),
                    },
                }
            };
            NewSecret::Token(token, ends)
        }
        secret => secret,
    };
    let usual = if kind == 0 { "default" } else { "manual" };
    let id = ask::text("Profile id", &format!("{provider}:{usual}"))?;
    let id = profile_id(Some(&id), None, &provider, usual)?;
    let replace = if args.replace { Replace::Yes } else { Replace::No };
    keep_and_tell(
        global,
        &place,
        &id,
        &NewProfile::new(provider, secret),
        replace,
        out,
    )?;
    Ok(ExitCode::SUCCESS)
}
