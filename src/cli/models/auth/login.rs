//! `models auth login`: signing in with a browser, or with a code on another screen.

use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::clock::{Clock, SystemClock};
use crate::credentials::Replace;
use crate::echo::causes;
use crate::oauth::{Code, CodeError, Description, Device, Returned, Tokens};
use crate::setup::{place_of, signed_in};

use super::super::super::ask;
use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::wrong::Wrong;
use super::kept::{keep_and_tell, profile_id, provider};

#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    /// The provider, for example openai-codex
    #[arg(long, value_name = "P")]
    provider: String,
    /// Sign in on another screen, with a code
    #[arg(long)]
    device_code: bool,
    /// The id of the profile; by default the one that the account has
    #[arg(long, value_name = "ID")]
    profile_id: Option<String>,
    /// Replace the sign-in of another account under this id
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &LoginArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    let provider = provider(&args.provider, &place)?;
    let id = args
        .profile_id
        .as_deref()
        .map(|id| profile_id(Some(id), None, &provider, "default"))
        .transpose()?;
    let description = Description::of(&provider, place.snapshot().config())
        .map_err(|missing| Wrong::Failed(missing.to_string()))?;
    let client = description.client_id.clone();
    let tasks = place::tasks()?;
    let tokens = if args.device_code {
        tasks.block_on(with_device(description))?
    } else {
        tasks.block_on(with_browser(description))?
    };
    let new = signed_in(&provider, &client, &tokens, SystemClock.now());
    let id = id.unwrap_or_else(|| place_of(&place, &new));
    let replace = if args.replace { Replace::Yes } else { Replace::No };
    keep_and_tell(global, &place, &id, &new, replace, out)?;
    // Whoever waits at a terminal for a pasted address is not waited for.
    tasks.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

async fn with_device(description: Description) -> Result<Tokens, Wrong> {
    let failed =
        |wrong: crate::oauth::DeviceError| Wrong::Failed(format!("{}; nothing was changed", causes(&wrong)));
    let device = Device::begin(description).await.map_err(failed)?;
    ask::say(&format!("Open {}", device.page()));
    ask::say(&format!("and type the code {}", device.user_code()));
    ask::say("Waiting; Ctrl-C gives up.");
    device.finish().await.map_err(failed)
}

async fn with_browser(description: Description) -> Result<Tokens, Wrong> {
    let failed = |wrong: CodeError| Wrong::Failed(format!("{}; nothing was changed", causes(&wrong)));
    let mut code = Code::begin(description).await.map_err(failed)?;
    ask::say("Sign in at this address:");
    ask::say(&format!("\n  {}\n", code.page()));
    open(code.page());
    let typed = if std::io::stdin().is_terminal() {
        ask::say("If the browser is on another machine, paste the address that it was sent to here:");
        Some(pasted())
    } else {
        None
    };
    if !code.listens() && typed.is_none() {
        let what =
            "nobody can be sent back here, and there is no terminal to paste the address; add --device-code";
        return Err(Wrong::Failed(what.to_owned()));
    }
    let returned = back(&mut code, typed).await.map_err(failed)?;
    code.finish(returned).await.map_err(failed)
}

/// What comes first: the browser, or a pasted address that holds something.
async fn back(
    code: &mut Code,
    typed: Option<tokio::sync::mpsc::Receiver<String>>,
) -> Result<Returned, CodeError> {
    let Some(mut typed) = typed else {
        return code.returned().await;
    };
    let mut returned = std::pin::pin!(code.returned());
    loop {
        tokio::select! {
            returned = &mut returned => return returned,
            line = typed.recv() => match line {
                Some(line) => match Code::pasted(&line) {
                    Ok(read) => return Ok(read),
                    Err(wrong) => ask::say(&format!("That is not it: {wrong}.")),
                },
                None => return returned.await,
            },
        }
    }
}

/// Lines from the terminal. An address with a code is shown as it is typed: the code is of no use to anybody else, for
/// it is exchanged only together with what this process alone knows (RFC 7636).
fn pasted() -> tokio::sync::mpsc::Receiver<String> {
    let (typed, lines) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if !line.trim().is_empty() && typed.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Opens a browser, where there is a display; by a path that nobody's `PATH` changes.
fn open(page: &str) {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let program = match std::env::consts::OS {
        "macos" => "/usr/bin/open",
        _ if display => "/usr/bin/xdg-open",
        _ => return,
    };
    let opened = Command::new(program)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = opened {
        tracing::debug!(%error, program, "no browser was opened");
    }
}
