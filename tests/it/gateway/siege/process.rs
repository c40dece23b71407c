//! The gateway as a process of its own, and how much memory it has.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::gateway::served::profiles;

/// A running gateway. It ends when this is dropped.
pub(super) struct Gateway {
    pub(super) address: SocketAddr,
    child: Child,
    _files: TempDir,
}

impl Gateway {
    /// Starts the program of this build, or the one that `MODELPIN_SIEGE_PROGRAM` names.
    pub(super) async fn start(config: &Value) -> Self {
        let files = tempfile::tempdir().expect("a directory");
        let agent = files.path().join("agents/main/agent");
        std::fs::create_dir_all(&agent).expect("a folder");
        std::fs::write(agent.join("auth-profiles.json"), profiles().to_string()).expect("written");
        std::fs::write(files.path().join("modelpin.json"), config.to_string()).expect("written");
        let program = std::env::var_os("MODELPIN_SIEGE_PROGRAM")
            .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_modelpin")), PathBuf::from);
        let mut child = Command::new(program)
            .arg("--state-dir")
            .arg(files.path())
            .args(["gateway", "--bind", "127.0.0.1:0"])
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        let mut out = BufReader::new(out);
        out.read_line(&mut line).await.expect("it tells where it listens");
        let (_, address) = line.trim().rsplit_once("//").expect("an address");
        Self {
            address: address.parse().expect("an address"),
            child,
            _files: files,
        }
    }

    /// Memory that is its own and in use (`VmRSS`, in millions of bytes). Fails if it has ended.
    pub(super) fn megabytes(&self) -> f64 {
        let id = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kib: f64 = kib.and_then(|kib| kib.trim().parse().ok()).expect("a number");
        kib * 1024.0 / 1e6
    }
}
