//! `models auth add`: the same, question by question.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::clock::Timestamp;
use crate::credentials::{NewProfile, NewSecret, Replace, known_providers};
use crate::model::ProviderId;
use crate::setup::{Place, pasted, setup_token};

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
    let replace = if args.replace { Replace::Yes } else { Replace::No };
    guided(args.provider.as_deref(), replace, &place, global, out)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks what is to be kept, and keeps it.
pub(in crate::cli) fn guided(
    known: Option<&str>,
    replace: Replace,
    place: &Place,
    global: &Global,
    out: &mut impl Write,
) -> Result<ProviderId, Wrong> {
    let written = match known {
        Some(written) => written.to_owned(),
        None => {
            let known: Vec<String> = known_providers().map(|provider| provider.to_string()).collect();
            ask::say(&wrapped("Known providers: ", &known));
            ask::text("Provider", "anthropic")?
        }
    };
    let provider = provider(&written, place)?;
    let setup = (provider.as_str() == "anthropic").then_some("setup      (`claude setup-token` prints it)");
    let kinds: Vec<&str> = ["key        (an API key)", "token      (a token)"]
        .into_iter()
        .chain(setup)
        .collect();
    let kind = ask::one_of("What is it?", &kinds)?;
    let secret = match kind {
        0 => NewSecret::ApiKey(until_right("API key (hidden): ", pasted)?),
        1 => NewSecret::Token(until_right("Token (hidden): ", pasted)?, end()?),
        _ => NewSecret::Token(until_right("Setup token (hidden): ", setup_token)?, end()?),
    };
    let usual = if kind == 0 { "default" } else { "manual" };
    let id = ask::text("Profile id", &format!("{provider}:{usual}"))?;
    let id = profile_id(Some(&id), None, &provider, usual)?;
    keep_and_tell(
        global,
        place,
        &id,
        &NewProfile::new(provider.clone(), secret),
        replace,
        out,
    )?;
    Ok(provider)
}

/// Asks when a token ends, until the answer is a length of time or nothing.
fn end() -> Result<Option<Timestamp>, Wrong> {
    loop {
        let typed = ask::text("It ends in (for example 365d; nothing if it does not say)", "")?;
        if typed.is_empty() {
            return Ok(None);
        }
        match span(&typed) {
            Ok(span) => return Ok(Some(in_future(span))),
            Err(wrong) => ask::say(&format!("{wrong}.")),
        }
    }
}

/// Words after a heading, in lines of at most 78 columns.
fn wrapped(heading: &str, words: &[String]) -> String {
    let mut text = heading.to_owned();
    let mut column = heading.len();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push_str(if column + word.len() > 76 { ",\n  " } else { ", " });
            column = if column + word.len() > 76 { 2 } else { column + 2 };
        }
        text.push_str(word);
        column += word.len();
    }
    text
}
