//! Processes that are measured.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::super::BenchError;

/// A process that is measured, on a core of its own where `taskset` (util-linux) is there to give it one.
pub(super) struct Hop {
    process: Child,
    pub(super) address: SocketAddr,
    pub(super) start: Duration,
    /// In MiB, half a second after the start.
    pub(super) rss: f64,
}

impl Drop for Hop {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Hop {
    /// The core of what is measured, and that of client and provider.
    pub(super) const MEASURED: &str = "0";
    pub(super) const CLIENT: &str = "1";

    /// Starts a program that tells its address in its first line.
    pub(super) async fn begin(core: &str, program: &[String]) -> Result<Self, BenchError> {
        let begun = Instant::now();
        let mut process = started(core, program)?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let address = line.rsplit("http://").next().unwrap_or_default().trim();
        let Ok(address) = address.parse::<SocketAddr>() else {
            let _ = process.kill();
            let _ = process.wait();
            let name = program.join(" ");
            return Err(BenchError::Failed(format!(
                "{name} did not tell where it listens"
            )));
        };
        drop(TcpStream::connect(address).await?);
        let start = begun.elapsed();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let rss = rss(process.id());
        Ok(Self {
            process,
            address,
            start,
            rss,
        })
    }

    /// User and system time so far, in seconds. Source: proc_pid_stat(5), with 100 ticks a second.
    pub(super) fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after.split_whitespace().skip(11).take(2);
        ticks.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / 100.0
    }
}

fn started(core: &str, program: &[String]) -> Result<Child, BenchError> {
    let spawn = |command: &mut Command| command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let pinned = spawn(Command::new("taskset").args(["-c", core]).args(program));
    match pinned {
        Err(absent) if absent.kind() == std::io::ErrorKind::NotFound => {
            let (first, rest) = program.split_first().ok_or(absent)?;
            Ok(spawn(Command::new(first).args(rest))?)
        }
        started => Ok(started?),
    }
}

fn rss(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
