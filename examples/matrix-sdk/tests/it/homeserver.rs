//! A real homeserver on loopback: Synapse, as PyPI has it (`tests/requirements.txt`), and people's clients on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// As long as anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How often it is looked whether something has come.
const BEAT: Duration = Duration::from_millis(100);

pub(crate) struct Homeserver {
    synapse: Child,
    url: String,
    _files: tempfile::TempDir,
}

impl Drop for Homeserver {
    fn drop(&mut self) {
        let _ended = self.synapse.kill();
        let _gone = self.synapse.wait();
    }
}

/// Python with Synapse, installed below `target/` the first time; `None` where that cannot be.
fn python() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = here.join("target/synapse");
    let python = venv.join("bin/python");
    let there = || {
        let asked = Command::new(&python).args(["-c", "import synapse"]).status();
        asked.is_ok_and(|status| status.success())
    };
    if !there() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).status();
        made.ok().filter(|status| status.success())?;
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--requirement"])
            .arg(here.join("tests/requirements.txt"))
            .status()
            .ok()
            .filter(|status| status.success())?;
    }
    there().then_some(python)
}

impl Homeserver {
    /// `None` where there is no Python, or PyPI cannot be reached; it says so.
    pub(crate) async fn start() -> Option<Self> {
        let Some(python) = python() else {
            eprintln!("Synapse cannot be installed here, so the bot was not tried on a homeserver");
            return None;
        };
        let files = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = port.local_addr().expect("an address");
        drop(port);
        let path = |name: &str| files.path().join(name);
        let much = json!({ "per_second": 1_000, "burst_count": 1_000 });
        let config = json!({
            "server_name": "loopback.test",
            "signing_key_path": path("signing.key"),
            "pid_file": path("pid"),
            "log_config": path("log.json"),
            "media_store_path": path("media"),
            "report_stats": false,
            "enable_registration": true,
            "enable_registration_without_verification": true,
            "suppress_key_server_warning": true,
            "trusted_key_servers": [],
            "macaroon_secret_key": "EXAMPLE", "form_secret": "EXAMPLE", "registration_shared_secret": "EXAMPLE",
            "database": { "name": "sqlite3", "args": { "database": ":memory:" } },
            "listeners": [{ "port": address.port(), "tls": false, "type": "http", "bind_addresses": ["127.0.0.1"],
                "resources": [{ "names": ["client"], "compress": false }] }],
            "rc_message": much, "rc_registration": much, "rc_joins": { "local": much },
            "rc_login": { "address": much, "account": much }, "rc_invites": { "per_room": much, "per_user": much },
        });
        // YAML reads JSON.
        fs::write(path("homeserver.json"), config.to_string()).expect("written");
        fs::write(path("log.json"), r#"{ "version": 1, "root": { "level": "WARNING" } }"#).expect("written");
        fs::write(path("signing.key"), format!("ed25519 a_test {}", "A".repeat(43))).expect("written");
        let synapse = Command::new(python)
            .args(["-m", "synapse.app.homeserver", "-c"])
            .arg(path("homeserver.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("Synapse starts");
        let server = Self {
            synapse,
            url: format!("http://{address}"),
            _files: files,
        };
        let versions = format!("{}/_matrix/client/versions", server.url);
        let up = tokio::time::timeout(PATIENCE, async {
            while reqwest::get(&versions).await.is_err() {
                tokio::time::sleep(BEAT).await;
            }
        });
        up.await.expect("Synapse answers");
        Some(server)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A new person.
    pub(crate) async fn person(&self, name: &str, password: &str) -> Person {
        let mut person = Person {
            http: Client::new(),
            url: format!("{}/_matrix/client/v3", self.url),
            token: String::new(),
            id: String::new(),
            sent: 0,
        };
        let wanted = json!({ "username": name, "password": password, "auth": { "type": "m.login.dummy" } });
        let made = person.asks(Method::POST, "/register", Some(wanted)).await;
        made["access_token"].as_str().expect("a token").clone_into(&mut person.token);
        made["user_id"].as_str().expect("an id").clone_into(&mut person.id);
        person
    }
}

/// Somebody with a client.
pub(crate) struct Person {
    http: Client,
    url: String,
    token: String,
    pub(crate) id: String,
    sent: usize,
}

impl Person {
    pub(crate) async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// Sends an event and tells its id.
    pub(crate) async fn sends(&mut self, room: &str, kind: &str, content: Value) -> String {
        self.sent += 1;
        let path = format!("/rooms/{room}/send/{kind}/{}", self.sent);
        let sent = self.asks(Method::PUT, &path, Some(content)).await;
        sent["event_id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn says(&mut self, room: &str, text: &str) -> String {
        self.sends(room, "m.room.message", json!({ "msgtype": "m.text", "body": text })).await
    }

    pub(crate) async fn reacts(&mut self, room: &str, event: &str, key: &str) -> String {
        let relation = json!({ "rel_type": "m.annotation", "event_id": event, "key": key });
        self.sends(room, "m.reaction", json!({ "m.relates_to": relation })).await
    }

    /// All events of a room, the oldest first.
    pub(crate) async fn reads(&self, room: &str) -> Vec<Value> {
        let path = format!("/rooms/{room}/messages?dir=f&limit=500");
        let read = self.asks(Method::GET, &path, None).await;
        read["chunk"].as_array().expect("events").clone()
    }

    /// Waits for an event.
    pub(crate) async fn sees(&self, room: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(event) = self.reads(room).await.into_iter().find(&wanted) {
                    return event;
                }
                tokio::time::sleep(BEAT).await;
            }
        });
        match seen.await {
            Ok(event) => event,
            Err(_) => panic!("it never came: {:#?}", self.reads(room).await),
        }
    }
}
