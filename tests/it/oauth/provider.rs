//! A real OAuth server on loopback: npm's `oidc-provider`, as `tests/oauth-server/server.mjs` sets it up.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

use super::browser::Browser;

/// The client that the server knows.
pub(crate) const CLIENT: &str = "modelpin-test";

/// A running server. It ends when this is dropped, and when the test is killed: it reads a pipe of ours.
pub(crate) struct Provider {
    child: Child,
    issuer: String,
    _alive: ChildStdin,
}

impl Provider {
    /// Starts a server; `None`, and a line on standard error, where there is no node.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with variables that `server.mjs` reads.
    pub(crate) fn start_with(variables: &[(&str, &str)]) -> Option<Self> {
        if !there_is("node") || !there_is("npm") {
            not_tried("there is no node and npm here, so nothing was tried against a real OAuth server");
            return None;
        }
        let folder = installed()?;
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .envs(variables.iter().copied())
            .env("NODE_NO_WARNINGS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let alive = child.stdin.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("the server tells where it listens");
        let told: Value = serde_json::from_str(&line).expect("a line of JSON");
        let issuer = told["issuer"].as_str().expect("an address").to_owned();
        Some(Self {
            child,
            issuer,
            _alive: alive,
        })
    }

    /// An address of the server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// What stands under `oauth.<provider>` of a configuration that signs in here.
    pub(crate) fn description(&self) -> Value {
        json!({
            "authorizeUrl": self.at("/auth"),
            "tokenUrl": self.at("/token"),
            "deviceUrl": self.at("/device/auth"),
            "clientId": CLIENT,
            "scopes": ["openid", "email", "offline_access"],
            "extra": {"prompt": "consent"},
        })
    }

    /// Who says yes from now on; `nobody` says no.
    pub(crate) fn account(&self, id: &str) {
        self.posted(&format!("/account?id={id}"));
    }

    /// Types a device code, as a person would on another machine.
    pub(crate) fn type_code(&self, code: &str) {
        self.posted(&format!("/device?user_code={code}"));
    }

    /// The requests that came to the token endpoint.
    pub(crate) fn log(&self) -> Vec<Value> {
        let told = Browser::new().get(&self.at("/log"));
        serde_json::from_str(&told.text).expect("JSON")
    }

    /// How often the token endpoint was asked for this grant, and how often it gave something.
    pub(crate) fn asked(&self, grant: &str) -> (usize, usize) {
        let log = self.log();
        let of_grant = log.iter().filter(|entry| entry["grant"] == grant);
        let given = of_grant.clone().filter(|entry| entry["status"] == 200);
        (of_grant.count(), given.count())
    }

    fn posted(&self, path: &str) {
        let told = Browser::new().post(&self.at(path));
        assert_eq!(told.status, 200, "{path}: {}", told.text);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of the server with its packages in it. Tests run in many processes, so one installs and the others wait.
fn installed() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oauth-server");
    // npm writes this file last.
    let complete = folder.join("node_modules/.package-lock.json");
    if !complete.exists() {
        let lock = File::open(folder.join("package-lock.json")).expect("the lock file is there");
        lock.lock().expect("locked");
        if !complete.exists() {
            let npm = Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder)
                .output()
                .expect("npm starts");
            if !npm.status.success() {
                let why = String::from_utf8_lossy(&npm.stderr).into_owned();
                not_tried(&format!(
                    "npm did not bring the OAuth server, so nothing was tried against it: {why}"
                ));
                return None;
            }
        }
    }
    Some(folder)
}

fn there_is(program: &str) -> bool {
    let tried = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

#[expect(clippy::print_stderr, reason = "it is for whoever reads the test's output")]
fn not_tried(why: &str) {
    eprintln!("{why}");
}
