//! The bot, from `/model` to an answer, with a stand-in for Discord and one for a provider.

mod platform;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use discord_twilight::{Settings, run_with};
use modelpin::ModelPin;
use modelpin::pin::{Record, ScopeKey, Version};
use modelpin::store::memory::MemoryPins;
use modelpin::store::{PinStore, PinStoreError};
use platform::events::{CHANNEL, THREAD, command, message, press, typing};
use platform::{Platform, TOKEN};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The secrets of the profiles; what is behind is the profile's name.
const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-Zq7VtRw9Kx-";

/// Answers as Anthropic does, and says who was asked with whose key.
async fn provider(headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    let Some(profile) = key.and_then(|key| key.strip_prefix(KEY)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let last = &body["messages"]
        .as_array()
        .expect("messages")
        .last()
        .expect("one")["content"];
    let prompt = last
        .as_str()
        .map_or_else(|| last[0]["text"].to_string(), str::to_owned);
    if prompt.contains("fail") {
        let error =
            json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down" } });
        return (
            StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", "60")],
            Json(error),
        )
            .into_response();
    }
    let text = format!(
        "I am {} on {profile}: {prompt} @everyone",
        body["model"].as_str().unwrap_or_default()
    );
    let events = [
        (
            "message_start",
            json!({ "type": "message_start", "message": { "id": "m", "type": "message",
            "role": "assistant", "model": body["model"], "content": [], "usage": { "input_tokens": 1, "output_tokens": 1 } } }),
        ),
        (
            "content_block_start",
            json!({ "type": "content_block_start", "index": 0,
            "content_block": { "type": "text", "text": "" } }),
        ),
        (
            "content_block_delta",
            json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "text_delta", "text": text } }),
        ),
        (
            "content_block_stop",
            json!({ "type": "content_block_stop", "index": 0 }),
        ),
        (
            "message_delta",
            json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" },
            "usage": { "output_tokens": 2 } }),
        ),
        ("message_stop", json!({ "type": "message_stop" })),
    ];
    let text: String = events
        .iter()
        .map(|(name, data)| format!("event: {name}\ndata: {data}\n\n"))
        .collect();
    ([("content-type", "text/event-stream")], text).into_response()
}

/// A store that keeps a change when it is let.
#[derive(Debug)]
struct Held {
    pins: MemoryPins,
    may: Arc<Semaphore>,
}

#[async_trait]
impl PinStore for Held {
    async fn load(&self, key: &ScopeKey) -> Result<Option<Record>, PinStoreError> {
        self.pins.load(key).await
    }

    async fn load_all(&self) -> Result<Vec<(ScopeKey, Record)>, PinStoreError> {
        self.pins.load_all().await
    }

    async fn save(&self, key: &ScopeKey, from: &Record, record: &Record) -> Result<(), PinStoreError> {
        let may = self.may.acquire().await;
        may.expect("never closed").forget();
        self.pins.save(key, from, record).await
    }
}

/// A bot that runs, and what is around it.
struct World {
    discord: Platform,
    /// How many changes the store may keep.
    changes: Arc<Semaphore>,
    bot: tokio::task::JoinHandle<()>,
    _files: tempfile::TempDir,
}

impl World {
    async fn start(changes: usize) -> Self {
        // Another test of this process may have been first.
        let _picked = rustls::crypto::ring::default_provider().install_default();
        let mut discord = Platform::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().route("/v1/messages", post(provider));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let files = tempfile::tempdir().expect("a folder");
        let config = json!({
            "agents": { "defaults": { "model": "demo/opus", "models": {
                "demo/opus": { "alias": "opus" }, "demo/sonnet": { "alias": "sonnet" },
            } } },
            "models": { "providers": { "demo": {
                "baseUrl": format!("http://{address}"), "api": "anthropic-messages",
            } } },
        });
        let profile =
            |name: &str| json!({ "type": "api_key", "provider": "demo", "key": format!("{KEY}{name}") });
        let profiles = json!({ "version": 1, "profiles": { "demo:work": profile("work"), "demo:home": profile("home") } });
        std::fs::create_dir_all(files.path().join("agents/main/agent")).expect("a folder");
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let store = files.path().join("agents/main/agent/auth-profiles.json");
        std::fs::write(store, profiles.to_string()).expect("written");
        let may = Arc::new(Semaphore::new(changes));
        let held = Held {
            pins: MemoryPins::default(),
            may: Arc::clone(&may),
        };
        let builder = ModelPin::builder()
            .without_environment()
            .pin_store(Arc::new(held));
        let settings = Settings {
            token: TOKEN.to_owned(),
            state_dir: Some(files.path().to_owned()),
            config: None,
            rest: Some(discord.address().to_owned()),
            gateway: Some(format!("ws://{}", discord.address())),
        };
        let bot = tokio::spawn(async move {
            if let Err(error) = run_with(settings, builder).await {
                panic!("the bot ended: {error}");
            }
        });
        let registered = discord.next().await;
        assert_eq!(
            (registered.path.as_str(), &registered.body["name"]),
            ("/applications/901/commands", &json!("model"))
        );
        discord.is_ready().await;
        Self {
            discord,
            changes: may,
            bot,
            _files: files,
        }
    }

    /// The first answer to an interaction.
    async fn answer(&mut self, event: Value) -> Value {
        let (id, token) = self.discord.interaction(event);
        let call = self.discord.next().await;
        assert_eq!(call.path, format!("/interactions/{id}/{token}/callback"));
        call.body
    }

    /// What the bot writes into a channel, after it was seen to type.
    async fn said(&mut self, event: Value) -> String {
        let channel = event["channel_id"].as_str().expect("a channel").to_owned();
        self.discord.event("MESSAGE_CREATE", event);
        loop {
            let call = self.discord.next().await;
            if call.path == format!("/channels/{channel}/messages") {
                return call.body["content"].as_str().expect("a text").to_owned();
            }
            assert_eq!(call.path, format!("/channels/{channel}/typing"));
        }
    }

    /// Discord refused nothing, and nobody saw a secret.
    fn end(self) {
        assert_eq!(self.discord.refused(), Vec::<String>::new());
        for call in &self.discord.seen {
            let sent = format!("{} {}", call.path, call.body);
            assert!(!sent.contains("CANARY") && !sent.contains("Zq7VtRw9"), "{sent}");
        }
        self.bot.abort();
    }
}

/// The value of the option of a select that has this label.
fn option<'m>(message: &'m Value, label: &str) -> (&'m str, &'m str) {
    let rows = message["components"].as_array().expect("rows");
    let selects = rows.iter().map(|row| &row["components"][0]);
    selects
        .filter_map(|select| {
            let mut options = select["options"].as_array()?.iter();
            let option = options.find(|option| option["label"] == label)?;
            Some((select["custom_id"].as_str()?, option["value"].as_str()?))
        })
        .next()
        .unwrap_or_else(|| panic!("no {label} in {message:#}"))
}

fn text(message: &Value) -> &str {
    message["content"].as_str().expect("a text")
}

#[tokio::test]
async fn a_picker_is_pressed_and_the_next_text_is_answered_by_what_was_picked() {
    let mut world = World::start(100).await;
    let shown = world.answer(command("7", None)).await;
    assert_eq!(
        (&shown["type"], &shown["data"]["flags"]),
        (&json!(4), &json!(68)),
        "for the sender alone"
    );
    let (select, sonnet) = option(&shown["data"], "sonnet");

    let pinned = world.answer(press("7", select, Some(sonnet), 68)).await;
    assert_eq!(pinned["type"], 7, "in the place of the picker");
    assert!(text(&pinned["data"]).contains("Pinned for this chat"), "{pinned}");
    assert_eq!(pinned["data"]["components"], json!([]), "the picker is gone");

    let told = world.said(message("7", Some(CHANNEL), "<@900> hello")).await;
    assert!(
        told.starts_with("I am sonnet on ") && told.contains("hello"),
        "{told}"
    );
    let in_thread = world
        .said(message("7", Some(THREAD), "hello from below <@900>"))
        .await;
    assert!(
        in_thread.starts_with("I am sonnet on "),
        "a thread inherits: {in_thread}"
    );
    let elsewhere = world.said(message("7", None, "hello")).await;
    assert!(
        elsewhere.starts_with("I am opus on "),
        "another chat: {elsewhere}"
    );
    world.end();
}

#[tokio::test]
async fn a_profile_is_picked_by_presses_alone_and_pays() {
    let mut world = World::start(100).await;
    let shown = world.answer(command("7", None)).await;
    let to_profiles = shown["data"]["components"][1]["components"][0].clone();
    assert_eq!(to_profiles["custom_id"], "modelpin:profiles");
    let of_opus = to_profiles["options"][0]["value"].as_str().expect("a value");
    let profiles = world
        .answer(press("7", "modelpin:profiles", Some(of_opus), 68))
        .await;
    let (select, home) = option(&profiles["data"], "home");
    let pinned = world.answer(press("7", select, Some(home), 68)).await;
    assert!(text(&pinned["data"]).contains("demo:home"), "{pinned}");
    let told = world.said(message("8", Some(CHANNEL), "<@900> hi")).await;
    assert!(told.starts_with("I am opus on home"), "{told}");

    let refused = world
        .said(message("8", Some(CHANNEL), "<@900> fail please"))
        .await;
    assert!(
        refused.contains("/model @auto") && refused.contains("demo:home"),
        "kind, with a way out: {refused}"
    );
    let all_see = world.answer(command("7", Some("sonnet@work"))).await;
    assert_eq!(all_see["data"]["flags"], 4, "what holds for all is told to all");
    let told = world.said(message("8", Some(CHANNEL), "<@900> again")).await;
    assert!(told.starts_with("I am sonnet on work"), "{told}");
    world.end();
}

#[tokio::test]
async fn somebody_elses_press_changes_nothing_and_is_answered_to_them_alone() {
    let mut world = World::start(100).await;
    let shown = world.answer(command("7", None)).await;
    let (select, sonnet) = option(&shown["data"], "sonnet");
    let foreign = world.answer(press("8", select, Some(sonnet), 4)).await;
    assert_eq!(
        (&foreign["type"], &foreign["data"]["flags"]),
        (&json!(4), &json!(68))
    );
    let (_, own) = option(&foreign["data"], "sonnet");
    assert_ne!(own, sonnet, "a picker of their own");
    let told = world.said(message("7", Some(CHANNEL), "<@900> hello")).await;
    assert!(told.starts_with("I am opus on "), "{told}");
    world.end();
}

#[tokio::test]
async fn text_commands_and_completions_do_the_same() {
    let mut world = World::start(100).await;
    let offered = world.answer(typing("7", "son")).await;
    assert_eq!(offered["type"], 8);
    let offered = offered["data"]["choices"].to_string();
    assert!(
        offered.contains("sonnet") && !offered.contains("opus"),
        "{offered}"
    );
    let pinned = world.said(message("7", None, "/model sonnet@home")).await;
    assert!(pinned.contains("demo:home"), "{pinned}");
    let status = world.said(message("7", None, "/model status")).await;
    assert!(
        status.contains("demo:work") && status.contains("key:"),
        "{status}"
    );
    let told = world.said(message("7", None, "hello")).await;
    assert!(told.starts_with("I am sonnet on home"), "{told}");
    world.end();
}

#[tokio::test]
async fn a_store_that_hangs_is_acknowledged_at_once_and_the_answer_comes_as_an_edit() {
    let mut world = World::start(0).await;
    let shown = world.answer(command("7", None)).await;
    let (select, sonnet) = option(&shown["data"], "sonnet");
    let acknowledged = world.answer(press("7", select, Some(sonnet), 68)).await;
    assert_eq!(acknowledged["type"], 6);
    world.changes.add_permits(1);
    let edit = world.discord.next().await;
    assert_eq!(edit.method, "PATCH");
    assert!(edit.path.ends_with("/messages/@original"), "{}", edit.path);
    assert!(text(&edit.body).contains("Pinned for this chat"), "{}", edit.body);

    let acknowledged = world.answer(command("7", Some("opus"))).await;
    assert_eq!(acknowledged, json!({ "type": 5, "data": { "flags": 64 } }));
    world.changes.add_permits(1);
    let edit = world.discord.next().await;
    assert!(text(&edit.body).contains("opus"), "{}", edit.body);
    world.end();
}
