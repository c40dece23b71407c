//! A provider under three names, which keeps who asked it with whose credential.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Uri};
use tokio::net::TcpListener;

use super::log::{Log, What};
use super::world::World;

/// What is answered to those who come with one profile.
#[derive(Debug, Clone, Copy)]
pub(super) enum Says {
    /// Too many requests, for so many seconds.
    Limited(u64),
    /// It answers, and takes so long.
    Slowly(Duration),
}

#[derive(Debug)]
pub(super) struct Script {
    log: Log,
    world: World,
    told: Mutex<HashMap<String, Says>>,
}

impl Script {
    pub(super) fn new(log: &Log, world: &World) -> Self {
        Self {
            log: log.clone(),
            world: world.clone(),
            told: Mutex::default(),
        }
    }

    /// From here on it says this to a profile; without anything it answers.
    pub(super) fn say(&self, profile: &str, says: Option<Says>) {
        let mut told = self.told.lock().expect("whole");
        match says {
            Some(says) => told.insert(profile.to_owned(), says),
            None => told.remove(profile),
        };
    }
}

pub(super) async fn serve(script: &Arc<Script>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let app = Router::new()
        .route("/{name}/v1/messages", post(answer))
        .with_state(Arc::clone(script));
    tokio::spawn(async move { axum::serve(listener, app).await });
    at
}

async fn answer(
    State(script): State<Arc<Script>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<String> {
    let provider = match uri.path().split('/').nth(1) {
        Some("one") => "one",
        Some("rest") => "rest",
        _ => "probe",
    };
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    let held = key.and_then(|key| script.world.held(key));
    let profile = held.as_ref().map(|held| held.profile.clone()).unwrap_or_default();
    script.log.add(What::Attempt {
        request: number(&body),
        provider,
        held,
    });
    let says = script.told.lock().expect("whole").get(&profile).copied();
    let answer = Response::builder().header("content-type", "application/json");
    let built = match says {
        Some(Says::Limited(seconds)) => answer
            .status(StatusCode::TOO_MANY_REQUESTS)
            .header("retry-after", seconds)
            .body(r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#.to_owned()),
        says => {
            if let Some(Says::Slowly(takes)) = says {
                tokio::time::sleep(takes).await;
            }
            answer.body(
                r#"{"id":"m","type":"message","role":"assistant","model":"m","stop_reason":"end_turn","content":[{"type":"text","text":"hello"}],"usage":{"input_tokens":1,"output_tokens":1}}"#
                    .to_owned(),
            )
        }
    };
    built.expect("an answer")
}

/// The number of a request stands in its body as `request-N-`.
fn number(body: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(body);
    let after = text.split("request-").nth(1).unwrap_or_default();
    after
        .split('-')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}
