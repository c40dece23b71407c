//! The demo's world: a state directory like any other, and the provider that it names.

use std::fmt;

use serde_json::json;
use tempfile::TempDir;
use thiserror::Error;

use super::script::MODELS;
use super::server::DemoServer;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::middleware::{BuildError, ModelPin};

/// Why there is no demo.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The middleware cannot start.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Its server or its files cannot be made.
    #[error("the demo provider cannot be set up")]
    Io(#[from] std::io::Error),
}

/// A provider in this process, and the files that lead to it. Dropping it ends the server and removes the files.
pub struct DemoWorld {
    _server: DemoServer,
    files: TempDir,
}

impl fmt::Debug for DemoWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoWorld")
            .field("files", &self.files.path())
            .finish_non_exhaustive()
    }
}

impl DemoWorld {
    /// Starts the provider, writes the files, and opens the middleware over them.
    ///
    /// # Errors
    /// [`DemoError`] if no port or no temporary folder can be had.
    pub async fn open() -> Result<(Self, ModelPin), DemoError> {
        let accounts = ACCOUNTS
            .iter()
            .map(|(id, secret)| ((*secret).to_owned(), (*id).to_owned()));
        let server = DemoServer::start(accounts.collect()).await?;
        let files = tempfile::Builder::new().prefix("modelpin-demo-").tempdir()?;
        let config = files.path().join("modelpin.json");
        std::fs::write(&config, configuration(&server))?;
        let agent = files.path().join("agents/main/agent");
        std::fs::create_dir_all(&agent)?;
        std::fs::write(
            agent.join("auth-profiles.json"),
            profiles(SystemClock.now()).to_string(),
        )?;
        let modelpin = ModelPin::builder()
            .state_dir(files.path())
            .config(config)
            .without_environment()
            .build()
            .await?;
        let world = Self {
            _server: server,
            files,
        };
        Ok((world, modelpin))
    }
}

/// The secrets of the demo's profiles: they open nothing but the demo.
const ACCOUNTS: [(&str, &str); 4] = [
    ("demo:default", "demo-key-of-the-default-profile"),
    ("demo:work", "demo-token-of-the-work-profile"),
    ("demo:busy", "demo-key-of-the-busy-profile"),
    ("demo:unpaid", "demo-key-of-the-unpaid-profile"),
];

const HOUR: i64 = 3_600_000;

/// Written by hand: the order of the models is the order of the picker.
fn configuration(server: &DemoServer) -> String {
    let models: String = MODELS
        .iter()
        .map(|model| format!("\"demo/{model}\": {{ alias: \"{model}\" }}, "))
        .collect();
    let ids = MODELS.map(|model| format!("\"{model}\"")).join(", ");
    format!(
        "{{ auth: {{ fence: \"allow\" }}, events: {{ warnWithinHours: 1 }}, agents: {{ defaults: {{ model: \"demo/{first}\", models: {{ {models} }} }} }},\n\
         models: {{ providers: {{ demo: {{ baseUrl: \"{url}\", api: \"anthropic-messages\", models: [{ids}] }} }} }} }}\n",
        first = MODELS[0],
        url = server.base_url(),
    )
}

fn profiles(now: Timestamp) -> serde_json::Value {
    let now = now.as_millis();
    let secret = |at: usize| ACCOUNTS[at].1;
    json!({
        "version": 1,
        "profiles": {
            "demo:default": { "type": "api_key", "provider": "demo", "key": secret(0) },
            "demo:work": { "type": "token", "provider": "demo", "token": secret(1), "expires": now + 12 * HOUR },
            "demo:busy": { "type": "api_key", "provider": "demo", "key": secret(2) },
            "demo:unpaid": { "type": "api_key", "provider": "demo", "key": secret(3) },
        },
        "usageStats": {
            "demo:busy": { "cooldownUntil": now + HOUR / 4, "errorCount": 1 },
            "demo:unpaid": { "disabledUntil": now + 5 * HOUR, "disabledReason": "billing" },
        },
    })
}
