//! Secrets with one way out.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// A secret text: wiped from memory on drop, opaque in `Debug`, without `Display`, without `Serialize`.
///
/// [`expose`](Self::expose) is its only exit; whoever calls it is about to write a header.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing but white space in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.expose().trim().is_empty()
    }

    /// A short name for display that tells two secrets apart and says nothing about either.
    #[must_use]
    pub fn handle(&self, key: &HandleKey) -> Handle {
        let mut mac = key.0.clone();
        mac.update(self.expose().as_bytes());
        let digest = mac.finalize().into_bytes();
        let letters = b"abcdefghijkmnpqrstuvwxyz23456789";
        let name = digest
            .iter()
            .take(8)
            .map(|byte| char::from(letters[usize::from(*byte) % letters.len()]))
            .collect();
        Handle(name)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The key under which handles are made: one for each state directory, so that handles of two places do not compare.
#[derive(Clone)]
pub struct HandleKey(Hmac<Sha256>);

impl HandleKey {
    /// Derives the key from what names the place, for example the path of the state directory.
    #[must_use]
    pub fn derive(place: &[u8]) -> Self {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&hmac::digest::Key::<Hmac<Sha256>>::default());
        mac.update(b"modelpin handle 1\0");
        mac.update(place);
        let key = mac.finalize().into_bytes();
        let mut seeded = hmac::digest::Key::<Hmac<Sha256>>::default();
        seeded[..key.len()].copy_from_slice(&key);
        Self(<Hmac<Sha256> as KeyInit>::new(&seeded))
    }
}

impl HandleKey {
    /// Tells secrets apart in what is kept of failures. A keyed hash: it cannot be turned back.
    #[must_use]
    pub fn generation(&self, secret: &Secret) -> u64 {
        let mut mac = self.0.clone();
        mac.update(b"generation\0");
        mac.update(secret.expose().as_bytes());
        let digest = mac.finalize().into_bytes();
        let first = digest.iter().take(8);
        // Never 0, which stands for the account whatever its secret is.
        first.fold(0, |sum, byte| sum << 8 | u64::from(*byte)).max(1)
    }
}

impl fmt::Debug for HandleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandleKey(…)")
    }
}

/// `key:` and eight letters: what is shown where a key would be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Handle(String);

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key:{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secret = Secret::new("sk-ant-api03-EXAMPLE".into());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn a_handle_tells_secrets_apart_and_places_too() {
        let here = HandleKey::derive(b"/here");
        let one = Secret::new("one".into());
        assert_eq!(one.handle(&here), Secret::new("one".into()).handle(&here));
        assert_ne!(one.handle(&here), Secret::new("two".into()).handle(&here));
        assert_ne!(one.handle(&here), one.handle(&HandleKey::derive(b"/there")));
        assert_eq!(one.handle(&here).to_string().len(), 12);
    }
}
