//! What passes through goes on connections that are kept: used again, and never twice for one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use modelpin::wire::{Broken, Client, Failure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::client;

/// What a provider does with a connection after it has read a request.
#[derive(Debug, Clone, Copy)]
enum Does {
    /// Answers, and keeps it open.
    Answers,
    /// Answers in chunks, and keeps it open.
    AnswersInChunks,
    /// Answers, and closes it without a word.
    AnswersAndCloses,
    /// Closes it without an answer.
    Closes,
    /// Begins an answer that never ends.
    Begins,
}

/// A provider that tells of each request, by the number of its connection, and of each end of one.
struct Provider {
    address: String,
    requests: mpsc::UnboundedReceiver<(usize, String)>,
    ends: mpsc::UnboundedReceiver<usize>,
}

impl Provider {
    async fn start(does: impl Fn(usize) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (told, requests) = mpsc::unbounded_channel();
        let (ended, ends) = mpsc::unbounded_channel();
        let (does, asked) = (Arc::new(does), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (told, ended) = (told.clone(), ended.clone());
                let (does, asked) = (Arc::clone(&does), Arc::clone(&asked));
                tokio::spawn(async move {
                    let next = || does(asked.fetch_add(1, Ordering::Relaxed));
                    talk(stream, number, &told, next).await;
                    let _ = ended.send(number);
                });
            }
        });
        Self {
            address,
            requests,
            ends,
        }
    }

    /// The connections of all requests so far.
    fn connections(&mut self) -> Vec<usize> {
        std::iter::from_fn(|| self.requests.try_recv().ok())
            .map(|(connection, _)| connection)
            .collect()
    }
}

async fn talk(
    mut stream: TcpStream,
    number: usize,
    told: &mpsc::UnboundedSender<(usize, String)>,
    next: impl Fn() -> Does,
) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\nbody") {
            match stream.read_buf(&mut head).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let _ = told.send((number, String::from_utf8_lossy(&head).into_owned()));
        let does = next();
        let answer: &[u8] = match does {
            Does::Closes => return,
            Does::Begins => b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel",
            Does::AnswersInChunks => {
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            }
            Does::Answers | Does::AnswersAndCloses => b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        };
        if stream.write_all(answer).await.is_err() || matches!(does, Does::AnswersAndCloses) {
            return;
        }
    }
}

fn request(address: &str) -> Request<Bytes> {
    let request = Request::post(format!("http://{address}/v1/messages?x=1")).header("content-length", "4");
    request.body(Bytes::from_static(b"body")).expect("a request")
}

async fn ask(client: &Client, address: &str) -> Result<Bytes, Failure> {
    let answer = client.forward(request(address), None).await?;
    Ok(answer.into_body().collect().await?.to_bytes())
}

/// What the system had to tell of connections until now has been heard.
async fn the_system_is_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (there, here) = tokio::join!(TcpStream::connect(address), listener.accept());
    drop((there.expect("a connection"), here.expect("a connection")));
}

#[tokio::test]
async fn requests_one_after_the_other_share_a_connection_and_name_the_host() {
    for does in [Does::Answers, Does::AnswersInChunks] {
        let mut provider = Provider::start(move |_| does).await;
        let client = client();
        for _ in 0..5 {
            assert_eq!(ask(&client, &provider.address).await.expect("an answer"), "hello");
        }
        let (connection, head) = provider.requests.recv().await.expect("a request");
        assert_eq!(connection, 0);
        assert!(head.starts_with("POST /v1/messages?x=1 HTTP/1.1\r\n"), "{head}");
        let host = format!("\r\nhost: {}\r\n", provider.address);
        assert!(head.contains(&host), "{head}");
        assert_eq!(provider.connections(), [0; 4], "{does:?}");
    }
}

#[tokio::test]
async fn requests_at_the_same_time_have_a_connection_each() {
    let mut provider = Provider::start(|_| Does::Answers).await;
    let client = client();
    let (one, other) = tokio::join!(
        client.forward(request(&provider.address), None),
        client.forward(request(&provider.address), None),
    );
    let mut connections = provider.connections();
    connections.sort_unstable();
    assert_eq!(connections, [0, 1]);
    for answer in [one, other] {
        let body = answer.expect("an answer").into_body().collect().await;
        assert_eq!(body.expect("a body").to_bytes(), "hello");
    }
}

#[tokio::test]
async fn a_connection_that_the_provider_closed_meanwhile_costs_nobody_a_request() {
    let mut provider = Provider::start(|_| Does::AnswersAndCloses).await;
    let client = client();
    for number in 0..5 {
        assert_eq!(ask(&client, &provider.address).await.expect("an answer"), "hello");
        // It is closed before the next request.
        assert_eq!(provider.ends.recv().await, Some(number));
        the_system_is_heard().await;
    }
    assert_eq!(provider.connections(), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_request_that_was_read_is_not_sent_again() {
    let does = |number| if number == 1 { Does::Closes } else { Does::Answers };
    let mut provider = Provider::start(does).await;
    let client = client();
    assert_eq!(ask(&client, &provider.address).await.expect("an answer"), "hello");
    // The second one goes out on the kept connection, and is lost with it.
    let lost = ask(&client, &provider.address).await.expect_err("nobody answers");
    let is_cut_off = matches!(
        &lost,
        Failure::Transport {
            broken: Broken::CutOff,
            ..
        }
    );
    assert!(is_cut_off, "{lost:?}");
    assert_eq!(provider.connections(), [0, 0]);
    assert_eq!(ask(&client, &provider.address).await.expect("an answer"), "hello");
    assert_eq!(provider.connections(), [1]);
}

#[tokio::test]
async fn an_answer_that_is_dropped_in_the_middle_closes_its_connection() {
    let does = |number| if number == 0 { Does::Begins } else { Does::Answers };
    let mut provider = Provider::start(does).await;
    let client = client();
    let mut answer = client
        .forward(request(&provider.address), None)
        .await
        .expect("an answer");
    let frame = answer
        .body_mut()
        .frame()
        .await
        .expect("a frame")
        .expect("a piece");
    assert_eq!(frame.into_data().expect("data"), "hel");
    drop(answer);
    assert_eq!(provider.ends.recv().await, Some(0));
    assert_eq!(ask(&client, &provider.address).await.expect("an answer"), "hello");
    assert_eq!(provider.connections(), [0, 1]);
}

#[tokio::test]
async fn a_request_that_is_dropped_closes_its_connection() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let request = request(&silent.local_addr().expect("an address").to_string());
    let client = client();
    let asking = tokio::spawn(async move { client.forward(request, None).await.map(drop) });
    let (mut stream, _) = silent.accept().await.expect("a connection");
    let mut read = Vec::new();
    while !read.ends_with(b"body") {
        assert!(stream.read_buf(&mut read).await.expect("bytes") > 0);
    }
    asking.abort();
    let rest = stream.read_to_end(&mut Vec::new()).await;
    assert!(matches!(rest, Ok(0)), "{rest:?}");
}
