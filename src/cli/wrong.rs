//! What goes wrong with a command, and how it is told.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::chat::ChatError;
use crate::config::UnknownAgent;
use crate::echo;
use crate::middleware::BuildError;
use crate::resolver::BookError;
use crate::setup::PlaceError;

use super::ask::NoAnswer;

/// Why a command failed.
#[derive(Debug, Error)]
pub(super) enum Wrong {
    /// The command line is not right.
    #[error("{0}")]
    Usage(String),
    /// What was asked cannot be done.
    #[error("{0}")]
    Failed(String),
    /// There is no answer to a question.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// Files were not changed.
    #[error(transparent)]
    Setup(Box<dyn Error>),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    Book(#[from] BookError),
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// A file that a command was to write.
    #[error("cannot write {}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
}

impl Wrong {
    /// Refuses a name that is a key, which somebody typed in the wrong place; it is not repeated.
    pub(super) fn if_a_key(option: &str, value: &str) -> Result<(), Self> {
        match echo::discreet(value) {
            std::borrow::Cow::Borrowed(_) => Ok(()),
            std::borrow::Cow::Owned(_) => Err(Self::Usage(format!(
                "{option} takes a name, and this looks like a key; it stays in the history of your shell, so \
                 consider it known and make a new one"
            ))),
        }
    }

    /// Files were not changed.
    pub(super) fn setup(wrong: impl Error + 'static) -> Self {
        Self::Setup(Box::new(wrong))
    }

    pub(super) fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(super::USAGE),
            Self::NoAnswer(NoAnswer::Interrupted) => ExitCode::from(super::INTERRUPTED),
            _ if self.is_nobody_reading() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// Whether whoever read our output has gone: that is their right, and no failure.
    fn is_nobody_reading(&self) -> bool {
        let mut cause = self.source();
        while let Some(error) = cause {
            let error_of_io = error.downcast_ref::<std::io::Error>();
            if error_of_io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// `error: …`, with the causes.
    pub(super) fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        if self.is_nobody_reading() {
            return Ok(());
        }
        // A key that somebody typed in the place of a name is not repeated.
        writeln!(out, "error: {}", echo::discreet(&echo::causes(self)))
    }
}
