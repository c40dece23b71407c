//! How do clients and bots in any language get what a person chose? Over HTTP, from one daemon.
//!
//! [`Gateway::open`] sets it up and [`Gateway::serve`] answers until it is told to stop. A request comes in through
//! `server.rs` (connections and their limits) and `front.rs` (where it goes); `shape.rs` refuses what could be read in two
//! ways, `guard.rs` decides who gets in, `asking.rs` which chat it belongs to. `proxy/` passes requests on to providers,
//! `models.rs` lists what may be asked for, `routes.rs` has everything else: `api/` is the middleware over HTTP, `page/` the
//! web page, `board/` what it watches, `meter/` what is counted, `traces.rs` what a collector of traces hears. `reload.rs` follows the files. It refuses to know how a
//! credential is chosen: it asks the middleware, as every bot does.

mod api;
mod asking;
mod board;
mod callers;
mod dialect;
mod front;
mod gate;
mod guard;
mod limits;
mod meter;
mod metrics;
mod models;
mod page;
mod proxy;
mod refused;
mod reload;
mod routes;
mod server;
mod shape;
mod traces;
mod watchers;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;

use crate::demo::{DemoError, DemoWorld};
use crate::middleware::{BuildError, ModelPin};
use crate::wire::{Client, ClientError};

use callers::Callers;
use front::Front;
use gate::Gate;
use guard::Guard;
use meter::Meter;
use watchers::Watchers;

pub use callers::TokenFileError;
pub use limits::Limits;
pub use traces::TARGET as TRACES;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 is any free one.
    pub bind: SocketAddr,
    /// The file with the tokens of those who may ask. Without one, whoever is on this machine may.
    pub token_file: Option<PathBuf>,
    /// Names by which this gateway is known, beside its address and `localhost`.
    pub hosts: Vec<String>,
    /// The state directory, if not the usual one.
    pub state_dir: Option<PathBuf>,
    /// The configuration file, if not the usual one.
    pub config: Option<PathBuf>,
    /// Whom to serve with.
    pub world: World,
    /// How much is taken, and how long is waited.
    pub limits: Limits,
}

/// Whom to serve with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum World {
    /// The configured providers.
    #[default]
    Configured,
    /// The built-in demo provider.
    Demo,
}

impl Default for Options {
    /// On 127.0.0.1, port 4141, for this machine, with what is configured.
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 4141)),
            token_file: None,
            hosts: Vec::new(),
            state_dir: None,
            config: None,
            world: World::Configured,
            limits: Limits::default(),
        }
    }
}

/// Why there is no gateway.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// Others could reach it, and nobody would have to say who they are.
    #[error(
        "{0} can be reached from other machines: give a file of tokens with --token-file, or listen on 127.0.0.1"
    )]
    NoTokens(SocketAddr),
    /// The token file cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokenFileError),
    /// The port cannot be had.
    #[error("cannot listen on {address}; is another gateway running there? `--bind` names another address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The middleware cannot start.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The demo cannot start.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// There is no HTTP client.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// A gateway that listens.
pub struct Gateway {
    listener: TcpListener,
    address: SocketAddr,
    front: Front,
    gate: Arc<Gate>,
    tokens: Option<PathBuf>,
    _demo: Option<DemoWorld>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Gateway {
    /// Reads files and begins to listen. An empty configuration will do: files are followed.
    ///
    /// # Errors
    /// [`GatewayError`] says what is missing or wrong, and what to do.
    pub async fn open(options: Options) -> Result<Self, GatewayError> {
        if !options.bind.ip().is_loopback() && options.token_file.is_none() {
            return Err(GatewayError::NoTokens(options.bind));
        }
        let (demo, modelpin) = match options.world {
            World::Demo => {
                let (demo, modelpin) = DemoWorld::open().await?;
                (Some(demo), modelpin)
            }
            World::Configured => (None, configured(&options).await?),
        };
        let snapshot = modelpin.resolver().snapshot();
        for warning in snapshot.warnings() {
            tracing::warn!("{warning}");
        }
        let callers = options
            .token_file
            .as_deref()
            .map(|file| Callers::read(file, snapshot.handles()))
            .transpose()?;
        let bind = |source| GatewayError::Bind {
            address: options.bind,
            source,
        };
        let listener = TcpListener::bind(options.bind).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let gate = Arc::new(Gate {
            client: Client::new(options.limits.provider)?,
            guard: Guard::new(callers, options.hosts, address),
            meter: Meter::default(),
            watchers: Watchers::default(),
            room: Arc::new(Semaphore::new(options.limits.bodies / limits::ROOM)),
            in_flight: Arc::new(Semaphore::new(options.limits.in_flight)),
            limits: options.limits,
            modelpin: Arc::new(modelpin),
        });
        Ok(Self {
            listener,
            address,
            front: Front::new(Arc::clone(&gate)),
            gate,
            tokens: options.token_file,
            _demo: demo,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The middleware that it serves.
    #[must_use]
    pub fn modelpin(&self) -> Arc<ModelPin> {
        Arc::clone(&self.gate.modelpin)
    }

    /// Answers until `stop`. Answers under way are then finished, as long as the grace of its limits lasts; so is a sign-in
    /// that is being renewed.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let following = tokio::spawn(reload::follow(Arc::downgrade(&self.gate), self.tokens));
        let gate = Arc::clone(&self.gate);
        let stop = async move {
            stop.await;
            gate.watchers.let_go();
        };
        let hearing = tokio::spawn(hear(Arc::downgrade(&self.gate)));
        server::serve(self.listener, self.front, self.gate.limits, stop).await;
        following.abort();
        hearing.abort();
        self.gate.modelpin.finished().await;
    }
}

/// Counts what an operator should know of, until the gate is gone.
async fn hear(gate: Weak<Gate>) {
    let Some(mut events) = gate.upgrade().map(|gate| gate.modelpin.events().listen()) else {
        return;
    };
    loop {
        match events.recv().await {
            Ok(event) => {
                let Some(gate) = gate.upgrade() else { return };
                gate.meter.event(event.kind.name());
            }
            Err(RecvError::Lagged(lost)) => tracing::warn!(lost, "events came faster than they were counted"),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn configured(options: &Options) -> Result<ModelPin, GatewayError> {
    let builder = ModelPin::builder()
        .set_damaged_database_aside()
        .at(options.state_dir.clone(), options.config.clone());
    Ok(builder.build().await?)
}
