//! `modelpin chat` away from a terminal, with the built-in demo.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use super::home::{Home, Ran, STORE, run};

fn chat(args: &[&str], input: &str) -> Ran {
    let args = std::iter::once("chat").chain(args.iter().copied());
    run(&mut Home::new().bare(args), input.as_bytes())
}

/// The events of a chat with the demo.
fn events(input: &str) -> Vec<Value> {
    chat(&["--demo", "--json"], input).lines()
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}

fn text<'a>(event: &'a Value, key: &str) -> &'a str {
    event[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key} in {event}"))
}

/// Model and profile of each answer.
fn answered(events: &[Value]) -> Vec<(&str, &str)> {
    let answers = of(events, "answer").into_iter();
    answers
        .map(|event| (text(event, "model"), text(event, "profile")))
        .collect()
}

#[test]
fn a_newcomer_without_credentials_is_told_that_this_is_the_demo() {
    for json in [&[][..], &["--json"]] {
        let told = chat(json, "hello\n").succeeded();
        assert!(
            told.err.contains("no credential in") && told.err.contains("demo provider"),
            "{}",
            told.err
        );
        assert!(
            told.out.contains("I am demo/opus, asked with demo:"),
            "{}",
            told.out
        );
        assert!(told.out.contains("You said: hello"), "{}", told.out);
    }
    let asked_for = chat(&["--demo"], "hello\n").succeeded();
    assert_eq!(asked_for.err, "");
}

#[test]
fn a_key_without_a_known_model_is_not_called_missing() {
    let home = Home::new();
    let told = run(
        home.bare(["chat"]).env("OPENROUTER_API_KEY", "sk-or-EXAMPLE"),
        b"hi\n",
    )
    .succeeded();
    assert!(
        told.err.contains("credential for openrouter, but no model"),
        "{}",
        told.err
    );
    assert!(
        told.err.contains("agents.defaults.model") && told.err.contains("demo provider"),
        "{}",
        told.err
    );
}

#[test]
fn nothing_is_left_behind() {
    let home = Home::new();
    let before = home.listing().len();
    run(&mut home.bare(["chat"]), b"/model sonnet@demo:work\nhello\n").succeeded();
    assert_eq!(home.listing().len(), before);
}

#[test]
fn what_is_pinned_or_picked_is_what_answers() {
    let events = events(
        "/model sonnet@demo:work\nfirst\n/model\n/model 3@default\nsecond\n/model undo\nthird\n/model default\n/opus\nfourth\n",
    );
    assert_eq!(
        answered(&events)[..3],
        [
            ("demo/sonnet", "demo:work"),
            ("demo/haiku", "demo:default"),
            ("demo/sonnet", "demo:work"),
        ]
    );
    assert_eq!(answered(&events)[3].0, "demo/opus");
    let views: Vec<&str> = of(&events, "reply")
        .iter()
        .map(|event| event["view"].as_str().expect("a view"))
        .collect();
    assert_eq!(
        views,
        ["changed", "picker", "changed", "changed", "changed", "changed"]
    );
}

#[test]
fn once_covers_the_prompt_behind_it_and_no_other() {
    let events = events("/model haiku@demo:default --once -- hello there\nand now\n");
    let kinds: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(kinds, ["reply", "answer", "answer"]);
    assert_eq!(answered(&events)[0], ("demo/haiku", "demo:default"));
    assert_eq!(answered(&events)[1].0, "demo/opus");
    let text = events[1]["text"].as_str().expect("a text");
    assert!(text.ends_with("You said: hello there"), "{text}");
}

#[test]
fn with_automatic_choice_another_profile_answers_for_one_that_fails() {
    let events = events("/model @auto\nfail 429 demo:work\n");
    let failed = of(&events, "attempt-failed");
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["profile"], "demo:work");
    assert!(
        failed[0]["message"]
            .as_str()
            .is_some_and(|why| why.contains("rate_limit"))
    );
    assert_eq!(answered(&events), [("demo/opus", "demo:default")]);
}

#[test]
fn a_strict_pin_is_refused_and_never_replaced() {
    let told = chat(
        &["--demo", "--json"],
        "/model sonnet@demo:work --strict\nfail 429 demo:work\nhello\n",
    )
    .failed(1);
    let events = told.lines();
    assert!(answered(&events).is_empty(), "{events:?}");
    let refused = of(&events, "refused");
    assert_eq!(refused.len(), 2);
    for refusal in refused {
        assert!(
            refusal["hint"]
                .as_str()
                .is_some_and(|hint| hint.contains("/model @auto")),
            "{refusal}"
        );
    }
    let text = chat(&["--demo"], "/model opus@demo:unpaid\nhello\n")
        .failed(1)
        .out;
    assert!(
        text.contains("Not sent: ") && !text.contains("I am demo/"),
        "{text}"
    );
}

#[test]
fn every_event_has_its_keys_and_a_line() {
    let input = "/model sonnet --once -- hi\n/model nonsense\n/model --sesion x\n/model why\n/model status\n/model help\n\
                 /model opus@demo:work\nfail 429 demo:work\nfail 429\n";
    let mut bytes = input.as_bytes().to_vec();
    bytes.extend_from_slice(b"\xff\n");
    let told = run(&mut Home::new().bare(["chat", "--demo", "--json"]), &bytes).failed(1);
    let mut seen = BTreeSet::new();
    for event in told.lines() {
        let keys: Vec<&str> = event
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        let kind = event["event"].as_str().expect("a kind");
        let expected: &[&str] = match kind {
            "reply" => &["event", "text", "view"],
            "attempt-failed" => &["decision", "event", "message", "model", "profile"],
            "answer" => &["decision", "ending", "event", "model", "profile", "text"],
            "refused" => &["cause", "code", "event", "hint", "message", "retryAt"],
            "failed" => &["event", "message"],
            other => panic!("event {other}"),
        };
        assert_eq!(keys, expected);
        seen.insert(kind.to_owned());
        if kind == "reply" {
            seen.insert(event["view"].as_str().expect("a view").to_owned());
        }
        assert!(event["retryAt"].is_null() || event["retryAt"].is_i64(), "{event}");
    }
    for kind in [
        "reply",
        "attempt-failed",
        "answer",
        "refused",
        "failed",
        "changed",
        "invalid",
        "why",
        "status",
        "help",
    ] {
        assert!(seen.contains(kind), "{kind} is not in {seen:?}");
    }
}

#[test]
fn a_command_for_another_bot_is_no_prompt() {
    let home = Home::with(
        &json!({ "bot": { "names": ["mine"] },
                 "agents": { "defaults": { "model": "local/m" } },
                 "models": { "providers": { "local": { "baseUrl": "http://127.0.0.1:1", "api": "openai-completions", "apiKey": "k", "models": ["m"] } } } }),
        &json!({ "profiles": {} }),
    );
    let told = run(
        &mut home.modelpin(&["chat", "--json"]),
        b"/model@yours opus\n@mine /model status\n",
    )
    .succeeded();
    let events = told.lines();
    assert_eq!(events[0], json!({ "event": "ignored" }));
    assert_eq!(events[1]["view"], "status");
}

#[test]
fn a_line_that_cannot_be_a_message_is_told_and_the_chat_goes_on() {
    let mut input = b"before\n\xff\xfe\n\n".to_vec();
    input.extend_from_slice(&b"x".repeat(10_000_000));
    input.extend_from_slice(b"\n/model ");
    input.extend_from_slice(&b"y".repeat(10_000_000));
    input.extend_from_slice(b"\nnul \0 inside\r\nafter");
    let told = run(&mut Home::new().bare(["chat", "--demo", "--json"]), &input).failed(1);
    let events = told.lines();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["event"].as_str().expect("a kind"))
        .collect();
    assert_eq!(kinds, ["answer", "failed", "answer", "reply", "answer", "answer"]);
    assert!(text(&events[1], "message").contains("not UTF-8"));
    assert!(text(&events[2], "text").contains("You said: xxx"));
    assert_eq!(events[3]["view"], "invalid");
    assert!(text(&events[4], "text").ends_with("nul \0 inside"));
    assert!(text(&events[5], "text").ends_with("after"));
}

#[test]
fn an_answer_comes_before_the_next_message_is_written() {
    let home = Home::new();
    let mut child = home
        .bare(["chat", "--demo", "--json", "--session", "a b/../c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    for message in ["one", "two"] {
        writeln!(input, "{message}").expect("written");
        let mut line = String::new();
        output.read_line(&mut line).expect("an answer");
        assert!(line.contains(&format!("You said: {message}")), "{line}");
    }
    drop(input);
    assert!(child.wait().expect("it ended").success());
}

#[test]
fn nothing_to_say_is_no_failure() {
    for input in ["", "\n\n", "\r\n"] {
        let told = chat(&["--demo"], input).succeeded();
        assert_eq!(told.all(), "");
    }
}

#[test]
fn a_chat_that_cannot_begin_says_why() {
    let unknown = chat(&["--agent", "nope"], "hello\n").failed(1);
    assert_eq!(unknown.err, "error: there is no agent `nope`; configured: main\n");
    assert!(unknown.out.is_empty());

    let home = Home::new();
    let store = home.write(STORE, "{ torn");
    let torn = run(&mut home.modelpin(&["chat"]), b"hello\n").failed(1);
    assert!(
        torn.err.contains(&format!("{}:1:3", store.display())),
        "{}",
        torn.err
    );
    assert!(torn.out.is_empty(), "{}", torn.out);
}

#[test]
fn whoever_stops_reading_ends_it_quietly() {
    for (args, message) in [
        (&["chat", "--demo"][..], "/model\n"),
        (&["chat", "--demo", "--json"], "hello\n"),
        (&["parse"], "{\"input\":\"a\"}\n"),
        (&["classify"], "{\"provider\":\"x\",\"status\":500}\n"),
    ] {
        let home = Home::new();
        let mut child = home
            .bare(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let mut input = child.stdin.take().expect("a pipe");
        // It may be gone before it was told everything.
        let _gone = input.write_all(message.repeat(3).as_bytes());
        drop(input);
        let ended = child.wait_with_output().expect("it ended");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
        assert!(ended.status.success(), "{args:?}: {}", ended.status);
    }
}
