//! `models auth order get | set | clear`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::credentials::AuthStore;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::setup::{Place, clear_order, set_order};

use super::super::super::global::Global;
use super::super::super::place;
use super::super::super::wrong::Wrong;

#[derive(Debug, Args)]
pub(super) struct Order {
    #[command(subcommand)]
    command: OrderCommand,
}

#[derive(Debug, Subcommand)]
enum OrderCommand {
    /// Show the order that the agent keeps
    #[command(
        after_help = "Examples:\n  modelpin models auth order get --provider anthropic\n  modelpin models auth order get --provider anthropic --json"
    )]
    Get {
        #[command(flatten)]
        provider: Provider,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep an order for the agent
    #[command(
        after_help = "Example:\n  modelpin models auth order set --provider openai openai:work openai:home"
    )]
    Set {
        #[command(flatten)]
        provider: Provider,
        /// Profiles, the first one first
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Forget the order: the configuration decides again
    #[command(after_help = "Example:\n  modelpin models auth order clear --provider anthropic")]
    Clear {
        #[command(flatten)]
        provider: Provider,
    },
}

#[derive(Debug, Args)]
struct Provider {
    /// The provider
    #[arg(long, value_name = "P")]
    provider: String,
}

impl Provider {
    fn id(&self) -> Result<ProviderId, Wrong> {
        Wrong::if_a_key("--provider", &self.provider)?;
        let id = ProviderId::new(&self.provider);
        if id.as_str().is_empty() {
            return Err(Wrong::Usage("--provider is blank".to_owned()));
        }
        Ok(id)
    }
}

pub(super) fn run(order: &Order, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let place = place::operate(global)?;
    match &order.command {
        OrderCommand::Get { provider, json } => get(&place, &provider.id()?, *json, out)?,
        OrderCommand::Set { provider, ids } => {
            let provider = provider.id()?;
            let ids: Vec<ProfileId> = ids.iter().map(|id| ProfileId::new(id.trim())).collect();
            set_order(&place, &provider, &ids).map_err(Wrong::setup)?;
            writeln!(out, "Agent {} tries {provider} in this order:", place.agent())?;
            for (at, id) in ids.iter().enumerate() {
                writeln!(out, "  {}. {id}", at + 1)?;
            }
        }
        OrderCommand::Clear { provider } => {
            let provider = provider.id()?;
            let cleared = clear_order(&place, &provider).map_err(Wrong::setup)?;
            let agent = place.agent();
            if cleared {
                writeln!(
                    out,
                    "Agent {agent} keeps no order for {provider} any more; the configuration decides."
                )?;
            } else {
                writeln!(
                    out,
                    "Agent {agent} keeps no order for {provider}; nothing was changed."
                )?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn get(place: &Place, provider: &ProviderId, json: bool, out: &mut impl Write) -> Result<(), Wrong> {
    let path = place.store();
    let store = AuthStore::read(&path).map_err(Wrong::setup)?;
    let order = store.as_ref().and_then(|store| store.order(provider));
    let ids: Option<Vec<&str>> = order.map(|ids| ids.iter().map(ProfileId::as_str).collect());
    if json {
        let answer = json!({
            "agentId": place.agent().as_str(),
            "agentDir": place.paths().dir.display().to_string(),
            "provider": provider.as_str(),
            "authStorePath": path.display().to_string(),
            "order": ids,
        });
        let text = serde_json::to_string_pretty(&answer).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
        return Ok(());
    }
    let agent = place.agent();
    match ids {
        None => writeln!(
            out,
            "Agent {agent} keeps no order for {provider}; the configuration decides."
        )?,
        Some(ids) if ids.is_empty() => {
            writeln!(
                out,
                "Agent {agent} keeps an empty order for {provider}: none of its profiles is used."
            )?;
        }
        Some(ids) => {
            writeln!(out, "Agent {agent} tries {provider} in this order:")?;
            for (at, id) in ids.iter().enumerate() {
                writeln!(out, "  {}. {id}", at + 1)?;
            }
        }
    }
    Ok(())
}
