//! `modelpin simulate`, from outside: what it prints, draws, refuses, and how it exits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Stands for a key that somebody put where none belongs.
const CANARY: &str = "sk-ant-api03-EXAMPLE0canary0simulate0000000000000000";

fn run(args: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a home");
    Command::new(env!("CARGO_BIN_EXE_modelpin"))
        .arg("simulate")
        .args(args)
        .env_clear()
        .env("HOME", home.path())
        .env("ANTHROPIC_API_KEY", CANARY)
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/simulate")
        .join(name);
    path.to_str().expect("UTF-8").to_owned()
}

fn written(dir: &Path, text: &str) -> PathBuf {
    let path = dir.join("scenario.json");
    fs::write(&path, text).expect("it is written");
    path
}

#[test]
fn the_table_fits_eighty_columns_and_the_exit_code_says_that_every_claim_held() {
    let told = run(&[&fixture("bursts.json")]);
    let out = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{out}{}", text(&told.stderr));
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(out.ends_with("Every claim held.\n"), "{out}");
}

#[test]
fn as_data_the_numbers_add_up() {
    let told = run(&[&fixture("bursts.json"), "--json", "--seed", "3"]);
    let report: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!(report["seed"], 3);
    let number = |value: &Value| value.as_u64().expect("a number");
    let sum = |value: &Value| -> u64 { value.as_object().expect("an object").values().map(number).sum() };
    let requests = &report["requests"];
    let refused = sum(&requests["refused"]);
    assert_eq!(number(&requests["asked"]), number(&requests["served"]) + refused);
    assert_eq!(number(&requests["asked"]), sum(&report["attempts"]));
    let profiles = report["profiles"].as_array().expect("a list");
    let served: u64 = profiles.iter().map(|one| number(&one["served"])).sum();
    assert_eq!(number(&requests["served"]), served);
    let attempts: u64 = report["attempts"]
        .as_object()
        .expect("an object")
        .iter()
        .map(|(many, of)| many.parse::<u64>().expect("a number") * number(of))
        .sum();
    let failed: u64 = profiles.iter().map(|one| sum(&one["failed"])).sum();
    assert_eq!(attempts, served + failed);
}

#[test]
fn the_example_is_a_scenario_and_can_be_played() {
    let example = run(&["--example"]);
    assert_eq!(example.status.code(), Some(0));
    let text = text(&example.stdout);
    assert!(text.contains("//") && text.lines().all(|line| line.chars().count() <= 110));
    let dir = tempfile::tempdir().expect("a folder");
    let path = written(dir.path(), &text);
    let told = run(&[path.to_str().expect("UTF-8")]);
    assert_eq!(told.status.code(), Some(0));
}

#[test]
fn the_picture_is_svg_without_scripts_and_shows_every_profile() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("timeline.svg");
    let told = run(&[&fixture("money.json"), "--svg", file.to_str().expect("UTF-8")]);
    assert_eq!(told.status.code(), Some(0));
    let svg = fs::read_to_string(&file).expect("a picture");
    assert!(svg.starts_with("<svg xmlns=") && svg.trim_end().ends_with("</svg>"));
    for word in ["script", "href", "<style", "NaN", "inf"] {
        assert!(!svg.contains(word), "{word}");
    }
    for name in [
        "anthropic:me",
        "anthropic:key",
        "openai:one",
        "openai:two",
        "refused",
    ] {
        assert!(svg.contains(&format!(">{name}</text>")), "{name}");
    }
    let count = |what: &str| svg.matches(what).count();
    assert_eq!(count("<text"), count("</text>"));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_no_key_is_repeated() {
    let dir = tempfile::tempdir().expect("a folder");
    let whole = |rest: &str| {
        format!(
            "{{ lasts: '1d', sessions: {{ count: 1, every: '1h' }},\n profiles: {{ 'p:a': {{ type: 'api_key' }} }},\n {rest} }}"
        )
    };
    let cases = [
        ("{ lasts: '1d', ".to_owned(), "scenario.json:1:"),
        (whole("colour: 1"), "unknown field `colour`"),
        (whole("weather: [{ sky: 'hail' }]"), "weather[0]"),
        (
            whole("weather: [{ sky: 'burst', profiles: ['p:b'] }]"),
            "there is no profile p:b",
        ),
        (
            whole("weather: [{ sky: 'outage', retryAfter: 'end' }]"),
            "only a burst tells",
        ),
        (
            whole("weather: [{ sky: 'burst', share: 1.5 }]"),
            "a share from 0 to 1",
        ),
        (
            whole("commands: [{ at: '1h', sessions: [1], text: 'x' }]"),
            "numbered from 0",
        ),
        (whole("start: 'today'"), "2026-02-10T12:00:00Z"),
        (whole("config: { auth: { fence: 'maybe' } }"), "auth.fence"),
        (whole("} x"), "scenario.json:3:"),
        ("[".repeat(100_000), "128 levels"),
        (
            format!(
                "{{ lasts: '1d', sessions: {{ count: 1, every: '1h' }}, profiles: {{ 'p:a': {{ type: 'api_key', key: '{CANARY}' }} }} }}"
            ),
            "unknown field `key`",
        ),
        (whole(&format!("seed: '{CANARY}'")), "seed"),
        (whole(&format!("weather: [{{ sky: '{CANARY}' }}]")), "weather[0]"),
        (
            whole(&format!("weather: [{{ sky: 'burst', profiles: ['{CANARY}'] }}]")),
            "weather[0].profiles",
        ),
    ];
    for (text_of, wanted) in cases {
        let path = written(dir.path(), &text_of);
        let told = run(&[path.to_str().expect("UTF-8")]);
        let err = text(&told.stderr);
        assert_eq!(told.status.code(), Some(1), "{err}");
        assert!(err.contains(wanted), "{wanted}: {err}");
        assert!(told.stdout.is_empty());
        assert!(!err.contains(&CANARY[7..20]), "{err}");
    }
}

#[test]
fn without_a_scenario_it_is_wrong_usage() {
    assert_eq!(run(&[]).status.code(), Some(64));
    assert_eq!(run(&["--example", "x.json"]).status.code(), Some(64));
    assert_eq!(run(&["/nowhere.json"]).status.code(), Some(1));
}

#[test]
fn no_made_up_secret_and_none_of_the_environment_comes_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("t.svg");
    let told = run(&[
        &fixture("money.json"),
        "--json",
        "-vvv",
        "--svg",
        file.to_str().expect("UTF-8"),
    ]);
    let svg = fs::read_to_string(&file).expect("a picture");
    let all = [text(&told.stdout), text(&told.stderr), svg].concat();
    for secret in ["sk-EXAMPLE-simulated", &CANARY[7..20]] {
        assert!(!all.contains(secret));
    }
}
