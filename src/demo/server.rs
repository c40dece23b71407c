//! The demo provider's HTTP server.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use futures_util::stream;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::frames;
use super::script::{MODELS, Script, script};
use crate::endpoint::{Api, Endpoint};
use crate::secret::Secret;

/// How long a profile that was told to fail with 429 is to wait, in seconds.
const RETRY_AFTER_SECONDS: u64 = 20;

/// As much as a provider takes, in bytes: whoever pastes a book is to see what happens then, and not a connection that
/// breaks off while it is being sent.
const LONGEST_REQUEST: usize = 32 << 20;

/// A provider on loopback that answers with the model and the profile that it was asked with.
///
/// It speaks `POST /v1/messages` (streamed or whole) and `GET /v1/models`, and takes the keys of its accounts as
/// `x-api-key` or as bearer token. `fail 429 demo:work` as a prompt makes that profile fail, `slow` makes an
/// answer slow. Dropping it stops it: answers under way are finished, nothing new is taken.
pub struct DemoServer {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl fmt::Debug for DemoServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoServer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

struct Demo {
    accounts: Vec<(Secret, String)>,
    answers: AtomicU64,
}

impl DemoServer {
    /// Starts a server on a free port of 127.0.0.1 that knows `accounts`: secrets, and the ids of their profiles.
    ///
    /// # Errors
    /// If no port can be listened on.
    pub async fn start(accounts: Vec<(String, String)>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let demo = Arc::new(Demo {
            accounts: accounts
                .into_iter()
                .map(|(secret, profile)| (Secret::new(secret), profile))
                .collect(),
            answers: AtomicU64::new(0),
        });
        let app = Router::new()
            .route("/v1/messages", post(messages))
            .route("/v1/models", get(models))
            .fallback(|| async { fail(404, "not_found_error", "Not found") })
            .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
            .with_state(demo);
        let listener = listener.tap_io(|socket| {
            // A word is one small packet: with Nagle's algorithm words would come in lumps.
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "demo provider: no TCP_NODELAY");
            }
        });
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let serve = axum::serve(listener, app).with_graceful_shutdown(async {
                // The sender is only ever dropped.
                let _dropped = stopped.await;
            });
            if let Err(error) = serve.await {
                tracing::warn!(%error, "demo provider stopped");
            }
        });
        Ok(Self { address, _stop: stop })
    }

    /// Where it listens, for example `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// It as an endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.base_url(), Api::AnthropicMessages)
    }
}

impl Demo {
    /// The profile that the request's key belongs to.
    fn profile(&self, headers: &HeaderMap) -> Option<&str> {
        let bearer = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let key = headers
            .get("x-api-key")
            .and_then(|value| value.to_str().ok())
            .or(bearer)?;
        let account = self.accounts.iter().find(|(secret, _)| secret.expose() == key);
        account.map(|(_, profile)| profile.as_str())
    }
}

async fn models(State(demo): State<Arc<Demo>>, headers: HeaderMap) -> Response {
    match demo.profile(&headers) {
        Some(_) => Json(frames::models()).into_response(),
        None => refuse(401),
    }
}

async fn messages(State(demo): State<Arc<Demo>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(profile) = demo.profile(&headers) else {
        return refuse(401);
    };
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return fail(400, "invalid_request_error", "The body is not JSON.");
    };
    let Some(model) = request["model"].as_str() else {
        return fail(400, "invalid_request_error", "model: Field required");
    };
    if !MODELS.contains(&model) {
        return fail(404, "not_found_error", &format!("model: {model}"));
    }
    let prompt = frames::prompt(&request);
    let (text, pause) = match script(model, profile, &prompt) {
        Script::Say { text, pause } => (text, pause),
        Script::Fail(status) => return refuse(status),
    };
    let id = format!("msg_demo_{}", demo.answers.fetch_add(1, Ordering::Relaxed) + 1);
    if request["stream"] == true {
        let events = frames::events(&id, model, &prompt, &text);
        ([(CONTENT_TYPE, "text/event-stream")], paced(events, pause)).into_response()
    } else {
        Json(frames::whole(&id, model, &prompt, &text)).into_response()
    }
}

/// The events one by one, with a pause before each.
fn paced(events: Vec<String>, pause: Duration) -> Body {
    Body::from_stream(stream::unfold(events.into_iter(), move |mut rest| async move {
        let event = rest.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, io::Error>(event), rest))
    }))
}

/// Answers with a status and the error that goes with it.
fn refuse(status: u16) -> Response {
    let (kind, message) = frames::error_of(status);
    let response = fail(status, kind, message);
    if status == 429 {
        return ([(RETRY_AFTER, RETRY_AFTER_SECONDS.to_string())], response).into_response();
    }
    response
}

fn fail(status: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(frames::error(kind, message))).into_response()
}
