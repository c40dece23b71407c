//! Setting the middleware up.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use thiserror::Error;

use crate::apply::Desk;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::echo::causes;
use crate::events::{Events, Limits, Target};
use crate::pin::REMEMBERED;
use crate::places::{ConfigFile, NoStateDir, StateDir, Surroundings, config_file, state_dir};
use crate::provide::{CredentialChain, ProvideCredential, RefreshToken};
use crate::resolver::{
    Kept, LoadError, MakeRefresher, Pins, Resolver, Snapshot, Sources, Stores, StoresError, UseEnvironment,
};
use crate::store::{PinStore, PinStoreError, SignInStore};

use super::ModelPin;

/// Why the middleware cannot start.
#[derive(Debug, Error)]
pub enum BuildError {
    /// There is no place for a state directory.
    #[error(transparent)]
    NoStateDir(#[from] NoStateDir),
    /// The configuration or `.env` is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What is kept cannot be reached.
    #[error(transparent)]
    Stores(#[from] StoresError),
    /// The pins cannot be read.
    #[error("the pins cannot be read")]
    Pins(#[from] PinStoreError),
}

/// Sets a [`ModelPin`] up. Everything has a default.
#[derive(Debug, Default)]
pub struct Builder {
    state_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    environment: Option<UseEnvironment>,
    bots: Vec<String>,
    bot_ids: Vec<String>,
    prefixes: Vec<String>,
    credentials: CredentialChain,
    pins: Option<Arc<dyn PinStore>>,
    kept: Option<Kept>,
    clock: Option<Arc<dyn Clock>>,
    refresher: Option<MakeRefresher>,
    if_damaged: IfDamaged,
    remembering: Option<NonZeroUsize>,
}

/// Where sign-ins are shared, as soon as that is known.
type SharedLate = Arc<OnceLock<Arc<dyn SignInStore>>>;

/// What becomes of a damaged database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum IfDamaged {
    #[default]
    Refuse,
    SetAside,
}

impl Builder {
    /// The state directory. By default it is found as the command line finds it: `MODELPIN_STATE_DIR`, `~/.modelpin`,
    /// and then the directories of OpenClaw and its earlier names.
    #[must_use]
    pub fn state_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.state_dir = Some(dir.into());
        self
    }

    /// The configuration file. By default the one in the state directory.
    #[must_use]
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.config = Some(file.into());
        self
    }

    /// State directory and configuration file where they are named, else the usual ones.
    #[must_use]
    pub fn at(mut self, state_dir: Option<PathBuf>, config: Option<PathBuf>) -> Self {
        (self.state_dir, self.config) = (state_dir, config);
        self
    }

    /// Credentials come from files only, not from variables of the process.
    #[must_use]
    pub fn without_environment(mut self) -> Self {
        self.environment = Some(UseEnvironment::Nothing);
        self
    }

    /// A name by which people address this bot: `@name`, `name:`, `/model@name`.
    #[must_use]
    pub fn bot(mut self, name: &str) -> Self {
        self.bots.push(name.to_owned());
        self
    }

    /// An id by which the platform names this bot in mentions: `<@id>`.
    #[must_use]
    pub fn bot_id(mut self, id: &str) -> Self {
        self.bot_ids.push(id.to_owned());
        self
    }

    /// A prefix of commands beside `/` and those of the configuration, for example `!` where clients keep `/` to themselves.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefixes.push(prefix.to_owned());
        self
    }

    /// Credentials of the caller's own, asked before those of the files.
    #[must_use]
    pub fn credentials(mut self, provide: Arc<dyn ProvideCredential>) -> Self {
        self.credentials = self.credentials.then(provide);
        self
    }

    /// What renews sign-ins. By default, with the feature `oauth`, their token endpoints are asked.
    #[must_use]
    pub fn refresher(mut self, refresher: Arc<dyn RefreshToken>) -> Self {
        self.refresher = Some(MakeRefresher::new(move |_| Arc::clone(&refresher)));
        self
    }

    /// Where pins are kept. By default in `modelpin.sqlite` of the state directory with the feature `sqlite`, else in memory.
    #[must_use]
    pub fn pin_store(mut self, store: Arc<dyn PinStore>) -> Self {
        self.pins = Some(store);
        self
    }

    /// Where rests and the audit are kept. By default where pins are kept by default, or in memory if
    /// [`pin_store`](Self::pin_store) is given.
    #[must_use]
    pub fn kept(mut self, kept: Kept) -> Self {
        self.kept = Some(kept);
        self
    }

    /// Of how many chats the profile that served them last is remembered, so that the next request goes to the cache where
    /// their prompts are. By default [`REMEMBERED`](crate::pin::REMEMBERED); past it, chats that were silent longest are
    /// forgotten. Pins are not affected: they are never forgotten.
    #[must_use]
    pub fn remembering(mut self, chats: NonZeroUsize) -> Self {
        self.remembering = Some(chats);
        self
    }

    /// A damaged database of the state directory is put out of the way, a warning says where it is, and the pins that can
    /// still be read go on in a new one. By default it is refused and left alone. For what runs for long: a bot does not
    /// stay away for a broken file. A database of another program or of a newer modelpin is refused all the same.
    #[must_use]
    pub fn set_damaged_database_aside(mut self) -> Self {
        self.if_damaged = IfDamaged::SetAside;
        self
    }

    /// The clock. By default the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Reads configuration and pins. Credential files are read when an agent is first asked for.
    ///
    /// # Errors
    /// [`BuildError`] says which file is wrong, where, and why.
    pub async fn build(self) -> Result<ModelPin, BuildError> {
        let (state, config) = places(self.state_dir, self.config)?;
        let late = Arc::new(AgreedClock::default());
        let clock = self
            .clock
            .clone()
            .unwrap_or_else(|| Arc::clone(&late) as Arc<dyn Clock>);
        let shared_sign_ins = Arc::new(OnceLock::new());
        let snapshot = Snapshot::load(Sources {
            refresher: self
                .refresher
                .or_else(|| usual_refresher(&clock, &shared_sign_ins)),
            environment: self.environment.unwrap_or(UseEnvironment::Process),
            bots: self.bots,
            bot_ids: self.bot_ids,
            prefixes: self.prefixes,
            credentials: self.credentials,
            ..Sources::new(state, config)
        })?;
        if self.if_damaged == IfDamaged::SetAside && self.pins.is_none() {
            set_aside(&snapshot.sources().state, &clock);
        }
        #[cfg(feature = "redis")]
        let mut shared = None;
        let (store, kept) = match self.pins {
            Some(pins) => (pins, self.kept.unwrap_or_default()),
            None => {
                let stores = Stores::open(&snapshot).await?;
                late.agree_on(stores.clock);
                #[cfg(feature = "redis")]
                {
                    shared = stores.shared;
                }
                // They are agreed on once, when the middleware is set up.
                let _first = stores.sign_ins.map(|sign_ins| shared_sign_ins.set(sign_ins));
                (stores.pins, self.kept.unwrap_or(stores.kept))
            }
        };
        let pins = Pins::load(store).await?;
        pins.follow();
        let events = events(&snapshot, &clock);
        let resolver = Resolver::new(snapshot, pins, clock)
            .remembering(self.remembering.unwrap_or(REMEMBERED))
            .telling(events)
            .keeping(kept)
            .await;
        let resolver = Arc::new(resolver.map_err(|broken| PinStoreError::Unavailable(Box::new(broken)))?);
        if let Some(sign_ins) = shared_sign_ins.get() {
            resolver.follow_sign_ins(sign_ins);
        }
        Ok(ModelPin {
            desk: Arc::new(Desk::new(Arc::clone(&resolver))),
            resolver,
            #[cfg(feature = "redis")]
            shared,
        })
    }
}

/// Who hears of what happens: the log, whoever listens, and what the configuration names.
fn events(snapshot: &Snapshot, clock: &Arc<dyn Clock>) -> Events {
    let told = &snapshot.config().events;
    let targets = Target::of_config(told, snapshot.environment(), Limits::default());
    let targets = targets.unwrap_or_else(|wrong| {
        tracing::error!(error = %causes(&wrong), "events are not delivered");
        Vec::new()
    });
    if targets.is_empty() {
        return Events::new(Arc::clone(clock));
    }
    Events::delivering(Arc::clone(clock), &told.kinds, targets).unwrap_or_else(|wrong| {
        tracing::error!(error = %causes(&wrong), "events are not delivered");
        Events::new(Arc::clone(clock))
    })
}

/// This machine's clock, until another one is agreed on.
#[derive(Debug, Default)]
struct AgreedClock(OnceLock<Arc<dyn Clock>>);

impl AgreedClock {
    fn agree_on(&self, clock: Arc<dyn Clock>) {
        // It is agreed on once, when the middleware is set up.
        let _first = self.0.set(clock);
    }
}

impl Clock for AgreedClock {
    fn now(&self) -> Timestamp {
        self.0
            .get()
            .map_or_else(|| SystemClock.now(), |clock| clock.now())
    }
}

/// Puts a damaged database out of the way. If it cannot be, it is refused when it is read.
#[cfg(feature = "sqlite")]
fn set_aside(state: &StateDir, clock: &Arc<dyn Clock>) {
    use crate::store::sqlite::{Look, set_aside};
    match set_aside(&state.database(), Look::Quick, clock.now()) {
        Ok(None) => {}
        Ok(Some(done)) => tracing::warn!("{done}"),
        Err(wrong) => tracing::error!("{wrong}"),
    }
}

/// Without a database none is damaged.
#[cfg(not(feature = "sqlite"))]
fn set_aside(_: &StateDir, _: &Arc<dyn Clock>) {}

/// What renews sign-ins if the caller does not say.
#[cfg(feature = "oauth")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
fn usual_refresher(clock: &Arc<dyn Clock>, shared: &SharedLate) -> Option<MakeRefresher> {
    let (clock, shared) = (Arc::clone(clock), Arc::clone(shared));
    Some(MakeRefresher::new(move |config| {
        let config = Arc::clone(config);
        let describe = move |provider: &_| crate::oauth::Description::of(provider, &config);
        let refresher = crate::oauth::Refresher::new(describe, Arc::clone(&clock));
        let shared = Arc::clone(&shared);
        Arc::new(refresher.sharing(move || shared.get().cloned()))
    }))
}

/// What renews sign-ins if the caller does not say.
#[cfg(not(feature = "oauth"))]
fn usual_refresher(_: &Arc<dyn Clock>, _: &SharedLate) -> Option<MakeRefresher> {
    None
}

fn places(dir: Option<PathBuf>, config: Option<PathBuf>) -> Result<(StateDir, ConfigFile), NoStateDir> {
    Surroundings::with_real(|around| {
        let state = state_dir(dir.as_deref(), around)?;
        let config = config_file(config.as_deref(), &state, around);
        Ok((state, config))
    })
}
