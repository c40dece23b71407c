//! `modelpin gateway`: the daemon.

use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tokio::runtime::{Builder, Runtime};

use crate::echo::causes;
use crate::gateway::{Gateway, GatewayError, Limits, Options, World};

use super::ask;
use super::global::Global;
use super::wrong::Wrong;

/// `modelpin gateway`.
#[derive(Debug, Args)]
pub(super) struct GatewayArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4141")]
    bind: SocketAddr,
    /// A file of the tokens of those who may ask, one a line, a name before it
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Another name by which this gateway is known; may be given again
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// The most requests to providers at a time
    #[arg(long, value_name = "N", default_value_t = Limits::default().in_flight)]
    in_flight: usize,
    /// Serve the built-in demo provider, whatever is configured
    #[arg(long)]
    demo: bool,
}

pub(super) fn run(args: &GatewayArgs, global: &Global, out: &mut impl Write) -> Result<ExitCode, Wrong> {
    let options = Options {
        bind: args.bind,
        token_file: args.token_file.clone(),
        hosts: args.allow_host.clone(),
        state_dir: global.state_dir.clone(),
        config: global.config.clone(),
        world: if args.demo { World::Demo } else { World::Configured },
        limits: Limits {
            in_flight: args.in_flight.max(1),
            ..Limits::default()
        },
    };
    room_for_connections();
    threads()?.block_on(async {
        let stop = Stop::listen()?;
        let gateway = Gateway::open(options).await.map_err(wrong)?;
        let address = gateway.address();
        writeln!(out, "modelpin listens on http://{address}")?;
        out.flush()?;
        if args.demo {
            ask::say("It serves the built-in demo provider, on this machine only.");
        }
        gateway.serve(stop.comes()).await;
        Ok(ExitCode::SUCCESS)
    })
}

/// On one core one thread does everything: a second one would only be in its way.
fn threads() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut builder = match cores {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

/// Takes as many open files as this user may have: a connection is one, and what a shell sets (1,024) is no more than a
/// crowd of idle ones.
#[cfg(unix)]
fn room_for_connections() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the limit of open files stays as it is");
        }
    }
}

#[cfg(not(unix))]
fn room_for_connections() {}

fn wrong(error: GatewayError) -> Wrong {
    match error {
        GatewayError::Build(error) => error.into(),
        error => Wrong::Failed(causes(&error)),
    }
}

/// Ctrl-C, or what a supervisor sends.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    /// Listens from now on, so that none comes before it is heard.
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Returns when one has come. A second Ctrl-C ends the process at once.
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is only Ctrl-C"))]
    async fn comes(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        tracing::info!("stopping: answers under way are finished");
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(super::INTERRUPTED));
            }
        });
    }
}
