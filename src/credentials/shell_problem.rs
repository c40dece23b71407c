//! What keeps a login shell from being asked.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// Why a login shell gave nothing. That is no failure of a command: the credential is one that is not set.
#[derive(Debug, Error)]
pub enum ShellProblem {
    /// This build or this system has no way to ask one.
    #[error(
        "this build cannot ask a login shell (`env.shellEnv`): it needs Unix and the feature `login-shell`"
    )]
    NotBuilt,
    /// There is no program that prints an environment.
    #[error("no `env` program stands in /usr/bin or /bin, so the login shell cannot be asked")]
    NoEnvProgram,
    /// It cannot be run.
    #[error("the login shell {} cannot be run", shell.display())]
    Start {
        /// The shell.
        shell: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// It took too long, and was ended with everything that it had started.
    #[error(
        "the login shell {} did not answer within {} ms, and none of its variables is used; set the key in `.env` of the state directory, or raise `env.shellEnv.timeoutMs`",
        shell.display(), after.as_millis()
    )]
    Late {
        /// The shell.
        shell: PathBuf,
        /// How long it had.
        after: Duration,
    },
    /// It printed without end.
    #[error("the login shell {} printed over {most} bytes, and none of its variables is used", shell.display())]
    TooMuch {
        /// The shell.
        shell: PathBuf,
        /// How much is read, in bytes.
        most: usize,
    },
    /// It ended before it had answered.
    #[error(
        "the login shell {} ended before it had answered ({}), and none of its variables is used; try `{} -l -c true`",
        shell.display(), Ending(*code), shell.display()
    )]
    Ended {
        /// The shell.
        shell: PathBuf,
        /// Its exit code, if it had one.
        code: Option<i32>,
    },
}

struct Ending(Option<i32>);

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(code) => write!(f, "exit code {code}"),
            None => f.write_str("it was killed"),
        }
    }
}
