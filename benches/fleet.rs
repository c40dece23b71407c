//! Several gateways over one Redis: when a pin of one is seen by another, that no request waits for Redis, and what more
//! gateways serve: `cargo bench --bench fleet`.
//!
//! Everything is real: processes of the gateway, a `redis-server` of its own, a provider on loopback. Client, provider and
//! gateways share the cores of the machine: read the figures of one run as ratios. `cargo test` only builds it.

#![allow(clippy::print_stdout)] // It prints what it measured.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[path = "../tests/it/fleet/server.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod server;

use server::{KEY, Server};

/// How many pins are made and waited for.
const PINS: usize = 1_000;
/// How many requests are made one after the other.
const REQUESTS: usize = 1_000;
/// How many connections ask at once, and how much each.
const TOGETHER: (usize, usize) = (32, 300);
/// How often each is measured, one after the other.
const ROUNDS: usize = 3;

fn main() {
    // A test run looks only whether it can be built.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let tasks = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // The provider has a thread of its own.
    let provider = std::thread::spawn(|| {
        let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let tasks = tasks.expect("a runtime");
        let listener = tasks.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        (tasks, listener.expect("a port"))
    });
    let (provide, listener) = provider.join().expect("it does not panic");
    let at = listener.local_addr().expect("an address");
    std::thread::spawn(move || provide.block_on(serve(listener)));
    tasks.block_on(measure(at));
}

/// A provider that always says the same.
async fn serve(listener: TcpListener) {
    const BODY: &str = r#"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#;
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut wire = Wire::over(stream);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
                BODY.len()
            );
            while wire.read().await.is_some() {
                if wire.stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// A gateway, until it is dropped.
struct Gateway {
    process: Child,
    at: SocketAddr,
    _dir: tempfile::TempDir,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        let (_gone, _end) = (self.process.kill(), self.process.wait());
    }
}

impl Gateway {
    fn start(provider: SocketAddr, store: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), provider, store);
        let mut process = Command::new(env!("CARGO_BIN_EXE_modelpin"))
            .arg("--state-dir")
            .arg(dir.path())
            .args(["gateway", "--bind", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).expect("a line");
        }
        let at = line
            .rsplit("http://")
            .next()
            .and_then(|at| at.trim().parse().ok());
        Self {
            process,
            at: at.expect("it tells where it listens"),
            _dir: dir,
        }
    }

    /// User and system time so far, in microseconds. Source: proc_pid_stat(5), with 100 ticks a second.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after.split_whitespace().skip(11).take(2);
        ticks.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() * 10_000.0
    }
}

fn write(dir: &Path, provider: SocketAddr, store: &str) {
    let agent = dir.join("agents/main/agent");
    std::fs::create_dir_all(&agent).expect("a folder");
    let profile = |name: &str| {
        format!(
            r#""one:{name}":{{"type":"api_key","provider":"one","key":"sk-ant-api03-EXAMPLE-bench-{name}"}}"#
        )
    };
    let profiles = format!(
        r#"{{"version":1,"profiles":{{{},{}}}}}"#,
        profile("a"),
        profile("b")
    );
    std::fs::write(agent.join("auth-profiles.json"), profiles).expect("written");
    let config = format!(
        r#"{{agents:{{defaults:{{model:"one/big",models:{{"one/big":{{alias:"big",params:{{cacheRetention:"none"}}}}}}}}}},models:{{providers:{{one:{{baseUrl:"http://{provider}",api:"anthropic-messages"}}}}}},store:{store}}}"#
    );
    std::fs::write(dir.join("modelpin.json"), config).expect("written");
}

/// A client that knows just enough HTTP.
struct Wire {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Wire {
    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            bytes: Vec::new(),
        }
    }

    async fn to(at: SocketAddr) -> Self {
        Self::over(TcpStream::connect(at).await.expect("it listens"))
    }

    /// Reads one message with a length; tells where its body begins.
    async fn read(&mut self) -> Option<usize> {
        self.bytes.clear();
        loop {
            let end = self.bytes.windows(4).position(|end| end == b"\r\n\r\n");
            if let Some(end) = end {
                let head = String::from_utf8_lossy(&self.bytes[..end]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1);
                let length = length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
                if self.bytes.len() >= end + 4 + length.unwrap_or(0) {
                    return Some(end + 4);
                }
            }
            if self.stream.read_buf(&mut self.bytes).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn ask(&mut self, request: &[u8]) -> &str {
        self.stream.write_all(request).await.expect("it listens");
        let body = self.read().await.expect("an answer");
        assert!(
            self.bytes.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        std::str::from_utf8(&self.bytes[body..]).expect("text")
    }
}

fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-modelpin-session: bench\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn request() -> Vec<u8> {
    post(
        "/v1/messages",
        r#"{"model":"big","max_tokens":1,"messages":[{"role":"user","content":"hello"}]}"#,
    )
}

fn told(name: &str, mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    let [p50, p99, most] = [0.5, 0.99, 1.0].map(at);
    println!(
        "{name:<52}p50 {:>8.3} ms  p99 {:>8.3} ms  most {:>8.3} ms",
        p50.as_secs_f64() * 1e3,
        p99.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3
    );
    p50
}

async fn measure(provider: SocketAddr) {
    let Some(server) = Server::start() else { return };
    let redis = format!(r#"{{kind:"redis",url:"{}",key:"{KEY}"}}"#, server.url());
    let gateways: Vec<Gateway> = (0..3).map(|_| Gateway::start(provider, &redis)).collect();
    visible(&gateways[0], &gateways[1]).await;
    no_round_trip(&server, &gateways[0]).await;
    let alone = Gateway::start(provider, r#"{kind:"sqlite"}"#);
    idle(&gateways[0], &alone).await;
    let mut figures: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for (name, some) in [
            ("0 alone, its pins in SQLite", std::slice::from_ref(&alone)),
            ("1 gateway over Redis", &gateways[..1]),
            ("2 gateways over Redis", &gateways[..2]),
            ("3 gateways over Redis", &gateways[..]),
        ] {
            figures.entry(name).or_default().push(together(some).await);
        }
    }
    for (name, mut rounds) in figures {
        rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (rate, own) = rounds[rounds.len() / 2];
        println!("{name:<52}{rate:>8.0} requests/s, {own:>6.1} µs of their own time for each");
    }
}

/// A pin that is made through one gateway, until the other one says it.
async fn visible(here: &Gateway, there: &Gateway) {
    let (mut say, mut look) = (Wire::to(here.at).await, Wire::to(there.at).await);
    let question = b"GET /v1/sessions/seen HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let (mut made, mut seen, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..PINS {
        let profile = ["one:a", "one:b"][number % 2];
        let command =
            format!(r#"{{"session":"seen","actor":"ann","surface":"text","text":"/model big@{profile}"}}"#);
        let command = post("/v1/chat/handle", &command);
        let begun = Instant::now();
        let reply = say.ask(&command).await;
        assert!(reply.contains("\"changed\""), "{reply}");
        let kept = begun.elapsed();
        let wanted = format!("\"profile\":\"{profile}\"");
        loop {
            let told = look.ask(question).await;
            let pins = told.split("\"pins\"").nth(1).unwrap_or_default();
            if pins.contains(&wanted) {
                break;
            }
        }
        let all = begun.elapsed();
        made.push(kept);
        seen.push(all - kept);
        whole.push(all);
    }
    told("a pin is kept", made);
    told("after the reply another gateway shows it", seen);
    told("a pin is asked for, and shown by another gateway", whole);
}

/// What a gateway takes of a core when nothing happens.
async fn idle(gateway: &Gateway, alone: &Gateway) {
    const WATCHED: Duration = Duration::from_secs(5);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = (gateway.cpu(), alone.cpu());
    tokio::time::sleep(WATCHED).await;
    let part = |before: f64, now: f64| (now - before) / WATCHED.as_secs_f64() / 1e4;
    println!(
        "idle: over Redis {:.2} % of a core, alone {:.2} %",
        part(before.0, gateway.cpu()),
        part(before.1, alone.cpu())
    );
}

async fn one_by_one(at: SocketAddr) -> Vec<Duration> {
    let (mut wire, request, mut took) = (Wire::to(at).await, request(), Vec::new());
    for number in 0..REQUESTS + REQUESTS / 5 {
        let begun = Instant::now();
        wire.ask(&request).await;
        if number >= REQUESTS / 5 {
            took.push(begun.elapsed());
        }
    }
    took
}

/// How often each command was given, as Redis counts.
async fn commands(server: &Server) -> BTreeMap<String, u64> {
    let told: String = server.ask(&["INFO", "commandstats"]).await;
    let one = |line: &str| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
    };
    told.lines().filter_map(one).collect()
}

/// What is asked of Redis during requests is what is asked without them, and a Redis that says nothing changes nothing.
async fn no_round_trip(server: &Server, gateway: &Gateway) {
    let before = commands(server).await;
    let begun = Instant::now();
    let running = told("a request, Redis running", one_by_one(gateway.at).await);
    let (busy, after) = (begun.elapsed(), commands(server).await);
    tokio::time::sleep(busy).await;
    let idle = commands(server).await;
    let more = |from: &BTreeMap<String, u64>, to: &BTreeMap<String, u64>| {
        let each = to
            .iter()
            .map(|(name, count)| (name.clone(), count - from.get(name).copied().unwrap_or(0)));
        let some = each.filter(|(name, count)| *count > 0 && name != "info" && !name.starts_with("client"));
        some.map(|(name, count)| format!("{name} {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    println!(
        "commands of all gateways during {REQUESTS} requests, {:.0} ms: {}",
        busy.as_secs_f64() * 1e3,
        more(&before, &after)
    );
    println!("commands in the same time without one: {}", more(&after, &idle));
    server.freeze();
    let frozen = told("a request, Redis frozen", one_by_one(gateway.at).await);
    server.thaw();
    println!(
        "frozen to running: {:.2}",
        frozen.as_secs_f64() / running.as_secs_f64()
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Requests a second over many connections, and the gateways' own microseconds for each.
async fn together(gateways: &[Gateway]) -> (f64, f64) {
    let cpu = || gateways.iter().map(Gateway::cpu).sum::<f64>();
    let (before, begun) = (cpu(), Instant::now());
    let (connections, each) = TOGETHER;
    let asking = (0..connections).map(|number| {
        let (at, request) = (gateways[number % gateways.len()].at, request());
        async move {
            let mut wire = Wire::to(at).await;
            for _ in 0..each {
                wire.ask(&request).await;
            }
        }
    });
    futures_util::future::join_all(asking).await;
    let count = (connections * each) as f64;
    (count / begun.elapsed().as_secs_f64(), (cpu() - before) / count)
}
