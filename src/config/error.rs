//! What can be wrong with a configuration, and how it is told.

use std::fmt;

use thiserror::Error;

/// A configuration that cannot be used, and the first place where it cannot.
///
/// The text is one line. It names what was expected and never what was found: that might be a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {}{message}{}", Prefix(path), Hint(hint.as_deref()))]
pub struct ConfigError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path of keys, for example `agents.list[2].id`; empty at the top.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

struct Prefix<'a>(&'a str);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, "`{}`: ", self.0)
    }
}

struct Hint<'a>(Option<&'a str>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

/// Something in a configuration that can be lived with but is probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The included file that it is about; `None` for the configuration's own.
    pub file: Option<String>,
    /// The path of keys, for example `commands.prefixs`; empty where it is about the whole.
    pub path: String,
    /// What looks wrong, and what is done about it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "in {file}: ")?;
        }
        write!(f, "{}{}", Prefix(&self.path), self.message)
    }
}
