//! Several machines, one truth: what is kept in Redis, against real servers that are stopped, frozen, killed and emptied.

mod between;
mod faults;
mod law;
mod losses;
mod model;
#[cfg(feature = "cli")]
mod renewal;
mod replicas;
pub(crate) mod server;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod storm;
mod way;
