//! `modelpin pins`: what is pinned, in all chats.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::echo::causes;
use crate::pin::{Change, End, Pin, ProfileChoice, Record, ScopeKey, Thread};
use crate::resolver::{Committed, Question, freely};
use crate::session::{Actor, AgentId, SessionKey};
use crate::setup::{pin_store, scope_in_words};
use crate::store::PinStore;
use crate::terms::Mode;

use super::ask::{self, Usual};
use super::global::Global;
use super::place;
use super::table::table;
use super::wrong::Wrong;

/// `modelpin pins`.
#[derive(Debug, Args)]
pub(super) struct Pins {
    #[command(subcommand)]
    command: PinsCommand,
}

#[derive(Debug, Subcommand)]
enum PinsCommand {
    /// Show every pin: where, what, who, since when
    #[command(after_help = "Examples:\n  modelpin pins list\n  modelpin pins list --json")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take pins back
    #[command(
        after_help = "Examples:\n  modelpin pins clear --session telegram:42\n  modelpin pins clear --scope global\n  modelpin pins clear --all --dry-run"
    )]
    Clear(ClearArgs),
    /// Say which pinned chats could not be served right now (exit code 1 if there is one)
    #[command(after_help = "Examples:\n  modelpin pins check\n  modelpin pins check --json")]
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["session", "scope", "all"])))]
struct ClearArgs {
    /// The pin of this chat
    #[arg(long, value_name = "CHAT")]
    session: Option<String>,
    /// The pin of all chats of the agent, or of all agents
    #[arg(long, value_name = "SCOPE", value_parser = ["agent", "global"])]
    scope: Option<String>,
    /// Every pin of every chat
    #[arg(long)]
    all: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Only show what would be taken back
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(pins: &Pins, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &pins.command {
        PinsCommand::List { json } => list(*json, global, out),
        PinsCommand::Clear(args) => clear(args, global, out),
        PinsCommand::Check { json } => check(*json, global, out),
    }
}

/// Every scope that holds a pin now, in the order of its name.
fn holding(global: &Global) -> Result<(Vec<(ScopeKey, Record)>, Timestamp), Wrong> {
    let place = place::operate(global)?;
    let now = crate::clock::Clock::now(&crate::clock::SystemClock);
    let all = place::tasks()?.block_on(pin_store(&place).load_all());
    let mut all = all.map_err(|broken| Wrong::Failed(causes(&broken)))?;
    // With --agent, its own pins and those of all agents.
    let wanted = global.agent()?;
    all.retain(|(key, record)| {
        let of_agent = match (key, &wanted) {
            (ScopeKey::Session(agent, _) | ScopeKey::Agent(agent), Some(wanted)) => agent == wanted,
            _ => true,
        };
        of_agent && record.holding(now).any(|pin| !pin.is_empty())
    });
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok((all, now))
}

fn list(as_json: bool, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let (all, now) = holding(global)?;
    let pins = all.iter().flat_map(|(key, record)| {
        let pins = record.holding(now).filter(|pin| !pin.is_empty());
        pins.map(move |pin| (key, pin))
    });
    if as_json {
        let pins: Vec<Value> = pins.map(|(key, pin)| data(key, pin)).collect();
        print(&json!({ "count": pins.len(), "pins": pins }), out)?;
        return Ok(ExitCode::SUCCESS);
    }
    if all.is_empty() {
        writeln!(out, "Nothing is pinned.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = pins.map(|(key, pin)| {
        vec![
            scope_in_words(key),
            what(pin),
            ends(pin.end),
            pin.by.as_deref().unwrap_or("unknown").to_owned(),
            pin.at.map_or_else(|| "unknown".to_owned(), super::moment),
        ]
    });
    writeln!(out, "{}", table(&["Where", "What", "Until", "By", "Since"], rows))?;
    Ok(ExitCode::SUCCESS)
}

fn clear(args: &ClearArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let (all, _) = holding(global)?;
    let agent = match global.agent()? {
        Some(agent) => agent,
        None => place::operate(global)?.agent().clone(),
    };
    let keys: Vec<ScopeKey> = if args.all {
        all.into_iter().map(|(key, _)| key).collect()
    } else {
        let key = match (&args.session, args.scope.as_deref()) {
            (Some(chat), _) => ScopeKey::Session(agent, Arc::from(chat.as_str())),
            (None, Some("agent")) => ScopeKey::Agent(agent),
            (None, _) => ScopeKey::Global,
        };
        all.into_iter()
            .map(|(key, _)| key)
            .filter(|is| *is == key)
            .collect()
    };
    if keys.is_empty() {
        writeln!(out, "Nothing is pinned there; nothing was changed.")?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.dry_run {
        writeln!(out, "Would take back the pins of:")?;
        for key in &keys {
            writeln!(out, "  {}", scope_in_words(key))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if args.all && !args.yes {
        if !ask::is_terminal() {
            return Err(Wrong::Usage("--all needs --yes away from a terminal".to_owned()));
        }
        if !ask::yes(
            &format!("Take back the pins of {} scopes?", keys.len()),
            Usual::No,
        )? {
            writeln!(out, "Nothing was changed.")?;
            return Ok(ExitCode::FAILURE);
        }
    }
    let place = place::operate(global)?;
    let store = Arc::new(pin_store(&place));
    let done: Result<Vec<Committed>, _> = place::tasks()?.block_on(async {
        let pins = crate::resolver::Pins::load(store).await?;
        let now = crate::clock::Clock::now(&crate::clock::SystemClock);
        let mut done = Vec::new();
        for key in &keys {
            let change = Change::Clear {
                by: Arc::from(Actor::operator().id()),
                thread: Thread::No,
            };
            done.push(pins.commit(key.clone(), change, freely(), now).await?);
        }
        Ok(done)
    });
    done.map_err(|broken: crate::store::PinStoreError| Wrong::Failed(causes(&broken)))?;
    for key in &keys {
        writeln!(out, "Took back the pin of {}.", scope_in_words(key))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(as_json: bool, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let (all, _) = holding(global)?;
    let modelpin = place::open(global)?;
    let main = modelpin.resolver().snapshot().default_agent().clone();
    let mut findings = Vec::new();
    for (key, _) in &all {
        let (agent, chat): (AgentId, &str) = match key {
            ScopeKey::Session(agent, chat) => (agent.clone(), chat),
            ScopeKey::Agent(agent) => (agent.clone(), "any chat"),
            ScopeKey::Global => (main.clone(), "any chat"),
        };
        let session = SessionKey::new(chat).with_agent(agent);
        let actor = Actor::operator();
        let why = match modelpin.resolver().explain(Question::new(&session, &actor)) {
            Ok(decision) => decision.verdict.err().map(|refusal| refusal.to_string()),
            Err(broken) => Some(causes(&broken)),
        };
        findings.push((key, why));
    }
    let bad = findings.iter().filter(|(_, why)| why.is_some()).count();
    if as_json {
        let pins: Vec<Value> = findings
            .iter()
            .map(|(key, why)| {
                let mut whole = place_of(key);
                whole["ok"] = why.is_none().into();
                whole["why"] = json!(why);
                whole
            })
            .collect();
        print(
            &json!({ "ok": bad == 0, "checked": pins.len(), "pins": pins }),
            out,
        )?;
    } else {
        for (key, why) in &findings {
            if let Some(why) = why {
                writeln!(out, "{}: {why}", scope_in_words(key))?;
            }
        }
        let count = findings.len();
        match bad {
            0 => writeln!(out, "All {count} pinned scopes can be served.")?,
            bad => writeln!(out, "{bad} of {count} pinned scopes cannot be served right now.")?,
        }
    }
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn place_of(key: &ScopeKey) -> Value {
    let (agent, session) = match key {
        ScopeKey::Session(agent, chat) => (Some(agent.as_str()), Some(&**chat)),
        ScopeKey::Agent(agent) => (Some(agent.as_str()), None),
        ScopeKey::Global => (None, None),
    };
    json!({ "scope": key.scope().as_str(), "agent": agent, "session": session })
}

fn data(key: &ScopeKey, pin: &Pin) -> Value {
    let mut whole = place_of(key);
    whole["model"] = json!(pin.model.as_ref().map(|model| model.model.to_string()));
    whole["modelMode"] = json!(pin.model.as_ref().map(|model| model.mode.as_str()));
    whole["profiles"] = pin
        .profiles
        .iter()
        .map(|choice| match choice {
            ProfileChoice::Pinned(pinned) => json!({
                "provider": pinned.provider.as_str(), "profile": pinned.id.as_str(), "mode": pinned.mode.as_str(),
            }),
            ProfileChoice::Auto(provider) => json!({ "provider": provider.as_str(), "profile": null, "mode": "auto" }),
        })
        .collect();
    whole["until"] = match pin.end {
        End::Never => Value::Null,
        End::At(at) => json!(at),
        End::NextRequest => "next request".into(),
    };
    whole["by"] = json!(pin.by.as_deref());
    whole["at"] = json!(pin.at);
    whole["stopsInheriting"] = (pin.own_way == crate::pin::OwnWay::Stops).into();
    whole
}

fn what(pin: &Pin) -> String {
    let mut parts = Vec::new();
    let strict = |mode| if mode == Mode::Strict { " (strict)" } else { "" };
    if let Some(model) = &pin.model {
        parts.push(format!("{}{}", model.model, strict(model.mode)));
    }
    for choice in &pin.profiles {
        parts.push(match choice {
            ProfileChoice::Pinned(pinned) => format!("@{}{}", pinned.id, strict(pinned.mode)),
            ProfileChoice::Auto(provider) => format!("any profile of {provider}"),
        });
    }
    if parts.is_empty() {
        parts.push("default, whatever the wider chat says".to_owned());
    }
    parts.join(", ")
}

fn ends(end: End) -> String {
    match end {
        End::Never => "changed".to_owned(),
        End::At(at) => super::moment(at),
        End::NextRequest => "the next request".to_owned(),
    }
}

fn print(value: &Value, out: &mut impl Write) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scope;

    #[test]
    fn a_pin_is_told_in_a_few_words() {
        assert_eq!(what(&Pin::default()), "default, whatever the wider chat says");
        assert_eq!(ends(End::NextRequest), "the next request");
        assert_eq!(place_of(&ScopeKey::Global)["scope"], Scope::Global.as_str());
    }
}
