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

impl HandleKey {
    /// The key under which buttons are sealed. It is derived: no seal is ever a handle, whatever is sealed.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        let mut mac = self.0.clone();
        mac.update(b"modelpin seal 1\0");
        let mut seeded = hmac::digest::Key::<Hmac<Sha256>>::default();
        let key = mac.finalize().into_bytes();
        seeded[..key.len()].copy_from_slice(&key);
        SealKey(<Hmac<Sha256> as KeyInit>::new(&seeded))
    }
}

/// How long a seal is, in bytes: 144 bits of a keyed hash.
pub const SEAL_BYTES: usize = 18;

/// The key of seals: what goes out with one and comes back is known to be ours, and to belong where it comes back.
#[derive(Clone)]
pub struct SealKey(Hmac<Sha256>);

impl SealKey {
    /// Seals these parts, in this order. Other parts have another seal, also where the same bytes are cut elsewhere.
    #[must_use]
    pub fn seal(&self, parts: &[&[u8]]) -> [u8; SEAL_BYTES] {
        let digest = self.mac(parts).finalize().into_bytes();
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&digest[..SEAL_BYTES]);
        seal
    }

    /// Whether this is the seal of these parts. Takes as long for a wrong seal as for the right one.
    #[must_use]
    pub fn holds(&self, parts: &[&[u8]], seal: &[u8; SEAL_BYTES]) -> bool {
        self.mac(parts).verify_truncated_left(seal).is_ok()
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            mac.update(&length.to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
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

    #[test]
    fn a_seal_holds_for_its_parts_and_its_place_alone() {
        let key = HandleKey::derive(b"/here").seal_key();
        let seal = key.seal(&[b"ab", b"c"]);
        assert!(key.holds(&[b"ab", b"c"], &seal));
        assert!(!key.holds(&[b"a", b"bc"], &seal), "cut elsewhere");
        assert!(!key.holds(&[b"ab", b"c", b""], &seal), "with one more");
        assert!(
            !HandleKey::derive(b"/there")
                .seal_key()
                .holds(&[b"ab", b"c"], &seal)
        );
        for bit in 0..SEAL_BYTES * 8 {
            let mut forged = seal;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.holds(&[b"ab", b"c"], &forged), "bit {bit}");
        }
    }
}
