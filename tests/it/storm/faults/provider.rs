//! A provider that says what the dice say, byte by byte, and keeps whom it was asked with.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::log::{Log, What};
use super::plan::Plan;
use super::world::Secrets;

/// What all providers share.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) seed: u64,
    pub(super) log: Log,
    pub(super) secrets: Secrets,
    /// While it is set, everybody answers well, but for those who are told otherwise.
    pub(super) calm: AtomicBool,
    /// What is answered to a model and a profile, whatever the dice say.
    pub(super) told: Mutex<HashMap<(String, String), Plan>>,
    /// Where a redirect leads.
    pub(super) trap: SocketAddr,
}

impl Script {
    fn plan(&self, dice: &mut Rng, model: &str, profile: &str) -> Plan {
        let told = self.told.lock().expect("whole");
        if let Some(plan) = told.get(&(model.to_owned(), profile.to_owned())) {
            return *plan;
        }
        if self.calm.load(Ordering::SeqCst) {
            return Plan::Whole;
        }
        Plan::thrown(dice)
    }
}

pub(super) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Serves until the runtime ends.
pub(super) fn serve(name: &'static str, listener: TcpListener, script: &Arc<Script>) {
    let script = Arc::clone(script);
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let script = Arc::clone(&script);
            tokio::spawn(async move {
                let mut stream = stream;
                while connection(name, &mut stream, &script).await.is_some() {}
            });
        }
    });
}

/// A request, as it came.
pub(super) struct Came {
    pub(super) head: String,
    pub(super) body: String,
}

impl Came {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// Reads one request; nothing if the other side ended.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Came> {
    let mut bytes = Vec::new();
    let mut part = [0; 8192];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        let read = stream.read(&mut part).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&part[..read]);
    };
    let mut came = Came {
        head: String::from_utf8_lossy(&bytes[..end]).into_owned(),
        body: String::new(),
    };
    let length: usize = came.field("content-length")?.parse().ok()?;
    while bytes.len() < end + length {
        let read = stream.read(&mut part).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&part[..read]);
    }
    came.body = String::from_utf8(bytes.split_off(end)).ok()?;
    Some(came)
}

/// The number of a request stands in its body as `request-N-`.
fn number(body: &str) -> u32 {
    let from = body.find("request-").map_or(0, |at| at + "request-".len());
    let digits: String = body[from..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Answers one request. `None` if the connection is over.
async fn connection(name: &'static str, stream: &mut TcpStream, script: &Script) -> Option<()> {
    let came = read(stream).await?;
    let bearer = came
        .field("authorization")
        .map(|value| value.trim_start_matches("Bearer "));
    let secret = came.field("x-api-key").or(bearer).unwrap_or_default().to_owned();
    let held = script.secrets.held(&secret);
    let request = number(&came.body);
    let body: Value = serde_json::from_str(&came.body).unwrap_or_default();
    let model = format!("{name}/{}", body["model"].as_str().unwrap_or_default());
    let profile = held
        .as_ref()
        .map_or_else(String::new, |held| held.profile.clone());
    let before = script.log.with(|log| {
        let of_request =
            |what: &What| matches!(what, What::Attempt { request: other, .. } if *other == request);
        log.iter()
            .rev()
            .take(4_000)
            .filter(|entry| of_request(&entry.what))
            .count()
    });
    let mut dice = Rng::with_seed(script.seed ^ (u64::from(request) << 20) ^ before as u64);
    let plan = script.plan(&mut dice, &model, &profile);
    let says = format!(
        "answer {before} of {name} to request {request}, for {profile}: {}",
        "word ".repeat(dice.usize(1..400))
    );
    let streamed = matches!(plan, Plan::Stream | Plan::CutStream);
    let told = match (plan.becomes(), streamed) {
        (super::plan::Becomes::Failed(_), _) => Vec::new(),
        (_, true) => stream_of(name, &says),
        (_, false) => whole(name, &says),
    };
    let attempt = What::Attempt {
        request,
        provider: name,
        held,
        model,
        body: came.body,
        plan,
        told: told.clone(),
    };
    script.log.add(attempt);
    answer(stream, plan, &told, &secret, script.trap, &mut dice).await
}

fn whole(name: &str, says: &str) -> Vec<u8> {
    let answer = match name {
        "two" => json!({ "id": "c", "object": "chat.completion", "choices": [{ "index": 0,
            "message": { "role": "assistant", "content": says }, "finish_reason": "stop" }] }),
        _ => {
            json!({ "id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{ "type": "text", "text": says }], "usage": { "input_tokens": 1, "output_tokens": 1 } })
        }
    };
    answer.to_string().into_bytes()
}

fn stream_of(name: &str, says: &str) -> Vec<u8> {
    let mut told = String::new();
    if name != "two" {
        told.push_str(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n",
        );
    }
    for word in says.split_inclusive(' ') {
        if name == "two" {
            let piece = json!({ "choices": [{ "index": 0, "delta": { "content": word } }] });
            told.push_str(&format!("data: {piece}\n\n"));
        } else {
            let piece = json!({ "type": "content_block_delta", "index": 0,
                "delta": { "type": "text_delta", "text": word } });
            told.push_str(&format!("event: content_block_delta\ndata: {piece}\n\n"));
        }
    }
    told.into_bytes()
}

/// An error in the form of the provider; it repeats the key, as some do.
fn error(status: &str, fields: &str, kind: &str, message: &str, secret: &str) -> String {
    let body = json!({ "type": "error",
        "error": { "type": kind, "code": kind, "message": format!("{message} (key {secret})") } });
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-echo: {secret}\r\n{fields}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Longer than a gateway waits for a first byte.
const HANG: Duration = Duration::from_millis(2500);

async fn answer(
    stream: &mut TcpStream,
    plan: Plan,
    told: &[u8],
    secret: &str,
    trap: SocketAddr,
    dice: &mut Rng,
) -> Option<()> {
    let good = |fields: &str, length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{fields}content-length: {length}\r\n\r\n"
        )
    };
    let half = dice.usize(1..told.len().max(2)).min(told.len());
    let e =
        |status: &str, fields: &str, kind: &str, message: &str| error(status, fields, kind, message, secret);
    let mut go_on = true;
    match plan {
        Plan::Whole => send(stream, &[good("", told.len()).as_bytes(), told].concat()).await?,
        Plan::NotGzip => {
            let head = good("content-encoding: gzip\r\n", told.len());
            send(stream, &[head.as_bytes(), told].concat()).await?;
        }
        Plan::ManyFields => {
            let fields: String = (0..300).map(|n| format!("x-field-{n}: {n}\r\n")).collect();
            let head = good(&fields, told.len());
            send(stream, &[head.as_bytes(), told].concat()).await?;
        }
        Plan::Continue => {
            send(stream, b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            send(stream, &[good("", told.len()).as_bytes(), told].concat()).await?;
        }
        Plan::Overlong => {
            let more = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nSTRAY";
            let head = good("", told.len());
            send(stream, &[head.as_bytes(), told, more].concat()).await?;
        }
        Plan::Slow => {
            send(stream, good("", told.len()).as_bytes()).await?;
            for piece in told.chunks(told.len().div_ceil(12)) {
                tokio::time::sleep(Duration::from_millis(15)).await;
                send(stream, piece).await?;
            }
        }
        Plan::Stream | Plan::CutStream => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
            send(stream, head.as_bytes()).await?;
            let cut = if plan == Plan::CutStream {
                half.max(200).min(told.len())
            } else {
                told.len()
            };
            for piece in told[..cut].chunks(700) {
                let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
                send(stream, &chunk).await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            go_on = plan == Plan::Stream;
            if go_on {
                send(stream, b"0\r\n\r\n").await?;
            }
        }
        Plan::CutBody | Plan::HangInBody => {
            let head = good("", told.len());
            send(
                stream,
                &[head.as_bytes(), &told[..half.min(told.len() - 1)]].concat(),
            )
            .await?;
            if plan == Plan::HangInBody {
                tokio::time::sleep(HANG).await;
            }
            go_on = false;
        }
        Plan::RetryAfter | Plan::RetryLong => {
            let seconds = if plan == Plan::RetryLong { 40 } else { 2 };
            let fields = format!("retry-after: {seconds}\r\nanthropic-ratelimit-requests-remaining: 0\r\n");
            send(
                stream,
                e("429 Too Many Requests", &fields, "rate_limit_error", "slow down").as_bytes(),
            )
            .await?;
        }
        Plan::RateLimit => {
            send(
                stream,
                e("429 Too Many Requests", "", "rate_limit_error", "slow down").as_bytes(),
            )
            .await?;
        }
        Plan::RateLimitOpenAi => {
            let fields = "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1s\r\n";
            send(
                stream,
                e(
                    "429 Too Many Requests",
                    fields,
                    "rate_limit_exceeded",
                    "Rate limit reached",
                )
                .as_bytes(),
            )
            .await?;
        }
        Plan::Unauthorised => {
            send(
                stream,
                e(
                    "401 Unauthorized",
                    "",
                    "authentication_error",
                    "invalid x-api-key",
                )
                .as_bytes(),
            )
            .await?;
        }
        Plan::PaymentRequired => {
            send(
                stream,
                e("402 Payment Required", "", "billing_error", "payment required").as_bytes(),
            )
            .await?;
        }
        Plan::CreditWords => {
            let words = "Your credit balance is too low to access the API. Please go to Plans & Billing.";
            send(
                stream,
                e("400 Bad Request", "", "invalid_request_error", words).as_bytes(),
            )
            .await?;
        }
        Plan::BadRequest => {
            let words = "messages.0: something is wrong with it";
            send(
                stream,
                e("400 Bad Request", "", "invalid_request_error", words).as_bytes(),
            )
            .await?;
        }
        Plan::Broken => {
            send(
                stream,
                e("500 Internal Server Error", "", "api_error", "oh").as_bytes(),
            )
            .await?
        }
        Plan::Unavailable => {
            send(
                stream,
                b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\n<h>",
            )
            .await?;
        }
        Plan::Overloaded => {
            send(
                stream,
                e("529 Overloaded", "", "overloaded_error", "Overloaded").as_bytes(),
            )
            .await?;
        }
        Plan::OverloadedStream => {
            let event = format!(
                "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"overloaded_error\",\"message\":\"Overloaded {secret}\"}}}}\n\n"
            );
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            send(stream, [head, &event].concat().as_bytes()).await?;
            go_on = false;
        }
        Plan::Redirect => {
            let head = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{trap}/v1/messages\r\ncontent-length: 0\r\n\r\n"
            );
            send(stream, head.as_bytes()).await?;
        }
        Plan::Hang | Plan::HangInHead => {
            if plan == Plan::HangInHead {
                send(stream, b"HTTP/1.1 200 OK\r\ncontent-ty").await?;
            }
            tokio::time::sleep(HANG).await;
            go_on = false;
        }
        Plan::CutBefore => go_on = false,
        Plan::NotHttp => {
            let mut noise: Vec<u8> = (0..200).map(|_| dice.u8(..)).collect();
            noise.extend_from_slice(secret.as_bytes());
            send(stream, &noise).await?;
            go_on = false;
        }
        Plan::TwoLengths => {
            send(
                stream,
                b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 50\r\n\r\nhello",
            )
            .await?;
            go_on = false;
        }
    }
    go_on.then_some(())
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()
}
