//! What a person asked for, and what we chose ourselves: two things that are never mixed.
//!
//! A [`Pin`] is made by a command and by nothing else, and only a command, its own end, or an undo takes it away. An
//! [`Affinity`] is the resolver's own memory of which profile served a chat; it may be dropped at any time. They are
//! different types in different tables.
//!
//! Read [`Pin`], then [`Record`] (all that one scope remembers), then [`effective`] (how scopes
//! merge). How millions of records are kept is in `table.rs` and below it: `chats.rs`, `kept.rs`, `shares.rs`, `name.rs`.
//! Nothing here knows about stores, commands or credentials.

mod affinity;
mod change;
mod chats;
mod generations;
mod kept;
mod key;
mod merge;
mod name;
mod plain;
mod record;
mod shares;
mod table;

pub use affinity::{Affinity, AffinityTable, Epoch, REMEMBERED};
pub use change::{Change, Set, Thread};
pub use kept::{Kept, Said};
pub use key::{ScopeKey, ScopeName, scopes};
pub use merge::{Effective, Setting, effective};
pub use plain::{Before, Plain};
pub use record::{
    End, Layers, MAX_PASSING, MAX_UNDO, OwnWay, Pin, PinnedModel, PinnedProfile, ProfileChoice, Record,
    Version,
};
pub use shares::What;
pub use table::PinTable;
