//! How are files written so that nothing is lost?
//!
//! [`replace`] puts a whole new content in the place of a file: a temporary file beside it, fsync, rename, fsync of the
//! directory. Whoever reads sees the old content or the new one. [`Lock`] is held from reading to replacing, so that two
//! writers lose no change of either, whichever program they belong to.
//!
//! It refuses to know what is in the files. Read `lock.rs` first.

mod held;
mod left;
mod lock;
mod replace;

pub use held::Holder;
pub use left::{LockState, left_over, lock_state};
pub use lock::{Lock, LockError, PATIENCE};
pub use replace::{Previous, Reach, WriteError, backup_of, make_folder, replace};
