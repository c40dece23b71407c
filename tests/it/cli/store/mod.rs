//! `modelpin store` and what `doctor` says of a shared store: against real servers.

mod composed;
mod misuse;
mod moving;
mod sealed;
mod seen;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;

use modelpin::clock::Timestamp;
use modelpin::model::{ModelRef, ProviderId};
use modelpin::pin::{Change, End, PinnedModel, Record, ScopeKey, Set};
use modelpin::session::{AgentId, Scope};
use modelpin::store::PinStore;
use modelpin::store::sqlite::Database;
use modelpin::terms::Mode;
use serde_json::{Value, json};

use super::home::{Home, Ran};
use crate::fleet::server::Server;

/// What nothing may show.
pub(super) const FLEET: &str = "CANARYfleetKq7Wm2Zp9Xr4Tv6BsE1yH3gLd5";
pub(super) const WORD: &str = "CANARYpwJ8uN3bV5";
const SECRETS: [&str; 2] = [FLEET, WORD];

/// A home with a key of a fleet, and a comment in its configuration.
pub(super) fn home() -> Home {
    let home = Home::with(&json!({}), &json!({ "version": 1, "profiles": {} }));
    home.write(
        "state/openclaw.json",
        "// ours\n{\n  // who answers\n  \"agents\": { \"defaults\": { \"model\": \"anthropic/opus\" } }\n}\n",
    );
    secret(&home, "fleet.key", FLEET);
    home
}

/// The same where the configuration names the server at `url`.
pub(super) fn member(url: &str) -> Home {
    let home = home();
    let key = home.root().join("fleet.key");
    let store = json!({ "kind": "redis", "url": url, "key": { "source": "file", "id": key } });
    home.write("state/openclaw.json", &json!({ "store": store }).to_string());
    home
}

/// A file outside the state directory that holds a secret.
pub(super) fn secret(home: &Home, name: &str, text: &str) -> String {
    let path = home.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
    path.display().to_string()
}

/// Runs a command; no secret may come out.
pub(super) fn ran(command: &mut Command) -> Ran {
    let told = super::home::run(command.arg("-vv"), b"");
    super::home::assert_no_secret(&told.all(), &SECRETS);
    told
}

pub(super) fn store(home: &Home, args: &[&str]) -> Ran {
    let told = ran(&mut home.modelpin(&[&["store"], args].concat()));
    leaks_nowhere(home);
    told
}

/// The secrets are in the files that the test wrote, and in no other.
fn leaks_nowhere(home: &Home) {
    for (path, ..) in home.listing() {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_file() && !name.ends_with(".key") && !name.ends_with(".url") {
            let text = fs::read(&path).unwrap_or_default();
            super::home::assert_no_secret(&String::from_utf8_lossy(&text), &SECRETS);
        }
    }
}

pub(super) fn config(home: &Home) -> String {
    fs::read_to_string(home.state().join("openclaw.json")).expect("a configuration")
}

pub(super) fn chat(name: &str) -> ScopeKey {
    ScopeKey::Session(AgentId::main(), Arc::from(name))
}

/// A record in which a model is pinned.
pub(super) fn pinned(before: &Record, model: &str, end: End) -> Record {
    let change = Change::Set(Set {
        model: Some(PinnedModel {
            model: ModelRef::new(ProviderId::new("anthropic"), model),
            mode: Mode::Strict,
        }),
        profile: None,
        end,
        by: Arc::from("ann"),
    });
    let at = Timestamp::from_millis(1_700_000_000_000);
    change
        .apply(before, Scope::Session, at)
        .expect("it changes something")
}

/// The database of a home.
pub(super) fn database(home: &Home) -> Database {
    Database::new(home.state().join("modelpin.sqlite"))
}

/// Pins a model in a chat of the database.
pub(super) async fn pin(home: &Home, name: &str, model: &str, end: End) {
    let pins = database(home).pins();
    let before = pins
        .load(&chat(name))
        .await
        .expect("it is read")
        .unwrap_or_default();
    let record = pinned(&before, model, end);
    pins.save(&chat(name), &before, &record)
        .await
        .expect("it is kept");
}

/// What `modelpin pins list` tells: chats and models.
pub(super) fn listed(home: &Home) -> Vec<(String, String)> {
    let told = ran(&mut home.modelpin(&["pins", "list", "--json"]))
        .succeeded()
        .json();
    let pins = told["pins"].as_array().expect("a list").clone();
    let word = |pin: &Value, key: &str| pin[key].as_str().unwrap_or_default().to_owned();
    let mut pins: Vec<_> = pins
        .iter()
        .map(|pin| (word(pin, "session"), word(pin, "model")))
        .collect();
    pins.sort();
    pins
}

/// The codes of what `doctor` found that is more than a note and not about files.
pub(super) fn doctored(home: &Home) -> Vec<(String, String)> {
    let told = ran(&mut home.modelpin(&["doctor", "--json"])).json();
    let word = |finding: &Value, key: &str| finding[key].as_str().expect("a word").to_owned();
    let findings = told["findings"].as_array().expect("a list").iter();
    findings
        .map(|finding| (word(finding, "severity"), word(finding, "code")))
        .filter(|(severity, code)| {
            severity != "note" && (code.starts_with("store") || code == "key-in-config")
        })
        .collect()
}

/// Asks a server from a test that is not asynchronous.
pub(super) fn ask<T: redis::FromRedisValue>(server: &Server, words: &[&str]) -> T {
    waits(server.ask(words))
}

pub(super) fn waits<T>(work: impl Future<Output = T>) -> T {
    let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tasks.expect("a runtime").block_on(work)
}
