//! What an operator works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::config::UnknownAgent;
use crate::places::{AgentPaths, NoStateDir, Surroundings, config_file, state_dir};
use crate::resolver::{LoadError, Snapshot, Sources};
use crate::session::AgentId;

/// The files of one agent in one state directory, and what the configuration said when they were found.
#[derive(Debug, Clone)]
pub struct Place {
    snapshot: Arc<Snapshot>,
    agent: AgentId,
    paths: AgentPaths,
}

/// Why there is no place to work on.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// There is no place for a state directory.
    #[error(transparent)]
    NoStateDir(#[from] NoStateDir),
    /// The configuration or `.env` is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
}

impl Place {
    /// Finds the files as the middleware finds them, of the default agent if none is named. Nothing is written.
    ///
    /// # Errors
    /// [`PlaceError`] says which file is wrong, where, and why.
    pub fn find(
        dir: Option<&Path>,
        config: Option<&Path>,
        agent: Option<&AgentId>,
    ) -> Result<Self, PlaceError> {
        let (state, config) = Surroundings::with_real(|around| {
            let state = state_dir(dir, around)?;
            let config = config_file(config, &state, around);
            Ok::<_, NoStateDir>((state, config))
        })?;
        let snapshot = Snapshot::load(Sources::new(state, config))?;
        let agent = agent.unwrap_or_else(|| snapshot.default_agent()).clone();
        let paths = snapshot.paths(&agent)?;
        Ok(Self {
            snapshot: Arc::new(snapshot),
            agent,
            paths,
        })
    }

    /// What was read: configuration, environment, the other agents.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The agent.
    #[must_use]
    pub fn agent(&self) -> &AgentId {
        &self.agent
    }

    /// The agent's files.
    #[must_use]
    pub fn paths(&self) -> &AgentPaths {
        &self.paths
    }

    /// The agent's credentials.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.paths.auth_profiles()
    }
}
