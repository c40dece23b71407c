//! A state directory whose pins are looked at, and chats that stay open while they are.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use super::super::home::{Home, Ran, STORE, run};
use super::super::provider::{Answer, Provider};

pub(super) const WORK: &str = "sk-ant-api03-EXAMPLE-CANARY-w0Rk7QxLm2";
pub(super) const HOME: &str = "sk-ant-oat01-EXAMPLE-CANARY-h0Me3ZpTv9";
pub(super) const OTHER: &str = "sk-ant-api03-EXAMPLE-CANARY-oTh3rY5nKd";
/// What somebody typed where no secret belongs.
pub(super) const TYPED: &str = "sk-ant-api03-EXAMPLE-CANARY-tYp3dJ8sBc";
/// What sets each canary apart from the others and from all else.
const PARTS: [&str; 4] = [
    "CANARY-w0Rk7QxLm2",
    "CANARY-h0Me3ZpTv9",
    "CANARY-oTh3rY5nKd",
    "CANARY-tYp3dJ8sBc",
];
const FAR: i64 = 9_770_724_800_000;

/// A provider, a state directory, and everything that was printed.
pub(super) struct World {
    pub(super) home: Home,
    pub(super) provider: Provider,
    printed: RefCell<Vec<String>>,
}

impl World {
    /// Profiles `work` (a key) and `home` (a token) of agent `main`, and `only` of agent `other`.
    pub(super) fn new() -> Self {
        let provider = Provider::start(|_| Answer::anthropic("ok"));
        let config = json!({
            "auth": { "fence": "allow" },
            "agents": {
                "defaults": {
                    "model": "anthropic/claude-opus-4-5",
                    "models": {
                        "anthropic/claude-opus-4-5": { "alias": "opus" },
                        "anthropic/claude-haiku-4-5": { "alias": "haiku" },
                    },
                },
                "list": [{ "id": "main", "default": true }, { "id": "other" }],
            },
            "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
        });
        let store = json!({ "version": 1, "profiles": {
            "anthropic:work": { "type": "api_key", "provider": "anthropic", "key": WORK },
            "anthropic:home": { "type": "token", "provider": "anthropic", "token": HOME, "expires": FAR },
        } });
        let home = Home::with(&config, &store);
        let other = json!({ "version": 1, "profiles": {
            "anthropic:only": { "type": "api_key", "provider": "anthropic", "key": OTHER },
        } });
        home.write("state/agents/other/agent/auth-profiles.json", &other.to_string());
        Self {
            home,
            provider,
            printed: RefCell::default(),
        }
    }

    /// Runs a command with logs at trace level.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        let ran = run(self.home.modelpin(args).arg("-vvv"), b"");
        self.printed.borrow_mut().push(ran.all());
        // What a person sees has no logs in it.
        let quiet = run(&mut self.home.modelpin(args), b"");
        self.printed.borrow_mut().push(quiet.all());
        quiet
    }

    /// Runs a command that changes something, once.
    pub(super) fn run_once(&self, args: &[&str]) -> Ran {
        let ran = run(self.home.modelpin(args).arg("-vvv"), b"");
        self.printed.borrow_mut().push(ran.all());
        ran
    }

    /// Says these lines in a chat of agent `main`, and leaves.
    pub(super) fn says(&self, session: &str, lines: &[&str]) -> Vec<Value> {
        self.says_to("main", session, lines)
    }

    pub(super) fn says_to(&self, agent: &str, session: &str, lines: &[&str]) -> Vec<Value> {
        let args = ["chat", "--json", "--session", session, "--agent", agent, "-vvv"];
        let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let ran = run(&mut self.home.modelpin(&args), input.as_bytes());
        self.printed.borrow_mut().push(ran.all());
        ran.lines()
    }

    /// A chat that stays open.
    pub(super) fn chat(&self, session: &str) -> Live<'_> {
        let mut child = self
            .home
            .modelpin(&["chat", "--json", "--session", session, "-vvv"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut stderr = child.stderr.take().expect("a pipe");
        Live {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("a pipe")),
            logs: Some(std::thread::spawn(move || {
                let mut text = String::new();
                stderr.read_to_string(&mut text).expect("read");
                text
            })),
            child,
            world: self,
        }
    }

    /// `pins list --json`.
    pub(super) fn pins(&self) -> Vec<Value> {
        let told = self.run(&["pins", "list", "--json"]).succeeded().json();
        let pins = told["pins"].as_array().expect("a list").clone();
        assert_eq!(told["count"], pins.len());
        pins
    }

    /// The key that the last request came with.
    pub(super) fn last_key(&self) -> String {
        let asked = self.provider.asked();
        let last = asked.last().expect("somebody asked");
        let key = last.header("x-api-key").into_iter().next().map(str::to_owned);
        key.unwrap_or_else(|| last.header("authorization").concat())
    }

    pub(super) fn rewrite_store(&self, store: &Value) {
        self.home.write(STORE, &store.to_string());
    }

    /// No canary is in anything that was printed, nor in any file but the credentials' own.
    #[track_caller]
    pub(super) fn leaks_nothing(&self) {
        for text in self.printed.borrow().iter() {
            assert_no_part(text.as_bytes(), "what was printed");
        }
        let mut seen = 0;
        for (path, _, _) in self.home.listing() {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let of_credentials = name == "auth-profiles.json" || name == "auth-profiles.json.bak";
            if path.is_file() && !of_credentials {
                assert_no_part(&fs::read(&path).expect("read"), &path.display().to_string());
                seen += 1;
            }
        }
        assert!(seen > 0, "no file was looked at");
    }
}

#[track_caller]
fn assert_no_part(bytes: &[u8], place: &str) {
    let text = String::from_utf8_lossy(bytes);
    // The test would find itself in `EXAMPLE`, which is in messages too: only what is the canary's own counts.
    for part in PARTS {
        for piece in part.as_bytes().windows(8) {
            let piece = std::str::from_utf8(piece).expect("ASCII");
            assert!(!text.contains(piece), "{piece} of {part} is in {place}:\n{text}");
        }
    }
}

/// A chat that stays open. Each line gets one event.
pub(super) struct Live<'w> {
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    logs: Option<JoinHandle<String>>,
    child: Child,
    world: &'w World,
}

impl Live<'_> {
    /// Says a line, and gives the event that answers it.
    #[track_caller]
    pub(super) fn say(&mut self, line: &str) -> Value {
        let input = self.input.as_mut().expect("the chat is open");
        writeln!(input, "{line}").expect("written");
        let mut event = String::new();
        self.output.read_line(&mut event).expect("read");
        self.world.printed.borrow_mut().push(event.clone());
        serde_json::from_str(&event).unwrap_or_else(|wrong| panic!("{wrong}: {event}"))
    }

    /// Asks for the status until it says what is `wanted`: a change of another process is seen a moment later.
    #[track_caller]
    pub(super) fn status_until(&mut self, wanted: impl Fn(&str) -> bool) {
        let mut last = String::new();
        // Each question goes through two processes: this is many seconds, and ends with the first right answer.
        for _ in 0..200_000 {
            let status = self.say("/model status");
            last = status["text"].as_str().expect("a text").to_owned();
            if wanted(&last) {
                return;
            }
            self.world.printed.borrow_mut().pop();
        }
        panic!("the change was never seen: {last}");
    }
}

impl Drop for Live<'_> {
    fn drop(&mut self) {
        drop(self.input.take());
        // The end of its input ends it; what a failing test left is of no interest.
        let _ended = self.child.wait();
        if let Some(logs) = self.logs.take().and_then(|logs| logs.join().ok()) {
            self.world.printed.borrow_mut().push(logs);
        }
    }
}
