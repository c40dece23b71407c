//! Talking in a terminal: the middleware as a newcomer meets it.
//!
//! [`run`] opens a world (the configured providers, or the built-in demo), and lets one person talk in it: on a
//! terminal with line editing (`terminal.rs`), elsewhere a message a line (`lines.rs`). Both use `talk.rs`, which does
//! what every bot does: hand the message to the middleware, then ask the model under a lease.

mod complete;
mod events;
mod lines;
mod talk;
mod terminal;
mod world;
mod wrap;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::config::UnknownAgent;
use crate::demo::DemoError;
use crate::middleware::BuildError;
use crate::resolver::BookError;
use crate::session::AgentId;
use crate::wire::ClientError;

use talk::Talk;

/// How to talk.
#[derive(Debug, Default)]
pub struct Options {
    /// The state directory, if not the usual one.
    pub state_dir: Option<PathBuf>,
    /// The configuration file, if not the usual one.
    pub config: Option<PathBuf>,
    /// The agent to talk to, if not the default one.
    pub agent: Option<AgentId>,
    /// The chat's name: pins belong to it.
    pub session: String,
    /// Whom to talk to.
    pub partner: Partner,
    /// How to write what happens, where there is no terminal.
    pub output: Output,
    /// Whether to use colour on a terminal.
    pub color: Color,
}

/// Whether to use colour on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Unless the variable `NO_COLOR` is set.
    #[default]
    Auto,
    /// No.
    Never,
}

/// Whom to talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partner {
    /// The configured providers, if there is any credential; else the demo.
    #[default]
    Whoever,
    /// The demo, whatever is configured.
    Demo,
}

/// How to write what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Why a chat cannot begin, or go on.
#[derive(Debug, Error)]
pub enum ChatError {
    /// The middleware cannot start.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// There is no such agent, or its credentials cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    /// The demo cannot begin.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// There is no HTTP client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Reading or writing failed.
    #[error("the terminal or the demo provider failed")]
    Io(#[from] std::io::Error),
    /// Line editing failed.
    #[error("line editing failed")]
    Editor(#[from] rustyline::error::ReadlineError),
}

/// Talks until the input ends.
///
/// # Errors
/// [`ChatError`] if the chat cannot begin. What goes wrong with a single message is told in the chat; without a terminal
/// the exit code is 1 then.
pub fn run(options: Options) -> Result<ExitCode, ChatError> {
    let tasks = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let on_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let mut world = tasks.block_on(world::open(&options))?;
    let done = if on_terminal && options.output == Output::Text {
        terminal::run(&tasks, &mut world, &options)
    } else {
        lines::run(&tasks, &mut world, &options)
    };
    // A sign-in that is being renewed, and what was decided last, would be lost with this process.
    tasks.block_on(world.talk.finished());
    done
}
