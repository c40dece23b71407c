//! Gateways as processes of their own, and one-shot commands: everything that they write is looked through.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::log::{Log, What};
use super::world::Secrets;

/// Where what is written is told.
#[derive(Debug, Clone)]
pub(super) struct Ears {
    pub(super) log: Log,
    pub(super) secrets: Secrets,
    last: Arc<Mutex<VecDeque<String>>>,
}

/// So many lines of logs are kept.
const KEPT: usize = 5_000;

impl Ears {
    pub(super) fn new(log: &Log, secrets: &Secrets) -> Self {
        Self {
            log: log.clone(),
            secrets: secrets.clone(),
            last: Arc::default(),
        }
    }

    /// The last lines of the gateways' logs that have one of these words; all, if there are none.
    pub(super) fn last(&self, words: &[String]) -> Vec<String> {
        let last = self.last.lock().expect("whole");
        let with = |line: &&String| words.is_empty() || words.iter().any(|word| line.contains(word));
        last.iter().filter(with).cloned().collect()
    }

    fn listen(&self, name: &str, from: impl AsyncRead + Unpin + Send + 'static) -> JoinHandle<()> {
        let (ears, name) = (self.clone(), name.to_owned());
        tokio::spawn(async move {
            let mut lines = BufReader::new(from);
            let mut line = Vec::new();
            while lines
                .read_until(b'\n', &mut line)
                .await
                .is_ok_and(|read| read > 0)
            {
                ears.heard(&name, &line);
                // What is found to hold a secret is judged, and is not kept.
                let mut last = ears.last.lock().expect("whole");
                if last.len() == KEPT {
                    last.pop_front();
                }
                last.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
                line.clear();
            }
        })
    }

    pub(super) fn heard(&self, name: &str, bytes: &[u8]) {
        self.secrets.look(name, bytes);
        let text = String::from_utf8_lossy(bytes);
        if text.contains("panicked at") {
            self.log.add(What::Panicked(text.into_owned()));
        }
    }
}

/// A running gateway.
pub(super) struct Gateway {
    pub(super) address: SocketAddr,
    child: Child,
    ears: [JoinHandle<()>; 2],
    log: Log,
}

impl Gateway {
    /// Starts one. Nothing if it ends without listening.
    pub(super) async fn start(dir: &Path, ears: &Ears) -> Option<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_modelpin"))
            .arg("--state-dir")
            .arg(dir)
            .args(["-v", "gateway", "--bind", "127.0.0.1:0"])
            .env_remove("RUST_LOG")
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let err = ears.listen("log of a gateway", child.stderr.take().expect("a pipe"));
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let read = timeout(Duration::from_secs(60), out.read_line(&mut line)).await;
        let address = line.trim().rsplit_once("//").and_then(|(_, at)| at.parse().ok());
        let (Ok(Ok(_)), Some(address)) = (read, address) else {
            let _ = child.kill().await;
            let _ = timeout(Duration::from_secs(5), err).await;
            return None;
        };
        ears.log.add(What::Started);
        let out = ears.listen("output of a gateway", out);
        Some(Self {
            address,
            child,
            ears: [out, err],
            log: ears.log.clone(),
        })
    }

    /// `kill -9`.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.expect("killed");
        self.log.add(What::Killed);
        self.heard().await;
    }

    /// `SIGTERM`, and waits until it has ended.
    pub(super) async fn stop(mut self) {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.is_ok_and(|told| told.success()));
        let ended = timeout(Duration::from_secs(40), self.child.wait()).await;
        let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
        self.log.add(What::Stopped { code });
        let _ = self.child.kill().await;
        self.heard().await;
    }

    async fn heard(self) {
        for ear in self.ears {
            let _ = timeout(Duration::from_secs(5), ear).await;
        }
    }

    /// Whether it has not ended by itself.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Bytes of memory that are its own and in use, and files that it has open.
    pub(super) fn size(&self) -> Option<(u64, usize)> {
        let of = format!("/proc/{}", self.child.id()?);
        let status = std::fs::read_to_string(format!("{of}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        let files = std::fs::read_dir(format!("{of}/fd")).ok()?.count();
        Some((kib * 1024, files))
    }
}

/// What a command did.
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) out: String,
}

/// Runs `modelpin` once; kills it after `patience`.
pub(super) async fn run(dir: &Path, words: &[&str], input: &str, ears: &Ears, patience: Duration) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_modelpin"))
        .arg("--state-dir")
        .arg(dir)
        .args(words)
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut to = child.stdin.take().expect("a pipe");
    let _ = to.write_all(input.as_bytes()).await;
    drop(to);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut from = (
        child.stdout.take().expect("a pipe"),
        child.stderr.take().expect("a pipe"),
    );
    let ended = timeout(patience, async {
        let (_, _) = tokio::join!(from.0.read_to_end(&mut out), from.1.read_to_end(&mut err));
        child.wait().await
    })
    .await;
    let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
    let _ = child.kill().await;
    let name = format!("output of modelpin {}", words.join(" "));
    ears.heard(&name, &out);
    ears.heard(&name, &err);
    Ran {
        code,
        out: String::from_utf8_lossy(&out).into_owned(),
    }
}
