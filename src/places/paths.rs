//! The layout within a state directory.

use std::fmt;
use std::path::{Path, PathBuf};

use super::state::{StateDir, Surroundings};
use crate::session::AgentId;

/// The configuration file, and why it is that one. It need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// The file.
    pub path: PathBuf,
    /// Why it was taken.
    pub reason: ConfigReason,
}

/// Why a configuration file was taken. `Display` is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigReason {
    /// `--config` names it.
    Flag,
    /// `MODELPIN_CONFIG` names it.
    Variable,
    /// It is the first that exists in the state directory.
    Exists,
    /// There is none yet.
    Fresh,
}

impl fmt::Display for ConfigReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--config names it",
            Self::Variable => "MODELPIN_CONFIG names it",
            Self::Exists => "it is in the state directory",
            Self::Fresh => "there is no configuration yet",
        })
    }
}

/// File names of the configuration, first that exists: ours, then those of other programs.
const CONFIGS: [&str; 4] = ["modelpin.json", "openclaw.json", "clawdbot.json", "moltbot.json"];

/// Chooses the configuration file: `--config`, `MODELPIN_CONFIG`, the first existing of `modelpin.json`,
/// `openclaw.json`, `clawdbot.json`, `moltbot.json` in the state directory; else `modelpin.json` there.
#[must_use]
pub fn config_file(flag: Option<&Path>, state: &StateDir, around: &Surroundings<'_>) -> ConfigFile {
    let chosen = |path, reason| ConfigFile { path, reason };
    if let Some(flag) = flag {
        return chosen(flag.to_owned(), ConfigReason::Flag);
    }
    if let Some(named) = around.named_by("MODELPIN_CONFIG") {
        return chosen(named, ConfigReason::Variable);
    }
    let mut there = CONFIGS.iter().map(|name| state.path.join(name));
    match there.find(|path| (around.exists)(path)) {
        Some(path) => chosen(path, ConfigReason::Exists),
        None => chosen(state.path.join(CONFIGS[0]), ConfigReason::Fresh),
    }
}

impl StateDir {
    /// The environment of the daemon.
    #[must_use]
    pub fn dotenv(&self) -> PathBuf {
        self.path.join(".env")
    }

    /// The folder of an operator's own languages.
    #[must_use]
    pub fn words(&self) -> PathBuf {
        self.path.join("words")
    }

    /// What handles are keyed by on a machine without an id. It opens nothing, and is nobody's business all the same.
    #[must_use]
    pub fn handle_key(&self) -> PathBuf {
        self.path.join("handle.key")
    }

    /// Pins, affinities, ledger, audit.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("modelpin.sqlite")
    }

    /// The files of an agent; `agent_dir` is its folder where the configuration names one.
    ///
    /// A relative `agent_dir` is taken from the state directory, `~` from the home directory.
    #[must_use]
    pub fn agent(&self, agent: &AgentId, agent_dir: Option<&str>, around: &Surroundings<'_>) -> AgentPaths {
        let usual = || Path::new("agents").join(agent.as_str()).join("agent");
        let dir = agent_dir.map_or_else(usual, |written| around.path(written));
        AgentPaths {
            // Joining an absolute path replaces what stands before it.
            dir: self.path.join(dir),
        }
    }
}

/// The files of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPaths {
    /// Its folder.
    pub dir: PathBuf,
}

impl AgentPaths {
    /// Its credentials and its order.
    #[must_use]
    pub fn auth_profiles(&self) -> PathBuf {
        self.dir.join("auth-profiles.json")
    }
}
