//! A `redis-server` of the test's own: on a free port of loopback, with a folder of its own, stopped with the test.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use modelpin::secret::Secret;
use modelpin::store::redis::{Address, Fleet, Redis};

/// The key of the fleets of tests.
pub(crate) const KEY: &str = "EXAMPLE-fleet-key-of-tests-0123456789";

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    dir: tempfile::TempDir,
    process: Option<Child>,
    port: u16,
    more: Vec<String>,
}

impl Server {
    /// Starts one; `None`, with a word, where `redis-server` is not installed (`./test` installs it).
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Starts one with more settings, as on its command line.
    pub(crate) fn start_with(more: &[&str]) -> Option<Self> {
        if Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_err()
        {
            // The runner shows it.
            let word = "passed over: redis-server is not installed; `./test` installs it";
            writeln!(std::io::stderr(), "{word}").expect("standard error is there");
            return None;
        }
        let mut server = Self {
            dir: tempfile::tempdir().expect("a directory"),
            process: None,
            port: free_port(),
            more: more.iter().map(|word| (*word).to_owned()).collect(),
        };
        server.run();
        Some(server)
    }

    /// Starts it again where it stood, with what it has on disk.
    pub(crate) fn run(&mut self) {
        for _ in 0..5 {
            let process = Command::new("redis-server")
                .args([
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    &self.port.to_string(),
                    "--save",
                    "",
                ])
                .args([
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--daemonize",
                    "no",
                ])
                .arg("--dir")
                .arg(self.dir.path())
                .args(&self.more)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("redis-server starts");
            self.process = Some(process);
            if self.is_up() {
                return;
            }
            // Somebody else took the port.
            self.kill();
            self.port = free_port();
        }
        panic!("redis-server does not come up");
    }

    fn is_up(&mut self) -> bool {
        for _ in 0..500 {
            let ended = self
                .process
                .as_mut()
                .is_none_or(|process| process.try_wait().is_ok_and(|end| end.is_some()));
            if ended {
                return false;
            }
            if TcpStream::connect(self.at()).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    pub(crate) fn at(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}/0", self.at())
    }

    /// Ends it as an operator does, and waits until it has ended.
    pub(crate) fn stop(&mut self) {
        self.signal("-TERM");
        if let Some(mut process) = self.process.take() {
            let _end = process.wait();
        }
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _gone = process.kill();
            let _end = process.wait();
        }
    }

    /// Holds it, so that it answers nothing though its connections stand.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill")
            .args([signal, &pid])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// Asks it something by hand.
    pub(crate) async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url()).expect("an address");
        let mut connection = client
            .get_multiplexed_async_connection()
            .await
            .expect("a connection");
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        command.query_async(&mut connection).await.expect("an answer")
    }

    /// One process's connection to it.
    pub(crate) async fn join(&self, prefix: &str) -> Redis {
        self.try_join(prefix, KEY).await.expect("the server lets us in")
    }

    /// The same by another way, which the test has in its hand.
    pub(crate) async fn join_by(&self, prefix: &str, url: &str) -> Redis {
        let address = Address::new(&Secret::new(url.to_owned()), Some(prefix)).expect("an address");
        let fleet = Fleet::new("main", &Secret::new(KEY.to_owned()), &[]).expect("a fleet");
        Redis::connect(address, fleet)
            .await
            .expect("the server lets us in")
    }

    /// What it writes to.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) async fn try_join(
        &self,
        prefix: &str,
        key: &str,
    ) -> Result<Redis, modelpin::store::redis::Trouble> {
        join_at(self.at(), prefix, key).await
    }
}

/// A process's connection to what listens there.
pub(crate) async fn join_at(
    at: SocketAddr,
    prefix: &str,
    key: &str,
) -> Result<Redis, modelpin::store::redis::Trouble> {
    let url = Secret::new(format!("redis://{at}/0"));
    let address = Address::new(&url, Some(prefix)).expect("an address");
    let fleet = Fleet::new("main", &Secret::new(key.to_owned()), &[]).expect("a fleet");
    Redis::connect(address, fleet).await
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    free.local_addr().expect("an address").port()
}
