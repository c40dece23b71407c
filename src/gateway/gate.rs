//! What every request shares.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::guard::Guard;
use super::limits::Limits;
use super::meter::Meter;
use super::watchers::Watchers;
use crate::middleware::ModelPin;
use crate::wire::Client;

/// The middleware, the client, and who gets in.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) modelpin: Arc<ModelPin>,
    pub(super) client: Client,
    pub(super) guard: Guard,
    pub(super) meter: Meter,
    pub(super) watchers: Watchers,
    pub(super) limits: Limits,
    /// Room for bodies, in pieces of [`ROOM`](super::limits::ROOM) bytes.
    pub(super) room: Arc<Semaphore>,
    /// A place for each request to a provider.
    pub(super) in_flight: Arc<Semaphore>,
}
