//! What goes wrong with a command, and how it is told.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use thiserror::Error;

use crate::chat::ChatError;
use crate::config::UnknownAgent;
use crate::middleware::BuildError;
use crate::resolver::BookError;

/// Why a command failed.
#[derive(Debug, Error)]
pub(super) enum Wrong {
    /// The command line is not right.
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Book(#[from] BookError),
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
}

impl Wrong {
    pub(super) fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(super::USAGE),
            // Whoever read our output has gone: that is their right, and no failure.
            Self::Io(gone) if gone.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// `error: …`, with the causes.
    pub(super) fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        if matches!(self, Self::Io(gone) if gone.kind() == std::io::ErrorKind::BrokenPipe) {
            return Ok(());
        }
        write!(out, "error: {self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(out, ": {error}")?;
            cause = error.source();
        }
        writeln!(out)
    }
}
