//! A home directory that nobody has used yet, and the binary in it.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::SystemTime;

use serde_json::Value;
use tempfile::TempDir;

/// A temporary directory with a home, a working directory, and room for a state directory.
pub(super) struct Home {
    root: TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        for folder in ["home", "work"] {
            fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        Self { root }
    }

    /// The same with a state directory that holds a configuration and the main agent's credentials.
    pub(super) fn with(config: &Value, profiles: &Value) -> Self {
        let home = Self::new();
        home.write("state/openclaw.json", &config.to_string());
        home.write(STORE, &profiles.to_string());
        home
    }

    pub(super) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(super) fn state(&self) -> PathBuf {
        self.root().join("state")
    }

    /// Writes a file below the root.
    pub(super) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, text).expect("written");
        path
    }

    /// The binary with nothing in its environment but a home and the usual programs.
    pub(super) fn bare<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.root().join("home"))
            .env("PATH", "/usr/bin:/bin")
            .env("TMPDIR", self.root())
            .current_dir(self.root().join("work"));
        command
    }

    /// The same, told which state directory to use.
    pub(super) fn modelpin(&self, args: &[&str]) -> Command {
        let mut command = self.bare(args);
        command.arg("--state-dir").arg(self.state());
        command
    }

    /// Every file and folder with its length and the time of its last change.
    pub(super) fn listing(&self) -> Vec<(PathBuf, u64, SystemTime)> {
        let mut found = Vec::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let about = entry.metadata().expect("metadata");
                if about.is_dir() {
                    folders.push(entry.path());
                }
                found.push((entry.path(), about.len(), about.modified().expect("a time")));
            }
        }
        found.sort();
        found
    }
}

/// Where the main agent's credentials are.
pub(super) const STORE: &str = "state/agents/main/agent/auth-profiles.json";

/// What a process did.
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    /// The output as one JSON value.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|wrong| panic!("{wrong}: {}{}", self.out, self.err))
    }

    /// The output as JSON Lines.
    pub(super) fn lines(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|wrong| panic!("{wrong}: {line}"));
        self.out.lines().map(read).collect()
    }

    /// Both outputs.
    pub(super) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    #[track_caller]
    pub(super) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.all());
        self
    }

    #[track_caller]
    pub(super) fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.all());
        self
    }
}

/// Runs a command that reads `input` to its end.
pub(super) fn run(command: &mut Command, input: &[u8]) -> Ran {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let (out, err) = thread::scope(|scope| {
        // A command that does not read its input closes it: that is no fault of the test.
        scope.spawn(move || drop(stdin.write_all(input)));
        let err = scope.spawn(move || {
            let mut err = Vec::new();
            stderr.read_to_end(&mut err).expect("read");
            err
        });
        let mut out = Vec::new();
        let mut stdout = child.stdout.take().expect("a pipe");
        stdout.read_to_end(&mut out).expect("read");
        (out, err.join().expect("joined"))
    });
    let code = child.wait().expect("it ended").code();
    let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
    Ran {
        code,
        out: text(out),
        err: text(err),
    }
}

/// Says that a program is missing here, so that a test that passes without it does not pass in silence.
#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
pub(super) fn not_tried(why: &str) {
    eprintln!("{why}");
}

/// No part of a secret of eight characters is in `text`.
#[track_caller]
pub(super) fn assert_no_secret(text: &str, secrets: &[&str]) {
    for secret in secrets {
        for part in secret.as_bytes().windows(8) {
            let part = std::str::from_utf8(part).expect("ASCII");
            assert!(!text.contains(part), "{part} of {secret} is in:\n{text}");
        }
    }
}
