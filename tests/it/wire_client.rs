//! The client against servers on loopback that answer byte for byte what a test tells them.

mod hostile;
mod passing;

use std::time::Duration;

use http::Request;
use modelpin::clock::Timestamp;
use modelpin::credential::Credential;
use modelpin::endpoint::{Api, Endpoint};
use modelpin::model::ProviderId;
use modelpin::secret::Secret;
use modelpin::wire::{AnswerStream, Broken, Client, Failure, Limits, Piece, Role, Turn, present, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const CANARY: &str = "sk-EXAMPLE-canary";
const NOW: Timestamp = Timestamp::from_millis(1_770_724_800_000);

pub(crate) fn client() -> Client {
    client_with(Limits::default())
}

fn client_with(limits: Limits) -> Client {
    let _already = rustls::crypto::ring::default_provider().install_default();
    Client::new(limits).expect("crypto is installed")
}

pub(crate) async fn text_of(mut stream: AnswerStream) -> (String, Option<Failure>) {
    let mut text = String::new();
    let mut done = false;
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(Piece::Text(more)) => text.push_str(&more),
            Ok(Piece::Done { .. }) => done = true,
            Err(failure) => return (text, Some(failure)),
        }
    }
    assert!(done, "a stream ends with Done or with a failure");
    (text, None)
}

/// What the server does after it has read a request and sent its bytes.
enum Then {
    Close,
    Hang,
}

/// Serves one connection; gives the address and, when it is over, the request that came.
async fn serve(answer: String, then: Then) -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (asked, asked_for) = oneshot::channel();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let seen = read_request(&mut socket).await;
        socket.write_all(answer.as_bytes()).await.expect("written");
        if let Then::Hang = then {
            // Reading ends when the client hangs up.
            let _gone = socket.read(&mut [0]).await;
        }
        drop(socket);
        let _unheard = asked.send(seen);
    });
    (base, asked_for)
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.expect("read");
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| body.len() >= length.parse().expect("a number")) {
                return String::from_utf8_lossy(&seen).into_owned();
            }
        }
        assert!(count > 0, "the client hung up early");
    }
}

fn stream_of(events: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}")
}

fn asking(base: &str) -> Request<Vec<u8>> {
    let endpoint = Endpoint::new(base, Api::OpenAiCompletions);
    let turn = Turn {
        role: Role::User,
        text: "hi".into(),
    };
    let mut request = request(&endpoint, "gpt-x", &[turn], 100).expect("a request");
    let credential = Credential::ApiKey {
        key: Secret::new(CANARY.into()),
    };
    let provider = ProviderId::new("openai");
    present(&provider, &endpoint, &credential, request.headers_mut()).expect("presentable");
    request
}

async fn ask(answer: &str, then: Then) -> Result<AnswerStream, Failure> {
    let (base, _) = serve(answer.to_owned(), then).await;
    client().ask(asking(&base), Api::OpenAiCompletions).await
}

fn class(failure: &Failure) -> &'static str {
    let shown = format!("{failure} {failure:?}");
    assert!(
        !shown.contains("EXAMPLE") && !shown.contains("private"),
        "{shown}"
    );
    let verdict = failure.verdict(&ProviderId::new("openai"), NOW);
    verdict.map_or("none", |verdict| verdict.class.as_str())
}

fn chunk(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

#[tokio::test]
async fn an_openai_stream_comes_through_with_its_key() {
    let events = format!(
        "{}: keep-alive\r\n\r\n{}data: [DONE]\n\n",
        chunk("Hel"),
        chunk("lo")
    );
    let (base, asked) = serve(stream_of(&events), Then::Close).await;
    let stream = client()
        .ask(asking(&base), Api::OpenAiCompletions)
        .await
        .expect("an answer");
    let (text, failure) = text_of(stream).await;
    assert_eq!(text, "Hello");
    assert!(failure.is_none());
    let seen = asked.await.expect("one request");
    assert!(seen.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
    assert!(seen.contains(&format!("authorization: Bearer {CANARY}\r\n")));
}

#[tokio::test]
async fn an_error_before_any_text_is_a_failure_with_a_class() {
    let error =
        "data: {\"error\":{\"type\":\"rate_limit_error\",\"message\":\"private\",\"retry_after\":3}}\n\n";
    let failure = ask(&stream_of(error), Then::Close).await.expect_err("refused");
    assert_eq!(class(&failure), "rate_limit");
    let verdict = failure
        .verdict(&ProviderId::new("openai"), NOW)
        .expect("a verdict");
    assert_eq!(verdict.retry_at, Some(Timestamp::from_millis(1_770_724_803_000)));

    let stream = ask(&stream_of(&format!("{}{error}", chunk("a"))), Then::Close)
        .await
        .expect("text first");
    let (text, failure) = text_of(stream).await;
    assert_eq!(text, "a");
    let failure = failure.expect("then an error");
    assert_eq!(class(&failure), "none", "what has begun is no failed answer");
    assert!(matches!(failure, Failure::BrokenOff { status: 429 }));
}

#[tokio::test]
async fn an_error_at_the_start_of_a_stream_is_one_in_every_form() {
    for (event, expected) in [
        (
            "event: error\ndata: {\"code\":\"insufficient_quota\"}\n\n",
            "billing",
        ),
        ("event: error\ndata: private words\n\n", "server_error"),
        (
            "data: [{\"error\":{\"code\":503,\"message\":\"The model is overloaded.\"}}]\n\n",
            "overloaded",
        ),
        (
            "data: {\"error\":{\"code\":\"429\",\"message\":\"private\"}}\n\n",
            "rate_limit",
        ),
        (": wait\n\ndata: {\"error\":\"private\"}\n\n", "server_error"),
    ] {
        let failure = ask(&stream_of(event), Then::Close).await.expect_err(event);
        assert_eq!(class(&failure), expected, "{event}");
    }
}

#[tokio::test]
async fn a_refusal_brings_status_headers_and_body() {
    let body = r#"{"error":{"message":"private: check your plan and billing","code":"insufficient_quota"}}"#;
    let answer = format!(
        "HTTP/1.1 429 No\r\nretry-after: 7\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let failure = ask(&answer, Then::Close).await.expect_err("refused");
    assert_eq!(class(&failure), "billing");
    let Failure::Refused {
        status,
        headers,
        body: got,
    } = failure
    else {
        panic!("a status is a refusal");
    };
    assert_eq!((status, headers["retry-after"].to_str().ok()), (429, Some("7")));
    assert_eq!(got, body.as_bytes());
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (elsewhere, mut asked) = serve(stream_of("data: [DONE]\n\n"), Then::Close).await;
    let answer = format!("HTTP/1.1 307 Go\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n");
    let failure = ask(&answer, Then::Close).await.expect_err("not followed");
    assert!(matches!(failure, Failure::Refused { status: 307, .. }));
    assert!(asked.try_recv().is_err(), "nobody asked there");
}

#[tokio::test]
async fn a_stream_that_is_cut_is_never_complete() {
    let stream = ask(&stream_of(&chunk("a")), Then::Close).await.expect("text");
    let (text, failure) = text_of(stream).await;
    let failure = failure.expect("no [DONE] came");
    assert_eq!((text.as_str(), class(&failure)), ("a", "timeout"));
    assert!(matches!(
        failure,
        Failure::Transport {
            broken: Broken::CutOff,
            ..
        }
    ));

    let cut = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n";
    let failure = ask(cut, Then::Close).await.expect_err("nothing came");
    assert!(matches!(
        failure,
        Failure::Transport {
            broken: Broken::CutOff,
            ..
        }
    ));
}

#[tokio::test]
async fn silence_is_told_by_when_it_begins() {
    let soon = Duration::from_millis(30);
    let (base, _) = serve(String::new(), Then::Hang).await;
    let impatient = client_with(Limits {
        first_byte: soon,
        ..Limits::default()
    });
    let failure = impatient
        .ask(asking(&base), Api::OpenAiCompletions)
        .await
        .expect_err("no head");
    assert!(
        matches!(
            failure,
            Failure::Transport {
                broken: Broken::NoAnswer,
                ..
            }
        ),
        "{failure:?}"
    );

    let (base, _) = serve(stream_of(&chunk("a")), Then::Hang).await;
    let impatient = client_with(Limits {
        idle: soon,
        ..Limits::default()
    });
    let answer = impatient.ask(asking(&base), Api::OpenAiCompletions).await;
    let failure = match answer {
        Ok(stream) => text_of(stream).await.1.expect("nothing after the first piece"),
        // On a busy machine even the first piece may be late.
        Err(failure) => failure,
    };
    assert!(
        matches!(
            failure,
            Failure::Transport {
                broken: Broken::Silence,
                ..
            }
        ),
        "{failure:?}"
    );

    let failure = ask("", Then::Close).await.expect_err("closed");
    assert!(
        matches!(
            failure,
            Failure::Transport {
                broken: Broken::CutOff,
                ..
            }
        ),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!(
        "http://user:EXAMPLE@{}",
        listener.local_addr().expect("an address")
    );
    drop(listener);
    let failure = client()
        .ask(asking(&base), Api::OpenAiCompletions)
        .await
        .expect_err("closed");
    assert!(
        matches!(
            failure,
            Failure::Transport {
                broken: Broken::NoConnection,
                ..
            }
        ),
        "{failure:?}"
    );
    assert_eq!(class(&failure), "timeout");
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_garbled() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>";
    let failure = ask(page, Then::Close).await.expect_err("a page");
    assert!(matches!(failure, Failure::Garbled));
    assert_eq!(class(&failure), "server_error");
    let failure = ask(&stream_of("data: private\n\n"), Then::Close)
        .await
        .expect_err("no JSON");
    assert_eq!(class(&failure), "server_error");
}

#[tokio::test]
async fn dropping_an_answer_hangs_up() {
    let (base, asked) = serve(stream_of(&chunk("a")), Then::Hang).await;
    let stream = client()
        .ask(asking(&base), Api::OpenAiCompletions)
        .await
        .expect("text");
    drop(stream);
    // The server hears of it: it only reports after the connection has closed.
    asked.await.expect("the server saw the client go");
}
