//! How much is taken.

use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::served::{Served, Told, config};
use super::upstream::{Upstream, event, events, whole};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_whether_its_length_is_told_or_not() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.body = 1000
    })
    .await;
    let long = json!({ "model": "big", "messages": ["x".repeat(1000)] }).to_string();
    let told = Told::of(
        served
            .post("/v1/messages")
            .body(long.clone())
            .send()
            .await
            .expect("an answer"),
    )
    .await;
    assert_eq!(
        (told.status, told.json()["error"]["type"].as_str()),
        (413, Some("request_too_large"))
    );
    let pieces: Vec<_> = long
        .as_bytes()
        .chunks(100)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
        .collect();
    let body = reqwest::Body::wrap_stream(stream::iter(pieces));
    let told = Told::of(
        served
            .post("/v1/chat/completions")
            .body(body)
            .send()
            .await
            .expect("an answer"),
    )
    .await;
    assert_eq!(
        (told.status, told.json()["error"]["code"].as_str()),
        (413, Some("body-too-long"))
    );
    assert!(one.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_there_are_places_are_told_to_come_again() {
    let one = Upstream::start(|_| {
        let start = event(&json!({ "type": "message_start", "message": {} }));
        let never = stream::unfold(Some(start), |start| async move {
            match start {
                Some(start) => Some((Ok::<_, std::io::Error>(start), None)),
                None => std::future::pending().await,
            }
        });
        events(Body::from_stream(never))
    })
    .await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.in_flight = 1
    })
    .await;
    let body = json!({ "model": "big", "stream": true, "messages": [] }).to_string();
    let mut first = served
        .post("/v1/messages")
        .body(body.clone())
        .send()
        .await
        .expect("an answer");
    first.chunk().await.expect("a piece");
    let told = served.ask("b", "big").await;
    assert_eq!(
        (told.status, told.header("retry-after")),
        (503, "1"),
        "{}",
        told.text
    );
    // The place is free again as soon as the answer is over.
    drop(first);
    loop {
        let answer = served
            .post("/v1/messages")
            .body(body.clone())
            .send()
            .await
            .expect("an answer");
        if answer.status() == 200 {
            break;
        }
        tokio::task::yield_now().await;
    }
}

async fn raw(served: &Served, text: &str) -> String {
    let mut stream = TcpStream::connect(served.address).await.expect("a connection");
    // Whoever is refused early may find the connection closed before everything is written.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_at_most_a_hundred_fields_and_64_kib() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    let head = |fields: usize| {
        let more: String = (0..fields).map(|at| format!("x-f{at}: 1\r\n")).collect();
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
    };
    assert!(raw(&served, &head(98)).await.starts_with("HTTP/1.1 200"));
    assert!(raw(&served, &head(99)).await.starts_with("HTTP/1.1 431"));
    let long = format!(
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: {}\r\n\r\n",
        "y".repeat(70_000)
    );
    assert!(raw(&served, &long).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_or_never_ends_is_let_go() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.head = Duration::from_millis(100);
        options.limits.upload = Duration::from_millis(100);
    })
    .await;
    assert_eq!(raw(&served, "").await, "");
    let begun = raw(&served, "GET /healthz HTTP/1.1\r\nhost: loc").await;
    assert!(begun.is_empty() || begun.starts_with("HTTP/1.1 408"), "{begun}");
    let slow =
        "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\nconnection: close\r\n\r\n{";
    assert!(raw(&served, slow).await.starts_with("HTTP/1.1 504"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_there_is_no_room_for_waits_and_is_told_to_come_again() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.bodies = 512 * 1024;
        options.limits.upload = Duration::from_millis(300);
    })
    .await;
    let body = |length: usize| json!({ "model": "big", "messages": ["x".repeat(length)] }).to_string();
    let told = Told::of(
        served
            .post("/v1/messages")
            .body(body(700_000))
            .send()
            .await
            .expect("an answer"),
    )
    .await;
    assert_eq!(
        (told.status, told.json()["error"]["code"].as_str()),
        (503, Some("no-room"))
    );
    assert_eq!(told.header("retry-after"), "1");
    // What it had is free again: as many as fit one after the other are sent.
    for _ in 0..4 {
        let request = served.post("/v1/messages").body(body(400_000));
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    assert_eq!(one.asked().len(), 4);
}
