//! `modelpin onboard`: the first set-up, question by question or by options.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;

use crate::credentials::{NewProfile, NewSecret, Replace, known_providers};
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::setup::{Place, Purpose, Whose, found_source, keep, model_meant, pasted, set_default};

use super::ask::{self, Usual};
use super::global::Global;
use super::models::auth::{guided, in_future, provider, until_right, warn_if_cut_off};
use super::place;
use super::span::span;
use super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct OnboardArgs {
    /// Ask nothing: all is told by options
    #[arg(long)]
    non_interactive: bool,
    /// What to set up: <provider>-api-key, token, setup-token or skip
    #[arg(long, value_name = "CHOICE")]
    auth_choice: Option<String>,
    /// The provider of --token
    #[arg(long, value_name = "P", requires = "token")]
    token_provider: Option<String>,
    /// A token; `-` reads it from standard input
    #[arg(long, value_name = "T")]
    token: Option<String>,
    /// When the token ends, from now
    #[arg(long, value_name = "TIME", value_parser = span, requires = "token")]
    token_expires_in: Option<Duration>,
    /// The default model
    #[arg(long, value_name = "REF")]
    model: Option<String>,
    /// A summary as JSON
    #[arg(long, requires = "non_interactive")]
    json: bool,
    #[command(flatten)]
    keys: ProviderKeys,
}

/// `--<provider>-api-key K`, for every provider that is known.
#[derive(Debug, Default)]
struct ProviderKeys(Vec<(ProviderId, String)>);

impl FromArgMatches for ProviderKeys {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut keys = Self::default();
        keys.update_from_arg_matches(matches)?;
        Ok(keys)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let given = known_providers().filter_map(|provider| {
            let key = matches.get_one::<String>(&option(&provider))?;
            Some((provider, key.clone()))
        });
        self.0 = given.collect();
        Ok(())
    }
}

impl Args for ProviderKeys {
    fn augment_args(mut command: Command) -> Command {
        for (at, provider) in known_providers().enumerate() {
            let name = option(&provider);
            let mut arg = Arg::new(name.clone()).long(name.clone()).value_name("K");
            if provider.as_str() == "google" {
                arg = arg.alias("gemini-api-key");
            }
            // Help names some of them; the others are like these.
            let shown = matches!(provider.as_str(), "anthropic" | "openai" | "openrouter");
            arg = arg.hide(!shown).help(match at {
                0 => "An API key; `-` reads it from standard input. So for every provider",
                _ => "The same",
            });
            command = command.arg(arg);
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn option(provider: &ProviderId) -> String {
    format!("{provider}-api-key")
}

pub(super) fn run(args: &OnboardArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    if args.non_interactive || !args.keys.0.is_empty() || args.token.is_some() {
        return by_options(args, &place, global, out);
    }
    if args.auth_choice.as_deref() == Some("skip") {
        return next_steps(&place, out);
    }
    by_questions(args, &place, global, out).inspect_err(|wrong| {
        if matches!(wrong, Wrong::NoAnswer(ask::NoAnswer::Ended)) && !ask::is_terminal() {
            ask::say("Without a terminal, answers are lines of standard input; --non-interactive takes options instead.");
        }
    })
}

fn by_options(
    args: &OnboardArgs,
    place: &Place,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let mut wanted: Vec<(ProfileId, NewProfile)> = Vec::new();
    if args
        .keys
        .0
        .iter()
        .map(|(_, key)| key)
        .chain(&args.token)
        .filter(|given| *given == "-")
        .count()
        > 1
    {
        return Err(Wrong::Usage("only one option can read standard input".to_owned()));
    }
    check_choice(args)?;
    for (provider, written) in &args.keys.0 {
        let key = given(written, &format!("--{}", option(provider)), pasted)?;
        let id = ProfileId::new(&format!("{provider}:default"));
        wanted.push((id, NewProfile::new(provider.clone(), NewSecret::ApiKey(key))));
    }
    if let Some(written) = &args.token {
        let provider = provider(args.token_provider.as_deref().unwrap_or("anthropic"), place)?;
        let token = given(written, "--token", pasted)?;
        warn_if_cut_off(&token);
        let id = ProfileId::new(&format!("{provider}:manual"));
        let secret = NewSecret::Token(token, args.token_expires_in.map(in_future));
        wanted.push((id, NewProfile::new(provider, secret)));
    }
    let skip = args.auth_choice.as_deref() == Some("skip");
    if wanted.is_empty() && args.model.is_none() && !skip {
        let what = "nothing to set up: give a key such as --anthropic-api-key -, a --token, a --model, or --auth-choice skip";
        return Err(Wrong::Usage(what.to_owned()));
    }
    // Wrong names are told before anything is written.
    let model = args
        .model
        .as_deref()
        .map(|written| model_meant(place, written))
        .transpose();
    let model = model.map_err(Wrong::setup)?;
    for (id, new) in &wanted {
        keep(place, id, new, Replace::No).map_err(Wrong::setup)?;
    }
    if let Some(model) = &model {
        set_default(place, &Whose::All, Purpose::Chat, model).map_err(Wrong::setup)?;
    }
    let again = place::operate(global)?;
    if args.json {
        let book = again.snapshot().book(Some(again.agent()))?;
        let summary = json!({
            "stateDir": again.snapshot().sources().state.path.display().to_string(),
            "configPath": again.snapshot().sources().config.path.display().to_string(),
            "agentId": again.agent().as_str(),
            "profiles": wanted.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
            "defaultModel": book.catalog().default_model().map(ToString::to_string),
        });
        let text = serde_json::to_string_pretty(&summary).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    for (id, new) in &wanted {
        writeln!(out, "Kept {id} ({}) in {}", new.kind(), again.store().display())?;
    }
    next_steps(&again, out)
}

/// Whether `--auth-choice` says what the other options say.
fn check_choice(args: &OnboardArgs) -> Result<(), Wrong> {
    let Some(choice) = args.auth_choice.as_deref() else {
        return Ok(());
    };
    let missing = |option: &str| Err(Wrong::Usage(format!("--auth-choice {choice} needs {option}")));
    match choice {
        "skip" => Ok(()),
        "setup-token" => {
            let what = "--auth-choice setup-token is guided: leave --non-interactive out, or give --auth-choice token --token -";
            Err(Wrong::Usage(what.to_owned()))
        }
        "token" if args.token.is_none() => missing("--token"),
        "token" => Ok(()),
        _ => {
            let provider = match choice {
                "apiKey" => Some("anthropic"),
                "gemini-api-key" => Some("google"),
                choice => choice.strip_suffix("-api-key"),
            };
            let known = provider
                .map(ProviderId::new)
                .filter(|provider| known_providers().any(|is| is == *provider));
            match known {
                Some(provider) if args.keys.0.iter().any(|(given, _)| *given == provider) => Ok(()),
                Some(provider) => missing(&format!("--{}", option(&provider))),
                None => Err(Wrong::Usage(
                    "--auth-choice takes <provider>-api-key, token, setup-token or skip".to_owned(),
                )),
            }
        }
    }
}

/// A secret from an option: `-` is standard input, and anything else gets a warning.
fn given(
    written: &str,
    option: &str,
    read: impl Fn(&str) -> Result<Secret, crate::setup::TokenError>,
) -> Result<Secret, Wrong> {
    if written == "-" {
        return until_right("Secret (hidden): ", read);
    }
    ask::say(&format!(
        "warning: the secret of {option} can be seen in the list of processes and stays in the shell's history; `{option} -` reads it from standard input."
    ));
    read(written).map_err(|wrong| Wrong::Failed(format!("{option}: {wrong}; nothing was changed")))
}

fn by_questions(
    args: &OnboardArgs,
    place: &Place,
    global: &Global,
    out: &mut impl Write,
) -> Result<ExitCode, Wrong> {
    let state = &place.snapshot().sources().state;
    ask::say(&format!(
        "State directory: {} ({})",
        state.path.display(),
        state.reason
    ));
    if let Some(other) = found_source(&state.path) {
        ask::say(&format!(
            "{} is there: `modelpin import --from {}` takes its credentials over.",
            other.display(),
            other.display()
        ));
    }
    let book = place.snapshot().book(Some(place.agent()))?;
    let found: Vec<String> = book
        .facts()
        .iter()
        .map(|facts| format!("{} ({})", facts.id, facts.source))
        .collect();
    if !found.is_empty() {
        ask::say(&format!("Credentials that are there: {}", found.join(", ")));
    }
    let mut provider = book.facts().first().map(|facts| facts.provider.clone());
    let setup_token = args.auth_choice.as_deref() == Some("setup-token");
    let usual = if found.is_empty() { Usual::Yes } else { Usual::No };
    if setup_token || ask::yes("Add a credential?", usual)? {
        let known = setup_token.then_some("anthropic");
        provider = Some(guided(known, Replace::No, place, global, out)?);
    }
    let again = place::operate(global)?;
    let book = again.snapshot().book(Some(again.agent()))?;
    let catalog = book.catalog();
    let of_provider: Vec<String> = catalog
        .selectable()
        .filter(|entry| Some(entry.model.provider()) == provider.as_ref())
        .map(|entry| entry.model.to_string())
        .collect();
    let usual = match (&args.model, catalog.default_model()) {
        (Some(model), _) => model.clone(),
        (None, Some(default)) if of_provider.is_empty() || of_provider.contains(&default.to_string()) => {
            default.to_string()
        }
        (None, _) => of_provider.first().cloned().unwrap_or_default(),
    };
    if !of_provider.is_empty() {
        ask::say(&format!("Models: {}", of_provider.join(", ")));
    }
    loop {
        let typed = ask::text("Default model", &usual)?;
        if typed.is_empty() {
            break;
        }
        match model_meant(&again, &typed) {
            Ok(model) => {
                set_default(&again, &Whose::All, Purpose::Chat, &model).map_err(Wrong::setup)?;
                break;
            }
            Err(wrong) => ask::say(&format!("{wrong}.")),
        }
    }
    next_steps(&place::operate(global)?, out)
}

/// What would be used now, and what can be done next.
fn next_steps(place: &Place, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let book = place.snapshot().book(Some(place.agent()))?;
    let now = crate::clock::Clock::now(&crate::clock::SystemClock);
    match book.catalog().default_model() {
        Some(model) if book.has_credential(model.provider(), &|_| true, now) => {
            writeln!(out, "\nReady: {model} can be asked.")?;
        }
        Some(model) => writeln!(out, "\n{model} is the default, and has no credential yet.")?,
        None => writeln!(
            out,
            "\nNo default model is set: `modelpin models set <provider/model>`."
        )?,
    }
    writeln!(
        out,
        "Next:\n  modelpin chat             talk\n  modelpin models status    see what is used\n  modelpin doctor           look for trouble"
    )?;
    Ok(ExitCode::SUCCESS)
}
