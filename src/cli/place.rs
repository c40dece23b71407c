//! The middleware over the files that the command line names.

use crate::middleware::ModelPin;
use crate::session::SessionKey;
use crate::setup::Place;

use super::global::Global;
use super::wrong::Wrong;

/// Opens it, and tells warnings of the configuration on standard error.
pub(super) fn open(global: &Global) -> Result<ModelPin, Wrong> {
    let mut builder = ModelPin::builder();
    if let Some(dir) = &global.state_dir {
        builder = builder.state_dir(dir);
    }
    if let Some(config) = &global.config {
        builder = builder.config(config);
    }
    let tasks = tokio::runtime::Builder::new_current_thread().build()?;
    let modelpin = tasks.block_on(builder.build())?;
    for warning in modelpin.resolver().snapshot().warnings() {
        tracing::warn!("{warning}");
    }
    Ok(modelpin)
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
    for warning in place.snapshot().warnings() {
        tracing::warn!("{warning}");
    }
    Ok(place)
}
