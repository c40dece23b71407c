//! From where a secret is said to be to the secret.

use std::io::Read;
use std::path::PathBuf;

use thiserror::Error;

use super::environment::Environment;
use super::sanitise::sanitised;
use crate::config::{Piece, SecretInput};
use crate::secret::Secret;

/// The largest file that is taken for a secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A secret that is not where it is said to be.
#[derive(Debug, Error)]
pub enum Unresolved {
    /// The variable is not set, or blank.
    #[error("the environment variable {name} is not set")]
    Unset {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read the secret file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is named by a path that depends on the working directory.
    #[error("the secret file {} needs an absolute path", path.display())]
    Relative {
        /// The path as given.
        path: PathBuf,
    },
    /// The secret is what a command prints, and commands are not run.
    #[error("the secret is kept behind a command (`source: \"exec\"`), and modelpin runs none")]
    Command,
}

impl Environment {
    /// Finds the secret that an input means, sanitised. It may turn out blank. Files are read each time.
    ///
    /// # Errors
    /// [`Unresolved`], which names the variable or the file.
    pub fn resolve(&self, input: &SecretInput) -> Result<Secret, Unresolved> {
        match input {
            SecretInput::Plain(secret) => Ok(sanitised(secret.expose())),
            SecretInput::Env(name) => self.variable(name),
            SecretInput::Mixed(pieces) => {
                let mut whole = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => whole.push_str(text.expose()),
                        Piece::Env(name) => whole.push_str(self.variable(name)?.expose()),
                    }
                }
                Ok(sanitised(&whole))
            }
            SecretInput::File(path) if path.is_relative() => Err(Unresolved::Relative { path: path.clone() }),
            SecretInput::File(path) => {
                let content = std::fs::File::open(path).and_then(|file| {
                    let mut text = String::new();
                    let read = file.take(LONGEST + 1).read_to_string(&mut text)?;
                    if read as u64 > LONGEST {
                        return Err(std::io::Error::other("the file is over 64 KiB"));
                    }
                    Ok(text)
                });
                let content = content.map_err(|source| Unresolved::File {
                    path: path.clone(),
                    source,
                })?;
                Ok(sanitised(&content))
            }
            SecretInput::Exec(_) => Err(Unresolved::Command),
        }
    }

    fn variable(&self, name: &str) -> Result<Secret, Unresolved> {
        let found = self.value(name).map(|(value, _)| value);
        found.ok_or_else(|| Unresolved::Unset {
            name: name.to_owned(),
        })
    }
}
