//! Whom the chat talks to: the configured providers, or the demo.

use serde_json::json;
use tempfile::TempDir;

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::middleware::ModelPin;
use crate::render::text::clean;
use crate::resolver::Book;
use crate::session::{Actor, SessionKey};
use crate::wire::{Client, Limits};

use super::demo::{DemoServer, MODELS};
use super::{ChatError, Options, Partner, Talk};

/// A chat that can begin. Dropping it ends the demo and removes its files.
pub(super) struct World {
    pub(super) talk: Talk,
    pub(super) about: About,
    _demo: Option<(DemoServer, TempDir)>,
}

/// What to say about it at the beginning.
pub(super) enum About {
    /// Real providers, from this state directory.
    Real(String),
    /// The demo, because it was asked for.
    DemoAsked,
    /// The demo, because no credential was found that a known model could be asked with: a sentence that says so.
    DemoInstead(String),
}

impl About {
    /// What a newcomer has to know about whom they talk to.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Real(place) => format!("Credentials: {} and the environment.", clean(place)),
            Self::DemoAsked => "This is the built-in demo provider, on this machine only.".to_owned(),
            Self::DemoInstead(why) => format!(
                "{}\nSo this is the built-in demo provider, on this machine only.",
                clean(why)
            ),
        }
    }
}

/// Opens the configured world if there is a credential in it, else the demo.
pub(super) async fn open(options: &Options) -> Result<World, ChatError> {
    let about = if options.partner == Partner::Demo {
        About::DemoAsked
    } else {
        let modelpin = configured(options).await?;
        let session = session(options);
        let snapshot = modelpin.resolver().snapshot();
        for warning in snapshot.warnings() {
            tracing::warn!("{warning}");
        }
        let book = snapshot.book(session.agent())?;
        let now = modelpin.resolver().now();
        let place = snapshot.sources().state.path.display().to_string();
        // A credential of a provider whose models nobody has named cannot be talked to either.
        let usable = book
            .catalog()
            .selectable()
            .any(|entry| book.has_credential(entry.model.provider(), &|_| true, now));
        if usable {
            let talk = Talk::new(modelpin, client()?, session, Actor::operator());
            return Ok(World {
                talk,
                about: About::Real(place),
                _demo: None,
            });
        }
        About::DemoInstead(nobody_to_talk_to(&book, &place, now))
    };
    let (server, files, modelpin) = demo().await?;
    Ok(World {
        talk: Talk::new(
            modelpin,
            client()?,
            SessionKey::new(&options.session),
            Actor::operator(),
        ),
        about,
        _demo: Some((server, files)),
    })
}

/// Why no configured provider can be talked to.
fn nobody_to_talk_to(book: &Book, place: &str, now: Timestamp) -> String {
    let provider = book.facts().iter().map(|facts| &facts.provider);
    match provider
        .clone()
        .find(|provider| book.has_credential(provider, &|_| true, now))
    {
        Some(provider) => {
            format!("There is a credential for {provider}, but no model of it: set agents.defaults.model.")
        }
        None => format!("There is no credential in {place} or the environment."),
    }
}

fn client() -> Result<Client, ChatError> {
    Ok(Client::new(Limits::default())?)
}

fn session(options: &Options) -> SessionKey {
    let session = SessionKey::new(&options.session);
    match &options.agent {
        Some(agent) => session.with_agent(agent.clone()),
        None => session,
    }
}

async fn configured(options: &Options) -> Result<ModelPin, ChatError> {
    let mut builder = ModelPin::builder().set_damaged_database_aside();
    if let Some(dir) = &options.state_dir {
        builder = builder.state_dir(dir);
    }
    if let Some(config) = &options.config {
        builder = builder.config(config);
    }
    Ok(builder.build().await?)
}

/// The secrets of the demo's profiles: they open nothing but the demo.
const ACCOUNTS: [(&str, &str); 4] = [
    ("demo:default", "demo-key-of-the-default-profile"),
    ("demo:work", "demo-token-of-the-work-profile"),
    ("demo:busy", "demo-key-of-the-busy-profile"),
    ("demo:unpaid", "demo-key-of-the-unpaid-profile"),
];

const HOUR: i64 = 3_600_000;

/// A state directory like any other, whose provider happens to be a server in this process.
async fn demo() -> Result<(DemoServer, TempDir, ModelPin), ChatError> {
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
    Ok((server, files, modelpin))
}

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
