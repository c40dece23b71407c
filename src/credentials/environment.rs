//! The environment, from four layers: the process, the `.env` of the state directory, the configuration, and, if the
//! configuration wants it, a login shell.
//!
//! A `.env` in the working directory is not read: a folder that was cloned must not choose whose account pays.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use super::dotenv::DotEnv;
use super::env::{all, known_providers, names_of};
use super::login_shell::LoginShell;
use super::sanitise::sanitised;
use super::shell_problem::ShellProblem;
use crate::config::{Config, SecretInput};
use crate::credential::CredentialKind;
use crate::model::ProviderId;
use crate::secret::Secret;

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Variables by name, first layer first. It is asked for single names and cannot be listed.
#[derive(Clone)]
pub struct Environment {
    process: Arc<Lookup>,
    dotenv: DotEnv,
    config: IndexMap<String, SecretInput>,
    shell: Option<Arc<LoginShell>>,
}

/// Where a variable was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The process environment.
    Process,
    /// `.env` in the state directory.
    DotEnv,
    /// `env` in the configuration.
    Config,
    /// A login shell.
    Shell,
}

/// A variable of the table that is set.
#[derive(Debug, Clone)]
pub struct FoundKey {
    /// The variable.
    pub name: &'static str,
    /// How its value is presented.
    pub kind: CredentialKind,
    /// Where it was found.
    pub layer: Layer,
    /// Its value, sanitised.
    pub value: Secret,
}

impl Environment {
    /// Puts the layers together; `process` looks up one variable of the process. No login shell is asked.
    #[must_use]
    pub fn new(
        process: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        dotenv: DotEnv,
        config: &Config,
    ) -> Self {
        Self {
            process: Arc::new(process),
            dotenv,
            config: config.env.vars.clone(),
            shell: None,
        }
    }

    /// The same, with the variables of this process, and with its person's login shell if `env.shellEnv.enabled` says
    /// so. A value that is not Unicode counts as not set.
    ///
    /// The shell is asked at most once, when a variable of the table is first looked for and *none* of the table is set
    /// in the other layers; whoever asks then waits for it.
    #[must_use]
    pub fn of_process(dotenv: DotEnv, config: &Config) -> Self {
        Self {
            shell: LoginShell::of_process(config.env.shell).map(Arc::new),
            ..Self::new(|name| std::env::var(name).ok(), dotenv, config)
        }
    }

    /// The value of a variable, sanitised, and where it was found; a blank one counts as not set.
    ///
    /// A variable of the configuration may name another one in turn, which is then looked for in the process
    /// and in `.env` only.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<(Secret, Layer)> {
        self.written(name).or_else(|| self.of_shell(name))
    }

    /// The variables that the login shell gave, by name; none before it was asked.
    #[must_use]
    pub fn applied_from_shell(&self) -> Vec<&'static str> {
        self.shell.as_ref().map_or_else(Vec::new, |shell| shell.applied())
    }

    /// Why the login shell gave nothing, if it was asked and something went wrong.
    #[must_use]
    pub fn shell_problem(&self) -> Option<&ShellProblem> {
        self.shell.as_ref()?.problem()
    }

    /// The variables of the table that are set for a provider. The first one is used; if there are more, they
    /// are not, which is worth telling.
    #[must_use]
    pub fn keys(&self, provider: &ProviderId) -> Vec<FoundKey> {
        names_of(provider)
            .iter()
            .filter_map(|known| {
                let (value, layer) = self.value(known.name)?;
                Some(FoundKey {
                    name: known.name,
                    kind: known.kind,
                    layer,
                    value,
                })
            })
            .collect()
    }

    /// The providers that have at least one variable set.
    #[must_use]
    pub fn providers(&self) -> Vec<ProviderId> {
        known_providers()
            .filter(|provider| {
                names_of(provider)
                    .iter()
                    .any(|known| self.value(known.name).is_some())
            })
            .collect()
    }

    /// From the layers that need no shell.
    fn written(&self, name: &str) -> Option<(Secret, Layer)> {
        self.outside(name).or_else(|| {
            let value = match self.config.get(name)? {
                SecretInput::Plain(value) => sanitised(value.expose()),
                SecretInput::Env(other) => self.outside(other)?.0,
                _ => return None,
            };
            (!value.is_blank()).then_some((value, Layer::Config))
        })
    }

    fn of_shell(&self, name: &str) -> Option<(Secret, Layer)> {
        let shell = self.shell.as_ref()?;
        if !all().any(|known| known == name) {
            return None;
        }
        let answer = shell.answer(|| all().all(|known| self.written(known).is_none()));
        let (_, value) = answer.iter().find(|(known, _)| *known == name)?;
        Some((value.clone(), Layer::Shell))
    }

    fn outside(&self, name: &str) -> Option<(Secret, Layer)> {
        let process = || (self.process)(name).map(|value| (sanitised(&value), Layer::Process));
        let dotenv = || {
            let value = self.dotenv.value(name)?;
            Some((sanitised(value.expose()), Layer::DotEnv))
        };
        let set = |found: &(Secret, Layer)| !found.0.is_blank();
        process().filter(set).or_else(|| dotenv().filter(set))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("dotenv", &self.dotenv)
            .field("config", &self.config)
            .field("shell", &self.shell)
            .finish_non_exhaustive()
    }
}
