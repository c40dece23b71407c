//! What surrounds the process chooses neither whose account pays nor who reads along.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::home::{Home, Ran, assert_no_secret, run};
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-m4ZpQy7R";
const POISON: &str = "sk-ant-api03-POISON-CANARY-x9WtLc2V";
const BOTH: [&str; 2] = [KEY, "POISON-CANARY-x9WtLc2V"];

/// Names that look like credentials and are not in the table.
const NEARLY: [&str; 12] = [
    "ANTHROPIC_API_KEY_OLD",
    "ANTHROPIC_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_TOKEN",
    "anthropic_api_key",
    "OPENAI_KEY",
    "OPENAI_API_KEYS",
    "X_API_KEY",
    "API_KEY",
    "GOOGLE_API_KEY",
    "CLAUDE_API_KEY",
    "MODELPIN_API_KEY",
];

fn status(home: &Home, vars: &[(&str, &str)]) -> Value {
    let mut command = home.modelpin(&["models", "status", "--json", "-vvv"]);
    let told = run(command.envs(vars.iter().copied()), b"").succeeded();
    assert_no_secret(&told.all(), &BOTH);
    told.json()
}

fn sources(status: &Value) -> Vec<(String, String)> {
    let providers = status["modelpin"]["providers"].as_array().expect("a list");
    let candidates = providers
        .iter()
        .filter_map(|provider| provider["candidates"].as_array());
    let named = candidates.flatten().map(|candidate| {
        let text = |key: &str| candidate[key].as_str().unwrap_or_default().to_owned();
        (text("profile"), text("source"))
    });
    named.collect()
}

#[test]
fn only_names_of_the_table_are_credentials() {
    let home = Home::with(&json!({}), &json!({ "profiles": {} }));
    let poison: Vec<(&str, &str)> = NEARLY.iter().map(|name| (*name, POISON)).collect();
    assert!(sources(&status(&home, &poison)).is_empty());
}

#[test]
fn nothing_in_the_working_directory_is_used() {
    let provider = Provider::start(|_| Answer::anthropic("ok"));
    let thief = Provider::start(|_| Answer::anthropic("thanks"));
    let home = Home::new();
    let config = |url: String| {
        json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "models": { "providers": { "anthropic": { "baseUrl": url } } } })
        .to_string()
    };
    home.write("home/.modelpin/modelpin.json", &config(provider.url("")));
    let profiles = |key: &str| {
        json!({ "version": 1, "profiles": { "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": key } } }).to_string()
    };
    home.write(
        "home/.modelpin/agents/main/agent/auth-profiles.json",
        &profiles(KEY),
    );
    for name in [
        "modelpin.json",
        "openclaw.json",
        "clawdbot.json",
        "moltbot.json",
        ".modelpin.json",
    ] {
        home.write(&format!("work/{name}"), &config(thief.url("")));
    }
    for folder in [".modelpin", ".openclaw", ".clawdbot", "state"] {
        home.write(&format!("work/{folder}/modelpin.json"), &config(thief.url("")));
    }
    home.write("work/agents/main/agent/auth-profiles.json", &profiles(POISON));
    home.write("work/auth-profiles.json", &profiles(POISON));
    for name in [".env", ".env.local", ".envrc"] {
        home.write(
            &format!("work/{name}"),
            &format!("ANTHROPIC_API_KEY={POISON}\nOPENAI_API_KEY={POISON}\n"),
        );
    }
    let before = home.listing();

    let told = run(&mut home.bare(["models", "status", "--json"]), b"").succeeded();
    assert_eq!(
        sources(&told.json()),
        [("anthropic:a".to_owned(), "store".to_owned())],
        "{}",
        told.out
    );
    let told = run(&mut home.bare(["chat", "--json"]), b"hi\n").succeeded();
    assert_eq!(told.lines()[0]["text"], "ok");
    assert_eq!(provider.asked()[0].header("x-api-key"), [KEY]);
    assert!(thief.asked().is_empty());
    let same: Vec<_> = home
        .listing()
        .into_iter()
        .filter(|entry| before.contains(entry))
        .collect();
    let is_folder = |path: &std::path::Path| path.is_dir();
    // What was asked is written down in a folder, whose time that changes.
    let expected = before.iter().filter(|(path, ..)| !is_folder(path)).count();
    assert_eq!(
        same.iter().filter(|(path, ..)| !is_folder(path)).count(),
        expected,
        "reading writes nothing of what was there"
    );
}

#[test]
fn a_dotenv_in_the_working_directory_is_used_if_that_is_the_state_directory() {
    let home = Home::new();
    home.write("work/.env", &format!("ANTHROPIC_API_KEY={KEY}\n"));
    let mut here = home.bare(["models", "status", "--json", "--state-dir", "."]);
    let told = run(&mut here, b"").succeeded();
    assert_eq!(
        sources(&told.json()).len(),
        1,
        "it was named, so it counts: {}",
        told.out
    );
}

#[test]
fn the_process_goes_before_dotenv_before_the_configuration_before_the_shell() {
    // Four keys, told apart by their handles.
    let handle = |status: &Value| {
        let providers = status["auth"]["providers"].as_array().expect("a list");
        let anthropic = providers
            .iter()
            .find(|provider| provider["provider"] == "anthropic");
        anthropic.expect("it is there")["env"]["value"].clone()
    };
    let home = Home::with(
        &json!({ "env": { "shellEnv": { "enabled": true } } }),
        &json!({ "profiles": {} }),
    );
    home.write(
        "home/.profile",
        "export ANTHROPIC_API_KEY=sk-EXAMPLE-of-the-shell\n",
    );
    let shell = ("SHELL", "/bin/sh");
    let alone = |key: &str| handle(&status(&home, &[shell, ("ANTHROPIC_API_KEY", key)]));
    let keys =
        ["process", "dotenv", "config", "shell"].map(|layer| alone(&format!("sk-EXAMPLE-of-the-{layer}")));
    for (one, handle) in keys.iter().enumerate() {
        assert!(!keys[..one].contains(handle), "handles tell keys apart");
    }
    let [of_process, of_dotenv, of_config, of_shell] = keys;

    assert_eq!(handle(&status(&home, &[shell])), of_shell);
    let config = json!({ "env": { "ANTHROPIC_API_KEY": "sk-EXAMPLE-of-the-config", "shellEnv": { "enabled": true } } });
    home.write("state/openclaw.json", &config.to_string());
    assert_eq!(handle(&status(&home, &[shell])), of_config);
    // A blank one is not set, and CR, LF, U+2028, U+2029 and outer blanks are none of a key.
    home.write("state/.env", "ANTHROPIC_API_KEY=\n");
    assert_eq!(handle(&status(&home, &[shell])), of_config);
    home.write(
        "state/.env",
        "ANTHROPIC_API_KEY=\"  sk-EXAMPLE-of\u{2028}-the-\\r\\n\u{2029}dotenv \"\n",
    );
    assert_eq!(handle(&status(&home, &[shell])), of_dotenv);
    let given = ("ANTHROPIC_API_KEY", "\r\n sk-EXAMPLE-of-the\u{2029}-process\n");
    assert_eq!(handle(&status(&home, &[shell, given])), of_process);
}

/// A proxy that keeps the first lines of everybody who comes, and hangs up.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut first = [0; 4096];
            let read = socket.read(&mut first).unwrap_or(0);
            let first = String::from_utf8_lossy(&first[..read]).into_owned();
            kept.lock().expect("no test panicked with it").push(first);
        }
    });
    (format!("http://{address}"), seen)
}

fn poisoned(home: &Home, proxy: &str) -> Ran {
    let mut command = home.modelpin(&["chat", "--json", "-vvv"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, proxy).env(name.to_lowercase(), proxy);
    }
    let bad = home.write("bad.pem", "no certificate\n");
    for name in [
        "ANTHROPIC_BASE_URL",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_URL",
        "OPENAI_API_BASE",
    ] {
        command.env(name, proxy);
    }
    command
        .envs(NEARLY.map(|name| (name, POISON)))
        .env("SSL_CERT_FILE", bad);
    let told = run(&mut command, b"hi\n");
    assert_no_secret(&told.all(), &BOTH);
    told
}

#[test]
fn no_proxy_of_the_environment_sees_a_credential() {
    let (proxy, seen) = proxy();
    let provider = Provider::start(|_| Answer::anthropic("ok"));
    let home_at = |url: &str| {
        let config = json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
            "models": { "providers": { "anthropic": { "baseUrl": url } } } });
        let profile = json!({ "type": "api_key", "provider": "anthropic", "key": KEY });
        Home::with(&config, &json!({ "profiles": { "anthropic:a": profile } }))
    };
    poisoned(&home_at(&provider.url("")), &proxy).succeeded();
    assert_eq!(provider.asked()[0].header("x-api-key"), [KEY]);
    assert!(!format!("{:?}", provider.asked()).contains("POISON"));
    // A name that nobody resolves: a proxy would be asked to.
    poisoned(&home_at("http://provider.invalid"), &proxy).failed(1);
    let seen = || seen.lock().expect("no test panicked with it").clone();
    assert!(seen().is_empty(), "somebody came: {:?}", seen());

    // Where TLS goes through it, a proxy is told a name and a port, and nothing that is meant for the provider.
    poisoned(&home_at("https://provider.invalid"), &proxy).failed(1);
    assert!(
        seen()
            .iter()
            .all(|first| first.starts_with("CONNECT provider.invalid:443 HTTP/1.1\r\n")),
        "{:?}",
        seen()
    );
    assert_no_secret(&seen().concat(), &BOTH);
    assert!(!seen().concat().to_lowercase().contains("anthropic-version"));
}

#[test]
fn no_program_is_run_that_path_finds() {
    let home = Home::with(&json!({}), &json!({ "profiles": {} }));
    let trapped = home.root().join("trapped");
    for name in [
        "sh",
        "env",
        "git",
        "stty",
        "tput",
        "less",
        "man",
        "security",
        "secret-tool",
        "op",
        "pass",
    ] {
        let path = home.write(
            &format!("trap/{name}"),
            &format!("#!/bin/sh\n: > '{}'\n", trapped.display()),
        );
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    let trap = home.root().join("trap").display().to_string();
    for args in [
        &["models"][..],
        &["models", "status", "--json"],
        &["chat", "--demo"],
        &["help"],
        &["man"],
    ] {
        let mut command = home.modelpin(args);
        run(
            command.env("PATH", format!("{trap}:.:")).env("PAGER", "less"),
            b"hi\n",
        )
        .succeeded();
        assert!(!trapped.exists(), "{args:?} ran a program of a folder in PATH");
    }
}

#[test]
fn what_carries_requests_never_logs_bytes_whatever_is_asked_for() {
    let provider = Provider::start(|_| Answer::anthropic("ok"));
    let config = json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
        "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } } });
    let profile = json!({ "type": "api_key", "provider": "anthropic", "key": KEY });
    let home = Home::with(&config, &json!({ "profiles": { "anthropic:a": profile } }));
    for wanted in [
        "trace",
        "hyper=trace,hyper_util=trace,reqwest=trace,rustls=trace,modelpin=trace",
    ] {
        let mut command = home.modelpin(&["chat", "--json", "-vvv"]);
        let told = run(command.env("RUST_LOG", wanted), b"hi\n").succeeded();
        assert!(told.err.contains("DEBUG"), "it logs: {}", told.err);
        for carrier in [
            "TRACE hyper",
            "TRACE reqwest",
            "TRACE rustls",
            "TRACE h2",
            "TRACE tower",
        ] {
            assert!(!told.err.contains(carrier), "{}", told.err);
        }
        assert_no_secret(&told.all(), &BOTH);
    }
}
