//! Where pins, rests and the record of decisions are kept, as the configuration says.

use std::sync::Arc;

use thiserror::Error;

use crate::clock::{Clock, SystemClock};
use crate::config::{SharedStore, StoreConfig};
use crate::credentials::Unresolved;
use crate::store::memory::MemoryPins;
use crate::store::{PinStore, SignInStore};

use super::learning::Kept;
use super::snapshot::Snapshot;

/// What is kept, and where.
#[derive(Debug, Clone)]
pub struct Stores {
    /// The pins.
    pub pins: Arc<dyn PinStore>,
    /// Rests, and the record of decisions.
    pub kept: Kept,
    /// The time that all go by who share them.
    pub clock: Arc<dyn Clock>,
    /// Where sign-ins are shared, if several machines do: one of them renews, and all have the new tokens.
    pub sign_ins: Option<Arc<dyn SignInStore>>,
    /// The server, where several machines share one.
    #[cfg(feature = "redis")]
    pub shared: Option<crate::store::redis::Redis>,
}

/// Why a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// To keep things there.
    ToKeep,
    /// To look: nothing is left where nobody was before.
    ToLook,
}

/// Why nothing can be kept.
#[derive(Debug, Error)]
pub enum StoresError {
    /// A secret of the store is not where the configuration says.
    #[error("`store.{key}`: {}", crate::echo::causes(.why))]
    Secret {
        /// The key of the configuration.
        key: &'static str,
        /// Why.
        why: Unresolved,
    },
    /// The address is none.
    #[cfg(feature = "redis")]
    #[error(transparent)]
    Address(#[from] crate::store::redis::AddressError),
    /// The key or the tenant is none.
    #[cfg(feature = "redis")]
    #[error("{}; {}", .0, .0.remedy())]
    Fleet(#[from] crate::store::redis::FleetError),
    /// The server cannot be used.
    #[cfg(feature = "redis")]
    #[error(transparent)]
    Server(#[from] crate::store::redis::Trouble),
    /// This build cannot do it.
    #[error("this build keeps nothing in Redis: build modelpin with the feature `redis`")]
    NoRedis,
}

impl Stores {
    /// Opens what the configuration names; for a shared store, connects.
    ///
    /// Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`StoresError`] says what is wrong and where. Nothing was changed then.
    pub async fn open(snapshot: &Snapshot) -> Result<Self, StoresError> {
        Self::open_as(snapshot, &snapshot.config().store, Opening::ToKeep).await
    }

    /// Opens another store than the one that the configuration names, with the secrets that are known here.
    ///
    /// Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`StoresError`], as with [`open`](Self::open).
    pub async fn open_as(
        snapshot: &Snapshot,
        store: &StoreConfig,
        opening: Opening,
    ) -> Result<Self, StoresError> {
        match store {
            StoreConfig::Sqlite => Ok(Self::usual(snapshot)),
            StoreConfig::Memory => Ok(Self::in_memory()),
            StoreConfig::Redis(shared) => Self::shared(snapshot, shared, opening).await,
        }
    }

    fn in_memory() -> Self {
        Self::of(Arc::new(MemoryPins::default()), Kept::default())
    }

    fn of(pins: Arc<dyn PinStore>, kept: Kept) -> Self {
        Self {
            pins,
            kept,
            clock: Arc::new(SystemClock),
            sign_ins: None,
            #[cfg(feature = "redis")]
            shared: None,
        }
    }

    /// One file in the state directory.
    #[cfg(feature = "sqlite")]
    fn usual(snapshot: &Snapshot) -> Self {
        let database = database(snapshot);
        let kept = Kept {
            ledger: Arc::new(database.ledger()),
            audit: Arc::new(database.audit()),
        };
        Self::of(Arc::new(database.pins()), kept)
    }

    /// Without a database everything is in memory.
    #[cfg(not(feature = "sqlite"))]
    fn usual(_: &Snapshot) -> Self {
        Self::in_memory()
    }

    /// Pins and rests on the server; the record of decisions stays with the machine that made them.
    #[cfg(feature = "redis")]
    async fn shared(
        snapshot: &Snapshot,
        shared: &SharedStore,
        opening: Opening,
    ) -> Result<Self, StoresError> {
        use crate::store::redis::{Address, Fleet, Redis};
        let found = |key, input| {
            let found = snapshot.environment().resolve(input);
            found.map_err(|why| StoresError::Secret { key, why })
        };
        let address = Address::new(&found("url", &shared.url)?, shared.prefix.as_deref())?;
        let earlier = shared.earlier_keys.iter().map(|key| found("earlierKeys", key));
        let earlier: Vec<_> = earlier.collect::<Result<_, _>>()?;
        let tenant = shared.tenant.as_deref().unwrap_or("main");
        let fleet = Fleet::new(tenant, &found("key", &shared.key)?, &earlier)?;
        let redis = match opening {
            Opening::ToKeep => Redis::connect(address, fleet).await?,
            Opening::ToLook => Redis::visit(address, fleet).await?,
        };
        let here = Self::usual(snapshot);
        Ok(Self {
            pins: Arc::new(redis.pins()),
            kept: Kept {
                ledger: Arc::new(redis.ledger()),
                audit: here.kept.audit,
            },
            clock: Arc::new(redis.clock()),
            sign_ins: Some(Arc::new(redis.sign_ins())),
            shared: Some(redis),
        })
    }

    /// Without the client library there is no server.
    #[cfg(not(feature = "redis"))]
    #[expect(
        clippy::unused_async,
        reason = "with the feature there is something to wait for"
    )]
    async fn shared(_: &Snapshot, _: &SharedStore, _: Opening) -> Result<Self, StoresError> {
        Err(StoresError::NoRedis)
    }
}

/// The database of the state directory.
#[cfg(feature = "sqlite")]
fn database(snapshot: &Snapshot) -> crate::store::sqlite::Database {
    crate::store::sqlite::Database::new(snapshot.sources().state.database())
}
