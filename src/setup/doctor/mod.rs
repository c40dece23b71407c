//! Is everything as it should be, and what can be done where it is not?
//!
//! [`examine`] looks and changes nothing; [`mend`] does the repairs that lose nothing. What needs the network is asked by
//! the caller, who has a client. One file a subject; read `finding.rs` first.

mod config;
mod credentials;
mod files;
mod finding;
#[cfg(feature = "redis")]
mod shared;
mod stores;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::places::{ConfigFile, NoStateDir, StateDir, Surroundings, config_file, state_dir};
use crate::resolver::{LoadError, Snapshot, Sources};
use crate::session::AgentId;

pub use files::mend_modes;
pub use finding::{Finding, Severity};
#[cfg(feature = "redis")]
pub use shared::{judge, shared_store};
pub use stores::mend_stores;

/// What is examined.
#[derive(Debug)]
pub struct Patient {
    /// The state directory, and why it is that one.
    pub state: StateDir,
    /// The configuration file, and why it is that one.
    pub config: ConfigFile,
    /// What was read, or why it could not be.
    pub snapshot: Result<Arc<Snapshot>, LoadError>,
    /// The agents with the paths of their stores, which need not be there.
    pub stores: Vec<(AgentId, PathBuf)>,
    /// When.
    pub now: Timestamp,
}

impl Patient {
    /// Finds what there is, also where the configuration cannot be read.
    ///
    /// # Errors
    /// [`NoStateDir`] if there is no place to look at.
    pub fn find(dir: Option<&Path>, config: Option<&Path>) -> Result<Self, NoStateDir> {
        let (state, config) = Surroundings::with_real(|around| {
            let state = state_dir(dir, around)?;
            let config = config_file(config, &state, around);
            Ok::<_, NoStateDir>((state, config))
        })?;
        let snapshot = Snapshot::load(Sources::new(state.clone(), config.clone())).map(Arc::new);
        let stores = stores::all(&state, snapshot.as_deref().ok());
        Ok(Self {
            state,
            config,
            snapshot,
            stores,
            now: SystemClock.now(),
        })
    }
}

/// Everything that is worth telling, worst first within each subject. Nothing is changed.
#[must_use]
pub fn examine(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    files::examine(patient, &mut found);
    config::examine(patient, &mut found);
    stores::examine(patient, &mut found);
    credentials::examine(patient, &mut found);
    found
}

/// Makes the repairs that lose nothing, and says what it did. Blocks its thread.
#[must_use]
pub fn mend(patient: &Patient) -> Vec<Result<String, String>> {
    let mut done = stores::mend_stores(patient);
    #[cfg(feature = "sqlite")]
    done.extend(files::mend_database(patient));
    done.extend(files::mend_modes(patient));
    done
}
