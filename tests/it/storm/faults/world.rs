//! Two agents, four providers, and credentials of every kind, each with a secret that is found wherever it turns up.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use serde_json::{Value, json};

use super::log::{Log, What};

pub(super) const AGENTS: [&str; 2] = ["main", "ops"];
/// Those who may give commands, and one who may not.
pub(super) const ALLOWED: [&str; 2] = ["ann", "bob"];
pub(super) const EVE: &str = "eve";
/// Only `ann` is served by it.
pub(super) const PRIVATE: &str = "one:priv";
/// It costs, and nobody said yes.
pub(super) const FENCED: &str = "fen:key";

/// Profile, provider, kind.
pub(super) const PROFILES: [(&str, &str, &str); 9] = [
    ("one:a", "one", "api_key"),
    ("one:b", "one", "token"),
    (PRIVATE, "one", "api_key"),
    ("two:c", "two", "api_key"),
    ("two:d", "two", "api_key"),
    ("acme:x", "acme", "oauth"),
    ("acme:y", "acme", "oauth"),
    ("fen:sub", "fen", "token"),
    (FENCED, "fen", "api_key"),
];

pub(super) const PROVIDERS: [&str; 4] = ["one", "two", "acme", "fen"];

/// Whose secret it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// A number of the secret: the same for the same secret.
    pub(super) number: u64,
    pub(super) agent: &'static str,
    pub(super) profile: String,
    /// When nobody held it any more, in the log's time.
    pub(super) gone: Option<u64>,
}

impl Held {
    pub(super) fn provider(&self) -> &str {
        self.profile.split_once(':').map_or("", |(provider, _)| provider)
    }
}

/// Every secret that there ever was.
#[derive(Debug, Default)]
struct Known {
    secrets: HashMap<String, Held>,
    /// Eight bytes of a secret, and which it is part of.
    parts: HashMap<[u8; 8], u64>,
    /// First bytes of the parts, so that most of an output is passed over quickly.
    next: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Secrets {
    known: Arc<Mutex<Known>>,
    log: Log,
}

impl Secrets {
    pub(super) fn new(log: &Log) -> Self {
        Self {
            known: Arc::default(),
            log: log.clone(),
        }
    }

    /// A secret for a profile, with the beginning that its kind has; parts of it are looked for from here on.
    pub(super) fn make(&self, agent: &'static str, profile: &str, beginning: &str, dice: &mut Rng) -> String {
        let body: String = (0..40).map(|_| dice.alphanumeric()).collect();
        let mut known = self.known.lock().expect("whole");
        known.next += 1;
        let number = known.next;
        for part in body.as_bytes().windows(8) {
            known.parts.insert(part.try_into().expect("eight"), number);
        }
        let secret = format!("{beginning}{body}");
        let held = Held {
            number,
            agent,
            profile: profile.to_owned(),
            gone: None,
        };
        known.secrets.insert(secret.clone(), held);
        secret
    }

    pub(super) fn held(&self, secret: &str) -> Option<Held> {
        self.known.lock().expect("whole").secrets.get(secret).cloned()
    }

    /// From now on nobody holds it.
    pub(super) fn gone(&self, secret: &str) {
        let now = self.log.now();
        if let Some(held) = self.known.lock().expect("whole").secrets.get_mut(secret) {
            held.gone.get_or_insert(now);
        }
    }

    /// Looks through an output, and notes what was found.
    pub(super) fn look(&self, output: &str, bytes: &[u8]) {
        let mut leaks = HashSet::new();
        {
            let known = self.known.lock().expect("whole");
            for part in bytes.windows(8) {
                if let Some(number) = known.parts.get::<[u8; 8]>(part.try_into().expect("eight")) {
                    leaks.insert(*number);
                }
            }
        }
        let leaks = leaks
            .into_iter()
            .map(|number| {
                let known = self.known.lock().expect("whole");
                let held = known.secrets.values().find(|held| held.number == number);
                held.map_or_else(String::new, |held| format!("{} of {}", held.profile, held.agent))
            })
            .collect();
        self.log.add(What::Looked {
            output: output.to_owned(),
            bytes: bytes.len(),
            leaks,
        });
    }
}

/// Where everything listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    pub(super) providers: [SocketAddr; 4],
    pub(super) sign_in: SocketAddr,
}

/// The state directory.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) dir: PathBuf,
}

impl Place {
    pub(super) fn store(&self, agent: &str) -> PathBuf {
        self.dir.join(format!("agents/{agent}/agent/auth-profiles.json"))
    }

    pub(super) fn config(&self) -> PathBuf {
        self.dir.join("modelpin.json")
    }

    pub(super) fn database(&self) -> PathBuf {
        self.dir.join("modelpin.sqlite")
    }
}

/// The configuration; `number` makes it another text that means the same.
pub(super) fn config(at: &Addresses, number: u32) -> Value {
    let model = |alias: &str| json!({ "alias": alias, "params": { "cacheRetention": "none" } });
    let mut providers = serde_json::Map::new();
    for (name, address) in PROVIDERS.iter().zip(at.providers) {
        let (path, api) = match *name {
            "two" => ("/v1", "openai-completions"),
            _ => ("", "anthropic-messages"),
        };
        let provider =
            json!({ "baseUrl": format!("http://{address}{path}"), "api": api, "timeoutSeconds": 1 });
        providers.insert((*name).to_owned(), provider);
    }
    json!({
        "agents": {
            "defaults": {
                "model": { "primary": "one/big", "fallbacks": ["one/small", "acme/pro"] },
                "models": {
                    "one/big": model("big"), "one/small": model("small"), "two/gpt": model("gpt"),
                    "acme/pro": model("pro"), "fen/m": model("fenm"),
                    format!("one/edit-{number}"): model(&format!("edit{number}")),
                },
            },
            "list": [{ "id": "main" }, { "id": "ops" }],
        },
        "commands": { "allow": { "senders": ALLOWED } },
        "auth": {
            "fence": "block",
            "profiles": { PRIVATE: { "provider": "one", "mode": "api_key", "allow": { "senders": ["ann"] } } },
            "order": { "one": ["one:a", "one:b", PRIVATE] },
            "cooldowns": {
                "transientSeconds": [1, 2], "authSeconds": [6],
                "billingBackoffMinutes": 0.05, "billingMaxHours": 0.001,
            },
        },
        "models": { "providers": providers },
        "oauth": { "acme": { "tokenUrl": format!("http://{}/token", at.sign_in), "clientId": "storm", "authorizeUrl": "http://127.0.0.1:9/auth" } },
    })
}

/// Writes a file as a careful program does.
pub(super) fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let draft = file.with_extension(format!("draft-{:x}", fastrand::u64(..)));
    let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written
}
