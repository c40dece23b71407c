//! What the environment says.

use std::env::{self, VarError};
use std::fmt;
use std::path::PathBuf;

/// What a bot has to be told.
#[derive(Clone)]
pub struct Settings {
    /// `SLACK_BOT_TOKEN`, `xoxb-…`, from the page "OAuth & Permissions" of the app at <https://api.slack.com/apps>.
    pub token: String,
    /// `SLACK_SIGNING_SECRET`, from its page "Basic Information".
    pub signing_secret: String,
    /// `SLACK_LISTEN`, where Slack's requests come in: `127.0.0.1:3000` by default, behind what speaks HTTPS.
    pub listen: String,
    /// `SLACK_API_URL`; by default Slack's. For tests also one that begins with `http://127.0.0.1:`.
    pub api: String,
    /// `MODELPIN_STATE_DIR`; by default modelpin looks where its command line does.
    pub state_dir: Option<PathBuf>,
    /// `MODELPIN_CONFIG`; by default the one in the state directory.
    pub config: Option<PathBuf>,
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// If there is no token or no signing secret.
    pub fn from_env() -> Result<Self, VarError> {
        let or = |name, usual: &str| env::var(name).unwrap_or_else(|_| usual.to_owned());
        Ok(Self {
            token: env::var("SLACK_BOT_TOKEN")?,
            signing_secret: env::var("SLACK_SIGNING_SECRET")?,
            listen: or("SLACK_LISTEN", "127.0.0.1:3000"),
            api: or("SLACK_API_URL", "https://slack.com/api"),
            state_dir: env::var_os("MODELPIN_STATE_DIR").map(PathBuf::from),
            config: env::var_os("MODELPIN_CONFIG").map(PathBuf::from),
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Settings");
        told.field("listen", &self.listen).field("api", &self.api);
        told.finish_non_exhaustive()
    }
}
