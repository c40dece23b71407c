//! `$include`: a configuration in several files.

mod sources;
#[cfg(test)]
mod tests;
mod walk;

use std::fmt;

pub(super) use sources::{Sources, bare};
pub(super) use walk::expand;

/// The key that names files.
pub(super) const KEY: &str = "$include";
/// A file that was found for an `$include`.
#[derive(Clone)]
pub struct Included {
    /// Its name, which errors give, and by which a file that includes itself is known.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl fmt::Debug for Included {
    // The text may hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Included")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Finds a file: by what is written, and the name of the file that it is written in.
///
/// An error says what is wrong, and not what was written: that might be a key in the wrong place.
pub type Load<'l> = dyn FnMut(&str, &str) -> Result<Included, String> + 'l;
