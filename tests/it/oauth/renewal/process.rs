//! Other processes: this test binary, started again, and told by variables what to do.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use modelpin::clock::{Clock, SystemClock, Timestamp};
use modelpin::oauth::Refresher;
use modelpin::provide::{RefreshToken, Renewal};

use super::{World, described, run, wanted};

const STORE: &str = "MODELPIN_TEST_RENEWAL_STORE";
const TOKEN_URL: &str = "MODELPIN_TEST_RENEWAL_URL";
const PROFILE: &str = "MODELPIN_TEST_RENEWAL_PROFILE";
const CALLERS: &str = "MODELPIN_TEST_RENEWAL_CALLERS";
const STOP: &str = "MODELPIN_TEST_RENEWAL_STOP";

/// Stops its process for good the so-manieth time that it is asked what time it is: before the store is looked at, and
/// before each note is written.
#[derive(Debug)]
struct Stopping {
    asked: AtomicU32,
    stop: u32,
}

impl Clock for Stopping {
    fn now(&self) -> Timestamp {
        if self.asked.fetch_add(1, Ordering::SeqCst) + 1 == self.stop {
            say("stopped");
            loop {
                std::thread::park();
            }
        }
        SystemClock.now()
    }
}

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
    /// Starts one with so many callers that all want the same profile renewed; it stops at the given question for the time.
    pub(super) fn start(world: &World, profile: &str, callers: u32, stop: u32) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([
                "oauth::renewal::process::i_renew_if_i_am_told_so",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(STORE, world.store())
            .env(TOKEN_URL, world.gate.at("/token"))
            .env(PROFILE, profile)
            .env(CALLERS, callers.to_string())
            .env(STOP, stop.to_string())
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
    let number = |name: &str| -> u32 {
        let told = std::env::var(name).expect("it is told");
        told.parse().expect("a number")
    };
    let profile = std::env::var(PROFILE).expect("a profile");
    let at = described(
        &std::env::var(TOKEN_URL).expect("an address"),
        "http://127.0.0.1:9/auth",
    );
    let clock = Stopping {
        asked: AtomicU32::new(0),
        stop: number(STOP),
    };
    run(async {
        let refresher = Arc::new(Refresher::new(move |_| Ok(Some(at.clone())), Arc::new(clock)));
        say("asking");
        let callers: Vec<_> = (0..number(CALLERS))
            .map(|_| {
                let sign_in = wanted(Path::new(&store), &profile);
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
