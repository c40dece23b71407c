//! A provider on loopback that keeps what it was asked, and answers what a test says.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// The key or token that it was asked with.
    pub(crate) fn key(&self) -> &str {
        let text = |name: &str| self.headers.get(name).map(|value| value.to_str().expect("ASCII"));
        text("x-api-key").unwrap_or_else(|| {
            let bearer = text("authorization").expect("a credential");
            bearer.trim_start_matches("Bearer ")
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

type Answers = dyn Fn(&Asked) -> Response<Body> + Send + Sync;

/// The provider. It is gone with the runtime of the test.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Upstream {
    pub(crate) async fn start(answers: impl Fn(&Asked) -> Response<Body> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, answers): (_, Arc<Answers>) = (Arc::clone(&asked), Arc::new(answers));
        let app = Router::new().fallback(move |request: Request| {
            let (kept, answers) = (Arc::clone(&kept), Arc::clone(&answers));
            async move {
                let (head, body) = request.into_parts();
                let asked = Asked {
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: to_bytes(body, usize::MAX).await.expect("a body"),
                };
                let answer = answers(&asked);
                kept.lock().expect("whole").push(asked);
                answer
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, asked }
    }

    /// Everything that it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("whole").clone()
    }

    /// The keys that it was asked with, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.asked().iter().map(|asked| asked.key().to_owned()).collect()
    }
}

/// A whole answer of Anthropic's API.
pub(crate) fn whole(text: &str) -> Response<Body> {
    json_of(
        200,
        &json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
            "content": [{ "type": "text", "text": text }],
            "stop_reason": "end_turn", "usage": { "input_tokens": 1, "output_tokens": 1 },
        }),
    )
}

pub(crate) fn json_of(status: u16, body: &Value) -> Response<Body> {
    let answer = Response::builder()
        .status(StatusCode::from_u16(status).expect("a status"))
        .header("content-type", "application/json");
    answer.body(Body::from(body.to_string())).expect("an answer")
}

/// An error of Anthropic's API.
pub(crate) fn error(status: u16, kind: &str, message: &str) -> Response<Body> {
    json_of(
        status,
        &json!({ "type": "error", "error": { "type": kind, "message": message } }),
    )
}

/// An answer of events, one piece each.
pub(crate) fn events(body: Body) -> Response<Body> {
    let answer = Response::builder().header("content-type", "text/event-stream");
    answer.body(body).expect("an answer")
}

/// One of Anthropic's events.
pub(crate) fn event(data: &Value) -> String {
    format!(
        "event: {}\ndata: {data}\n\n",
        data["type"].as_str().expect("a type")
    )
}
