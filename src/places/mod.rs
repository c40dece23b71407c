//! Where are the files?
//!
//! Which state directory and why, which configuration file, which folder of an agent. The rules are pure
//! functions over [`Surroundings`] (flags, variables, home, what exists); [`Surroundings::with_real`] is the
//! thin layer that asks the machine.
//!
//! It refuses to know what is in the files, and creates nothing.
//!
//! Read `state.rs` first; `paths.rs` is the layout within a state directory.

mod include;
mod machine;
mod paths;
mod state;

pub use include::Includes;
pub use machine::machine_id;
pub use paths::{AgentPaths, ConfigFile, ConfigReason, config_file};
pub use state::{NoStateDir, Reason, StateDir, Surroundings, state_dir};
