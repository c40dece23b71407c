//! `modelpin models auth login`, as a person goes through it.
//!
//! `browser.rs` and `device.rs` go to a real OAuth server and play the person; `refused.rs` is about what must not become a
//! sign-in. [`waiting`] holds a command that waits for its yes.

mod browser;
mod device;
mod refused;
mod waiting;

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::home::{Home, STORE, assert_no_secret};
use super::leaks::only_in_stores;
use crate::oauth::provider::Provider;

/// A home whose configuration describes the sign-in of `acme`.
fn home(description: &Value) -> Home {
    let home = Home::new();
    let config = json!({"oauth": {"acme": description}});
    home.write("state/openclaw.json", &config.to_string());
    home
}

/// A description whose provider nobody asks.
fn unreachable() -> Value {
    json!({
        "authorizeUrl": "http://127.0.0.1:1/auth",
        "tokenUrl": "http://127.0.0.1:1/token",
        "clientId": "x",
    })
}

fn login(home: &Home, more: &[&str]) -> Command {
    let args = [&["models", "auth", "login", "--provider", "acme", "-vvv"], more].concat();
    home.modelpin(&args)
}

/// The profiles of the store; none if there is no store.
fn profiles(home: &Home) -> Value {
    let text = fs::read_to_string(home.root().join(STORE)).unwrap_or_else(|_| "{}".to_owned());
    let store: Value = serde_json::from_str(&text).expect("JSON");
    store["profiles"].clone()
}

/// Nothing of the tokens in the store, nor of these secrets, was shown or is in another file.
#[track_caller]
fn nothing_leaked(home: &Home, shown: &str, secrets: &[&str]) {
    let stored = profiles(home);
    let of_profiles = stored.as_object().into_iter().flatten();
    let tokens: Vec<String> = of_profiles
        .flat_map(|(_, profile)| [&profile["access"], &profile["refresh"]])
        .filter_map(|token| token.as_str().map(str::to_owned))
        .collect();
    let all: Vec<&str> = tokens
        .iter()
        .map(String::as_str)
        .chain(secrets.iter().copied())
        .collect();
    assert_no_secret(shown, &all);
    only_in_stores(home, &all);
}

/// The value of a parameter in an address.
fn parameter(address: &str, name: &str) -> String {
    let address = url::Url::parse(address).expect("an address");
    let value = address
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned());
    value.unwrap_or_else(|| panic!("{address} has no {name}"))
}

/// The code that a browser brings back.
fn code_of(back: &str) -> String {
    parameter(back, "code")
}

/// A server, unless there is no node here.
fn provider() -> Option<Provider> {
    Provider::start()
}
