//! How do pins and rests get from one store into another one?
//!
//! What is there is compared, what is missing is copied, both are read again, and only when the other store has everything
//! is the configuration changed. At the source nothing is taken away: a break at any moment leaves it, and the
//! configuration, as they were, and the same call again goes on.
//!
//! It refuses to know what a command line is. Read `plan.rs` first: what is to be done. `section.rs` is the part of the
//! configuration, `secrets.rs` why a rest is known under another number in another store.

mod patience;
mod plan;
mod secrets;
mod section;

use thiserror::Error;

use crate::clock::{Clock, SystemClock};
use crate::config::StoreConfig;
use crate::echo::causes;
use crate::resolver::{Opening, Stores, StoresError};
use crate::store::{LedgerUnavailable, PinStoreError};

use super::config_file::{ConfigChangeError, Written};
use super::place::Place;

pub use plan::{Clash, Plan};
pub use section::{Kind, Settings, kind_of};

/// How often what changed meanwhile is copied, too, before it is given up.
const ROUNDS: usize = 5;

/// From where to where.
#[derive(Debug, Clone)]
pub struct Move {
    /// The store that the pins and rests are in.
    pub from: StoreConfig,
    /// The store that they are to be in.
    pub to: StoreConfig,
    /// What the configuration is to say of it.
    pub settings: Settings,
    /// What becomes of a scope that has another record there.
    pub clash: Clash,
}

/// Why nothing was moved. The source and the configuration are as they were.
#[derive(Debug, Error)]
pub enum MoveError {
    /// A store cannot be opened.
    #[error("{which}: {}", causes(.why))]
    Store {
        /// Which one.
        which: &'static str,
        /// Why.
        why: StoresError,
    },
    /// Pins cannot be read or kept.
    #[error(transparent)]
    Pins(#[from] PinStoreError),
    /// Failures and rests cannot be read or kept.
    #[error(transparent)]
    Ledger(#[from] LedgerUnavailable),
    /// The configuration cannot be changed so.
    #[error(transparent)]
    Config(#[from] ConfigChangeError),
    /// The setting of the other store is missing.
    #[error("{0}")]
    Missing(&'static str),
    /// What is in memory belongs to one process.
    #[error("the store `memory` is in the process that uses it: nothing can be moved out of it or into it")]
    Memory,
    /// What is there is other than what is here.
    #[error("other pins are there already: {}", .0.join(", "))]
    Clash(Vec<String>),
    /// Somebody changes things all the time.
    #[error("what is kept changes faster than it is copied: stop what uses it, and try again")]
    Restless,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// How many pin records were copied.
    pub pins: usize,
    /// How many cells of failures and rests were joined.
    pub rests: usize,
    /// Whether the configuration was changed.
    pub switched: Written,
}

impl Move {
    /// Works out what the configuration and these settings mean. Nothing is opened.
    ///
    /// # Errors
    /// [`MoveError::Missing`] if a setting of the other store is nowhere, [`MoveError::Config`] if the configuration
    /// would not be one any more.
    pub fn new(
        place: &Place,
        from: Option<Kind>,
        settings: Settings,
        clash: Clash,
    ) -> Result<Self, MoveError> {
        let now = &place.snapshot().config().store;
        let from = match from {
            None => now.clone(),
            Some(kind) if kind == kind_of(now) => now.clone(),
            Some(kind) => section::preview(place, &Settings::of(kind))?,
        };
        let to = section::preview(place, &settings)?;
        if matches!(from, StoreConfig::Memory) {
            return Err(MoveError::Memory);
        }
        Ok(Self {
            from,
            to,
            settings,
            clash,
        })
    }

    /// Compares both stores. Nothing is changed in either.
    ///
    /// # Errors
    /// [`MoveError`] if one of them cannot be read.
    pub async fn plan(&self, place: &Place) -> Result<Plan, MoveError> {
        let (from, to) = self.open(place, Opening::ToLook).await?;
        self.compare(place, &from, &to).await
    }

    /// Copies, reads both again, and changes the configuration.
    ///
    /// # Errors
    /// [`MoveError`]; then the configuration and the source are as they were. What was copied before it stays copied.
    pub async fn carry_out(&self, place: &Place) -> Result<Moved, MoveError> {
        // Whether the configuration can be changed is found out first.
        section::preview(place, &self.settings)?;
        let (from, to) = self.open(place, Opening::ToKeep).await?;
        let (mut pins, mut rests) = (0, 0);
        for _ in 0..ROUNDS {
            let plan = self.compare(place, &from, &to).await?;
            if !plan.clashes.is_empty() {
                return Err(MoveError::Clash(plan.clashing()));
            }
            if plan.is_done() {
                let switched = section::switch(place, &self.settings)?;
                return Ok(Moved {
                    pins,
                    rests,
                    switched,
                });
            }
            pins += plan.pins.len();
            rests += plan.rests.len();
            plan.copy(&to).await?;
        }
        Err(MoveError::Restless)
    }

    async fn open(&self, place: &Place, there: Opening) -> Result<(Stores, Stores), MoveError> {
        let open = async |which, store, opening| {
            let opened = Stores::open_as(place.snapshot(), store, opening).await;
            opened.map_err(|why| MoveError::Store { which, why })
        };
        Ok((
            open("where they are", &self.from, Opening::ToLook).await?,
            open("where they are to be", &self.to, there).await?,
        ))
    }

    async fn compare(&self, place: &Place, from: &Stores, to: &Stores) -> Result<Plan, MoveError> {
        let known = secrets::Numbers::between(place.snapshot(), &self.from, &self.to);
        let now = SystemClock.now();
        Plan::between(from, to, &known, self.clash, now).await
    }
}
