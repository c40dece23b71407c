//! Where the server is, and under which names things are kept there.

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion};
use thiserror::Error;
use url::Url;

use crate::secret::Secret;

/// The prefix of keys if nobody says another one.
const PREFIX: &str = "modelpin";
/// The longest prefix, in bytes: every key begins with it.
const LONGEST: usize = 64;

/// A server, and the prefix of the keys that are ours there.
///
/// `redis://`, `rediss://` (TLS), `redis+unix://`; user and password as in any URL
/// (<https://www.iana.org/assignments/uri-schemes/prov/redis>).
#[derive(Clone)]
pub struct Address {
    url: Secret,
    shown: String,
    prefix: String,
}

/// How what is said goes to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It stays on this machine.
    Within,
    /// By TLS.
    Sealed,
    /// Over a network, for everybody to read: passwords, names of chats, and who rests.
    InClear,
}

/// What is wrong with an address. No password is in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It is no URL.
    #[error("the address of the store is no URL: write `redis://HOST:PORT/0`, or `rediss://` for TLS")]
    NoUrl,
    /// Its scheme is another program's.
    #[error("the store speaks `redis://`, `rediss://` (TLS) or `redis+unix://`, not `{0}://`")]
    Scheme(String),
    /// It says something that does not belong there.
    #[error("the address of the store `{shown}` is not understood: {reason}")]
    Odd {
        /// The address without its password.
        shown: String,
        /// What the client library says.
        reason: String,
    },
    /// The prefix cannot begin a key.
    #[error("the prefix of the store is one to {LONGEST} letters, digits, `-`, `_`, `.` or `:`, not `{0}`")]
    Prefix(String),
}

impl Address {
    /// Reads an address. Nothing is connected.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong; it never repeats a password.
    pub fn new(url: &Secret, prefix: Option<&str>) -> Result<Self, AddressError> {
        let parsed = Url::parse(url.expose().trim()).map_err(|_| AddressError::NoUrl)?;
        let known = [
            "redis",
            "rediss",
            "redis+unix",
            "unix",
            "valkey",
            "valkeys",
            "valkey+unix",
        ];
        if !known.contains(&parsed.scheme()) {
            return Err(AddressError::Scheme(parsed.scheme().to_owned()));
        }
        let shown = shown(&parsed);
        let prefix = prefix.unwrap_or(PREFIX);
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if prefix.is_empty() || prefix.len() > LONGEST || !prefix.chars().all(fits) {
            return Err(AddressError::Prefix(crate::echo::discreet(prefix).into_owned()));
        }
        let address = Self {
            url: Secret::new(parsed.into()),
            shown,
            prefix: prefix.to_owned(),
        };
        match address.connection() {
            Ok(_) => Ok(address),
            Err(wrong) => Err(AddressError::Odd {
                reason: wrong.to_string(),
                shown: address.shown,
            }),
        }
    }

    /// What the keys begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// How what is said goes to the server.
    #[must_use]
    pub fn way(&self) -> Way {
        let Ok(url) = Url::parse(self.url.expose()) else {
            return Way::InClear;
        };
        let is_here = match url.host_str() {
            None | Some("" | "localhost") => true,
            Some(host) => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        };
        match url.scheme() {
            "rediss" | "valkeys" => Way::Sealed,
            _ if is_here => Way::Within,
            _ => Way::InClear,
        }
    }

    /// For the client library: the third version of the protocol, in which messages come over the same connection.
    pub(super) fn connection(&self) -> redis::RedisResult<ConnectionInfo> {
        let info = self.url.expose().into_connection_info()?;
        let settings = info.redis_settings().clone();
        Ok(info.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3)))
    }
}

/// The address without what is secret in it: a password, and whatever stands behind a question mark.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    if shown.password().is_some() {
        // A scheme that was read as one that has a host takes a password away.
        let _done = shown.set_password(None);
    }
    shown.to_string()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, prefix, .. } = self;
        write!(f, "Address({shown}, {prefix})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, prefix: Option<&str>) -> Result<Address, AddressError> {
        Address::new(&Secret::new(url.to_owned()), prefix)
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address = read("rediss://bot:CANARY-word@cache.example:6380/2", Some("team-a")).unwrap();
        assert_eq!(address.to_string(), "rediss://bot@cache.example:6380/2");
        assert_eq!(address.prefix(), "team-a");
        assert!(!format!("{address:?}").contains("CANARY"));
    }

    #[test]
    fn what_goes_over_a_network_in_clear_is_known_as_such() {
        for (url, way) in [
            ("redis://127.0.0.1:6379/0", Way::Within),
            ("redis://[::1]/0", Way::Within),
            ("redis://localhost", Way::Within),
            ("redis+unix:///run/redis.sock", Way::Within),
            ("rediss://cache.example/0", Way::Sealed),
            ("redis://cache.example/0", Way::InClear),
            ("redis://10.0.0.7/0", Way::InClear),
        ] {
            assert_eq!(read(url, None).unwrap().way(), way, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_without_what_it_says() {
        assert_eq!(
            read("cache.example CANARY", None).unwrap_err(),
            AddressError::NoUrl
        );
        assert_eq!(
            read("postgres://u:CANARY@h/db", None).unwrap_err(),
            AddressError::Scheme("postgres".into())
        );
        let odd = read("redis://u:CANARY@cache.example/not-a-number", None).unwrap_err();
        assert!(matches!(odd, AddressError::Odd { .. }), "{odd}");
        assert!(!odd.to_string().contains("CANARY"), "{odd}");
        for prefix in ["", "a{b}", "a b", &"x".repeat(65)] {
            let wrong = read("redis://cache.example", Some(prefix)).unwrap_err();
            assert!(matches!(wrong, AddressError::Prefix(_)), "{wrong}");
        }
    }
}
