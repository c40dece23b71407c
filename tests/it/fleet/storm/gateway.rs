//! Gateways as processes of their own, and the nginx before them.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::world::World;

/// A running gateway, with a state directory of its own.
pub(super) struct Gateway {
    pub(super) at: SocketAddr,
    child: Child,
    ears: [JoinHandle<()>; 2],
    _dir: tempfile::TempDir,
}

impl Gateway {
    pub(super) async fn start(world: &World, provider: SocketAddr, redis: SocketAddr) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        world.write(dir.path(), provider, redis);
        let mut child = Command::new(env!("CARGO_BIN_EXE_modelpin"))
            .arg("--state-dir")
            .arg(dir.path())
            .args(["-v", "gateway", "--bind", "127.0.0.1:0"])
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let err = listen(world, "log", child.stderr.take().expect("a pipe"));
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let read = timeout(Duration::from_secs(60), out.read_line(&mut line)).await;
        assert!(matches!(read, Ok(Ok(1..))), "a gateway does not start");
        let at = line.trim().rsplit_once("//").and_then(|(_, at)| at.parse().ok());
        Self {
            at: at.expect("an address"),
            child,
            ears: [err, listen(world, "output", out)],
            _dir: dir,
        }
    }

    /// Whether it has not ended by itself.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it, when all that it wrote was heard.
    pub(super) async fn stop(mut self) {
        self.child.kill().await.expect("it is there");
        for ear in self.ears {
            let _heard = timeout(Duration::from_secs(5), ear).await;
        }
    }
}

fn listen(
    world: &World,
    name: &'static str,
    from: impl AsyncRead + Unpin + Send + 'static,
) -> JoinHandle<()> {
    let world = world.clone();
    tokio::spawn(async move {
        let (mut lines, mut line) = (BufReader::new(from), Vec::new());
        while lines
            .read_until(b'\n', &mut line)
            .await
            .is_ok_and(|read| read > 0)
        {
            world.heard(name, &line);
            let text = String::from_utf8_lossy(&line);
            if text.contains("panicked at") {
                world.panicked(&text);
            }
            world.remember(&text);
            line.clear();
        }
    })
}

/// An nginx that sends neighbours of one chat to different gateways.
pub(super) struct Balancer {
    pub(super) at: SocketAddr,
    _process: Child,
    _dir: tempfile::TempDir,
}

impl Balancer {
    /// Whether there is an nginx; else a word.
    #[expect(clippy::print_stderr, reason = "the runner shows what is passed over")]
    pub(super) fn is_here() -> bool {
        let told = std::process::Command::new("nginx")
            .arg("-v")
            .stderr(Stdio::null())
            .status();
        if told.is_err() {
            eprintln!("passed over: nginx is not installed; `./test` installs it");
        }
        told.is_ok()
    }

    pub(super) async fn start(gateways: &[SocketAddr]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        for _ in 0..5 {
            let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
            let at = free.local_addr().expect("an address");
            drop(free);
            let file = dir.path().join("nginx.conf");
            std::fs::write(&file, config(dir.path(), at, gateways)).expect("written");
            let mut process = Command::new("nginx")
                .arg("-e")
                .arg("stderr")
                .arg("-p")
                .arg(dir.path())
                .arg("-c")
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .expect("nginx starts");
            for _ in 0..200 {
                if tokio::net::TcpStream::connect(at).await.is_ok() {
                    return Self {
                        at,
                        _process: process,
                        _dir: dir,
                    };
                }
                if process.try_wait().is_ok_and(|end| end.is_some()) {
                    // Somebody else took the port.
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        panic!("nginx does not come up");
    }
}

fn config(dir: &std::path::Path, at: SocketAddr, gateways: &[SocketAddr]) -> String {
    let dir = dir.display();
    let servers: String = gateways
        .iter()
        .map(|gateway| format!("server {gateway} max_fails=0; "))
        .collect();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {dir}/{kind}; "))
        .concat();
    format!(
        "daemon off; master_process off; worker_processes 1; pid {dir}/pid; error_log stderr crit;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; {temporary}\n\
         upstream gateways {{ {servers} keepalive 64; }}\n\
         server {{ listen {at}; location / {{\n\
         proxy_pass http://gateways; proxy_http_version 1.1; proxy_set_header Connection \"\";\n\
         proxy_set_header Host $http_host; proxy_next_upstream off; proxy_buffering off;\n\
         add_header x-storm-gateway $upstream_addr always; }} }} }}\n"
    )
}
