//! What stands in for Discord: its REST API and its gateway on one loopback port.
//!
//! It refuses what Discord refuses, by `twilight-validate` and by what the documentation says besides: a second first
//! answer, one after three seconds, a token that is not an interaction's, a flag that an edit may not have.

pub mod events;
pub mod refusals;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex as Lock, oneshot};

/// The bot's token on the platform.
pub const TOKEN: &str = "EXAMPLE.discord.CANARY-token-of-the-bot";

/// As long as a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request of the bot that was taken.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub body: Value,
}

/// An interaction that was sent to the bot.
struct Open {
    token: String,
    since: Instant,
    /// The type of its first answer.
    answered: Option<u64>,
}

struct Shared {
    address: String,
    open: Mutex<HashMap<u64, Open>>,
    refused: Mutex<Vec<String>>,
    calls: UnboundedSender<Call>,
    events: Lock<UnboundedReceiver<Value>>,
    ready: Mutex<Option<oneshot::Sender<()>>>,
}

pub struct Platform {
    shared: Arc<Shared>,
    calls: UnboundedReceiver<Call>,
    events: UnboundedSender<Value>,
    ready: Option<oneshot::Receiver<()>>,
    /// All bodies that were ever sent.
    pub seen: Vec<Call>,
    next_id: u64,
}

impl Platform {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (calls, taken) = unbounded_channel();
        let (events, to_send) = unbounded_channel();
        let (ready, is_ready) = oneshot::channel();
        let shared = Arc::new(Shared {
            address,
            open: Mutex::default(),
            refused: Mutex::default(),
            calls,
            events: Lock::new(to_send),
            ready: Mutex::new(Some(ready)),
        });
        let app = Router::new()
            .route("/", axum::routing::get(gateway))
            .fallback(rest)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            shared,
            calls: taken,
            events,
            ready: Some(is_ready),
            seen: Vec::new(),
            next_id: 1_000,
        }
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.shared.address
    }

    /// The next request of the bot.
    pub async fn next(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.calls.recv()).await;
        let call = call.unwrap_or_else(|_| panic!("the bot says nothing; refused: {:?}", self.refused()));
        let call = call.expect("the platform is there");
        self.seen.push(call.clone());
        call
    }

    /// What was refused.
    pub fn refused(&self) -> Vec<String> {
        self.shared.refused.lock().expect("no panic").clone()
    }

    /// Returns when the bot listens.
    pub async fn is_ready(&mut self) {
        let ready = self.ready.take().expect("asked once");
        tokio::time::timeout(PATIENCE, ready)
            .await
            .expect("in time")
            .expect("ready");
    }

    /// Sends an event to the bot.
    pub fn event(&mut self, name: &str, data: Value) {
        self.events
            .send(json!({ "t": name, "d": data }))
            .expect("the bot is there");
    }

    /// Sends an interaction, with an id and a token of its own; returns them.
    pub fn interaction(&mut self, mut data: Value) -> (u64, String) {
        self.next_id += 1;
        let (id, token) = (self.next_id, format!("token-of-{}", self.next_id));
        data["id"] = json!(id.to_string());
        data["token"] = json!(token);
        let open = Open {
            token: token.clone(),
            since: Instant::now(),
            answered: None,
        };
        self.shared.open.lock().expect("no panic").insert(id, open);
        self.event("INTERACTION_CREATE", data);
        (id, token)
    }
}

async fn gateway(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| async move {
        // The bot may go away at any time.
        let _gone = speak(&shared, socket).await;
    })
}

async fn speak(shared: &Shared, mut socket: WebSocket) -> Option<()> {
    let say = |value: Value| Message::Text(value.to_string().into());
    let hello = json!({ "op": 10, "d": { "heartbeat_interval": 41_250 }, "s": null, "t": null });
    socket.send(say(hello)).await.ok()?;
    let mut sequence = 0;
    let mut events = shared.events.lock().await;
    loop {
        let heard = tokio::select! {
            heard = socket.recv() => heard?.ok()?,
            event = events.recv() => {
                sequence += 1;
                let mut event = event?;
                event["op"] = json!(0);
                event["s"] = json!(sequence);
                socket.send(say(event)).await.ok()?;
                continue;
            }
        };
        let heard: Value = match heard {
            Message::Text(text) => serde_json::from_str(&text).ok()?,
            Message::Binary(bytes) => serde_json::from_slice(&bytes).ok()?,
            _ => continue,
        };
        match heard["op"].as_u64() {
            Some(1) => socket
                .send(say(json!({ "op": 11, "d": null, "s": null, "t": null })))
                .await
                .ok()?,
            Some(2) if heard["d"]["token"] == format!("Bot {TOKEN}") || heard["d"]["token"] == TOKEN => {
                sequence += 1;
                let ready = events::ready(&shared.address);
                socket
                    .send(say(json!({ "op": 0, "s": sequence, "t": "READY", "d": ready })))
                    .await
                    .ok()?;
                if let Some(ready) = shared.ready.lock().expect("no panic").take() {
                    ready.send(()).ok();
                }
            }
            Some(2) => return None,
            _ => {}
        }
    }
}

async fn rest(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20)
        .await
        .unwrap_or_else(|_| Bytes::new());
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    match answered(&shared, &head.method, &head.uri, &head.headers, &body) {
        Ok(answer) => {
            // A question of the bot is no call.
            if head.method != Method::GET {
                let path = head.uri.path().trim_start_matches("/api/v10").to_owned();
                shared
                    .calls
                    .send(Call {
                        method: head.method,
                        path,
                        body,
                    })
                    .ok();
            }
            match answer {
                Value::Null => StatusCode::NO_CONTENT.into_response(),
                answer => axum::Json(answer).into_response(),
            }
        }
        Err((status, why)) => {
            let told = format!("{} {}: {why}: {body}", head.method, head.uri);
            shared.refused.lock().expect("no panic").push(told);
            (status, axum::Json(json!({ "code": 50_035, "message": why }))).into_response()
        }
    }
}

type Refused = (StatusCode, String);

fn answered(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Value,
) -> Result<Value, Refused> {
    let bad = |why: String| (StatusCode::BAD_REQUEST, why);
    let path: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let path = path
        .strip_prefix(&["api", "v10"])
        .ok_or((StatusCode::NOT_FOUND, "no API".to_owned()))?;
    let of_an_interaction = matches!(path, ["interactions" | "webhooks", ..]);
    let authorised = headers
        .get("authorization")
        .is_some_and(|it| it == &format!("Bot {TOKEN}"));
    if !authorised && !of_an_interaction {
        return Err((StatusCode::UNAUTHORIZED, "unauthorised".to_owned()));
    }
    match (method.as_str(), path) {
        ("GET", ["users", "@me"]) => Ok(events::me()),
        ("GET", ["applications", "@me"]) => Ok(events::application()),
        ("GET", ["channels", id]) => Ok(events::channel(id)),
        ("POST", ["applications", _, "commands"]) => {
            refusals::command(body).map_err(bad)?;
            Ok(json!({}))
        }
        ("POST", ["channels", _, "typing"]) => Ok(Value::Null),
        ("POST", ["channels", _, "messages"]) => {
            refusals::message(body, 0).map_err(bad)?;
            Ok(json!({ "id": "1" }))
        }
        ("POST", ["interactions", id, token, "callback"]) => {
            let mut open = shared.open.lock().expect("no panic");
            let open = id.parse().ok().and_then(|id: u64| open.get_mut(&id));
            let open = open.filter(|open| open.token == *token);
            let open = open.ok_or((StatusCode::NOT_FOUND, "unknown interaction".to_owned()))?;
            if open.since.elapsed() > Duration::from_secs(3) {
                return Err((StatusCode::NOT_FOUND, "too late".to_owned()));
            }
            if open.answered.is_some() {
                return Err(bad("it has been acknowledged already".to_owned()));
            }
            refusals::callback(body).map_err(bad)?;
            open.answered = body["type"].as_u64();
            Ok(Value::Null)
        }
        (_, ["webhooks", application, token, rest @ ..]) if *application == events::APPLICATION => {
            let open = shared.open.lock().expect("no panic");
            let answered = open.values().find(|open| open.token == *token);
            let answered = answered.and_then(|open| open.answered);
            if answered.is_none() {
                return Err((StatusCode::NOT_FOUND, "unknown webhook".to_owned()));
            }
            match (method.as_str(), rest) {
                ("PATCH", ["messages", "@original"]) => refusals::message(body, 0).map_err(bad)?,
                ("POST", []) => refusals::message(body, refusals::EPHEMERAL).map_err(bad)?,
                ("DELETE", ["messages", "@original"]) => return Ok(Value::Null),
                _ => return Err((StatusCode::NOT_FOUND, "no such webhook route".to_owned())),
            }
            Ok(json!({ "id": "1" }))
        }
        _ => Err((StatusCode::NOT_FOUND, "no such route".to_owned())),
    }
}
