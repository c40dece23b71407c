//! The middleware over the files that the command line names.

use std::sync::Arc;

use crate::echo::causes;
use crate::middleware::{BuildError, ModelPin};
use crate::resolver::Snapshot;
use crate::session::SessionKey;
use crate::setup::Place;
use crate::store::memory::MemoryPins;

use super::global::Global;
use super::wrong::Wrong;

/// Opens it, and tells warnings of the configuration on standard error.
pub(super) fn open(global: &Global) -> Result<ModelPin, Wrong> {
    let modelpin = open_quietly(global)?;
    tell_warnings(&modelpin.resolver().snapshot());
    Ok(modelpin)
}

/// Opens it for a command that has told the warnings.
pub(super) fn open_quietly(global: &Global) -> Result<ModelPin, Wrong> {
    let builder = || ModelPin::builder().at(global.state_dir.clone(), global.config.clone());
    let tasks = tasks()?;
    let without_pins = |why: &str| {
        tracing::warn!("the pins cannot be read: {why}");
        tasks.block_on(builder().pin_store(Arc::new(MemoryPins::default())).build())
    };
    Ok(match tasks.block_on(builder().build()) {
        // Pins that cannot be read are no reason to hide everything else.
        Err(BuildError::Pins(broken)) => without_pins(&causes(&broken))?,
        Err(BuildError::Stores(broken)) => without_pins(&causes(&broken))?,
        built => built?,
    })
}

/// Tells what the configuration warns of.
pub(super) fn tell_warnings(snapshot: &Snapshot) {
    for warning in snapshot.warnings() {
        tracing::warn!("{warning}");
    }
}

/// What runs the parts of a command that wait.
pub(super) fn tasks() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A chat of the agent that the command line names.
pub(super) fn session(global: &Global, chat: &str) -> Result<SessionKey, Wrong> {
    let session = SessionKey::new(chat);
    Ok(match global.agent()? {
        Some(agent) => session.with_agent(agent),
        None => session,
    })
}

/// The files that the command line names, for a command that changes them.
pub(super) fn operate(global: &Global) -> Result<Place, Wrong> {
    let agent = global.agent()?;
    let place = Place::find(
        global.state_dir.as_deref(),
        global.config.as_deref(),
        agent.as_ref(),
    )?;
    tell_warnings(place.snapshot());
    Ok(place)
}
