//! `models auth login`: signing in, in a browser or with a device code.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::cli::moment;
use crate::credentials::{NewSecret, Placed, Replace};
use crate::echo::causes;
use crate::model::ProviderId;
use crate::oauth::{
    AnswerError, Authorization, Description, DeviceCode, ExchangeError, Listener, Poll, Tokens, device_code,
    device_poll,
};
use crate::secret::Secret;
use crate::setup::{Place, SignedIn, keep_sign_in};

use super::super::super::ask::{self, NoAnswer};
use super::super::super::browser::open_browser;
use super::super::super::global::Global;
use super::super::super::pasted::Pasted;
use super::super::super::place;
use super::super::super::wrong::Wrong;
use super::kept::{profile_id, provider};

/// How long a person has to say yes.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// How much further apart questions come when the provider asks for that, or does not answer (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    /// The provider, for example openai-codex
    #[arg(long, value_name = "P")]
    provider: String,
    /// Type a short code on another machine instead
    #[arg(long)]
    device_code: bool,
    /// The id of the profile [default: the provider and the e-mail]
    #[arg(long, value_name = "ID")]
    profile_id: Option<String>,
    /// Replace the sign-in of another account under this id
    #[arg(long)]
    replace: bool,
    /// Tell what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &LoginArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    Wrong::if_a_key("--provider", &args.provider)?;
    let place = place::operate(global)?;
    let provider = match known(&args.provider, &place) {
        Some(provider) => provider,
        None => provider(&args.provider, &place)?,
    };
    let at = described(&provider, &place)?;
    let id = match &args.profile_id {
        Some(id) => {
            Wrong::if_a_key("--profile-id", id)?;
            Some(profile_id(Some(id), None, &provider, "default")?)
        }
        None => None,
    };
    let by_device = args.device_code || at.authorize_url.is_none();
    if by_device && at.device_url.is_none() {
        let what = format!("{provider} has no device codes; leave --device-code out");
        return Err(Wrong::Failed(what));
    }
    let leave = if args.replace { Replace::Yes } else { Replace::No };
    let tokens = place::tasks()?.block_on(async {
        if by_device {
            return in_time(with_device_code(&at)).await;
        }
        let (begun, code) = in_time(with_browser(&at)).await?;
        // A code that has come is exchanged: Ctrl-C ends only the waiting for a person.
        let tokens = begun.exchange(&at, &code).await;
        tokens.map_err(|wrong| not_exchanged(&wrong))
    })?;
    let done = keep_sign_in(&place, &at, tokens, id.as_ref(), leave).map_err(Wrong::setup)?;
    tell(&done, &place, global, args, out)?;
    Ok(ExitCode::SUCCESS)
}

/// A provider whose sign-in is described, so that no warning is due.
fn known(written: &str, place: &Place) -> Option<ProviderId> {
    let provider = ProviderId::new(written);
    let described = crate::config::DESCRIBED.contains(&provider.as_str());
    (described || place.snapshot().config().oauth.contains_key(&provider)).then_some(provider)
}

fn described(provider: &ProviderId, place: &Place) -> Result<Description, Wrong> {
    let described = Description::of(provider, place.snapshot().config()).map_err(Wrong::setup)?;
    described.ok_or_else(|| {
        let instead = match provider.as_str() {
            "anthropic" => "`modelpin models auth setup-token` keeps a subscription's token".to_owned(),
            _ => format!("`modelpin models auth paste-token --provider {provider}` keeps a token"),
        };
        Wrong::Failed(format!(
            "how to sign in at {provider} is not known: describe it in `oauth.{provider}` of the configuration; {instead}"
        ))
    })
}

/// Waits for a person, until Ctrl-C or the end of patience.
async fn in_time<T>(work: impl Future<Output = Result<T, Wrong>>) -> Result<T, Wrong> {
    tokio::select! {
        // Ctrl-C is listened for before the first word is printed.
        biased;
        () = interrupted() => Err(NoAnswer::Interrupted.into()),
        () = tokio::time::sleep(PATIENCE) => Err(too_late()),
        done = work => done,
    }
}

/// Waits for whichever comes first: the browser, or an address that is pasted.
async fn with_browser(at: &Description) -> Result<(Arc<Authorization>, Secret), Wrong> {
    let listener = Listener::open(at).await.map_err(Wrong::setup)?;
    let begun = Authorization::begin(at, listener.port()).map_err(Wrong::setup)?;
    let begun = Arc::new(begun);
    ask::say(&format!(
        "Sign in at {} in a browser:\n\n  {}\n",
        at.provider,
        begun.url()
    ));
    open_browser(begun.url().as_str());
    let mut pasted = Pasted::begin(&begun)?;
    if !pasted.is_asking() {
        ask::say("Waiting for the browser to come back …");
    }
    let answered = tokio::select! {
        answer = listener.answer(Arc::clone(&begun)) => answer,
        answer = pasted.answer() => answer?,
    };
    // The terminal is as it was before anything else is written to it.
    pasted.end();
    Ok((begun, answered.map_err(refused)?))
}

async fn with_device_code(at: &Description) -> Result<Tokens, Wrong> {
    let code = device_code(at).await.map_err(|wrong| not_exchanged(&wrong))?;
    let page = &code.verification_uri;
    ask::say(&format!(
        "On any machine, open\n\n  {page}\n\nand type the code {}",
        code.user_code
    ));
    ask::say("\nWaiting for the yes …");
    open_browser(code.verification_uri_complete.as_ref().unwrap_or(page).as_str());
    let granted = tokio::time::timeout(code.lasts, granted(at, &code)).await;
    granted.unwrap_or_else(|_| Err(too_late()))
}

/// Asks until somebody has said yes or no, as often as the provider allows.
async fn granted(at: &Description, code: &DeviceCode) -> Result<Tokens, Wrong> {
    let mut interval = code.interval;
    loop {
        tokio::time::sleep(interval).await;
        match device_poll(at, code).await {
            Ok(Poll::Granted(tokens)) => return Ok(tokens),
            Ok(Poll::Pending) => {}
            Ok(Poll::SlowDown) => interval += SLOWER,
            Err(wrong @ ExchangeError::Refused { .. }) => return Err(not_exchanged(&wrong)),
            // The network may come back while the code is good.
            Err(wrong) => {
                tracing::info!("{wrong}");
                interval += SLOWER;
            }
        }
    }
}

async fn interrupted() {
    // A system without signals cannot be interrupted by one.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn too_late() -> Wrong {
    Wrong::Failed("nobody said yes in time; nothing was changed, give the command again".to_owned())
}

fn refused(wrong: AnswerError) -> Wrong {
    let hint = match wrong {
        AnswerError::ForeignState => {
            "; another sign-in may have been open in the browser: give the command again"
        }
        AnswerError::NoAnswer | AnswerError::Denied(_) => "",
    };
    Wrong::Failed(format!("{wrong}{hint}; nothing was changed"))
}

fn not_exchanged(wrong: &ExchangeError) -> Wrong {
    let what = match wrong {
        ExchangeError::Refused { code, .. } if code == "access_denied" => {
            "the provider said no: access_denied; nothing was changed".to_owned()
        }
        ExchangeError::Refused { code, .. } if code == "expired_token" => return too_late(),
        wrong => format!(
            "no sign-in came: {}; nothing was changed, give the command again",
            causes(wrong)
        ),
    };
    Wrong::Failed(what)
}

fn tell(
    done: &SignedIn,
    place: &Place,
    global: &Global,
    args: &LoginArgs,
    out: &mut impl Write,
) -> Result<(), Wrong> {
    let SignedIn { kept, asked, profile } = done;
    let (expires, renewable) = match &profile.secret {
        NewSecret::OAuth { expires, refresh, .. } => (*expires, refresh.is_some()),
        NewSecret::ApiKey(_) | NewSecret::Token(..) => (None, false),
    };
    if let Some(asked) = asked {
        ask::say(&format!(
            "This account is kept as {} already, so that was brought up to date;\n`modelpin models auth rename {} {asked}` gives it the other name.",
            kept.id, kept.id
        ));
    }
    if kept.placed == Placed::Updated && profile.account.is_none() && profile.email.is_none() {
        ask::say(&format!(
            "This provider does not tell whose account it is. The sign-in that {} had was\nreplaced; the store as it was before stands beside it, with .bak at its end.",
            kept.id
        ));
    }
    // What was written is read again, as every other command would.
    let again = place::operate(global)?;
    let book = again.snapshot().book(Some(again.agent()))?;
    let handle = book.handle(&kept.id).map(|handle| handle.to_string());
    if args.json {
        let whole = json!({
            "profileId": kept.id.as_str(),
            "provider": profile.provider.as_str(),
            "agentId": place.agent().as_str(),
            "authStorePath": kept.store.display().to_string(),
            "done": match kept.placed {
                Placed::Added => "added",
                Placed::Updated => "updated",
                Placed::Unchanged => "unchanged",
            },
            "email": profile.email,
            "accountId": profile.account,
            "expiresAt": expires,
            "renewable": renewable,
            "handle": handle,
        });
        return super::super::print(&whole, out);
    }
    let did = match kept.placed {
        Placed::Added => "Signed in:",
        Placed::Updated | Placed::Unchanged => "Signed in again:",
    };
    let handle = handle.map(|handle| format!(", {handle}"));
    writeln!(out, "{did} {} (oauth{})", kept.id, handle.unwrap_or_default())?;
    if let Some(who) = profile.email.as_deref().or(profile.account.as_deref()) {
        writeln!(out, "  as {who}")?;
    }
    writeln!(out, "  in {}", kept.store.display())?;
    writeln!(out, "  and auth.profiles of {}", kept.config.display())?;
    if !kept.first_in.is_empty() {
        writeln!(out, "  first in {}", kept.first_in.join(" and in "))?;
    }
    match (expires, renewable) {
        (Some(expires), false) => writeln!(out, "  ends {}; it cannot be renewed", moment(expires))?,
        (Some(expires), true) => writeln!(out, "  good until {}, then renewed", moment(expires))?,
        (None, _) => writeln!(out, "  no end is known")?,
    }
    let name = kept.id.short_name(&profile.provider).unwrap_or(kept.id.as_str());
    writeln!(
        out,
        "\nNext: `modelpin models status`, or `/model <model>@{name}` in a chat."
    )?;
    Ok(())
}
