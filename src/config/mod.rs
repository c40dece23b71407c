//! What does the configuration say?
//!
//! A text in JSON5 becomes a [`Config`] of plain values, with a [`Warning`] for each key that looks like a
//! slip, or one [`ConfigError`] that names file, line, column and path. Reading is pure: this folder opens no
//! file, looks at no environment variable, and resolves no [`SecretInput`].
//!
//! It refuses to know which profiles exist, which model a name means, and what other programs keep in the same
//! file: their keys are left alone.
//!
//! Messages never repeat a *value* of the file, since it might be a key in the wrong place. That is why values
//! are read from a tree ([`node`](self)) and not by derived code, whose errors quote what they found.
//!
//! Read `root.rs` first, then the section that you need: `agents`, `auth`, `providers`, `commands`, `env`, `events`,
//! `store`.
//! `text` is the way from bytes to the tree, `reading` the way from the tree to values.

mod agents;
mod auth;
mod commands;
#[cfg(feature = "setup")]
mod edit;
mod endpoint;
mod env;
mod error;
mod events;
mod include;
mod locate;
mod node;
mod oauth;
mod origin;
mod path;
mod providers;
mod read_secret;
mod reading;
mod root;
mod secret_input;
mod store;
mod text;
mod which_agent;

pub use agents::{AgentConfig, AgentDefaults, CatalogueEntry, ModelChoice};
pub use auth::{Allow, Auth, Cooldowns, Cost, Fence, ProfileConfig};
pub use commands::{Bot, Commands, Unauthorised};
#[cfg(feature = "setup")]
pub use edit::{ConfigEdit, EditError};
pub use env::{Env, ShellEnv};
pub use error::{ConfigError, Warning};
pub use events::{EventCommand, Events, check_webhook};
pub use include::{Included, Load};
pub use oauth::{DESCRIBED, OAuthConfig, Reuse, Style};
pub use path::Step;
pub use providers::{ListedModel, ProviderAuth, ProviderConfig};
pub use root::Config;
pub use secret_input::{Piece, SecretInput};
pub use store::{SharedStore, StoreConfig};
#[cfg(feature = "cli")]
pub(crate) use text::too_deep;
pub use which_agent::{Agent, UnknownAgent};
