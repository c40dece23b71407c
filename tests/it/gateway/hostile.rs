//! Whoever means harm: requests that could be read in two ways, clients that take their time or go away.
//!
//! [`shapes`] has the requests byte for byte; the provider behind keeps what arrives. `siege` does the same to a process of
//! its own, with thousands of connections.

pub(super) mod shapes;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::served::{Served, config};
use super::upstream::{Upstream, whole};
use shapes::{BODY, Shape, shapes};

/// Longer than anything takes that is not stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// Writes all of it, and reads until the other side closes.
pub(super) async fn sent(address: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    let mut told = Vec::new();
    let (mut reader, mut writer) = socket.split();
    // Whoever is refused may not be read to the end.
    let writing = async { drop(writer.write_all(bytes).await) };
    let reading = async { drop(reader.read_to_end(&mut told).await) };
    timeout(PATIENCE, async { tokio::join!(writing, reading) })
        .await
        .ok()?;
    Some(told)
}

/// The statuses of the answers in what was read.
pub(super) fn statuses(told: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(told);
    let lines = text.split("HTTP/1.").skip(1);
    lines.filter_map(|line| line.get(2..5)?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_could_be_read_in_two_ways_is_refused_and_nothing_is_smuggled() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    let address = served.address;
    let asking = shapes().into_iter().map(|shape| async move {
        let told = sent(address, &shape.bytes).await;
        (shape, told)
    });
    let mut passed = 0;
    let mut wrong = Vec::new();
    for (shape, got) in futures_util::future::join_all(asking).await {
        let got = got.map(|got| statuses(&got));
        let Shape { name, bytes, told } = &shape;
        if !shape.is_told(got.as_deref()) {
            wrong.push(format!("{name}: {got:?}, and not {told:?}"));
        }
        let asks = bytes.starts_with(b"POST");
        passed += told.iter().filter(|status| asks && **status == 200).count();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let asked = one.asked();
    assert_eq!(asked.len(), passed, "as many as were answered, and no other");
    for asked in asked {
        assert_eq!(asked.path, "/v1/messages");
        assert_eq!(asked.json()["messages"][0]["content"], "hi");
        for name in ["x-smuggled", "transfer-encoding", "trailer", "te", "connection"] {
            assert!(!asked.headers.contains_key(name), "{name} came through");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_a_request_is_the_next_one() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::start(&config(one.address, one.address)).await;
    let post = format!(
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let last = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let told = sent(served.address, format!("{}{last}", post.repeat(20)).as_bytes()).await;
    let statuses = statuses(&told.expect("it closes"));
    assert_eq!(statuses, vec![200; 21]);
    assert_eq!(one.asked().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_or_says_it_slowly_is_let_go() {
    let one = Upstream::start(|_| whole("hello")).await;
    let served = Served::with(&config(one.address, one.address), |options, _| {
        options.limits.head = Duration::from_millis(200);
        options.limits.upload = Duration::from_millis(200);
    })
    .await;
    let slow = [
        "",
        "\r\n",
        "GET",
        "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx",
        "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 76\r\n\r\n{",
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n4",
    ];
    let waiting = slow.map(|bytes| sent(served.address, bytes.as_bytes()));
    for (bytes, told) in slow.iter().zip(futures_util::future::join_all(waiting).await) {
        assert!(told.is_some(), "{bytes:?} was waited for without an end");
    }
    assert!(one.asked().is_empty());
    // One byte at a time is no progress either: the head as a whole has its time.
    let mut socket = TcpStream::connect(served.address).await.expect("a connection");
    let dripping = async {
        for byte in b"GET /healthz HTTP/1.1\r\nx: "
            .iter()
            .chain(std::iter::repeat(&b'a'))
        {
            if socket.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(PATIENCE, dripping).await.is_ok(), "it drips for ever");
}
