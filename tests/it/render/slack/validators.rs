//! What others wrote to check Slack's payloads says that ours are right, and that broken ones are not.
//!
//! The script and the pin of its package are in `tests/validators/slack/`. It is brought at the first run into
//! `target/validators/slack/`; where there is no Python, or no way to its packages, this says so and passes over.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::generated::pages;
use super::*;

/// How many generated pages are asked about.
const GENERATED: usize = 200;

/// The Python that has the package, or why there is none.
fn installed() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pins = root.join("tests/validators/slack/requirements.txt");
    let target = root.join("target/validators/slack");
    fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    // Tests run in many processes: one installs, and the others wait.
    let lock = File::create(target.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let wanted = fs::read(&pins).map_err(|error| error.to_string())?;
    let (mark, python) = (target.join("installed"), target.join("venv/bin/python"));
    if fs::read(&mark).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    let run = |command: &mut Command| {
        let done = command.output().map_err(|error| error.to_string())?;
        if done.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    };
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(target.join("venv")))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "-r",
        ])
        .arg(&pins))?;
    fs::write(mark, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

/// How many were tried, and which were refused, and why.
fn verdict(python: &Path, messages: &[(String, Value)]) -> (u64, Vec<String>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validators/slack/validate.py");
    let mut lines = tempfile::tempfile().expect("a file");
    for (name, message) in messages {
        writeln!(lines, "{}", json!({ "name": name, "message": message })).expect("written");
    }
    std::io::Seek::rewind(&mut lines).expect("from the start");
    let output = Command::new(python)
        .arg(script)
        .stdin(Stdio::from(lines))
        .output()
        .expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    let said: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no verdict: {errors}"));
    let refused = said["refused"].as_array().expect("a list");
    (
        said["tried"].as_u64().expect("a count"),
        refused.iter().map(ToString::to_string).collect(),
    )
}

fn all_messages() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (name, text) in goldens() {
        let views: Value = serde_json::from_str(&text).expect("JSON");
        for message in views
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
        {
            if message.get("delete_original").is_none() {
                all.push((name.clone(), message.clone()));
            }
        }
    }
    for view in all_views() {
        all.extend(
            messages(&view)
                .into_iter()
                .map(|it| ("a hostile name".to_owned(), it)),
        );
    }
    let mut dice = TestRunner::deterministic();
    for number in 0..GENERATED {
        let view = pages().new_tree(&mut dice).expect("a page").current();
        all.extend(
            messages(&view)
                .into_iter()
                .map(|it| (format!("page {number}"), it)),
        );
    }
    all
}

/// The same message with one thing wrong.
fn broken() -> Vec<(String, Value)> {
    let whole = messages(&a_picker()).remove(0);
    let menu = "/blocks/2/elements/0";
    assert_eq!(whole.pointer(menu).expect("a menu")["type"], "static_select");
    let option = whole
        .pointer(&format!("{menu}/option_groups/0/options/0"))
        .expect("an option");
    let long = |length| json!("x".repeat(length));
    let wrong = [
        ("/blocks/0/text/text".to_owned(), long(3_001)),
        ("/blocks/0/type".to_owned(), json!("paragraph")),
        ("/blocks/2/block_id".to_owned(), long(256)),
        (format!("{menu}/action_id"), long(256)),
        (format!("{menu}/placeholder/text"), long(151)),
        (format!("{menu}/option_groups/0/options/0/text/text"), long(76)),
        (format!("{menu}/option_groups/0/options/0/value"), long(151)),
        (
            format!("{menu}/option_groups/0/options"),
            json!(vec![option; 101]),
        ),
        (format!("{menu}/option_groups/0/label/text"), long(76)),
        (
            format!("{menu}/option_groups/0/options/0/text/colour"),
            json!("red"),
        ),
        ("/blocks/3/elements/0/text/text".to_owned(), long(76)),
        ("/blocks/3/elements/0/value".to_owned(), long(2_001)),
        ("/blocks/3/elements/0/shape".to_owned(), json!("round")),
    ];
    wrong
        .into_iter()
        .map(|(path, value)| {
            let mut message = whole.clone();
            let (parent, key) = path.rsplit_once('/').expect("a path");
            let parent = message.pointer_mut(parent).unwrap_or_else(|| panic!("no {path}"));
            parent[key] = value;
            (path, message)
        })
        .collect()
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the verdicts are for whoever reads the test's output"
)]
fn validators_that_others_wrote_take_our_payloads_and_refuse_broken_ones() {
    let python = match installed() {
        Ok(python) => python,
        Err(why) => {
            eprintln!("Slack's SDK could not be brought, so it was not asked: {why}");
            return;
        }
    };
    let messages = all_messages();
    let (tried, refused) = verdict(&python, &messages);
    eprintln!("slack_sdk: {tried} tried, {} refused", refused.len());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert_eq!(tried, u64::try_from(messages.len()).expect("a count"));
    let broken = broken();
    let (tried, refused) = verdict(&python, &broken);
    eprintln!("slack_sdk: {tried} broken ones tried, {} refused", refused.len());
    for (name, _) in &broken {
        let found = refused.iter().any(|why| why.starts_with(&format!("[\"{name}\"")));
        assert!(found, "{name} was not refused: {}", refused.join("\n"));
    }
}
