//! Which credentials does an agent have, and where do they come from?
//!
//! [`AuthStore`] reads `auth-profiles.json` and keeps all that it does not understand as it stands, so that
//! `AuthStore::change` (feature `setup`), the one way to write it, loses nothing. [`Environment`] looks at the
//! variables of a fixed table, and at those that a file asks for by name; at no others. Only if the configuration wants
//! it, a login shell is asked for the variables of the table (`login_shell.rs` decides, `shell_process.rs` runs it).
//! [`AgentCredentials`] joins the two with the configuration: it
//! gives facts for [`order::rank`](crate::order::rank), and the [`Credential`](crate::credential::Credential)
//! behind a profile.
//!
//! Reading never writes. This folder refuses to know which profile is the right one, what time it is (it is
//! given `now`), and how a credential is presented.
//!
//! Read `agent.rs` first, then `presented.rs`, `file.rs` and `environment.rs`.

mod agent;
#[cfg(feature = "setup")]
mod change;
mod dotenv;
#[cfg(feature = "setup")]
mod draft;
#[cfg(feature = "setup")]
mod duplicates;
mod env;
mod environment;
mod file;
mod login_shell;
mod mode;
#[cfg(feature = "setup")]
mod new_profile;
mod presented;
mod profile;
#[cfg(feature = "setup")]
mod raw;
#[cfg(feature = "setup")]
mod rescue;
mod resolve;
mod sanitise;
mod shell_problem;
#[cfg(all(unix, feature = "login-shell"))]
mod shell_process;
mod usage;

pub use agent::AgentCredentials;
#[cfg(feature = "setup")]
pub use change::ChangeError;
pub use dotenv::{DotEnv, DotEnvError};
#[cfg(feature = "setup")]
pub use draft::{DraftError, Placed, Replace, StoreDraft};
#[cfg(feature = "setup")]
pub use duplicates::shared_refresh_tokens;
pub use env::{EnvName, known_providers, names_of, provider_of};
pub use environment::{Environment, FoundKey, Layer};
pub use file::{AuthStore, StoreError};
pub use mode::wider_mode;
#[cfg(feature = "setup")]
pub use new_profile::{NewProfile, NewSecret};
pub use presented::CredentialError;
pub use profile::{Problem, StoredProfile};
#[cfg(feature = "setup")]
pub use rescue::{RescueError, Rescued};
pub use resolve::Unresolved;
pub use sanitise::sanitised;
pub use shell_problem::ShellProblem;
pub use usage::UsageStats;
