//! What stands in for Slack: its Web API and its `response_url`s on a loopback port, and the requests that it signs.
//!
//! It refuses what Slack refuses, as its documentation has it: other tokens, messages past the limits, more than five
//! answers at one `response_url`, a method with what belongs to the other.

#[path = "../../../../tests/it/render/slack/taken.rs"]
mod taken;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The bot's token.
pub const TOKEN: &str = "xoxb-EXAMPLE-CANARY-token-of-the-bot";

/// What requests are signed with.
pub const SIGNING_SECRET: &str = "EXAMPLE-CANARY-signing-secret";

/// The id of the bot.
pub const BOT: &str = "UBOT";

/// As long as a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the bot sent: where, and what.
#[derive(Debug, Clone)]
pub struct Call {
    pub to: String,
    pub body: Value,
}

struct Shared {
    calls: UnboundedSender<Call>,
    refused: Mutex<Vec<String>>,
    answers: Mutex<HashMap<String, usize>>,
}

pub struct Platform {
    pub address: String,
    pub bot: String,
    calls: UnboundedReceiver<Call>,
    shared: Arc<Shared>,
    /// All that the bot sent.
    pub seen: Vec<Call>,
}

/// `/model …`, given by `user` in `channel`.
pub fn command<'a>(user: &'a str, channel: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("token", "legacy"),
        ("team_id", "T1"),
        ("team_domain", "example"),
        ("channel_id", channel),
        ("channel_name", "general"),
        ("user_id", user),
        ("user_name", "somebody"),
        ("command", "/model"),
        ("text", text),
        ("api_app_id", "A1"),
        ("trigger_id", "1.2"),
    ]
}

/// Something written by `user` in `channel`, as Slack tells it.
pub fn written(kind: &str, user: &str, channel: &str, text: &str, thread: Option<&str>) -> Value {
    let mut event = json!({
        "type": kind, "user": user, "text": text, "ts": "1700000000.000100", "channel": channel,
        "event_ts": "1700000000.000100", "team": "T1",
    });
    if channel.starts_with('D') {
        event["channel_type"] = json!("im");
    }
    if let Some(thread) = thread {
        event["thread_ts"] = json!(thread);
    }
    json!({
        "token": "legacy", "team_id": "T1", "api_app_id": "A1", "event": event, "type": "event_callback",
        "event_id": "Ev1", "event_time": 1_700_000_000, "authorizations": [],
    })
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time")
        .as_secs()
}

fn signature(at: u64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SIGNING_SECRET.as_bytes()).expect("any key");
    mac.update(format!("v0:{at}:{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes
        .iter()
        .fold("v0=".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

async fn method(
    State(shared): State<Arc<Shared>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Json<Value> {
    let bearer = headers
        .get("authorization")
        .is_some_and(|it| it == &format!("Bearer {TOKEN}"));
    if !bearer {
        return Json(json!({ "ok": false, "error": "invalid_auth" }));
    }
    if method == "auth.test" {
        return Json(json!({
            "ok": true, "url": "https://example.slack.com/", "team": "example", "user": "modelbot",
            "team_id": "T1", "user_id": BOT, "bot_id": "B1",
        }));
    }
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let why = match method.as_str() {
        "chat.postMessage" if body.get("user").is_none() => message(&body),
        "chat.postEphemeral" if body["user"].is_string() => message(&body),
        _ => Err("the method does not take it".to_owned()),
    };
    let why = why.and_then(|()| match body["channel"].as_str() {
        Some(_) if body.get("response_type").is_none() => Ok(()),
        _ => Err("no channel, or what belongs to a response".to_owned()),
    });
    Json(shared.take(method, body, why))
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let count = {
        let mut answers = shared.answers.lock().expect("a lock");
        let count = answers.entry(id.clone()).or_default();
        *count += 1;
        *count
    };
    let why = match count {
        1..=5 if body == json!({ "delete_original": true }) => Ok(()),
        1..=5 => message(&body),
        _ => Err("more than five answers".to_owned()),
    };
    Json(shared.take(format!("response/{id}"), body, why))
}

/// What is in any message.
fn message(body: &Value) -> Result<(), String> {
    if body.get("blocks").is_some() {
        return taken::taken(body).map(drop);
    }
    match body["text"].as_str().map(|text| text.encode_utf16().count()) {
        Some(1..=4_000) => Ok(()),
        length => Err(format!("a text of {length:?} characters")),
    }
}

impl Shared {
    fn take(&self, to: String, body: Value, why: Result<(), String>) -> Value {
        if let Err(why) = why {
            let mut refused = self.refused.lock().expect("a lock");
            refused.push(format!("{to}: {why}: {body}"));
            return json!({ "ok": false, "error": "invalid_blocks" });
        }
        let _told = self.calls.send(Call { to, body });
        json!({ "ok": true, "ts": "1700000000.000200" })
    }
}

impl Platform {
    pub async fn start() -> Self {
        let (sender, calls) = unbounded_channel();
        let shared = Arc::new(Shared {
            calls: sender,
            refused: Mutex::default(),
            answers: Mutex::default(),
        });
        let app = Router::new()
            // Slack takes either; slack-morphism asks `auth.test` with a GET.
            .route("/api/{method}", post(method).get(method))
            .route("/response/{id}", post(response))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            bot: String::new(),
            calls,
            shared,
            seen: Vec::new(),
        }
    }

    /// What the bot sends next, and where.
    pub async fn next(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.calls.recv()).await;
        let call = call.unwrap_or_else(|_| panic!("nothing came; refused: {:?}", self.refused()));
        let call = call.expect("the platform runs");
        self.seen.push(call.clone());
        call
    }

    pub fn refused(&self) -> Vec<String> {
        self.shared.refused.lock().expect("a lock").clone()
    }

    /// Sends a request as it is; its status and its body.
    pub async fn send(&self, kind: &str, at: u64, signed: &str, body: &str, retry: bool) -> (u16, String) {
        let mut request = reqwest::Client::new()
            .post(format!("{}/slack", self.bot))
            .header("content-type", kind)
            .header("x-slack-request-timestamp", at.to_string())
            .header("x-slack-signature", signed);
        if retry {
            request = request.header("x-slack-retry-num", "1");
        }
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    /// Sends a signed request, which has to be acknowledged without a word.
    async fn acknowledged(&self, kind: &str, body: &str) {
        let at = now();
        let answer = self.send(kind, at, &signature(at, body), body, false).await;
        assert_eq!(answer, (200, String::new()));
    }

    /// Gives a command; where it is answered.
    pub async fn command(&self, id: &str, fields: &[(&str, &str)]) -> String {
        let url = format!("{}/response/{id}", self.address);
        let mut fields = fields.to_vec();
        fields.push(("response_url", &url));
        self.acknowledged("application/x-www-form-urlencoded", &form(&fields))
            .await;
        format!("response/{id}")
    }

    /// Presses what has this token in a message of the bot, which is `shown` in `channel`.
    pub async fn press(
        &self,
        id: &str,
        user: &str,
        channel: &str,
        element: &Value,
        token: &str,
        shown: &Value,
    ) -> String {
        let private = shown["response_type"] == "ephemeral";
        let mut action = json!({
            "action_id": element["action_id"], "block_id": "b", "type": element["type"], "action_ts": "1700000000.000300",
        });
        if element["type"] == "button" {
            action["value"] = json!(token);
            action["text"] = element["text"].clone();
        } else {
            action["selected_option"] =
                json!({ "text": { "type": "plain_text", "text": "x" }, "value": token });
        }
        let mut payload = json!({
            "type": "block_actions", "user": { "id": user, "username": "somebody", "team_id": "T1" }, "api_app_id": "A1",
            "token": "legacy", "trigger_id": "1.2", "team": { "id": "T1", "domain": "example" }, "enterprise": null,
            "container": { "type": "message", "message_ts": "1700000000.000200", "channel_id": channel, "is_ephemeral": private },
            "channel": { "id": channel, "name": "general" }, "response_url": format!("{}/response/{id}", self.address),
            "actions": [action], "state": { "values": {} },
        });
        if !private {
            payload["message"] = json!({ "type": "message", "ts": "1700000000.000200", "bot_id": "B1",
                "text": shown["text"], "blocks": shown["blocks"] });
        }
        let payload = payload.to_string();
        self.acknowledged(
            "application/x-www-form-urlencoded",
            &form(&[("payload", &payload)]),
        )
        .await;
        format!("response/{id}")
    }

    /// Tells of an event.
    pub async fn event(&self, event: &Value) {
        self.acknowledged("application/json", &event.to_string()).await;
    }

    /// Asks whether the address is the app's; and tells of a thing again, signs badly, and late.
    pub async fn other_requests(&self, event: &Value) {
        let at = now();
        let asked =
            json!({ "token": "legacy", "challenge": "3eZbrw1aB", "type": "url_verification" }).to_string();
        let json = "application/json";
        let answer = self.send(json, at, &signature(at, &asked), &asked, false).await;
        assert_eq!(answer, (200, "3eZbrw1aB".to_owned()));
        let event = event.to_string();
        let again = self.send(json, at, &signature(at, &event), &event, true).await;
        assert_eq!(again.0, 200);
        let changed = event.replace("hello", "hullo");
        let forged = self.send(json, at, &signature(at, &event), &changed, false).await;
        assert_eq!(forged, (401, String::new()));
        let late = at - 301;
        let late = self
            .send(json, late, &signature(late, &event), &event, false)
            .await;
        assert_eq!(late, (401, String::new()));
        let long = "x".repeat((1 << 20) + 1);
        let long = self.send(json, at, &signature(at, &long), &long, false).await;
        assert_eq!(long.0, 401);
    }
}
