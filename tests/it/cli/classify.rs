//! `modelpin classify`.

use serde_json::{Value, json};

use super::home::{Home, run};
use crate::classify::corpus::corpus;

#[test]
fn every_worked_failure_is_classified_in_order_by_one_process() {
    let cases: Value = serde_json::from_str(include_str!("../../../fixtures/classify.json")).expect("cases");
    let cases = cases["cases"].as_array().expect("a list");
    let input: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let ran = run(&mut Home::new().bare(["classify"]), input.as_bytes()).succeeded();
    let answers = ran.lines();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        let expected = json!({ "class": case["expect_class"], "retryAt": case["expect_retry_at"] });
        assert_eq!(answer, expected, "{}", case["id"]);
    }
}

#[test]
fn the_corpus_is_classified_by_the_program_as_by_the_library() {
    let cases = corpus();
    let input: String = cases.iter().map(|case| format!("{}\n", case.line())).collect();
    let answers = run(&mut Home::new().bare(["classify"]), input.as_bytes())
        .succeeded()
        .lines();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        let expected = json!({ "class": case.class(), "retryAt": case.retry_at() });
        assert_eq!(answer, expected, "{}", case.name);
    }
}

#[test]
fn a_line_that_is_no_answer_of_a_provider_is_told_in_its_place() {
    let input = b"{\"provider\":\"openai\",\"status\":401}\n\xff\n{\"status\":1}\n\0\n{\"provider\":\"x\",\"status\":500}\n";
    let answers = run(&mut Home::new().bare(["classify"]), input).failed(1).lines();
    let errors: Vec<bool> = answers.iter().map(|answer| answer["error"].is_string()).collect();
    assert_eq!(errors, [false, true, true, true, false]);
    assert_eq!(answers[4], json!({ "class": "server_error", "retryAt": null }));
}
