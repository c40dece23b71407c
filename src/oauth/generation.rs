//! Which refresh token a note is about, without it.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The first 16 bytes of a hash over a refresh token.
///
/// Tokens are too long to be guessed from it; it is written beside the store, for its owner alone, and shown nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Generation([u8; 16]);

impl Generation {
    pub(super) fn of(refresh: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"modelpin generation 1\0");
        hash.update(refresh.expose().as_bytes());
        let mut first = [0; 16];
        first.copy_from_slice(&hash.finalize()[..16]);
        Self(first)
    }

    pub(super) fn to_hex(self) -> String {
        hex(&self.0)
    }

    pub(super) fn from_hex(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16)
            .ok()
            .filter(|_| text.len() == 32)
            .map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Generation(…)")
    }
}

/// Twelve letters that stand for a profile in the name of a file, whatever its id is made of.
pub(super) fn file_name_of(profile: &str) -> String {
    hex(&Sha256::digest(profile.as_bytes())[..6])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_and_shows_nothing() {
        let of = |token: &str| Generation::of(&Secret::new(token.into()));
        let one = of("EXAMPLE-one");
        assert_ne!(one, of("EXAMPLE-two"));
        assert_eq!(Generation::from_hex(&one.to_hex()), Some(one));
        assert_eq!(Generation::from_hex("+1"), None);
        assert_eq!(format!("{one:?}"), "Generation(…)");
    }
}
