//! What every gateway is given: one configuration, the same credentials, each in a state directory of its own.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::log::{Held, Log, What};
use crate::fleet::server::KEY;

/// How many chats there are, and how many profiles each may pin.
pub(super) const CHATS: usize = 10;
/// The profiles of an agent at the provider that always answers.
pub(super) const PROFILES: [&str; 6] = ["one:a", "one:b", "one:c", "one:d", "one:e", "one:f"];
/// Profiles of which each is learned once that it rests.
pub(super) const PROBES: usize = 48;
pub(super) const AGENTS: [&str; 4] = ["main", "ops", "rest", "probe"];
/// Who gives commands.
pub(super) const PERSON: &str = "ann";

/// Credentials, and who holds them.
#[derive(Debug, Clone)]
pub(super) struct World {
    files: Vec<(&'static str, Value)>,
    held: Arc<HashMap<String, Held>>,
    /// Eight bytes in a row of any secret.
    parts: Arc<HashSet<[u8; 8]>>,
    log: Log,
    /// The last warnings of gateways.
    warned: Arc<Mutex<VecDeque<String>>>,
}

/// So many warnings are kept.
const WARNED: usize = 60;

impl World {
    pub(super) fn new(log: &Log, dice: &mut Rng) -> Self {
        let (mut held, mut parts, mut files) = (HashMap::new(), HashSet::new(), Vec::new());
        parts.extend(eights(KEY));
        for agent in AGENTS {
            let ids: Vec<String> = match agent {
                "rest" => vec!["rest:t".to_owned(), "rest:spare".to_owned()],
                "probe" => (0..PROBES).map(|number| format!("probe:{number}")).collect(),
                _ => PROFILES.map(str::to_owned).to_vec(),
            };
            let mut profiles = Map::new();
            for id in ids {
                let body: String = (0..40).map(|_| dice.alphanumeric()).collect();
                parts.extend(eights(&body));
                let key = format!("sk-ant-api03-{body}");
                let provider = id.split(':').next().unwrap_or_default();
                profiles.insert(
                    id.clone(),
                    json!({ "type": "api_key", "provider": provider, "key": key }),
                );
                held.insert(key, Held { agent, profile: id });
            }
            files.push((agent, json!({ "version": 1, "profiles": profiles })));
        }
        Self {
            files,
            held: Arc::new(held),
            parts: Arc::new(parts),
            log: log.clone(),
            warned: Arc::default(),
        }
    }

    /// Keeps a line of a gateway's log, if it is a warning; what holds a secret is judged beside.
    pub(super) fn remember(&self, line: &str) {
        if !line.contains("WARN") && !line.contains("ERROR") {
            return;
        }
        let mut warned = self.warned.lock().expect("whole");
        if warned.len() == WARNED {
            warned.pop_front();
        }
        let at = self.log.now().as_secs_f64();
        warned.push_back(format!("{at:.3} s: {}", line.trim_end()));
    }

    pub(super) fn warned(&self) -> Vec<String> {
        self.warned.lock().expect("whole").iter().cloned().collect()
    }

    /// Whose secret it is.
    pub(super) fn held(&self, secret: &str) -> Option<Held> {
        self.held.get(secret).cloned()
    }

    /// Looks through an output for secrets.
    pub(super) fn heard(&self, output: &str, bytes: &[u8]) {
        let mut parts = bytes.windows(8);
        let leak = parts.any(|part| <[u8; 8]>::try_from(part).is_ok_and(|part| self.parts.contains(&part)));
        self.log.add(What::Heard {
            bytes: bytes.len(),
            leaks: leak.then(|| output.to_owned()).into_iter().collect(),
        });
    }

    pub(super) fn panicked(&self, line: &str) {
        self.log.add(What::Panicked(line.to_owned()));
    }

    /// Writes the state directory of one gateway, whose way to Redis begins at `redis`.
    pub(super) fn write(&self, dir: &Path, provider: SocketAddr, redis: SocketAddr) {
        for (agent, profiles) in &self.files {
            let folder = dir.join(format!("agents/{agent}/agent"));
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join("auth-profiles.json"), profiles.to_string()).expect("written");
        }
        let model = |alias: &str| json!({ "alias": alias, "params": { "cacheRetention": "none" } });
        let at = |name: &str| json!({ "baseUrl": format!("http://{provider}/{name}"), "api": "anthropic-messages", "timeoutSeconds": 20 });
        let config = json!({
            "agents": {
                "defaults": {
                    "model": "one/big",
                    "models": { "one/big": model("big"), "rest/m": model("restm"), "probe/m": model("probem") },
                },
                "list": [{ "id": "main" }, { "id": "ops" }, { "id": "rest", "model": "rest/m" }, { "id": "probe", "model": "probe/m" }],
            },
            "commands": { "allow": { "senders": [PERSON] } },
            "auth": { "order": { "rest": ["rest:t", "rest:spare"] }, "cooldowns": { "transientSeconds": [1] } },
            "models": { "providers": { "one": at("one"), "rest": at("rest"), "probe": at("probe") } },
            "store": { "kind": "redis", "url": format!("redis://{redis}/0"), "key": KEY },
        });
        std::fs::write(dir.join("modelpin.json"), config.to_string()).expect("written");
    }
}

fn eights(text: &str) -> impl Iterator<Item = [u8; 8]> + '_ {
    text.as_bytes()
        .windows(8)
        .filter_map(|part| <[u8; 8]>::try_from(part).ok())
}
