//! Streams: as they come, no faster than they are read, and over when nobody reads them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use serde_json::json;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::served::{Served, config};
use super::upstream::{Upstream, event, events};

fn body() -> String {
    json!({ "model": "big", "stream": true, "max_tokens": 1, "messages": [] }).to_string()
}

/// Asks for a stream; its head is there.
async fn streamed(served: &Served) -> reqwest::Response {
    let request = served.post("/v1/messages").body(body());
    request.send().await.expect("an answer")
}

fn start() -> String {
    event(&json!({ "type": "message_start", "message": { "id": "m" } }))
}

fn word(text: &str) -> String {
    event(
        &json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text } }),
    )
}

/// A provider that streams what is sent to the returned end.
async fn fed() -> (Upstream, mpsc::Sender<String>) {
    let (feed, fed) = mpsc::channel::<String>(16);
    let fed = Arc::new(Mutex::new(fed));
    let upstream = Upstream::start(move |_| {
        let fed = Arc::clone(&fed);
        events(Body::from_stream(stream::unfold(fed, |fed| async move {
            let piece = fed.lock().await.recv().await?;
            Some((Ok::<_, std::io::Error>(piece), fed))
        })))
    })
    .await;
    (upstream, feed)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_arrives_before_the_next_one_is_sent() {
    let (one, feed) = fed().await;
    let served = Served::start(&config(one.address, one.address)).await;
    feed.send(start()).await.expect("it is asked");
    let mut answer = streamed(&served).await;
    assert_eq!(answer.chunk().await.expect("a piece"), Some(Bytes::from(start())));
    for text in ["one", "two", "three"] {
        feed.send(word(text)).await.expect("it is read");
        assert_eq!(
            answer.chunk().await.expect("a piece"),
            Some(Bytes::from(word(text)))
        );
    }
    drop(feed);
    assert_eq!(answer.chunk().await.expect("the end"), None);
}

/// Tells when it is dropped.
struct Held(Option<oneshot::Sender<()>>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.take().map(|tell| tell.send(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_ends_the_request_at_the_provider() {
    let (tell, dropped) = oneshot::channel();
    let held = std::sync::Mutex::new(Some(Held(Some(tell))));
    let one = Upstream::start(move |_| {
        let held = held.lock().expect("whole").take().expect("it is asked once");
        let pieces = stream::unfold((Some(start()), held), |(start, held)| async move {
            match start {
                Some(start) => Some((Ok::<_, std::io::Error>(start), (None, held))),
                None => std::future::pending().await,
            }
        });
        events(Body::from_stream(pieces))
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let mut answer = streamed(&served).await;
    answer.chunk().await.expect("a piece");
    drop(answer);
    dropped.await.expect("the provider is let go");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_ahead_of_a_slow_client() {
    const PIECE: usize = 64 * 1024;
    const ALL: usize = 4096;
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let one = Upstream::start(move |_| {
        let sent = Arc::clone(&counted);
        let pieces = stream::unfold(0, move |at| {
            let sent = Arc::clone(&sent);
            async move {
                sent.fetch_add(1, Ordering::SeqCst);
                let piece = if at == 0 {
                    start()
                } else {
                    format!(":{}\n\n", "x".repeat(PIECE))
                };
                (at < ALL).then(|| (Ok::<_, std::io::Error>(piece), at + 1))
            }
        });
        events(Body::from_stream(pieces))
    })
    .await;
    let served = Served::start(&config(one.address, one.address)).await;
    let mut answer = streamed(&served).await;
    answer.chunk().await.expect("a piece");
    // It stands still, long before everything has come: what the sockets hold is all that was taken.
    let mut before = usize::MAX;
    while before != sent.load(Ordering::SeqCst) {
        before = sent.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(before < ALL / 4, "{before} pieces of {ALL} were taken");
    let mut length = 0;
    while let Some(piece) = answer.chunk().await.expect("a piece") {
        length += piece.len();
    }
    assert!(length > PIECE * (ALL - 1), "{length}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_streams_end_and_takes_nothing_new() {
    let (one, feed) = fed().await;
    let mut served = Served::start(&config(one.address, one.address)).await;
    feed.send(start()).await.expect("it is asked");
    let mut answer = streamed(&served).await;
    answer.chunk().await.expect("a piece");
    served.stop();
    let address = served.address;
    let (done, finished) = oneshot::channel();
    tokio::spawn(async move {
        served.ended().await;
        let _ = done.send(());
    });
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    feed.send(word("last")).await.expect("it is read");
    assert_eq!(
        answer.chunk().await.expect("a piece"),
        Some(Bytes::from(word("last")))
    );
    drop(feed);
    assert_eq!(answer.chunk().await.expect("the end"), None);
    finished.await.expect("it stops when the stream is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_does_not_end_is_broken_off_after_the_grace() {
    let (one, feed) = fed().await;
    let mut served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.grace = Duration::from_millis(50);
    })
    .await;
    feed.send(start()).await.expect("it is asked");
    let mut answer = streamed(&served).await;
    answer.chunk().await.expect("a piece");
    served.stop();
    served.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_falls_silent_ends_the_answer_as_broken() {
    let (one, feed) = fed().await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.provider.idle = Duration::from_millis(100);
    })
    .await;
    feed.send(start()).await.expect("it is asked");
    let mut answer = streamed(&served).await;
    answer.chunk().await.expect("a piece");
    assert!(answer.chunk().await.is_err(), "it is not taken for whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_connections_that_say_nothing() {
    let (one, _feed) = fed().await;
    let mut served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.head = Duration::from_secs(3600);
        options.limits.grace = Duration::from_secs(3600);
    })
    .await;
    let silent = tokio::net::TcpStream::connect(served.address).await;
    // Connections are taken in one after the other: that one is in when this one was answered.
    let request = served.get("/healthz").header("connection", "close");
    assert_eq!(request.send().await.expect("an answer").status(), 200);
    served.stop();
    served.ended().await;
    drop(silent);
}
