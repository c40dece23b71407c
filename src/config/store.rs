//! `store`: where pins, rests and the record of decisions are kept.

use super::read_secret::read_secret;
use super::reading::{At, Read};
use super::secret_input::SecretInput;

/// `store`.
#[derive(Debug, Clone, Default)]
pub enum StoreConfig {
    /// In the state directory (`sqlite`), by default.
    #[default]
    Sqlite,
    /// In memory: nothing outlives the process (`memory`).
    Memory,
    /// On a server that several machines share (`redis`).
    Redis(SharedStore),
}

/// A server that several machines share.
///
/// `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct SharedStore {
    /// Where it is (`url`). It may hold a password, so it is kept as a secret.
    pub url: SecretInput,
    /// What its keys begin with (`prefix`); `modelpin` by default.
    pub prefix: Option<String>,
    /// Whose pins and rests they are (`tenant`); `main` by default.
    pub tenant: Option<String>,
    /// What all machines of the fleet know, and nobody else (`key`).
    pub key: SecretInput,
    /// Other keys of the fleet (`earlierKeys`), those before it and the next one: they open what other machines seal with
    /// them, and seal nothing.
    pub earlier_keys: Vec<SecretInput>,
}

/// The keys of all kinds. Those of a shared store may stay where it is not used now, for the way back.
const ALL: [&str; 6] = ["kind", "url", "prefix", "tenant", "key", "earlierKeys"];

pub(super) fn read<'a>(at: &At<'a>) -> Read<'a, StoreConfig> {
    let store = at.object()?;
    let kind = match store.find("kind") {
        Some(kind) => kind.word(&[("sqlite", "sqlite"), ("memory", "memory"), ("redis", "redis")])?,
        None => return Err(at.wrong("expected `kind`: `sqlite`, `memory` or `redis`")),
    };
    match kind {
        "redis" => {
            store.expect_keys(&ALL);
            let needed = |key: &'static str, what: &str| {
                let read = store.read(key, read_secret)?;
                read.ok_or_else(|| at.wrong(format!("a shared store needs `{key}`: {what}")))
            };
            let url = needed("url", "`redis://HOST:PORT/0`, or `rediss://` for TLS")?;
            let key = needed(
                "key",
                "32 characters or more that all machines know, such as what `openssl rand -hex 32` prints, by a variable or a file",
            )?;
            Ok(StoreConfig::Redis(SharedStore {
                url,
                prefix: store.read("prefix", At::name)?,
                tenant: store.read("tenant", At::name)?,
                key,
                earlier_keys: store.read("earlierKeys", read_keys)?.unwrap_or_default(),
            }))
        }
        "memory" => {
            store.expect_keys(&ALL);
            Ok(StoreConfig::Memory)
        }
        _ => {
            store.expect_keys(&ALL);
            Ok(StoreConfig::Sqlite)
        }
    }
}

fn read_keys<'a>(at: &At<'a>) -> Read<'a, Vec<SecretInput>> {
    at.list()?.iter().map(read_secret).collect()
}
