//! How does an operator change what is set up: credentials, orders, defaults?
//!
//! Every change is made under the lock of the file that it changes, on the content that is there at that moment, and
//! replaces the file as a whole. What it does not understand it leaves as it stands.
//!
//! It refuses to know what a terminal is. Read `place.rs` first, then `credential.rs`.

mod config_file;
mod credential;
mod defaults;
pub mod doctor;
mod import;
mod mentions;
#[cfg(all(feature = "redis", feature = "sqlite"))]
mod moving;
mod order;
#[cfg(feature = "sqlite")]
mod pins;
mod place;
mod removal;
#[cfg(feature = "sqlite")]
mod rests;
#[cfg(feature = "oauth")]
mod sign_in;
mod token;

pub use config_file::{ConfigChangeError, Written, change_config};
pub use credential::{KeepError, Kept, keep};
pub use defaults::{
    DefaultsError, Done, Purpose, Whose, add_alias, add_fallback, aliases, clear_fallbacks, fallbacks,
    model_meant, remove_alias, remove_fallback, set_default,
};
pub use import::{Import, ImportError, Imported, Run, found_source, import};
#[cfg(all(feature = "redis", feature = "sqlite"))]
pub use moving::{Clash, Kind, Move, MoveError, Moved, Plan, Settings, kind_of};
pub use order::{OrderError, clear_order, set_order};
#[cfg(feature = "sqlite")]
pub use pins::{PinsUnread, dangling, pin_store, pins_of, rename_in_pins, scope_in_words};
pub use place::{Place, PlaceError};
pub use removal::{Named, RemovalError, logout, named, remove, rename};
#[cfg(feature = "sqlite")]
pub use rests::{Forgotten, RestError, forget_rests, note_pins_cleared, note_rest_ended};
#[cfg(feature = "oauth")]
pub use sign_in::{SignedIn, keep_sign_in};
pub use token::{TokenError, is_anthropic_key, is_setup_token, pasted, profile_name, setup_token};
