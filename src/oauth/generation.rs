//! Which refresh token a note is about, without it; and which file has the notes of a profile.

use sha2::{Digest, Sha256};

pub(super) use crate::store::Generation;

/// Twelve letters that stand for a profile in the name of a file, whatever its id is made of.
pub(super) fn file_name_of(profile: &str) -> String {
    let digest = Sha256::digest(profile.as_bytes());
    digest[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}
