//! What others wrote about Telegram's Bot API says that our requests are right, and that broken ones are not.
//!
//! The script and the pins of its packages are in `tests/validators/telegram/`. They are brought at the first run into
//! `target/validators/telegram/`; where there is no Python, or no way to PyPI, this says so and passes over.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{all_views, answers, generated, messages};

/// So many generated pages.
const GENERATED: usize = 200;

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The interpreter that has the packages, or why there is none.
fn installed() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pins = root.join("tests/validators/telegram/requirements.txt");
    let target = root.join("target/validators/telegram");
    fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    // Tests run in many processes: one installs, and the others wait.
    let lock = File::create(target.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let wanted = fs::read(&pins).map_err(|error| error.to_string())?;
    let (mark, python) = (target.join("installed"), target.join("py/bin/python"));
    if fs::read(&mark).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(target.join("py")))?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    run(Command::new(&python).args(pip).arg(pins))?;
    fs::write(mark, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

fn verdicts(python: &Path, requests: &[Value]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validators/telegram/validate.py");
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), Value::from(requests).to_string()).expect("written");
    let asked = Command::new(python)
        .arg(script)
        .arg(file.path())
        .env("PYTHONUTF8", "1")
        .output();
    let output = asked.expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {errors}"))
}

fn sent(name: &str, mut payload: Value) -> Value {
    payload["chat_id"] = 1.into();
    json!({ "name": name, "method": "sendMessage", "body": payload })
}

/// What a library refused: the names.
fn refused(verdicts: &Value, by: &str) -> Vec<String> {
    let refused = verdicts[by]["refused"].as_array().expect("a list");
    refused
        .iter()
        .map(|it| it[0].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the verdicts are for whoever reads the test's output"
)]
fn libraries_that_others_wrote_take_our_requests_and_refuse_broken_ones() {
    let python = match installed() {
        Ok(python) => python,
        Err(why) => {
            eprintln!("Telegram's validators could not be brought, so they were not asked: {why}");
            return;
        }
    };
    let mut requests: Vec<Value> = Vec::new();
    for (view, number) in all_views().iter().zip(0..) {
        let name = format!("view {number}");
        requests.extend(messages(view).into_iter().map(|payload| sent(&name, payload)));
    }
    let mut runner = TestRunner::deterministic();
    for number in 0..GENERATED {
        let view = generated::picker(24)
            .new_tree(&mut runner)
            .expect("a page")
            .current();
        let name = format!("generated {number}");
        requests.extend(messages(&view).into_iter().map(|payload| sent(&name, payload)));
    }
    for (name, calls) in answers::all().as_object().expect("by name") {
        for call in calls.as_array().expect("calls") {
            requests.push(json!({ "name": name, "method": call["method"], "body": call["body"] }));
        }
    }
    let said = verdicts(&python, &requests);
    for (library, verdict) in said.as_object().expect("verdicts") {
        let refused = verdict["refused"].as_array().expect("a list");
        eprintln!("{library}: {} tried, {} refused", verdict["tried"], refused.len());
        assert!(refused.is_empty(), "{library}: {verdict:#}");
    }
    broken_ones_are_refused(&python, &requests);
}

fn broken_ones_are_refused(python: &Path, good: &[Value]) {
    let whole = good
        .iter()
        .find(|request| {
            let body = &request["body"];
            request["method"] == "sendMessage"
                && body["reply_markup"].is_object()
                && body["entities"].is_array()
        })
        .expect("one with all that there is");
    let broken = |path: &str, value: Value| {
        let mut request = whole.clone();
        request["name"] = path.into();
        *request["body"].pointer_mut(path).expect("there") = value;
        request
    };
    let entity = whole["body"]["entities"][0].clone();
    let button = whole["body"]["reply_markup"]["inline_keyboard"][0][0].clone();
    let figures = [
        broken("/text", "x".repeat(4_097).into()),
        broken("/entities", vec![entity; 101].into()),
        broken(
            "/reply_markup/inline_keyboard",
            vec![vec![button.clone()]; 101].into(),
        ),
        broken("/reply_markup/inline_keyboard/0", vec![button; 9].into()),
        broken(
            "/reply_markup/inline_keyboard/0/0/callback_data",
            "x".repeat(65).into(),
        ),
    ];
    let shapes = [
        broken("/text", 1.into()),
        broken(
            "/entities/0",
            json!({ "type": "code", "offset": 0, "length": "all" }),
        ),
        broken(
            "/link_preview_options",
            json!({ "is_disabled": true, "is_quiet": true }),
        ),
        broken(
            "/reply_markup/inline_keyboard/0/0",
            json!({ "callback_data": "x" }),
        ),
        broken("/reply_markup", json!({ "inline_keyboards": [] })),
    ];
    let said = verdicts(python, &figures);
    assert_eq!(
        refused(&said, "python-telegram-bot").len(),
        figures.len(),
        "{said:#}"
    );
    let said = verdicts(python, &shapes);
    assert_eq!(refused(&said, "aiogram").len(), shapes.len(), "{said:#}");
}
