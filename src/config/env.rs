//! `env`: environment variables that the configuration brings along.

use std::time::Duration;

use indexmap::IndexMap;

use super::read_secret::read_secret;
use super::reading::{At, Read};
use super::secret_input::SecretInput;

/// `env`.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// Variables: `env.vars.<NAME>`, overridden by `env.<NAME>`.
    pub vars: IndexMap<String, SecretInput>,
    /// Whether and how a login shell is asked for more.
    pub shell: ShellEnv,
}

/// `env.shellEnv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShellEnv {
    /// Whether a login shell is asked.
    pub enabled: bool,
    /// How long it may take (`timeoutMs`).
    pub timeout: Duration,
}

impl Default for ShellEnv {
    fn default() -> Self {
        Self {
            enabled: false,
            timeout: Duration::from_secs(15),
        }
    }
}

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, Env> {
    let env = at.object()?;
    let mut read = Env {
        shell: env.read("shellEnv", read_shell)?.unwrap_or_default(),
        ..Env::default()
    };
    if let Some(vars) = env.find("vars") {
        for (name, at) in vars.object()?.entries() {
            read.vars.insert(name.to_owned(), read_secret(&at)?);
        }
    }
    for (name, at) in env.entries() {
        if !matches!(name, "vars" | "shellEnv") {
            read.vars.insert(name.to_owned(), read_secret(&at)?);
        }
    }
    Ok(read)
}

fn read_shell<'a>(at: &At<'a>) -> Read<'a, ShellEnv> {
    let shell = at.object()?;
    let usual = ShellEnv::default();
    let timeout = shell.read("timeoutMs", |at| {
        let ms = at.number()?;
        if !(0.0..=600_000.0).contains(&ms) {
            return Err(at.wrong("expected milliseconds, up to ten minutes"));
        }
        Duration::try_from_secs_f64(ms / 1000.0).map_err(|_| at.wrong("expected a length of time"))
    })?;
    Ok(ShellEnv {
        enabled: shell.read("enabled", At::flag)?.unwrap_or(usual.enabled),
        timeout: timeout.unwrap_or(usual.timeout),
    })
}
