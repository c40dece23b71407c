//! Clients that ask for answers, and go away at any moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastrand::Rng;
use reqwest::Client;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::log::{End, What};
use super::process::Ears;

/// A chat, as a client names it.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub(super) session: String,
    pub(super) agent: &'static str,
    /// Who writes in it.
    pub(super) actor: &'static str,
    /// Which gateway serves it.
    pub(super) gateway: usize,
    /// What is said there first.
    pub(super) begins: Option<&'static str>,
}

/// When a client goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// When it has the whole answer.
    Never,
    /// In the middle of its own request.
    InRequest,
    /// So many milliseconds after it asked, whatever it has.
    After(u64),
    /// With the first part of the answer.
    AtFirstByte,
}

impl Leaves {
    pub(super) fn thrown(dice: &mut Rng) -> Self {
        match dice.u8(..20) {
            0 => Self::InRequest,
            1..=3 => Self::After(dice.u64(..300)),
            4 => Self::AtFirstByte,
            _ => Self::Never,
        }
    }
}

/// Where clients ask from.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) client: Client,
    pub(super) ears: Ears,
    numbers: Arc<AtomicU32>,
    /// What a client takes for its own key: no provider may get it.
    pub(super) own_key: String,
}

/// What a client got.
pub(super) struct Got {
    pub(super) request: u32,
    pub(super) status: u16,
}

impl Desk {
    pub(super) fn new(ears: &Ears, own_key: String) -> Self {
        Self {
            client: new_client(),
            ears: ears.clone(),
            numbers: Arc::new(AtomicU32::new(1)),
            own_key,
        }
    }

    /// Asks once. `openai` asks in the words of that API.
    pub(super) async fn ask(
        &self,
        at: &str,
        chat: &Chat,
        openai: bool,
        leaves: Leaves,
        dice: &mut Rng,
    ) -> Got {
        let request = self.numbers.fetch_add(1, Ordering::SeqCst);
        let before = "{ \"max_tokens\":1e0,\t\"temperature\" : 1.00, \"model\": \"".to_owned();
        let content = "né \\u00e9 \\/ \u{1f600} ".repeat(dice.usize(1..60));
        let streams = ["", "\"stream\":true ,"][dice.usize(..2)];
        let after = format!(
            "\",{streams}\"messages\":[ {{\"role\":\"user\",\"content\":\"request-{request}- {content}\"}} ],\"n\":-0.0 }} "
        );
        self.ears.log.add(What::Asked {
            request,
            session: chat.session.clone(),
            agent: chat.agent,
            actor: chat.actor,
            before: before.clone(),
            after: after.clone(),
        });
        let body = format!("{before}anything{after}");
        let path = if openai {
            "/v1/chat/completions"
        } else {
            "/v1/messages"
        };
        if leaves == Leaves::InRequest {
            let half = &body.as_bytes()[..dice.usize(..body.len())];
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: {at}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            if let Ok(mut stream) = TcpStream::connect(at).await {
                let _ = stream.write_all(&[head.as_bytes(), half].concat()).await;
            }
            return self.ended(request, None, Vec::new(), End::Left);
        }
        let asked = self
            .client
            .post(format!("http://{at}{path}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.own_key))
            .header("x-modelpin-session", &chat.session)
            .header("x-modelpin-agent", chat.agent)
            .header("x-modelpin-actor", chat.actor)
            .body(body);
        let patience = match leaves {
            Leaves::After(milliseconds) => Duration::from_millis(milliseconds),
            _ => Duration::from_secs(60),
        };
        let (mut head, mut told) = (None, Vec::new());
        let end = timeout(patience, async {
            let Ok(mut answer) = asked.send().await else {
                return End::Broken;
            };
            head = Some((answer.status().as_u16(), answer.headers().clone()));
            loop {
                match answer.chunk().await {
                    Ok(Some(_)) if leaves == Leaves::AtFirstByte => return End::Left,
                    Ok(Some(piece)) => told.extend_from_slice(&piece),
                    Ok(None) => return End::Whole,
                    Err(_) => return End::Broken,
                }
            }
        });
        let end = end.await.unwrap_or(End::Left);
        self.ended(request, head, told, end)
    }

    fn ended(&self, request: u32, head: Option<(u16, http::HeaderMap)>, body: Vec<u8>, end: End) -> Got {
        let (status, headers) = head.unwrap_or_default();
        self.ears.heard("answer to a client", &body);
        self.ears
            .heard("head of an answer", format!("{headers:?}").as_bytes());
        let field = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        self.ears.log.add(What::Ended {
            request,
            status,
            model: field("x-modelpin-model"),
            profile: field("x-modelpin-profile"),
            decision: field("x-modelpin-decision"),
            body,
            end,
        });
        Got { request, status }
    }

    /// A question to the gateway about a chat; nothing if there is no answer.
    pub(super) async fn get(&self, at: &str, chat: &Chat, path: &str) -> Option<Value> {
        let asked = self.client.get(format!("http://{at}{path}"));
        let asked = asked
            .header("x-modelpin-actor", chat.actor)
            .header("x-modelpin-agent", chat.agent)
            .timeout(Duration::from_secs(30));
        let answer = asked.send().await.ok()?;
        let text = answer.text().await.ok()?;
        self.ears.heard("answer to a question", text.as_bytes());
        serde_json::from_str(&text).ok()
    }

    pub(super) async fn post(&self, at: &str, path: &str, body: &Value) -> Option<Value> {
        let asked = self.client.post(format!("http://{at}{path}"));
        let asked = asked
            .header("content-type", "application/json")
            .timeout(Duration::from_secs(30));
        let answer = asked.body(body.to_string()).send().await.ok()?;
        let text = answer.text().await.ok()?;
        self.ears.heard("reply in a chat", text.as_bytes());
        serde_json::from_str(&text).ok()
    }
}

/// A client of its own, without what other tests know.
fn new_client() -> Client {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .pool_max_idle_per_host(2);
    client.build().expect("a client")
}
