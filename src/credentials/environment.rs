//! The environment, from three layers: the process, the `.env` of the state directory, the configuration.
//!
//! A `.env` in the working directory is not read: a folder that was cloned must not choose whose account pays.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use super::dotenv::DotEnv;
use super::env::{known_providers, names_of};
use super::sanitise::sanitised;
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
    /// Puts the layers together; `process` looks up one variable of the process.
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
        }
    }

    /// The same, with the variables of this process. A value that is not Unicode counts as not set.
    #[must_use]
    pub fn of_process(dotenv: DotEnv, config: &Config) -> Self {
        Self::new(|name| std::env::var(name).ok(), dotenv, config)
    }

    /// The value of a variable, sanitised, and where it was found; a blank one counts as not set.
    ///
    /// A variable of the configuration may name another one in turn, which is then looked for in the process
    /// and in `.env` only.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<(Secret, Layer)> {
        self.outside(name).or_else(|| {
            let value = match self.config.get(name)? {
                SecretInput::Plain(value) => sanitised(value.expose()),
                SecretInput::Env(other) => self.outside(other)?.0,
                _ => return None,
            };
            (!value.is_blank()).then_some((value, Layer::Config))
        })
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

    /// The names of the table that were taken from the login shell.
    #[must_use]
    pub fn applied_from_shell(&self) -> Vec<&'static str> {
        Vec::new()
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
            .finish_non_exhaustive()
    }
}
