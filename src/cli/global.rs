//! The options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::session::AgentId;

use super::wrong::Wrong;

/// The heading of the options that stand with every command, below the command's own.
const ANYWHERE: &str = "Options of every command";

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// The state directory [default: ~/.modelpin, else one of OpenClaw's]
    #[arg(help_heading = ANYWHERE, long, global = true, value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
    /// The configuration file [default: modelpin.json in the state directory]
    #[arg(help_heading = ANYWHERE, long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The agent [default: the configured default agent]
    #[arg(help_heading = ANYWHERE, long, global = true, value_name = "ID")]
    pub(super) agent: Option<String>,
    /// No colour (so does the variable NO_COLOR)
    #[arg(help_heading = ANYWHERE, long, global = true)]
    pub(super) no_color: bool,
    /// Log more; twice for everything of modelpin
    #[arg(help_heading = ANYWHERE, short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Log errors only; twice for nothing
    #[arg(help_heading = ANYWHERE, short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) quiet: u8,
    /// How logs are written
    #[arg(help_heading = ANYWHERE, long, global = true, value_enum, value_name = "HOW", default_value_t = LogFormat::Text)]
    pub(super) log_format: LogFormat,
}

impl Global {
    /// The agent that was asked for.
    pub(super) fn agent(&self) -> Result<Option<AgentId>, Wrong> {
        let agent = self.agent.as_deref().map(AgentId::new).transpose();
        agent.map_err(|bad| Wrong::Usage(bad.to_string()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}
