//! A provider that repeats what it is asked, on Anthropic's wire.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

#[derive(Default)]
struct Seen {
    /// Each request's model and key.
    asked: Vec<(String, String)>,
    refuses: bool,
}

pub(crate) struct Provider {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let app = Router::new()
            .route("/v1/messages", post(answer))
            .with_state(Arc::clone(&seen));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { address, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.seen.lock().expect("whole").asked.clone()
    }

    /// From now on no key is good.
    pub(crate) fn refuse(&self) {
        self.seen.lock().expect("whole").refuses = true;
    }
}

async fn answer(
    State(seen): State<Arc<Mutex<Seen>>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let key = headers
        .get("x-api-key")
        .and_then(|key| key.to_str().ok())
        .unwrap_or_default();
    let mut seen = seen.lock().expect("whole");
    seen.asked.push((
        body["model"].as_str().unwrap_or_default().to_owned(),
        key.to_owned(),
    ));
    if seen.refuses {
        let error = json!({ "type": "error", "error": { "type": "authentication_error", "message": format!("bad key {key}") } });
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    let asked = body["messages"]
        .as_array()
        .and_then(|all| all.last())
        .map(|last| &last["content"]);
    let asked = asked.map_or(String::new(), |content| {
        let text = content.as_str().or_else(|| content[0]["text"].as_str());
        text.unwrap_or_default().to_owned()
    });
    let events = [
        json!({ "type": "message_start", "message": { "id": "m", "type": "message", "role": "assistant", "content": [],
            "model": body["model"], "stop_reason": null, "usage": { "input_tokens": 1, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "text_delta", "text": format!("demo says: {asked}") } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 2 } }),
        json!({ "type": "message_stop" }),
    ];
    let lines = events.map(|event| {
        format!(
            "event: {}\ndata: {event}\n\n",
            event["type"].as_str().expect("a type")
        )
    });
    ([("content-type", "text/event-stream")], lines.concat()).into_response()
}
