//! `modelpin parse`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use super::home::{Home, run};

fn parsed(args: &[&str], input: &[u8]) -> super::home::Ran {
    let args = std::iter::once("parse").chain(args.iter().copied());
    run(&mut Home::new().bare(args), input)
}

#[test]
fn every_worked_case_is_answered_in_order_by_one_process() {
    let cases = include_str!("../../../fixtures/command.jsonl");
    let ran = parsed(&[], cases.as_bytes()).succeeded();
    let answers = ran.lines();
    assert_eq!(answers.len(), cases.lines().count());
    for (case, mut answer) in cases.lines().zip(answers) {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        let told = answer.get_mut("diagnostics").and_then(Value::as_array_mut);
        for told in told.into_iter().flatten() {
            let told = told.as_object_mut().expect("an object");
            assert!(told.remove("message").is_some_and(|text| text.is_string()));
            assert!(
                told.remove("help")
                    .is_some_and(|text| text.is_string() || text.is_null())
            );
        }
        assert_eq!(answer, case["expect"], "{}", case["input"]);
    }
}

#[test]
fn a_message_is_an_argument_too_even_one_that_looks_like_an_option() {
    let told = |args: &[&str]| parsed(args, b"").succeeded().json();
    let command = told(&["--bot", "mybot", "@mybot /model opus@work --for 2h\nhello"]);
    assert_eq!(
        command,
        json!({
            "kind": "command", "verb": "select", "model": "opus", "index": null, "profile": "work", "provider": null,
            "page": null, "scope": null, "mode": null, "for_ms": 7_200_000, "once": false, "rest": "hello",
        })
    );
    assert_eq!(told(&["--bot-id", "42", "<@42> /model"])["verb"], "picker");
    assert_eq!(told(&["--alias", "opus", "/OPUS"])["model"], "opus");
    assert_eq!(told(&["--prefix", "!", "!model 3"])["index"], 3);
    assert_eq!(told(&["-- /model"]), json!({ "kind": "text" }));
    assert_eq!(told(&["--", "--bot"]), json!({ "kind": "text" }));
    assert_eq!(told(&[""]), json!({ "kind": "text" }));
}

#[test]
fn a_line_that_is_no_question_is_answered_in_its_place() {
    let mut input = b"{\"input\":\"a\"}\n".to_vec();
    for bad in [
        &b"{\"input\":\"\\ud800\"}"[..],
        b"{\"input\":\"\\udc00\\ud800\"}",
        b"{nope}",
        b"\xff\xfe",
        b"{\"input\":\"\xc3\"}",
        b"{\"input\":\"a\0b\"}",
        b"\0\0\0",
        b"[]",
        b"{\"input\":null}",
        b"{\"input\":\"a\",\"bot\":\"b\"}",
        b"{\"input\":\"a\"} trailing",
        "[".repeat(100_000).as_bytes(),
    ] {
        input.extend_from_slice(bad);
        input.push(b'\n');
    }
    input.extend_from_slice(br#"{"input":"/model a\u0000b"}"#);
    let ran = parsed(&[], &input).failed(1);
    let answers = ran.lines();
    assert_eq!(answers.len(), 14);
    assert_eq!(answers[0], json!({ "kind": "text" }));
    for (at, answer) in answers[1..13].iter().enumerate() {
        assert_eq!(answer["kind"], "error", "{answer}");
        let message = answer["message"].as_str().expect("a message");
        assert!(message.starts_with(&format!("line {}: ", at + 2)), "{message}");
    }
    assert_eq!(answers[13]["model"], "a\0b");
}

#[test]
fn ten_megabytes_in_one_line_are_a_line_like_any_other() {
    const SIZE: usize = 10_000_000;
    let filling = "x".repeat(SIZE);
    let input = format!(
        "{}\n{}\n{}\n{}\n",
        json!({ "input": filling }),
        json!({ "input": format!("/model opus\n{filling}") }),
        json!({ "input": format!("/model {filling}") }),
        json!({ "input": "/model" }),
    );
    let answers = parsed(&[], input.as_bytes()).succeeded().lines();
    assert_eq!(answers[0], json!({ "kind": "text" }));
    assert_eq!(answers[1]["rest"].as_str().map(str::len), Some(SIZE));
    assert_eq!(answers[2]["diagnostics"][0]["code"], "too-long");
    assert_eq!(answers[3]["verb"], "picker");
}

#[test]
fn an_answer_comes_before_the_next_question_is_asked() {
    let home = Home::new();
    let mut child = home
        .bare(["parse"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    for (input_line, kind) in [
        ("hello", "text"),
        ("/model", "command"),
        ("/model@other", "ignored"),
    ] {
        writeln!(input, "{}", json!({ "input": input_line, "bot": ["mybot"] })).expect("written");
        let mut answer = String::new();
        output.read_line(&mut answer).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["kind"], kind);
    }
    drop(input);
    assert!(child.wait().expect("it ended").success());
}
