//! Which refresh token something is about, without it.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The first 16 bytes of a hash over a refresh token.
///
/// Tokens are too long to be guessed from it; it is kept where the tokens are, and shown nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generation([u8; Self::BYTES]);

impl Generation {
    /// How many bytes it has.
    pub const BYTES: usize = 16;

    /// The generation of a sign-in that has this refresh token.
    #[must_use]
    pub fn of(refresh: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"modelpin generation 1\0");
        hash.update(refresh.expose().as_bytes());
        let mut first = [0; Self::BYTES];
        first.copy_from_slice(&hash.finalize()[..Self::BYTES]);
        Self(first)
    }

    /// The one that these bytes stand for.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0
    }

    /// 32 digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// The one that was written with these 32 digits; `None` if they are none.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
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
        assert_eq!(Generation::from_bytes(one.to_bytes()), one);
        assert_eq!(format!("{one:?}"), "Generation(…)");
    }
}
