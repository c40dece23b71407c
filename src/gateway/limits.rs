//! How much the gateway takes, and how long it waits.

use std::time::Duration;

use crate::wire;

/// The most header fields of a request.
pub(super) const HEADERS: usize = 100;
/// The longest head of a request, in bytes.
pub(super) const HEAD: usize = 64 * 1024;

/// Bodies take room in pieces of so many bytes. The first piece is free: most bodies are no longer.
pub(super) const ROOM: usize = 64 * 1024;

/// How much is taken and how long is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body of a request to a provider, in bytes.
    pub body: usize,
    /// The most bytes of such bodies at a time; what is over waits as long as the next part of a body may take.
    pub bodies: usize,
    /// The longest body that is sent a second time, in bytes.
    pub resent: usize,
    /// The longest body of a request to the middleware, in bytes.
    pub message: usize,
    /// The most requests to providers at a time.
    pub in_flight: usize,
    /// How long a connection may say nothing before its request, and take for the head of one.
    pub head: Duration,
    /// How long the next part of a request's body may take.
    pub upload: Duration,
    /// How long streams may go on after a stop.
    pub grace: Duration,
    /// How long providers may take.
    pub provider: wire::Limits,
}

impl Default for Limits {
    /// 32 MiB, 512 MiB of them, 4 MiB, 1 MiB, 1,000 requests, 30 s, 60 s, 30 s; and the usual limits of a provider.
    fn default() -> Self {
        Self {
            body: 32 << 20,
            bodies: 512 << 20,
            resent: 4 << 20,
            message: 1 << 20,
            in_flight: 1_000,
            head: Duration::from_secs(30),
            upload: Duration::from_secs(60),
            grace: Duration::from_secs(30),
            provider: wire::Limits::default(),
        }
    }
}
