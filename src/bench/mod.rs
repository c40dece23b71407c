//! How fast is it, here and now, beside what cannot be faster?
//!
//! Every figure stands beside its floor, which is measured in the same run: the one table look, clock read or byte that the
//! work cannot do without. Rounds of all cases of a group are interleaved, so that a busy machine is busy for all of them; a
//! figure is the median of its rounds, with the quarter below and above it. On a machine that does something else, read the
//! ratios.
//!
//! `race.rs` takes the time, `world.rs` makes agents, profiles and chats, and each other file is a group of cases. `hop/`
//! measures the gateway, in processes of its own. Nothing here knows how a table is printed.

pub mod figure;
pub mod hit;
#[cfg(feature = "cli")]
pub mod hop;
pub mod large;
pub mod race;
pub mod starting;
pub mod text;
pub mod world;
#[cfg(feature = "sqlite")]
pub mod writes;

use thiserror::Error;

use crate::middleware::BuildError;
use crate::resolver::ResolveError;

/// Why something was not measured.
#[derive(Debug, Error)]
pub enum BenchError {
    /// Files of the measured world cannot be written or read.
    #[error("the files of the measurement cannot be made")]
    Io(#[from] std::io::Error),
    /// The middleware does not start.
    #[error("what is measured does not start")]
    Build(#[from] BuildError),
    /// A request of the measurement was refused.
    #[error("a request of the measurement was refused")]
    Refused(#[from] ResolveError),
    /// Something else that has to work did not.
    #[error("{0}")]
    Failed(String),
}
