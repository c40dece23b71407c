//! What the gateway adds between a client and a provider, beside a bare proxy of the same library: `cargo bench --bench hop`.
//!
//! Three processes and a client: the provider and the client share a core, what is measured has the other one. The floor is
//! hyper on both sides and nothing in between. Figures are medians of interleaved rounds; read them as ratios.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ROUNDS: usize = 3;
const ANSWER: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"big","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#;
const EVENTS: usize = 20;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let tasks = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match args.iter().position(|arg| arg == "floor" || arg == "upstream") {
        Some(at) if args[at] == "upstream" => tasks.block_on(upstream()),
        Some(at) => tasks.block_on(floor(args[at + 1].parse().expect("an address"))),
        None if args.iter().any(|arg| arg == "--bench") => tasks.block_on(measure()),
        // A test run looks only whether it can be built.
        None => {}
    }
}

type Body = BoxBody<Bytes, hyper::Error>;

async fn listen<F, A>(answer: F)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Result<Response<Body>, Infallible>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let answer = answer.clone();
        tokio::spawn(async move {
            let serve = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            let _ = serve.await;
        });
    }
}

/// Answers at once, or with events one after the other.
async fn upstream() {
    listen(|request: Request<Incoming>| async move {
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        let streams = body.windows(13).any(|part| part == b"\"stream\":true");
        let mut answer = if streams {
            let events = (0..EVENTS).map(|at| {
                let kind = if at == 0 { "message_start" } else { "content_block_delta" };
                let text = format!("event: {kind}\ndata: {{\"type\":\"{kind}\",\"message\":{{}},\"delta\":{{\"type\":\"text_delta\",\"text\":\"word\"}}}}\n\n");
                Ok(Frame::data(Bytes::from(text)))
            });
            Response::new(BodyExt::boxed(StreamBody::new(Steps(events.collect::<Vec<_>>().into_iter(), false))))
        } else {
            Response::new(Full::new(Bytes::from_static(ANSWER.as_bytes())).map_err(|never| match never {}).boxed())
        };
        let kind = if streams { "text/event-stream" } else { "application/json" };
        answer.headers_mut().insert("content-type", HeaderValue::from_static(kind));
        Ok(answer)
    })
    .await;
}

/// Events, each of which goes out before the next one is there.
struct Steps<I>(I, bool);

impl<I: Iterator + Unpin> futures_util::Stream for Steps<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        task: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        self.1 = !self.1;
        if self.1 {
            task.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(self.0.next())
    }
}

/// A proxy that does nothing but pass on.
async fn floor(to: SocketAddr) {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    listen(move |mut request: Request<Incoming>| {
        let client = client.clone();
        async move {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            *request.uri_mut() = format!("http://{to}{path}").parse::<Uri>().expect("an address");
            request.headers_mut().remove("host");
            Ok(client
                .request(request)
                .await
                .expect("an answer")
                .map(BodyExt::boxed))
        }
    })
    .await;
}

/// A process that is measured, on a core of its own.
struct Hop {
    name: &'static str,
    process: Option<Child>,
    address: SocketAddr,
    start: Duration,
    rss: f64,
}

impl Drop for Hop {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

async fn begin(name: &'static str, core: &str, program: &[&str]) -> Hop {
    let begun = Instant::now();
    let mut process = Command::new("taskset")
        .args(["-c", core])
        .args(program)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("taskset (util-linux) starts it");
    let mut line = String::new();
    let out = process.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let address = line.rsplit("http://").next().expect("an address").trim();
    let address: SocketAddr = address.parse().expect("an address");
    drop(TcpStream::connect(address).await.expect("it listens"));
    let start = begun.elapsed();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let rss = rss(process.id());
    Hop {
        name,
        process: Some(process),
        address,
        start,
        rss,
    }
}

fn rss(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// User and system time of a process, in seconds.
fn cpu(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// A client that knows just enough HTTP.
struct Wire(TcpStream, Vec<u8>);

impl Wire {
    async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self(stream, Vec::with_capacity(1 << 16))
    }

    /// Sends a request and reads its whole answer.
    async fn ask(&mut self, request: &[u8]) {
        self.0.write_all(request).await.expect("sent");
        self.1.clear();
        let mut whole = None;
        loop {
            let end = self.1.windows(4).position(|end| end == b"\r\n\r\n");
            if let (None, Some(head)) = (whole, end) {
                let text = String::from_utf8_lossy(&self.1[..head]).to_ascii_lowercase();
                assert!(
                    text.starts_with("http/1.1 200"),
                    "{text} {}",
                    String::from_utf8_lossy(&self.1[head..])
                );
                let length = text.split("content-length: ").nth(1);
                let length = length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
                whole = Some(length.map(|length| head + 4 + length));
            }
            match whole {
                Some(Some(length)) if self.1.len() >= length => return,
                Some(None) if self.1.ends_with(b"0\r\n\r\n") => return,
                _ => {}
            }
            let read = self.0.read_buf(&mut self.1).await.expect("an answer");
            assert!(read > 0, "the answer broke off");
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

/// Microseconds of each of `count` requests, one after the other.
async fn one_by_one(address: SocketAddr, request: &[u8], count: usize) -> Vec<f64> {
    let mut wire = Wire::to(address).await;
    for _ in 0..count / 5 {
        wire.ask(request).await;
    }
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        wire.ask(request).await;
        took.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    took.sort_by(f64::total_cmp);
    took
}

/// Requests a second over 32 connections, and microseconds of the hop's own time for each.
async fn together(hop: &Hop, request: &[u8], each: usize) -> (f64, f64) {
    let before = hop.process.as_ref().map(|process| cpu(process.id()));
    let begun = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (address, request) = (hop.address, request.to_vec());
        asking.spawn(async move {
            let mut wire = Wire::to(address).await;
            for _ in 0..each {
                wire.ask(&request).await;
            }
        });
    }
    asking.join_all().await;
    let (count, seconds) = ((32 * each) as f64, begun.elapsed().as_secs_f64());
    let after = hop.process.as_ref().map(|process| cpu(process.id()));
    let own = before
        .zip(after)
        .map_or(0.0, |(before, after)| (after - before) * 1e6 / count);
    (count / seconds, own)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn at(sorted: &[f64], part: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * part) as usize]
}

const COLUMNS: [&str; 7] = [
    "p50 µs",
    "p99 µs",
    "64 KiB µs",
    "stream µs",
    "req/s c=32",
    "CPU µs/req",
    "",
];

async fn measure() {
    let this = std::env::current_exe().expect("a path").display().to_string();
    let files = tempfile::tempdir().expect("a directory");
    let upstream = begin("direct", "1", &[&this, "upstream"]).await;
    let agent = files.path().join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    let profiles = r#"{"version":1,"profiles":{"one:a":{"type":"api_key","provider":"one","key":"sk-EXAMPLE-bench-key"}}}"#;
    std::fs::write(agent.join("auth-profiles.json"), profiles).expect("written");
    let config = format!(
        r#"{{agents:{{defaults:{{model:"one/big",models:{{"one/big":{{params:{{cacheRetention:"none"}}}}}}}}}},models:{{providers:{{one:{{baseUrl:"http://{}",api:"anthropic-messages"}}}}}}}}"#,
        upstream.address
    );
    std::fs::write(files.path().join("modelpin.json"), config).expect("written");
    let to = upstream.address.to_string();
    let floor = begin("bare hyper proxy", "0", &[&this, "floor", &to]).await;
    let state = files.path().display().to_string();
    let modelpin = env!("CARGO_BIN_EXE_modelpin");
    let gateway = [
        modelpin,
        "gateway",
        "--bind",
        "127.0.0.1:0",
        "--state-dir",
        &state,
    ];
    let gateway = begin("modelpin gateway", "0", &gateway).await;
    let hops = [upstream, floor, gateway];

    let small = request(r#"{"model":"big","max_tokens":1,"messages":[{"role":"user","content":"hello"}]}"#);
    let text = "x".repeat(64 * 1024);
    let large = request(&format!(
        r#"{{"model":"big","max_tokens":1,"messages":[{{"role":"user","content":"{text}"}}]}}"#
    ));
    let streamed = request(r#"{"model":"big","stream":true,"max_tokens":1,"messages":[]}"#);
    let mut seen: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); 6]; hops.len()];
    for _ in 0..ROUNDS {
        for (hop, seen) in hops.iter().zip(&mut seen) {
            let took = one_by_one(hop.address, &small, 3000).await;
            seen[0].push(at(&took, 0.5));
            seen[1].push(at(&took, 0.99));
            seen[2].push(at(&one_by_one(hop.address, &large, 1000).await, 0.5));
            seen[3].push(at(&one_by_one(hop.address, &streamed, 500).await, 0.5));
            let (rate, own) = together(hop, &small, 1000).await;
            seen[4].push(rate);
            seen[5].push(own);
        }
    }
    let figures: Vec<Vec<f64>> = seen
        .into_iter()
        .map(|columns| columns.into_iter().map(median).collect())
        .collect();
    println!(
        "{:<18}{}  start ms  idle MB",
        "",
        COLUMNS.map(|name| format!("{name:>12}")).concat().trim_end()
    );
    for (hop, figures) in hops.iter().zip(&figures) {
        let cells: String = figures.iter().map(|figure| format!("{figure:>12.1}")).collect();
        println!(
            "{:<18}{cells}{:>10.1}{:>9.1}",
            hop.name,
            hop.start.as_secs_f64() * 1e3,
            hop.rss
        );
    }
    println!("\nadded to direct, beside the floor:");
    for (column, name) in COLUMNS.iter().take(4).enumerate() {
        let added = |hop: usize| figures[hop][column] - figures[0][column];
        println!(
            "  {name:<10} floor {:>7.1}  modelpin {:>7.1}  ratio {:.2}",
            added(1),
            added(2),
            added(2) / added(1)
        );
    }
    println!("  req/s      ratio {:.2}", figures[2][4] / figures[1][4]);
    println!("  CPU        ratio {:.2}", figures[2][5] / figures[1][5]);
}
