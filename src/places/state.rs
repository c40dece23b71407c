//! Which state directory, and why.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What the choice of places depends on.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The home directory, if there is one.
    pub home: Option<&'a Path>,
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Whether a path exists.
    pub exists: &'a dyn Fn(&Path) -> bool,
}

impl fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

impl Surroundings<'_> {
    /// Gives the surroundings of this process to `ask`.
    pub fn with_real<T>(ask: impl FnOnce(&Surroundings<'_>) -> T) -> T {
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        ask(&Surroundings {
            home: home.as_deref(),
            variable: &|name| std::env::var_os(name),
            exists: &|path| path.exists(),
        })
    }

    /// The path that a variable names; a blank one names none.
    pub(super) fn named_by(&self, variable: &str) -> Option<PathBuf> {
        let value = (self.variable)(variable)?;
        match value.to_str() {
            Some(written) if written.trim().is_empty() => None,
            Some(written) => Some(self.path(written.trim())),
            None => Some(PathBuf::from(value)),
        }
    }

    /// A path as written, with `~` at its beginning put out.
    pub(super) fn path(&self, written: &str) -> PathBuf {
        let below_home = match written {
            "~" => Some(""),
            _ => written.strip_prefix("~/"),
        };
        match (below_home, self.home) {
            (Some(""), Some(home)) => home.to_owned(),
            (Some(below), Some(home)) => home.join(below),
            _ => PathBuf::from(written),
        }
    }
}

/// The state directory, and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir {
    /// The directory. It need not exist.
    pub path: PathBuf,
    /// Why it was taken.
    pub reason: Reason,
}

/// Why a state directory was taken. `Display` is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// `--state-dir` names it.
    Flag,
    /// An environment variable names it.
    Variable(&'static str),
    /// It exists.
    Exists,
    /// Another program's directory exists, and it is used in place.
    Foreign(&'static str),
    /// There is none yet.
    Fresh,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--state-dir names it"),
            Self::Variable(name) => write!(f, "{name} names it"),
            Self::Exists => f.write_str("it exists, and neither --state-dir nor MODELPIN_STATE_DIR is given"),
            Self::Foreign(name) => write!(f, "there is no ~/{OWN}, and ~/{name} exists; it is used in place"),
            Self::Fresh => f.write_str("there is no state directory yet; this one will be created"),
        }
    }
}

/// There is no home directory to look in, and nothing names a state directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no state directory: there is no home directory; give --state-dir or set MODELPIN_STATE_DIR")]
pub struct NoStateDir;

const OWN: &str = ".modelpin";
const FOREIGN_VARIABLES: [&str; 2] = ["OPENCLAW_STATE_DIR", "CLAWDBOT_STATE_DIR"];
const FOREIGN: [&str; 3] = [".openclaw", ".clawdbot", ".moltbot"];

/// Chooses the state directory, the first that applies: the flag, `MODELPIN_STATE_DIR`, `~/.modelpin` if it
/// exists, `OPENCLAW_STATE_DIR`, `CLAWDBOT_STATE_DIR`, the first existing of `~/.openclaw`, `~/.clawdbot`,
/// `~/.moltbot`; else `~/.modelpin`. A blank variable counts as not set.
///
/// # Errors
/// [`NoStateDir`] if it would be below a home directory, and there is none.
pub fn state_dir(flag: Option<&Path>, around: &Surroundings<'_>) -> Result<StateDir, NoStateDir> {
    let chosen = |path: PathBuf, reason| Ok(StateDir { path, reason });
    if let Some(flag) = flag {
        return chosen(flag.to_owned(), Reason::Flag);
    }
    let named = |name: &'static str| Some((around.named_by(name)?, Reason::Variable(name)));
    if let Some((path, reason)) = named("MODELPIN_STATE_DIR") {
        return chosen(path, reason);
    }
    let own = around.home.map(|home| home.join(OWN));
    if let Some(own) = own.as_ref().filter(|own| (around.exists)(own)) {
        return chosen(own.clone(), Reason::Exists);
    }
    if let Some((path, reason)) = FOREIGN_VARIABLES.into_iter().find_map(named) {
        return chosen(path, reason);
    }
    let foreign = FOREIGN.into_iter().find_map(|name| {
        let path = around.home?.join(name);
        (around.exists)(&path).then_some((path, name))
    });
    if let Some((path, name)) = foreign {
        return chosen(path, Reason::Foreign(name));
    }
    chosen(own.ok_or(NoStateDir)?, Reason::Fresh)
}
