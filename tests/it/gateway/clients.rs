//! The official clients, as PyPI and npm have them, ask through a gateway: only their base URL is another one.
//!
//! [`provider`] answers them, [`installed`] brings them here. What they ask is in `tests/clients/`.

mod installed;
mod provider;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use super::served::Served;
use installed::{Clients, installed};
use provider::Provider;

/// What every client may send as its key where a token is wanted.
const TOKEN: &str = "EXAMPLE-token-of-the-clients";
/// The keys of all profiles begin with this; the rest is the profile.
const KEY: &str = "sk-ant-api03-CANARYxW4vR7tY2uI9";
/// As long as one client may take for all its cases.
const PATIENCE: Duration = Duration::from_secs(120);

/// The statuses that a provider of its own answers with, for each API.
const STATUSES: [u16; 8] = [400, 401, 402, 404, 413, 429, 500, 529];

/// Providers that are well, and one for each failure. What is asked for when one fails is of the other API, so that it
/// cannot step in.
fn config(address: SocketAddr, instead: &str) -> Value {
    let mut providers = serde_json::Map::new();
    let mut models = serde_json::Map::new();
    let mut add = |name: String, path: String, api: &str| {
        let v1 = if api == "anthropic-messages" { "" } else { "/v1" };
        let base = format!("http://{address}/{path}{v1}");
        providers.insert(name.clone(), json!({ "baseUrl": base, "api": api }));
        models.insert(
            format!("{name}/m"),
            json!({ "params": { "cacheRetention": "none" } }),
        );
    };
    for (letter, fine, api) in [
        ("a", "fine", "anthropic-messages"),
        ("o", "fine-ai", "openai-completions"),
    ] {
        add(fine.to_owned(), "fine".to_owned(), api);
        add(format!("{letter}429stream"), "stream429".to_owned(), api);
        for status in STATUSES {
            add(format!("{letter}{status}"), format!("s{status}"), api);
        }
    }
    json!({
        "agents": { "defaults": { "model": instead, "models": models } },
        "models": { "providers": providers },
    })
}

fn profiles(config: &Value) -> Value {
    let providers = config["models"]["providers"].as_object().expect("providers");
    let profiles = providers.keys().map(|name| {
        let profile =
            json!({ "type": "api_key", "provider": name, "key": format!("{KEY}-{name}-{}", "x".repeat(8)) });
        (format!("{name}:only"), profile)
    });
    json!({ "version": 1, "profiles": profiles.collect::<serde_json::Map<_, _>>() })
}

/// A gateway of a client's own: what rests in it is that client's doing.
async fn gateway(config: &Value, token: Option<&str>) -> Served {
    Served::with(config, |options, files| {
        let store = files.path().join("agents/main/agent/auth-profiles.json");
        std::fs::write(store, profiles(config).to_string()).expect("written");
        if let Some(token) = token {
            let path = files.path().join("tokens");
            std::fs::write(&path, format!("clients {token}\n")).expect("written");
            options.token_file = Some(path);
        }
    })
    .await
}

/// A client, and how it is started.
struct Client {
    name: &'static str,
    command: Command,
    /// What it asks for is of this API: `a` or `o`.
    api: char,
}

fn clients(here: &Clients) -> Vec<Client> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let with = |name, api, program: &Path, script: &str| {
        let mut command = Command::new(program);
        command.arg(scripts.join(script));
        Client { name, command, api }
    };
    let mut all = vec![with("curl", 'a', Path::new("sh"), "curl.sh")];
    if let Some(python) = &here.python {
        all.push(with("anthropic.py", 'a', python, "anthropic_client.py"));
        all.push(with("openai.py", 'o', python, "openai_client.py"));
    }
    if let Some(modules) = &here.node {
        for (name, api, script) in [
            ("anthropic.js", 'a', "anthropic.mjs"),
            ("openai.js", 'o', "openai.mjs"),
        ] {
            let mut client = with(name, api, Path::new("node"), script);
            client.command.env("MODELPIN_CLIENTS", modules);
            all.push(client);
        }
    }
    all
}

/// What a client told of a case: nothing where it is well.
type Column = BTreeMap<String, Result<(), String>>;

async fn run(mut client: Client, provider: &Provider) -> Column {
    let instead = if client.api == 'a' { "fine-ai/m" } else { "fine/m" };
    let config = config(provider.address, instead);
    let (open, guarded) = (gateway(&config, None).await, gateway(&config, Some(TOKEN)).await);
    let child = client
        .command
        .arg(format!("http://{}", open.address))
        .arg(format!("http://{}", guarded.address))
        .env("PYTHONUTF8", "1")
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, child.output())
        .await
        .unwrap_or_else(|_| panic!("{} takes over {PATIENCE:?}", client.name))
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut column: Column = text.lines().map(told).collect();
    assert!(
        column.len() > 12,
        "{} has more cases than these: {text}{:?}",
        client.name,
        output.status
    );
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        !text.contains("CANARY") && !errors.contains("CANARY"),
        "{text}{errors}"
    );
    let ended = if output.status.success() {
        Ok(())
    } else {
        Err(errors.into_owned())
    };
    column.insert("ends well".to_owned(), ended);
    column
}

fn told(line: &str) -> (String, Result<(), String>) {
    let told: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    let name = told["case"].as_str().expect("a case").to_owned();
    match told["ok"].as_bool() {
        Some(true) => (name, Ok(())),
        _ => (name, Err(told["why"].to_string())),
    }
}

/// A row for each case, a column for each client.
fn matrix(columns: &BTreeMap<&str, Column>) -> String {
    let cases: std::collections::BTreeSet<&String> = columns.values().flat_map(Column::keys).collect();
    let mut text = format!("{:34}", "");
    for name in columns.keys() {
        let _ = write!(text, "{name:>14}");
    }
    for case in cases {
        let _ = write!(text, "\n{case:34}");
        for column in columns.values() {
            let cell = match column.get(case) {
                Some(Ok(())) => "ok",
                Some(Err(_)) => "FAILED",
                None => "–",
            };
            let _ = write!(text, "{cell:>14}");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the matrix is for whoever reads the test's output"
)]
async fn the_official_clients_work_unchanged_but_for_their_base_url() {
    let here = tokio::task::spawn_blocking(installed)
        .await
        .expect("no panic: the packages are there or they are not");
    let provider = Provider::start().await;
    let running = clients(&here).into_iter().map(|client| {
        let provider = &provider;
        async move { (client.name, run(client, provider).await) }
    });
    let columns: BTreeMap<&str, Column> = futures_util::future::join_all(running)
        .await
        .into_iter()
        .collect();
    eprintln!("{}", matrix(&columns));
    let failed: Vec<String> = columns
        .iter()
        .flat_map(|(name, column)| {
            let failed = column
                .iter()
                .filter_map(|(case, told)| Some((case, told.as_ref().err()?)));
            failed.map(move |(case, why)| format!("{name}: {case}: {why}"))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    for (path, times) in provider.failures() {
        let of_api = columns
            .keys()
            .filter(|name| path.starts_with('o') == name.starts_with('o'))
            .count();
        assert!(
            times <= of_api,
            "{path} was asked {times} times by {of_api} clients: each failure reaches the provider once"
        );
    }
    provider.nobody_listens_any_more(columns.len()).await;
}
