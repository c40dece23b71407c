//! What the environment says.

use std::env::{self, VarError};
use std::fmt;
use std::path::PathBuf;

/// What a bot has to be told.
#[derive(Clone, Default)]
pub struct Settings {
    /// `DISCORD_TOKEN`, from the page "Bot" of the application at <https://discord.com/developers/applications>.
    pub token: String,
    /// `MODELPIN_STATE_DIR`; by default modelpin looks where its command line does.
    pub state_dir: Option<PathBuf>,
    /// `MODELPIN_CONFIG`; by default the one in the state directory.
    pub config: Option<PathBuf>,
    /// `DISCORD_REST`, `host:port` of what stands in for Discord's API over plain HTTP: for tests.
    pub rest: Option<String>,
    /// `DISCORD_GATEWAY`, `ws://host:port` of what stands in for Discord's gateway: for tests.
    pub gateway: Option<String>,
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// If there is no token.
    pub fn from_env() -> Result<Self, VarError> {
        Ok(Self {
            token: env::var("DISCORD_TOKEN")?,
            state_dir: env::var_os("MODELPIN_STATE_DIR").map(PathBuf::from),
            config: env::var_os("MODELPIN_CONFIG").map(PathBuf::from),
            rest: env::var("DISCORD_REST").ok(),
            gateway: env::var("DISCORD_GATEWAY").ok(),
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("state_dir", &self.state_dir)
            .finish_non_exhaustive()
    }
}
