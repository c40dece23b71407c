//! `modelpin explain`: a decision as data, and nothing else happens.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::home::{Home, Ran, STORE, assert_no_secret, run};

fn cases() -> Vec<Value> {
    let cases: Value = serde_json::from_str(include_str!("../../../fixtures/order.json")).expect("cases");
    cases["cases"].as_array().expect("a list").clone()
}

fn asked(case: &Value) -> Vec<String> {
    let text = |key: &str| case[key].as_str().expect("a string").to_owned();
    let mut args = vec!["explain".to_owned(), "--json".to_owned()];
    args.extend(["--provider".to_owned(), text("provider")]);
    args.extend(["--now".to_owned(), case["now"].to_string()]);
    if case["preferred"].is_string() {
        args.extend(["--profile".to_owned(), text("preferred")]);
    }
    args
}

fn explained(home: &Home, args: &[&str]) -> Ran {
    run(home.modelpin(&["explain"]).args(args), b"")
}

fn anthropic(home: &Home, command: &mut Command) -> Vec<Value> {
    assert!(home.state().exists());
    let told = run(command.args(["--provider", "anthropic", "--json"]), b"")
        .succeeded()
        .json();
    told["candidates"].as_array().expect("a list").clone()
}

/// An agent without any profile, whose state directory exists.
fn empty() -> Home {
    Home::with(&json!({}), &json!({ "version": 1, "profiles": {} }))
}

#[test]
fn every_worked_case_is_ordered_as_written_and_asking_changes_nothing() {
    for case in cases() {
        let home = Home::with(&case["config"], &case["store"]);
        let before = home.listing();
        let args = asked(&case);
        let by_flag = || run(home.bare(&args).arg("--state-dir").arg(home.state()), b"").succeeded();
        let first = by_flag();
        let told = first.json();
        let order: Vec<&Value> = told["candidates"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|candidate| &candidate["profile"])
            .collect();
        assert_eq!(json!(order), case["expect_order"], "{}", case["id"]);
        assert_eq!(by_flag().out, first.out, "{}", case["id"]);
        let by_variable = run(home.bare(&args).env("OPENCLAW_STATE_DIR", home.state()), b"").succeeded();
        assert_eq!(by_variable.out, first.out, "{}", case["id"]);
        assert_eq!(home.listing(), before, "{}", case["id"]);
    }
}

#[test]
fn all_keys_are_there() {
    let store = json!({ "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE" },
        "anthropic:rests": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-2" },
        "anthropic:old": { "type": "token", "provider": "anthropic", "token": "t", "expires": 1 },
    }, "usageStats": { "anthropic:rests": { "cooldownUntil": 9_000 } } });
    let home = Home::with(&json!({ "auth": { "fence": "allow" } }), &store);
    let args = [
        "--provider",
        "Anthropic",
        "--model",
        "claude-x",
        "--now",
        "5000",
        "--json",
    ];
    let told = explained(&home, &args).json();
    let refusal = &told["refusal"];
    let expected = json!({
        "provider": "anthropic", "model": "anthropic/claude-x", "now": 5_000, "chosen": told["chosen"],
        "candidates": [
            { "profile": "anthropic:a", "kind": "api_key", "reason": "ok", "until": null, "source": "store" },
            { "profile": "anthropic:rests", "kind": "api_key", "reason": "cooldown", "until": 9_000, "source": "store" },
        ],
        "excluded": [{ "profile": "anthropic:old", "reason": "expired" }],
        "refusal": refusal,
    });
    assert_eq!(told, expected);
    // The model is not in any catalogue.
    assert!(
        refusal["code"].is_string() && refusal["hint"].is_string(),
        "{refusal}"
    );
    assert!(refusal["retryAt"].is_null() && told["chosen"].is_null(), "{told}");

    let told = explained(&home, &["--provider", "anthropic", "--now", "5000", "--json"])
        .succeeded()
        .json();
    assert_eq!(
        (&told["chosen"], &told["refusal"]),
        (&json!("anthropic:a"), &Value::Null)
    );
    let told = explained(&home, &["--provider", "nobody", "--json"])
        .succeeded()
        .json();
    assert_eq!((&told["candidates"], &told["model"]), (&json!([]), &Value::Null));
    assert!(
        told["refusal"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--provider nobody")),
        "{told}"
    );
    let no_secret = explained(&home, &["--provider", "anthropic", "-vvv"]).all();
    assert_no_secret(&no_secret, &["sk-ant-api03-EXAMPLE-2"]);
}

#[test]
fn the_text_marks_who_is_asked_and_says_why_others_are_not() {
    let case = cases()
        .into_iter()
        .find(|case| case["id"] == "order-005")
        .expect("the case");
    let home = Home::with(&case["config"], &case["store"]);
    let told = explained(&home, &["--provider", "anthropic"]).succeeded();
    let lines: Vec<&str> = told.out.lines().collect();
    assert_eq!(
        lines,
        [
            "anthropic, by auth.order:",
            "> anthropic:work · api_key · ok · store",
            "  anthropic:default · api_key · ok · store",
        ]
    );
    let nobody = explained(&home, &["--provider", "openai"]).succeeded();
    assert!(
        nobody.out.contains("nobody can be asked") && nobody.out.contains("refused: "),
        "{}",
        nobody.out
    );
}

#[test]
fn an_agent_that_is_not_there_or_cannot_be_is_refused_by_name() {
    let home = empty();
    let unknown = explained(&home, &["--provider", "anthropic", "--agent", "nope"]).failed(1);
    assert_eq!(unknown.err, "error: there is no agent `nope`; configured: main\n");
    for bad in ["../x", "", "A", ".", "a/b", "a\u{0301}"] {
        let refused = explained(&home, &["--provider", "anthropic", &format!("--agent={bad}")]).failed(64);
        assert!(refused.err.contains("is no agent id"), "{}", refused.err);
        assert!(refused.out.is_empty());
    }
}

#[test]
fn a_torn_credential_file_is_an_error_with_its_place_and_stays_as_it_is() {
    let home = Home::new();
    let torn =
        "{\n  \"version\": 1,\n  \"profiles\": { \"anthropic:a\": { \"key\": \"sk-ant-api03-EXAMPLE-torn";
    let store = home.write(STORE, torn);
    let before = home.listing();
    for json in [&["--json"][..], &[]] {
        let told = explained(&home, &[&["--provider", "anthropic"], json].concat()).failed(1);
        let place = format!(
            "{}:3:{}",
            store.display(),
            torn.lines().nth(2).map_or(0, str::len)
        );
        assert!(told.err.contains(&place), "{}", told.err);
        assert!(told.out.is_empty(), "{}", told.out);
        assert_no_secret(&told.all(), &["sk-ant-api03-EXAMPLE-torn"]);
    }
    assert_eq!(fs::read_to_string(store).expect("still there"), torn);
    assert_eq!(home.listing(), before);
}

#[test]
fn a_wrong_configuration_value_is_an_error_with_its_place() {
    let home = Home::new();
    home.write(
        "state/modelpin.json",
        "{\n  // routing\n  auth: { order: {\n    anthropic: \"work\",\n  } },\n}",
    );
    let told = explained(&home, &["--provider", "anthropic"]).failed(1);
    let file = home.state().join("modelpin.json");
    for part in [&*format!("{}:4:", file.display()), "auth.order.anthropic"] {
        assert!(told.err.contains(part), "`{part}` is not in: {}", told.err);
    }
    home.write("state/modelpin.json", "{ auth: ");
    let told = explained(&home, &["--provider", "anthropic"]).failed(1);
    assert!(told.err.contains("modelpin.json"), "{}", told.err);
    assert!(told.out.is_empty());
}

#[test]
fn the_env_file_of_the_state_directory_counts_and_that_of_the_working_directory_does_not() {
    let home = empty();
    home.write(
        "work/.env",
        "ANTHROPIC_API_KEY=sk-ant-api03-EXAMPLE-of-a-cloned-folder\n",
    );
    assert!(anthropic(&home, &mut home.modelpin(&["explain"])).is_empty());
    home.write(
        "state/.env",
        "ANTHROPIC_API_KEY=sk-ant-api03-EXAMPLE-of-the-owner\n",
    );
    let candidates = anthropic(&home, &mut home.modelpin(&["explain"]));
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0]["source"], "env: ANTHROPIC_API_KEY");
}

#[test]
fn the_first_of_two_variables_of_a_provider_is_the_one_that_is_used() {
    let home = empty();
    let mut command = home.modelpin(&["explain"]);
    command.env("ANTHROPIC_API_KEY", "sk-ant-api03-EXAMPLE");
    command.env("ANTHROPIC_OAUTH_TOKEN", "sk-ant-oat01-EXAMPLE");
    let candidates = anthropic(&home, &mut command);
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0]["profile"], "env:ANTHROPIC_OAUTH_TOKEN");
    assert_eq!(candidates[0]["kind"], "token");

    let mut blank = home.modelpin(&["explain"]);
    blank
        .env("ANTHROPIC_OAUTH_TOKEN", " \u{2028}")
        .env("ANTHROPIC_API_KEY", "sk-ant-api03-EXAMPLE");
    assert_eq!(
        anthropic(&home, &mut blank)[0]["profile"],
        "env:ANTHROPIC_API_KEY"
    );
}

#[test]
fn variables_outside_the_table_are_no_credentials_and_no_program_is_run() {
    let home = empty();
    let marker = home.root().join("ran");
    let trap = format!("#!/bin/sh\necho ran >> '{}'\n", marker.display());
    for name in ["sh", "bash", "security", "aws", "op", "claude", "codex", "trap"] {
        use std::os::unix::fs::PermissionsExt;
        let program = home.write(&format!("traps/{name}"), &trap);
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("executable");
    }
    let traps = home.root().join("traps");
    for provider in [
        "anthropic",
        "openai",
        "google",
        "amazon-bedrock",
        "github-copilot",
    ] {
        let mut command = home.modelpin(&["explain", "--provider", provider, "--json"]);
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
            "AWS_BEARER_TOKEN_BEDROCK",
            "OPENAI_KEY",
            "OPENAI_API_KEY_2",
            "openai_api_key",
            "ANTHROPIC_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "CLAUDE_API_KEY",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "GOOGLE_API_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "API_KEY",
            "_API_KEY",
        ] {
            command.env(name, "sk-ant-api03-EXAMPLE-poison");
        }
        command
            .env("PATH", &traps)
            .env("SHELL", traps.join("trap"))
            .env("BASH_ENV", traps.join("trap"));
        let told = run(&mut command, b"").succeeded();
        assert_eq!(told.json()["candidates"], json!([]), "{provider}");
        assert_no_secret(&told.all(), &["EXAMPLE-poison"]);
    }
    assert!(!marker.exists(), "a program was run");
}
