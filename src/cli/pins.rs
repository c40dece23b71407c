//! `modelpin pins`: what is pinned, in all chats.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::clock::{Clock, SystemClock};
use crate::echo::{causes, legible};
use crate::pin::{Change, End, Pin, PinnedProfile, ProfileChoice, Record, ScopeKey, Thread};
use crate::report::{pin_data, scope_data};
use crate::resolver::{Committed, Pins, Question, freely};
use crate::session::{Actor, AgentId, SessionKey};
use crate::setup::{PinsUnread, Place, dangling, note_pins_cleared, pin_store, scope_in_words};
use crate::terms::Mode;

use super::ask::{self, Usual};
use super::global::Global;
use super::place;
use super::table::table;
use super::wrong::Wrong;

/// `modelpin pins`.
#[derive(Debug, Args)]
pub(super) struct PinsArgs {
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
struct ClearArgs {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Only show what would be taken back
    #[arg(long)]
    dry_run: bool,
}

/// Exactly one of them: nothing is cleared that was not named.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The pin of this chat
    #[arg(long, value_name = "CHAT")]
    session: Option<String>,
    /// The pin of all chats of the agent, or of all agents
    #[arg(long)]
    scope: Option<Wide>,
    /// Every pin of every chat
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wide {
    Agent,
    Global,
}

impl Which {
    fn means(&self, key: &ScopeKey, agent: &AgentId) -> bool {
        match (key, self.scope) {
            _ if self.all => true,
            (ScopeKey::Session(of, chat), _) => of == agent && self.session.as_deref() == Some(chat),
            (ScopeKey::Agent(of), Some(Wide::Agent)) => of == agent,
            (ScopeKey::Global, Some(Wide::Global)) => true,
            _ => false,
        }
    }
}

pub(super) fn run(pins: &PinsArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    match &pins.command {
        PinsCommand::List { json } => list(*json, global, out),
        PinsCommand::Clear(args) => clear(args, global, out),
        PinsCommand::Check { json } => check(*json, global, out),
    }
}

/// The state directory, whose pins may be of agents that are in no configuration any more.
fn place(global: &Global) -> Result<Place, Wrong> {
    let place = Place::find(global.state_dir.as_deref(), global.config.as_deref(), None)?;
    place::tell_warnings(place.snapshot());
    Ok(place)
}

/// Every scope that holds a pin now, in the order of its name. With `--agent`, those of the agent and of all agents.
fn holding(place: &Place, global: &Global) -> Result<Vec<(ScopeKey, Record)>, Wrong> {
    let now = SystemClock.now();
    let read = async { Ok::<_, PinsUnread>(pin_store(place).await?.load_all().await?) };
    let all = place::tasks()?.block_on(read);
    let mut all = all.map_err(|broken| Wrong::Failed(causes(&broken)))?;
    all.retain(|(_, record)| record.holding(now).any(|pin| !pin.is_empty()));
    if let Some(wanted) = global.agent()? {
        let of_agent = |key: &ScopeKey| agent_of(key) == Some(&wanted);
        if !all.iter().any(|(key, _)| of_agent(key)) {
            // Neither pins nor a configuration: the name is mistyped.
            place.snapshot().paths(&wanted)?;
        }
        all.retain(|(key, _)| *key == ScopeKey::Global || of_agent(key));
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(all)
}

fn agent_of(key: &ScopeKey) -> Option<&AgentId> {
    match key {
        ScopeKey::Session(agent, _) | ScopeKey::Agent(agent) => Some(agent),
        ScopeKey::Global => None,
    }
}

fn list(as_json: bool, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let all = holding(&place(global)?, global)?;
    let now = SystemClock.now();
    let pins = all.iter().flat_map(|(key, record)| {
        let pins = record.holding(now).filter(|pin| !pin.is_empty());
        pins.map(move |pin| (key, pin))
    });
    if as_json {
        let pins: Vec<Value> = pins.map(|(key, pin)| pin_data(key, pin)).collect();
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
    let place = place(global)?;
    let all = holding(&place, global)?;
    let agent = global.agent()?.unwrap_or_else(|| place.agent().clone());
    let keys: Vec<ScopeKey> = all
        .into_iter()
        .map(|(key, _)| key)
        .filter(|key| args.which.means(key, &agent))
        .collect();
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
    if args.which.all && !args.yes {
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
    let (cleared, broken) = place::tasks()?.block_on(clear_each(&place, keys));
    if !cleared.is_empty() {
        let noted = note_pins_cleared(&place, &cleared, SystemClock.now());
        if let Err(broken) = place::tasks()?.block_on(noted) {
            tracing::warn!("this was not written down: {}", causes(&broken));
        }
    }
    for key in &cleared {
        writeln!(out, "Took back the pin of {}.", scope_in_words(key))?;
    }
    match broken {
        Some(broken) => return Err(Wrong::Failed(causes(&broken))),
        None if cleared.is_empty() => {
            writeln!(out, "Nothing is pinned there any more; nothing was changed.")?
        }
        None => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Clears one scope after the other. Which were cleared, and what ended it early.
async fn clear_each(place: &Place, keys: Vec<ScopeKey>) -> (Vec<ScopeKey>, Option<PinsUnread>) {
    let mut cleared = Vec::new();
    let pins = async { Ok(Pins::load(pin_store(place).await?).await?) };
    let pins = match pins.await {
        Ok(pins) => pins,
        Err(broken) => return (cleared, Some(broken)),
    };
    for key in keys {
        let change = Change::Clear {
            by: Arc::from(Actor::operator().id()),
            thread: Thread::No,
        };
        match pins
            .commit(key.clone(), change, freely(), SystemClock.now())
            .await
        {
            Ok(Committed::Changed(_)) => cleared.push(key),
            Ok(Committed::Nothing | Committed::Forbidden) => {}
            Err(broken) => return (cleared, Some(broken.into())),
        }
    }
    (cleared, None)
}

fn check(as_json: bool, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place(global)?;
    let all = holding(&place, global)?;
    let modelpin = place::open_quietly(global)?;
    let main = modelpin.resolver().snapshot().default_agent().clone();
    let mut findings = Vec::new();
    for (key, record) in &all {
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
        // What is only preferred is served by another profile without a word, and what is parked comes back later.
        let gone = || {
            dangling(&place, key, record, SystemClock.now())
                .ok()?
                .first()
                .map(gone)
        };
        let why = why.or_else(gone);
        findings.push((key, why));
    }
    let bad = findings.iter().filter(|(_, why)| why.is_some()).count();
    if as_json {
        let pins: Vec<Value> = findings
            .iter()
            .map(|(key, why)| {
                let mut whole = scope_data(key);
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

fn gone(pinned: &PinnedProfile) -> String {
    let id = legible(pinned.id.as_str());
    format!("the account that was {id} when it was pinned has no profile any more")
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
        assert_eq!(scope_data(&ScopeKey::Global)["scope"], Scope::Global.as_str());
    }
}
