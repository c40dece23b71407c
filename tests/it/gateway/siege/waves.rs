//! What comes at a gateway.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::gateway::hostile::shapes::{self, BODY};
use crate::gateway::hostile::{sent, statuses};

const POST: &str = "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\n";

fn asking(text: &str) -> String {
    let stream = r#""stream":true,"#;
    let body = format!(
        r#"{{"model":"big",{stream}"max_tokens":5,"messages":[{{"role":"user","content":"{text}"}}]}}"#
    );
    format!(
        "{POST}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The status of `/healthz`.
pub(super) async fn healthy(address: SocketAddr) -> Option<u16> {
    let request = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    statuses(&sent(address, request).await?).first().copied()
}

/// Every wrong shape, five times, all at once.
pub(super) async fn shapes(address: SocketAddr) {
    let all = (0..5).flat_map(|_| shapes::shapes());
    let mut asking: FuturesUnordered<_> = all
        .map(|shape| async move {
            let told = sent(address, &shape.bytes).await.map(|told| statuses(&told));
            assert!(shape.is_told(told.as_deref()), "{}: {told:?}", shape.name);
        })
        .collect();
    while asking.next().await.is_some() {}
}

/// A connection that ends without waiting for anybody, so that its port is free at once.
async fn open(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address)
        .await
        .expect("a connection: ./siege raises the limit of open files");
    socket.set_zero_linger().expect("set");
    socket
}

/// Connections that say nothing.
pub(super) async fn idle(address: SocketAddr, connections: usize) -> Vec<TcpStream> {
    let mut crowd = Vec::with_capacity(connections);
    for _ in 0..connections {
        crowd.push(open(address).await);
    }
    crowd
}

/// Connections that say something very slowly: heads, and bodies of both kinds.
pub(super) async fn slow(address: SocketAddr, of_each: usize) -> Vec<TcpStream> {
    let beginnings = [
        "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ".to_owned(),
        format!("{POST}content-length: 1000\r\n\r\n"),
        format!("{POST}transfer-encoding: chunked\r\n\r\nff\r\n"),
    ];
    let mut dripping = Vec::with_capacity(3 * of_each);
    for at in 0..3 * of_each {
        let mut socket = open(address).await;
        let beginning = beginnings[at % beginnings.len()].as_bytes();
        socket.write_all(beginning).await.expect("it is taken");
        dripping.push(socket);
    }
    for _ in 0..10 {
        for socket in &mut dripping {
            socket.write_all(b"x").await.expect("it is taken");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    dripping
}

/// Many requests in one write.
pub(super) async fn pipelined(address: SocketAddr, connections: usize) {
    let one = format!("{POST}content-length: {}\r\n\r\n{BODY}", BODY.len());
    let last = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let all = format!("{}{last}", one.repeat(20)).into_bytes();
    for _ in 0..connections.div_ceil(10) {
        let told = sent(address, &all).await.map(|told| statuses(&told));
        assert_eq!(told, Some(vec![200; 21]));
    }
}

/// Bodies that end before they are over, and answers that nobody reads to the end.
pub(super) async fn aborted(address: SocketAddr, times: usize) {
    let upload = format!("{POST}content-length: 1000000\r\n\r\n{}", "x".repeat(300_000));
    let download = asking("slow");
    let mut asking: FuturesUnordered<_> = (0..times)
        .map(|_| async {
            let mut socket = open(address).await;
            socket.write_all(upload.as_bytes()).await.expect("it is taken");
            drop(socket);
            let mut socket = open(address).await;
            socket.write_all(download.as_bytes()).await.expect("it is taken");
            let mut some = [0; 64];
            socket.read_exact(&mut some).await.expect("it begins");
        })
        .collect();
    while asking.next().await.is_some() {}
}

/// Bodies over the limit, of which the length is told, or not.
pub(super) async fn large(address: SocketAddr, times: usize) {
    let size: usize = 33 << 20;
    let body = vec![b'x'; size];
    for _ in 0..times {
        for field in [
            format!("content-length: {size}\r\n\r\n"),
            format!("transfer-encoding: chunked\r\n\r\n{size:x}\r\n"),
        ] {
            let bytes = [POST.as_bytes(), field.as_bytes(), &body].concat();
            let told = sent(address, &bytes).await.map(|told| statuses(&told));
            // Where we are still writing when the gateway closes, the answer may be lost on the way (RFC 9112, 9.6).
            assert!(matches!(told.as_deref(), Some([413] | [])), "{field}: {told:?}");
        }
    }
}

/// An answer of so many megabytes, of which nothing was read for a while.
pub(super) async fn unread(address: SocketAddr, megabytes: usize) -> TcpStream {
    let mut socket = open(address).await;
    let request = asking(&format!("flood {megabytes}"));
    socket.write_all(request.as_bytes()).await.expect("it is taken");
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket
}

/// Reads the rest.
pub(super) async fn read(mut socket: TcpStream, megabytes: usize) {
    let (mut buffer, mut read) = (vec![0; 256 * 1024], 0);
    loop {
        match socket.read(&mut buffer).await.expect("it goes on") {
            0 => break,
            more => read += more,
        }
    }
    assert!(read >= megabytes * 990_000, "{read} bytes of {megabytes} MB");
}
