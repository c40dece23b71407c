//! A process of a machine: this test binary, started again, and told by variables what to do.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

use modelpin::provide::{RefreshToken, Renewal};
use modelpin::secret::Secret;
use modelpin::store::redis::{Address, Fleet, Redis};

use super::super::server::KEY;
use super::{PREFIX, PROFILE, refresher, run, wanted};

const STORE: &str = "MODELPIN_TEST_FLEET_STORE";
const TOKEN_URL: &str = "MODELPIN_TEST_FLEET_TOKEN_URL";
const SERVER: &str = "MODELPIN_TEST_FLEET_SERVER";
const CALLERS: &str = "MODELPIN_TEST_FLEET_CALLERS";

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever started this may be gone.
    let _ = writeln!(out, "\n{line}").and_then(|()| out.flush());
}

/// A process that renews.
pub(super) struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    pub(super) fn start(store: &Path, token_url: &str, server: &str, callers: u32) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([
                "fleet::renewal::process::i_renew_if_i_am_told_so",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(STORE, store)
            .env(TOKEN_URL, token_url)
            .env(SERVER, server)
            .env(CALLERS, callers.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, out }
    }

    /// Waits until it says this.
    pub(super) fn says(&mut self, wanted: &str) {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.out.read_line(&mut line).expect("its output");
            assert!(read > 0, "it ended without a word of {wanted:?}");
            if line.trim_end() == wanted {
                return;
            }
        }
    }

    /// `kill -9`.
    pub(super) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it ended");
    }

    /// Holds it, as a machine is held that is moved.
    pub(super) fn freeze(&self) {
        self.signal("-STOP");
        // The signal is sent; that each thread has stopped is another thing.
        while !self.stands_still() {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether each of its threads is stopped.
    fn stands_still(&self) -> bool {
        let tasks = format!("/proc/{}/task", self.child.id());
        let Ok(tasks) = fs::read_dir(tasks) else {
            // Not every system tells.
            return true;
        };
        tasks.flatten().all(|task| {
            let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            // The name stands in brackets, and may have any letters.
            let state = stat
                .rsplit_once(") ")
                .and_then(|(_, behind)| behind.chars().next());
            matches!(state, None | Some('T' | 't' | 'Z' | 'X'))
        })
    }

    pub(super) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([signal, &pid])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// What each caller was told, when it has ended.
    pub(super) fn told(mut self) -> Vec<String> {
        let mut told = Vec::new();
        for line in (&mut self.out).lines() {
            let line = line.expect("its output");
            if let Some(result) = line.strip_prefix("told ") {
                told.push(result.to_owned());
            }
        }
        assert!(self.child.wait().expect("it ended").success());
        told
    }
}

#[test]
fn i_renew_if_i_am_told_so() {
    let Ok(store) = std::env::var(STORE) else { return };
    let word = |name: &str| std::env::var(name).expect("it is told");
    run(async {
        let address = Address::new(&Secret::new(word(SERVER)), Some(PREFIX)).expect("an address");
        let fleet = Fleet::new("main", &Secret::new(KEY.to_owned()), &[]).expect("a fleet");
        let redis = Redis::connect(address, fleet).await.expect("a server");
        let refresher = refresher(&word(TOKEN_URL), Arc::new(redis.sign_ins()));
        say("asking");
        let callers: Vec<_> = (0..word(CALLERS).parse().expect("a number"))
            .map(|_: u32| {
                let sign_in = wanted(Path::new(&store), PROFILE);
                let refresher = refresher.clone();
                tokio::spawn(async move { refresher.refresh(&sign_in, Renewal::Due).await })
            })
            .collect();
        for caller in callers {
            match caller.await.expect("it does not panic") {
                Ok(credential) => say(&format!("told {}", credential.secret().expose())),
                Err(refused) => say(&format!("told {refused}")),
            }
        }
    });
}
