//! A server that stands in for Telegram's: updates are put in, and what the bot sends is checked and kept.
//!
//! It refuses what the Bot API documents as refused (<https://core.telegram.org/bots/api>): lengths and places of
//! entities, buttons and their data, answers to presses that never were.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::checked;

/// How long `getUpdates` waits for one.
const POLL: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Books {
    updates: Vec<Value>,
    presses: BTreeSet<String>,
    sent: Vec<(String, Value)>,
    messages: i64,
}

struct Server {
    token: String,
    books: Mutex<Books>,
    came: Notify,
    tell: mpsc::UnboundedSender<(String, Value)>,
}

pub(crate) struct Telegram {
    address: std::net::SocketAddr,
    server: Arc<Server>,
    told: mpsc::UnboundedReceiver<(String, Value)>,
}

pub(crate) fn person(id: i64) -> Value {
    json!({ "id": id, "is_bot": false, "first_name": format!("Person {id}") })
}

pub(crate) fn private(id: i64) -> Value {
    json!({ "id": id, "type": "private", "first_name": format!("Person {id}") })
}

pub(crate) fn group(id: i64) -> Value {
    json!({ "id": id, "type": "supergroup", "title": "A group" })
}

impl Telegram {
    pub(crate) async fn start(token: &str) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let server = Arc::new(Server {
            token: token.to_owned(),
            books: Mutex::default(),
            came: Notify::new(),
            tell,
        });
        let app = Router::new()
            .route("/{bot}/{method}", post(called))
            .with_state(Arc::clone(&server));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self {
            address,
            server,
            told,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn update(&self, kind: &str, of: Value) {
        let mut books = self.server.books.lock().expect("whole");
        let number = books.updates.len() + 1;
        books.updates.push(json!({ "update_id": number, kind: of }));
        drop(books);
        self.server.came.notify_one();
    }

    /// Somebody writes.
    pub(crate) fn says(&self, chat: &Value, from: &Value, text: &str) {
        let number = self.server.number();
        self.update("message", message(number, chat, from, text));
    }

    /// Somebody presses a button below a message of the bot.
    pub(crate) fn presses(&self, chat: &Value, from: &Value, below: i64, token: &str) {
        let id = format!("press-{}", self.server.number());
        self.server
            .books
            .lock()
            .expect("whole")
            .presses
            .insert(id.clone());
        let query = json!({
            "id": id, "from": from, "chat_instance": "1", "data": token,
            "message": message(below, chat, &bot(), "a picker"),
        });
        self.update("callback_query", query);
    }

    /// The next request of this method; those of others before it are passed over.
    pub(crate) async fn next(&mut self, method: &str) -> Value {
        loop {
            let (came, body) = self.told.recv().await.expect("the server goes on");
            if came == method {
                return body;
            }
        }
    }

    /// All requests so far.
    pub(crate) fn all(&self) -> Vec<(String, Value)> {
        self.server.books.lock().expect("whole").sent.clone()
    }

    /// Why a request would be refused, if it would.
    pub(crate) fn refusal(&self, method: &str, body: &Value) -> Option<(u16, String)> {
        self.server.refusal(method, body)
    }
}

fn bot() -> Value {
    json!({ "id": 4242, "is_bot": true, "first_name": "modelpin", "username": "modelpin_bot" })
}

fn message(number: i64, chat: &Value, from: &Value, text: &str) -> Value {
    json!({ "message_id": number, "date": 1_770_724_800, "chat": chat, "from": from, "text": text })
}

impl Server {
    fn number(&self) -> i64 {
        let mut books = self.books.lock().expect("whole");
        books.messages += 1;
        books.messages
    }

    fn refusal(&self, method: &str, body: &Value) -> Option<(u16, String)> {
        let taken = match method {
            "sendMessage" | "editMessageText" => checked::checked(body).and_then(|()| {
                let edit = method == "editMessageText" && !body["message_id"].is_i64();
                if body["chat_id"].is_i64() && !edit {
                    Ok(())
                } else {
                    Err("no place".to_owned())
                }
            }),
            "answerCallbackQuery" => {
                let id = body["callback_query_id"].as_str().unwrap_or_default();
                let known = self.books.lock().expect("whole").presses.contains(id);
                let text = checked::notice(body["text"].as_str().unwrap_or_default());
                if known {
                    text
                } else {
                    Err("query is too old or query ID is invalid".to_owned())
                }
            }
            _ => Ok(()),
        };
        taken.err().map(|why| (400, format!("Bad Request: {why}")))
    }

    async fn updates(&self, body: &Value) -> Value {
        let offset = body["offset"].as_i64().unwrap_or_default();
        let due = || {
            let books = self.books.lock().expect("whole");
            let due = books
                .updates
                .iter()
                .filter(|it| it["update_id"].as_i64() >= Some(offset));
            due.cloned().collect::<Vec<_>>()
        };
        let mut updates = due();
        if updates.is_empty() && body["timeout"].as_i64().unwrap_or_default() > 0 {
            let _ = tokio::time::timeout(POLL, self.came.notified()).await;
            updates = due();
        }
        updates.into()
    }
}

async fn called(
    State(server): State<Arc<Server>>,
    Path((bot_path, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if bot_path != format!("bot{}", server.token) {
        let wrong = json!({ "ok": false, "error_code": 401, "description": "Unauthorized" });
        return (StatusCode::UNAUTHORIZED, Json(wrong)).into_response();
    }
    // Names of methods are the same in any case.
    let mut method = method;
    method[..1].make_ascii_lowercase();
    if method == "getUpdates" {
        return Json(json!({ "ok": true, "result": server.updates(&body).await })).into_response();
    }
    if let Some((code, description)) = server.refusal(&method, &body) {
        let status = StatusCode::from_u16(code).expect("a status");
        let _ = server.tell.send((format!("refused {method}"), body));
        return (
            status,
            Json(json!({ "ok": false, "error_code": code, "description": description })),
        )
            .into_response();
    }
    let result = match method.as_str() {
        "getMe" => {
            let mut me = bot();
            for can in [
                "can_join_groups",
                "can_read_all_group_messages",
                "supports_inline_queries",
                "can_connect_to_business",
                "has_main_web_app",
            ] {
                me[can] = false.into();
            }
            me
        }
        "sendMessage" => {
            let chat = body["chat_id"].as_i64().unwrap_or_default();
            let chat = if chat < 0 { group(chat) } else { private(chat) };
            message(
                server.number(),
                &chat,
                &bot(),
                body["text"].as_str().unwrap_or_default(),
            )
        }
        _ => true.into(),
    };
    server
        .books
        .lock()
        .expect("whole")
        .sent
        .push((method.clone(), body.clone()));
    let _ = server.tell.send((method, body));
    Json(json!({ "ok": true, "result": result })).into_response()
}
