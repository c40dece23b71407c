//! Tokens leave this machine sealed: the server, its disk and its backups hold nothing that anybody else could use.
//!
//! ChaCha20-Poly1305 (RFC 8439) with a key that is derived from that of the fleet (HKDF, RFC 5869) and a nonce of the system's
//! chance. What belongs to a seal and is not in it: the prefix, the tenant, the name of the sign-in and the form, so that
//! a record under another name is no record.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::fleet::FORM;
use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::store::{Generation, SignInRecord};

/// What every sealed record begins with: how it is sealed.
const SEALED: &str = "s1:";

/// The keys of a fleet: the first one seals, and each of them opens.
#[derive(Clone)]
pub(super) struct Seals(Vec<LessSafeKey>);

/// A record, while it is in the clear.
#[derive(Serialize, Deserialize)]
struct Clear<'a> {
    access: &'a str,
    refresh: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    before: String,
}

/// The same, when it is read: a token may have letters that are written in another way.
#[derive(Deserialize)]
struct Opened {
    access: String,
    refresh: String,
    expires: Option<Timestamp>,
    before: String,
}

impl Seals {
    /// The keys that are derived from these, the newest first.
    pub(super) fn of<'a>(keys: impl Iterator<Item = &'a Secret>) -> Self {
        let derived = keys.filter_map(|key| {
            let salt = Salt::new(HKDF_SHA256, b"modelpin sign-ins 1");
            let from = salt.extract(key.expose().trim().as_bytes());
            // As long as a key of this kind is; no other length is asked for.
            let purpose = [&b"seal"[..]];
            let made = from.expand(&purpose, &CHACHA20_POLY1305).ok()?;
            Some(LessSafeKey::new(UnboundKey::from(made)))
        });
        Self(derived.collect())
    }

    /// Seals a record for this place; `None` if the system has no chance to give.
    pub(super) fn seal(&self, place: &[&str], record: &SignInRecord) -> Option<String> {
        let before: Vec<u8> = record.before.iter().flat_map(|one| one.to_bytes()).collect();
        let clear = Clear {
            access: record.access.expose(),
            refresh: record.refresh.expose(),
            expires: record.expires,
            before: STANDARD_NO_PAD.encode(before),
        };
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        // One piece from the beginning: nothing of it is left behind where it grows.
        let room = 256 + 6 * (clear.access.len() + clear.refresh.len()) + clear.before.len();
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *text, &clear).ok()?;
        let tag = self.0.first()?.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(belonging(place)),
            &mut text,
        );
        let sealed = [&nonce[..], &text[..], tag.ok()?.as_ref()].concat();
        Some(format!("{SEALED}{}", STANDARD_NO_PAD.encode(sealed)))
    }

    /// Opens what was sealed for this place with one of the keys.
    pub(super) fn open(&self, place: &[&str], sealed: &str) -> Result<SignInRecord, &'static str> {
        let text = sealed
            .strip_prefix(SEALED)
            .ok_or("it is no sealed record of this form")?;
        let bytes = STANDARD_NO_PAD
            .decode(text)
            .map_err(|_| "it is no sealed record")?;
        let (nonce, sealed) = bytes
            .split_at_checked(NONCE_LEN)
            .ok_or("it is too short for a record")?;
        for key in &self.0 {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| "it is no sealed record")?;
            let mut text = Zeroizing::new(sealed.to_vec());
            if let Ok(clear) = key.open_in_place(nonce, Aad::from(belonging(place)), &mut text) {
                return read(clear);
            }
        }
        Err(
            "neither `store.key` nor `store.earlierKeys` opens it: it was sealed with another key, changed, or put \
             under another name",
        )
    }
}

fn read(clear: &[u8]) -> Result<SignInRecord, &'static str> {
    let opened: Opened = serde_json::from_slice(clear).map_err(|_| "what is sealed in it is no record")?;
    let (access, refresh) = (Secret::new(opened.access), Secret::new(opened.refresh));
    if refresh.is_blank() {
        return Err("it has no refresh token");
    }
    let before = STANDARD_NO_PAD
        .decode(opened.before)
        .map_err(|_| "what is sealed in it is no record")?;
    let (before, []) = before.as_chunks::<{ Generation::BYTES }>() else {
        return Err("what is sealed in it is no record");
    };
    Ok(SignInRecord {
        access,
        refresh,
        expires: opened.expires,
        before: before.iter().copied().map(Generation::from_bytes).collect(),
    })
}

/// What a seal is for. No part can be taken for two: each is written with its length.
fn belonging(place: &[&str]) -> Vec<u8> {
    let mut all = FORM.to_be_bytes().to_vec();
    for part in place {
        all.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        all.extend(part.as_bytes());
    }
    all
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seals(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &[&str] = &["modelpin", "main", "acme| team| ann"];

    fn keys(letters: &[&str]) -> Seals {
        let keys: Vec<_> = letters.iter().map(|one| Secret::new(one.repeat(32))).collect();
        Seals::of(keys.iter())
    }

    fn record() -> SignInRecord {
        SignInRecord {
            access: Secret::new("CANARY-access\"\u{1}é".into()),
            refresh: Secret::new("CANARY-refresh".into()),
            expires: Some(Timestamp::from_millis(7)),
            before: vec![Generation::of(&Secret::new("old".into()))],
        }
    }

    #[test]
    fn a_record_opens_where_it_was_sealed_and_nothing_of_it_is_seen() {
        let seals = keys(&["a"]);
        let sealed = seals.seal(PLACE, &record()).unwrap();
        let opened = seals.open(PLACE, &sealed).unwrap();
        assert_eq!(opened.access.expose(), record().access.expose());
        assert_eq!(opened.refresh.expose(), record().refresh.expose());
        assert_eq!(
            (opened.expires, &opened.before),
            (record().expires, &record().before)
        );
        assert_ne!(
            seals.seal(PLACE, &record()).unwrap(),
            sealed,
            "no nonce comes twice"
        );
        for part in ["CANARY", "access", "refresh"] {
            assert!(!sealed.contains(part));
            assert!(!sealed.contains(&STANDARD_NO_PAD.encode(part)));
        }
        assert!(!format!("{seals:?}{opened:?}").contains("CANARY"));
    }

    #[test]
    fn a_key_is_exchanged_and_the_old_one_opens_what_it_sealed() {
        let (old, new, both) = (keys(&["a"]), keys(&["b"]), keys(&["b", "a"]));
        let of_old = old.seal(PLACE, &record()).unwrap();
        assert!(both.open(PLACE, &of_old).is_ok());
        let of_both = both.seal(PLACE, &record()).unwrap();
        assert!(new.open(PLACE, &of_both).is_ok(), "the newest key seals");
        let told = new.open(PLACE, &of_old).unwrap_err();
        assert!(told.contains("`store.earlierKeys`"), "{told}");
    }

    #[test]
    fn what_was_changed_or_moved_is_no_record_at_any_byte() {
        let seals = keys(&["a"]);
        let sealed = seals.seal(PLACE, &record()).unwrap();
        for other in [
            &["modelpin", "main", "acme| team| bob"][..],
            &["modelpin", "other", "acme| team| ann"],
            &["modelpinm", "ain", "acme| team| ann"],
        ] {
            assert!(seals.open(other, &sealed).is_err(), "{other:?}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(seals.open(PLACE, &changed).is_err(), "byte {at}");
        }
        for cut in 0..sealed.len() {
            assert!(seals.open(PLACE, &sealed[..cut]).is_err(), "cut at {cut}");
        }
    }
}
