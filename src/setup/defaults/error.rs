//! Why a choice was not kept.

use thiserror::Error;

use crate::config::UnknownAgent;
use crate::session::AgentId;
use crate::setup::config_file::ConfigChangeError;

/// Why a choice was not kept. Nothing was written.
#[derive(Debug, Error)]
pub enum DefaultsError {
    /// Nobody knows such a model.
    #[error("no model is called {written}{}", Near(near))]
    UnknownModel {
        /// What was written.
        written: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// Another model has the alias.
    #[error(
        "the alias {alias} stands for {model}; take it away first with `modelpin models aliases remove {alias}`"
    )]
    AliasTaken {
        /// The alias.
        alias: String,
        /// The model that has it.
        model: String,
    },
    /// The alias cannot be typed in a chat.
    #[error(
        "an alias takes letters, digits, `.`, `_` and `-`, begins with a letter or digit, and has at most 64 characters"
    )]
    BadAlias,
    /// There is no such alias.
    #[error("there is no alias {alias}{}", Near(near))]
    UnknownAlias {
        /// What was written.
        alias: String,
        /// Similar aliases.
        near: Vec<String>,
    },
    /// The model is no fallback.
    #[error("{0} is no fallback; `list` shows them")]
    NoFallback(String),
    /// There is no such agent in the configuration.
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    /// The agent has no entry of its own.
    #[error("agent {0} has no entry in agents.list; leave --agent out to change the defaults of all")]
    NoEntry(AgentId),
    /// The configuration was not changed.
    #[error(transparent)]
    Config(#[from] Box<ConfigChangeError>),
}

struct Near<'a>(&'a [String]);

impl std::fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            [] => Ok(()),
            near => write!(f, "; did you mean {}?", near.join(" or ")),
        }
    }
}
