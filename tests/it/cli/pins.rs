//! Pins that outlive the process, and `modelpin pins`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::home::{Home, Ran, run};
use super::leaks;

const KEY: &str = "sk-ant-api03-CANARYn6MbVc5XaaBbCcDd";
const ALL: [&str; 1] = [KEY];

fn home() -> Home {
    let config = json!({
        "models": { "providers": { "local": { "baseUrl": "http://127.0.0.1:9", "api": "anthropic-messages", "models": ["m1", "m2"] } } },
        "agents": { "defaults": { "model": "local/m1" } } });
    let key = || json!({ "type": "api_key", "provider": "local", "key": KEY });
    Home::with(
        &config,
        &json!({ "version": 1, "profiles": { "local:a": key(), "local:b": key() } }),
    )
}

fn say(home: &Home, chat: &str, line: &str) -> Ran {
    let mut command = home.modelpin(&["chat", "--session", chat, "--json"]);
    leaks::ran(home, &mut command, &format!("{line}\n"), &ALL).succeeded()
}

fn pins(home: &Home, args: &[&str]) -> Ran {
    leaks::modelpin(home, &[&["pins"], args].concat(), "", &ALL)
}

fn listed(home: &Home) -> Vec<(Value, Value, Value)> {
    let told = pins(home, &["list", "--json"]).succeeded().json();
    let pins = told["pins"].as_array().expect("a list").iter();
    pins.map(|pin| (pin["scope"].clone(), pin["session"].clone(), pin["model"].clone()))
        .collect()
}

#[test]
fn a_pin_outlives_the_process_and_is_listed_checked_and_taken_back() {
    let home = home();
    assert!(
        pins(&home, &["list"])
            .succeeded()
            .out
            .contains("Nothing is pinned")
    );
    assert!(
        !home.state().join("modelpin.sqlite").exists(),
        "asking makes no file"
    );
    say(&home, "c1", "/model m2@a --strict");
    say(&home, "c2", "/model m2 --for 2h");
    say(&home, "c3", "/model m1 --agent");
    assert!(say(&home, "c1", "/model status").out.contains("local/m2"));
    assert_eq!(listed(&home).len(), 3);
    let text = pins(&home, &["list"]).succeeded().out;
    assert!(
        text.contains("chat c1 of agent main") || text.contains("chat c1 of"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(pins(&home, &["check"]).succeeded().out.contains("All 3"));
    pins(&home, &["clear"]).failed(64);
    pins(&home, &["clear", "--all"]).failed(64);
    assert!(
        pins(&home, &["clear", "--all", "--dry-run"])
            .succeeded()
            .out
            .contains("c1")
    );
    pins(&home, &["clear", "--session", "c1"]).succeeded();
    assert!(
        pins(&home, &["clear", "--session", "c1"])
            .succeeded()
            .out
            .contains("Nothing is pinned there")
    );
    pins(&home, &["clear", "--scope", "agent"]).succeeded();
    assert_eq!(
        listed(&home),
        [(json!("session"), json!("c2"), json!("local/m2"))]
    );
    assert!(say(&home, "c1", "/model status").out.contains("local/m1"));
    pins(&home, &["clear", "--all", "--yes"]).succeeded();
    assert!(listed(&home).is_empty());
    // What the operator took back can be brought back in the chat.
    say(&home, "c2", "/model undo");
    assert_eq!(listed(&home).len(), 1);
}

#[test]
fn what_an_operator_clears_is_seen_by_a_chat_that_runs() {
    let home = home();
    let mut chat = home
        .modelpin(&["chat", "--session", "c1", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = chat.stdin.take().expect("a pipe");
    let mut output = BufReader::new(chat.stdout.take().expect("a pipe"));
    let mut ask = |line: &str| {
        writeln!(input, "{line}").expect("written");
        let mut told = String::new();
        while !told.ends_with('\n') || !told.contains("\"reply\"") {
            let mut line = String::new();
            assert!(output.read_line(&mut line).expect("read") > 0, "{told}");
            told.push_str(&line);
        }
        told
    };
    assert!(ask("/model m2").contains("local/m2"));
    assert_eq!(listed(&home).len(), 1);
    pins(&home, &["clear", "--session", "c1"]).succeeded();
    let start = Instant::now();
    while ask("/model status").contains("Model: local/m2") {
        assert!(start.elapsed() < Duration::from_secs(20), "it is never seen");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(input);
    assert!(chat.wait().expect("it ended").success());
}

#[test]
fn a_database_that_is_not_ours_is_told_and_left_alone() {
    let home = home();
    for (content, says) in [
        (
            &b"this is no database at all, but something else"[..],
            "file is not a database",
        ),
        (b"", ""),
    ] {
        let path = home.state().join("modelpin.sqlite");
        fs::write(&path, content).expect("written");
        let told = pins(&home, &["list"]);
        if says.is_empty() {
            told.succeeded();
            continue;
        }
        let told = told.failed(1);
        assert!(
            told.err.contains(says) && told.err.contains("modelpin.sqlite"),
            "{}",
            told.err
        );
        let chat = run(home.modelpin(&["chat"]).arg("--json"), b"/model m2\n");
        assert_ne!(chat.code, Some(0), "{}", chat.all());
        // What does not need pins goes on, and says that they cannot be read.
        let status = run(&mut home.modelpin(&["models", "status"]), b"").succeeded();
        assert!(status.err.contains("pins cannot be read"), "{}", status.err);
        assert_eq!(fs::read(&path).expect("there"), content);
    }
}

#[test]
fn pins_of_killed_processes_are_there() {
    let home = home();
    let mut kept = Vec::new();
    for at in 0..12 {
        let mut chat = home
            .modelpin(&["chat", "--session", &format!("k{at}"), "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        writeln!(chat.stdin.as_mut().expect("a pipe"), "/model m2").expect("written");
        let mut output = BufReader::new(chat.stdout.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("\"reply\"") {
            line.clear();
            assert!(output.read_line(&mut line).expect("read") > 0);
        }
        chat.kill().expect("killed");
        chat.wait().expect("it ended");
        kept.push(json!(format!("k{at}")));
    }
    let mut there: Vec<Value> = listed(&home).into_iter().map(|(_, session, _)| session).collect();
    there.sort_by_key(|session| session.as_str().map(|name| (name.len(), name.to_owned())));
    assert_eq!(there, kept);
}
