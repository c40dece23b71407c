//! The bot, from `/model` to an answer, with a stand-in for Slack and one for a provider.

mod platform;

use axum::Router;
use axum::extract::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use modelpin::ModelPin;
use platform::{Call, Platform, SIGNING_SECRET, TOKEN, command, written};
use serde_json::{Value, json};
use slack_bot::{Settings, app_with};
use tokio::net::TcpListener;

/// The secrets of the profiles; what is behind is the profile's name.
const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-Zq7VtRw9Kx-";

const CHANNEL: &str = "C42";
const ALONE: &str = "D7";

/// Answers as Anthropic does, and says who was asked with whose key.
async fn provider(headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    let Some(profile) = key.and_then(|key| key.strip_prefix(KEY)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let last = body["messages"]
        .as_array()
        .and_then(|all| all.last())
        .expect("a message");
    let content = &last["content"];
    let prompt = content
        .as_str()
        .or(content[0]["text"].as_str())
        .unwrap_or_default()
        .to_owned();
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
        "I am {} on {profile}: {prompt} <!channel>",
        body["model"].as_str().unwrap_or_default()
    );
    let usage = json!({ "input_tokens": 1, "output_tokens": 1 });
    let events = [
        json!({ "type": "message_start", "message": { "id": "m", "type": "message", "role": "assistant",
            "model": body["model"], "content": [], "usage": usage } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": usage }),
        json!({ "type": "message_stop" }),
    ];
    let told = |data: &Value| {
        format!(
            "event: {}\ndata: {data}\n\n",
            data["type"].as_str().unwrap_or_default()
        )
    };
    let text: String = events.iter().map(told).collect();
    ([("content-type", "text/event-stream")], text).into_response()
}

async fn served(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// A bot that runs, and what is around it.
struct World {
    slack: Platform,
    _files: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        // Another test of this process may have been first.
        let _picked = rustls::crypto::ring::default_provider().install_default();
        let mut slack = Platform::start().await;
        let provider = served(Router::new().route("/v1/messages", post(provider))).await;
        let files = tempfile::tempdir().expect("a folder");
        let config = json!({
            "agents": { "defaults": { "model": "demo/opus", "models": {
                "demo/opus": { "alias": "opus" }, "demo/sonnet": { "alias": "sonnet" },
            } } },
            "models": { "providers": { "demo": { "baseUrl": provider, "api": "anthropic-messages" } } },
        });
        let profile =
            |name: &str| json!({ "type": "api_key", "provider": "demo", "key": format!("{KEY}{name}") });
        let profiles = json!({ "version": 1, "profiles": { "demo:work": profile("work"), "demo:home": profile("home") } });
        std::fs::create_dir_all(files.path().join("agents/main/agent")).expect("a folder");
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let store = files.path().join("agents/main/agent/auth-profiles.json");
        std::fs::write(store, profiles.to_string()).expect("written");
        let settings = Settings {
            token: TOKEN.to_owned(),
            signing_secret: SIGNING_SECRET.to_owned(),
            listen: String::new(),
            api: format!("{}/api", slack.address),
            state_dir: Some(files.path().to_owned()),
            config: None,
        };
        let app = app_with(&settings, ModelPin::builder().without_environment()).await;
        slack.bot = served(app.expect("a bot")).await;
        Self { slack, _files: files }
    }

    /// The answer to a command.
    async fn command(&mut self, id: &str, user: &str, channel: &str, text: &str) -> Value {
        let to = self.slack.command(id, &command(user, channel, text)).await;
        self.answer(&to).await
    }

    async fn answer(&mut self, to: &str) -> Value {
        let call = self.slack.next().await;
        assert_eq!(call.to, to);
        call.body
    }

    /// Presses an element of a message by the text of a button or of an option.
    async fn press(
        &mut self,
        id: &str,
        user: &str,
        channel: &str,
        shown: &Value,
        name: &str,
        label: &str,
    ) -> Value {
        let (element, token) = pressable(shown, name, label);
        let to = self.slack.press(id, user, channel, &element, &token, shown).await;
        self.answer(&to).await
    }

    /// What the bot writes into a channel.
    async fn said(&mut self, event: Value) -> Call {
        self.slack.event(&event).await;
        self.slack.next().await
    }

    /// Slack refused nothing, and nobody saw a secret.
    fn end(self) {
        assert_eq!(self.slack.refused(), Vec::<String>::new());
        for call in &self.slack.seen {
            let sent = format!("{} {}", call.to, call.body);
            assert!(!sent.contains("CANARY") && !sent.contains("Zq7VtRw9"), "{sent}");
        }
    }
}

/// The element of this name, and the token of the option of it, or of itself, that has this label.
fn pressable(message: &Value, name: &str, label: &str) -> (Value, String) {
    let blocks = message["blocks"].as_array().expect("blocks").iter();
    let mut elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
    let element = elements.find(|element| element["action_id"] == name);
    let element = element.unwrap_or_else(|| panic!("no {name} in {message:#}"));
    if element["type"] == "button" {
        return (element.clone(), text(&element["value"]).to_owned());
    }
    let mut lists: Vec<&Value> = vec![&element["options"]];
    lists.extend(
        element["option_groups"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|group| &group["options"]),
    );
    let mut options = lists.into_iter().filter_map(Value::as_array).flatten();
    let option = options.find(|option| text(&option["text"]["text"]).contains(label));
    let option = option.unwrap_or_else(|| panic!("no {label} in {element:#}"));
    (element.clone(), text(&option["value"]).to_owned())
}

fn text(of: &Value) -> &str {
    of.as_str().expect("a text")
}

fn mention(user: &str, what: &str) -> Value {
    written("app_mention", user, CHANNEL, &format!("<@UBOT> {what}"), None)
}

#[tokio::test]
async fn a_picker_is_pressed_and_the_next_text_is_answered_by_what_was_picked() {
    let mut world = World::start().await;
    let shown = world.command("1", "U7", CHANNEL, "").await;
    assert_eq!(shown["response_type"], "ephemeral", "for the sender alone");

    let pinned = world
        .press("2", "U7", CHANNEL, &shown, "modelpin-model", "sonnet")
        .await;
    assert!(text(&pinned["text"]).contains("Pinned for this chat"), "{pinned}");
    assert_eq!(
        pinned["response_type"], "in_channel",
        "what holds for all is told to all"
    );
    let gone = world.answer("response/2").await;
    assert_eq!(gone, json!({ "delete_original": true }), "the picker is gone");

    let told = world.said(mention("U7", "hello &amp; more")).await;
    assert_eq!(
        (told.to.as_str(), &told.body["channel"]),
        ("chat.postMessage", &json!(CHANNEL))
    );
    let said = text(&told.body["text"]);
    assert!(
        said.starts_with("I am sonnet on ") && said.contains("hello &amp; more"),
        "{said}"
    );
    assert!(said.ends_with("&lt;!channel&gt;"), "a model calls nobody: {said}");

    let below = written(
        "app_mention",
        "U7",
        CHANNEL,
        "<@UBOT> hello",
        Some("1600000000.000100"),
    );
    let told = world.said(below).await;
    assert_eq!(told.body["thread_ts"], "1600000000.000100");
    assert!(
        text(&told.body["text"]).starts_with("I am sonnet on "),
        "a thread inherits"
    );
    let elsewhere = world.said(written("message", "U7", ALONE, "hello", None)).await;
    assert!(
        text(&elsewhere.body["text"]).starts_with("I am opus on "),
        "another chat"
    );
    world.end();
}

#[tokio::test]
async fn a_profile_is_picked_by_presses_alone_and_pays() {
    let mut world = World::start().await;
    let shown = world.command("1", "U7", ALONE, "").await;
    assert_eq!(shown["response_type"], "in_channel", "nobody else reads there");
    let profiles = world
        .press("2", "U7", ALONE, &shown, "modelpin-profiles", "opus")
        .await;
    assert_eq!(profiles["replace_original"], true, "in its place");
    let back = world
        .press("3", "U7", ALONE, &profiles, "modelpin-back", "")
        .await;
    assert_eq!(back["blocks"], shown["blocks"]);
    let pinned = world
        .press("4", "U7", ALONE, &profiles, "modelpin-profile", "home")
        .await;
    assert!(text(&pinned["text"]).contains("demo:home"), "{pinned}");
    let told = world.said(written("message", "U7", ALONE, "hi", None)).await;
    assert!(
        text(&told.body["text"]).starts_with("I am opus on home"),
        "{told:?}"
    );

    let refused = world
        .said(written("message", "U7", ALONE, "fail please", None))
        .await;
    let said = text(&refused.body["text"]);
    assert_eq!(
        (refused.to.as_str(), &refused.body["user"]),
        ("chat.postEphemeral", &json!("U7"))
    );
    assert!(
        said.contains("/model @auto") && said.contains("demo:home"),
        "kind, with a way out: {said}"
    );
    world.end();
}

#[tokio::test]
async fn somebody_elses_press_changes_nothing_and_is_answered_to_them_alone() {
    let mut world = World::start().await;
    let shown = world.command("1", "U7", CHANNEL, "").await;
    // As if the picker had been shown to all.
    let mut public = shown.clone();
    public["response_type"] = json!("in_channel");
    let foreign = world
        .press("2", "U8", CHANNEL, &public, "modelpin-model", "sonnet")
        .await;
    assert_eq!(
        (&foreign["response_type"], &foreign["replace_original"]),
        (&json!("ephemeral"), &json!(false))
    );
    let (_, old) = pressable(&shown, "modelpin-model", "sonnet");
    let (_, own) = pressable(&foreign, "modelpin-model", "sonnet");
    assert_ne!(own, old, "a picker of their own");
    let told = world.said(mention("U7", "hello")).await;
    assert!(text(&told.body["text"]).starts_with("I am opus on "), "{told:?}");
    world.end();
}

#[tokio::test]
async fn commands_are_written_in_a_text_too_and_a_prompt_behind_one_is_answered() {
    let mut world = World::start().await;
    let pinned = world.said(mention("U7", "/model sonnet@home\nhello")).await;
    assert!(text(&pinned.body["text"]).contains("demo:home"), "{pinned:?}");
    let told = world.slack.next().await;
    assert!(
        text(&told.body["text"]).starts_with("I am sonnet on home: "),
        "{told:?}"
    );
    let status = world.said(mention("U7", "/model status")).await;
    assert_eq!(
        (status.to.as_str(), &status.body["user"]),
        ("chat.postEphemeral", &json!("U7"))
    );
    assert!(text(&status.body["text"]).contains("key:"), "{status:?}");
    world.end();
}

#[tokio::test]
async fn only_what_slack_signed_is_heard_and_only_once() {
    let mut world = World::start().await;
    world.slack.other_requests(&mention("U7", "hello")).await;
    let told = world.said(mention("U7", "again")).await;
    assert!(
        text(&told.body["text"]).contains(": again "),
        "nothing before: {told:?}"
    );
    world.end();
}
