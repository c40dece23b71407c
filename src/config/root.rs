//! The whole configuration.

use indexmap::IndexMap;

use super::agents::{self, AgentConfig, AgentDefaults};
use super::auth::{self, Auth};
use super::commands::{self, Bot, Commands};
use super::env::{self, Env};
use super::error::{ConfigError, Warning};
use super::events::{self, Events};
use super::include::{Load, Sources, bare, expand};
use super::node::Node;
use super::oauth::{self, OAuthConfig};
use super::providers::{self, ProviderConfig};
use super::reading::{At, Notes, Read, look_for_traps};
use super::store::{self, StoreConfig};
use super::text::tree;
use crate::model::ProviderId;
use crate::session::AgentId;

/// What the configuration says. [`Config::default`] is what an absent file says.
///
/// `Debug` shows no secret.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What holds for every agent (`agents.defaults`).
    pub agents: AgentDefaults,
    /// The agents (`agents.list`), in file order.
    pub agent_list: IndexMap<AgentId, AgentConfig>,
    /// Profiles, order, rests, fence.
    pub auth: Auth,
    /// Endpoints (`models.providers`).
    pub providers: IndexMap<ProviderId, ProviderConfig>,
    /// Where people sign in (`oauth`).
    pub oauth: IndexMap<ProviderId, OAuthConfig>,
    /// How commands are recognised, and who may give them.
    pub commands: Commands,
    /// The names of the bot.
    pub bot: Bot,
    /// Environment variables.
    pub env: Env,
    /// Where an operator hears of what nobody may be looking at.
    pub events: Events,
    /// Where pins, rests and the record of decisions are kept (`store`).
    pub store: StoreConfig,
}

impl Config {
    /// Reads a configuration: JSON5, at most 16 MiB and 128 levels deep; a byte order mark is skipped.
    ///
    /// `file` is the name that errors give. A key whose value is `null` counts as absent. Keys of other programs
    /// are left alone; those that we do not know where we should are warnings.
    ///
    /// # Errors
    /// [`ConfigError`] for the first thing that is no JSON5 or no value for its key.
    pub fn parse(text: &str, file: &str) -> Result<(Self, Vec<Warning>), ConfigError> {
        read_tree(&Sources::alone(text, file), tree(bare(text), file)?)
    }

    /// The same, with the files that `$include` names, which `load` finds; see [`Included`](super::Included).
    ///
    /// An object takes the entries of the files that it includes, in their order: objects are joined, lists follow each
    /// other, and of anything else the last one counts. What stands beside `$include` goes over all of them.
    ///
    /// # Errors
    /// [`ConfigError`], which names the file that is wrong.
    pub fn parse_with(
        text: &str,
        file: &str,
        load: &mut Load<'_>,
    ) -> Result<(Self, Vec<Warning>), ConfigError> {
        let mut sources = Sources::alone(text, file);
        let whole = expand(tree(bare(text), file)?, &mut sources, load)?;
        read_tree(&sources, whole)
    }
}

fn read_tree(sources: &Sources, node: Node) -> Result<(Config, Vec<Warning>), ConfigError> {
    let notes = Notes::of(sources);
    let top = At::top(&node, &notes);
    let config = read(&top).map_err(|wrong| {
        let (file, (line, column)) = sources.locate(&wrong.path.steps());
        ConfigError {
            file: file.to_owned(),
            line,
            column,
            path: wrong.path.to_string(),
            message: wrong.message,
            hint: wrong.hint,
        }
    })?;
    look_for_traps(&top);
    drop(top);
    Ok((config, notes.into_warnings()))
}

fn read<'a>(at: &At<'a>) -> Read<'a, Config> {
    let top = at.object()?;
    let (agents, agent_list) = top.read("agents", agents::read)?.unwrap_or_default();
    Ok(Config {
        agents,
        agent_list,
        auth: top.read("auth", auth::read)?.unwrap_or_default(),
        providers: top.read("models", providers::read)?.unwrap_or_default(),
        oauth: top.read("oauth", oauth::read)?.unwrap_or_default(),
        commands: top.read("commands", commands::read)?.unwrap_or_default(),
        bot: top.read("bot", commands::read_bot)?.unwrap_or_default(),
        env: top.read("env", env::read)?.unwrap_or_default(),
        events: top.read("events", events::read)?.unwrap_or_default(),
        store: top.read("store", store::read)?.unwrap_or_default(),
    })
}
