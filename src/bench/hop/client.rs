//! A client that knows just enough HTTP.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::BenchError;
use super::process::Hop;

/// How many connections ask at once.
const TOGETHER: usize = 32;

/// What is asked.
pub(super) struct Load {
    pub(super) small: Vec<u8>,
    pub(super) large: Vec<u8>,
    pub(super) streamed: Vec<u8>,
}

impl Default for Load {
    fn default() -> Self {
        let asking = |text: &str| {
            let body = format!(
                r#"{{"model":"big","max_tokens":1,"messages":[{{"role":"user","content":"{text}"}}]}}"#
            );
            request(&body)
        };
        Self {
            small: asking("hello"),
            large: asking(&"x".repeat(64 * 1024)),
            streamed: request(r#"{"model":"big","stream":true,"max_tokens":1,"messages":[]}"#),
        }
    }
}

fn request(body: &str) -> Vec<u8> {
    format!(
        "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nanthropic-version: 2023-06-01\r\nx-modelpin-session: bench\r\nuser-agent: bench/1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

struct Wire(TcpStream, Vec<u8>);

impl Wire {
    async fn to(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(stream, Vec::with_capacity(1 << 16)))
    }

    /// Sends a request and reads its whole answer.
    async fn ask(&mut self, request: &[u8]) -> Result<(), BenchError> {
        self.0.write_all(request).await?;
        self.1.clear();
        let mut whole = None;
        loop {
            let end = self.1.windows(4).position(|end| end == b"\r\n\r\n");
            if let (None, Some(head)) = (whole, end) {
                let text = String::from_utf8_lossy(&self.1[..head]).to_ascii_lowercase();
                if !text.starts_with("http/1.1 200") {
                    let status = text.lines().next().unwrap_or_default();
                    return Err(BenchError::Failed(format!("a request was answered by {status}")));
                }
                let length = text.split("content-length: ").nth(1);
                let length = length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
                whole = Some(length.map(|length| head + 4 + length));
            }
            match whole {
                Some(Some(length)) if self.1.len() >= length => return Ok(()),
                Some(None) if self.1.ends_with(b"0\r\n\r\n") => return Ok(()),
                _ => {}
            }
            if self.0.read_buf(&mut self.1).await? == 0 {
                return Err(BenchError::Failed("an answer broke off".to_owned()));
            }
        }
    }
}

/// Microseconds of each of `count` requests, one after the other; sorted.
pub(super) async fn one_by_one(
    address: SocketAddr,
    request: &[u8],
    count: usize,
) -> Result<Vec<f64>, BenchError> {
    let mut wire = Wire::to(address).await?;
    for _ in 0..count / 5 {
        wire.ask(request).await?;
    }
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        wire.ask(request).await?;
        took.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

/// Requests a second over many connections, and microseconds of the hop's own time for each.
pub(super) async fn together(hop: &Hop, request: &[u8], each: usize) -> Result<(f64, f64), BenchError> {
    let (before, begun) = (hop.cpu(), Instant::now());
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..TOGETHER {
        let (address, request) = (hop.address, request.to_vec());
        asking.spawn(async move {
            let mut wire = Wire::to(address).await?;
            for _ in 0..each {
                wire.ask(&request).await?;
            }
            Ok::<_, BenchError>(())
        });
    }
    for asked in asking.join_all().await {
        asked?;
    }
    let (count, seconds) = ((TOGETHER * each) as f64, begun.elapsed().as_secs_f64());
    Ok((count / seconds, (hop.cpu() - before) * 1e6 / count))
}

/// Where so large a part of sorted values is below.
pub(super) fn at(sorted: &[f64], part: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1) as f64 * part) as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}
