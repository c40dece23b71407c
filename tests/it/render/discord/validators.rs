//! What others wrote to check Discord's payloads says that ours are right, and that broken ones are not.
//!
//! The script and the pins of its packages are in `tests/validators/discord/`. They are brought at the first run into
//! `target/validators/discord/`; where there is no node, or no way to npm, this says so and passes over.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use modelpin::registration::discord::{ApplicationCommand, Autocomplete};
use modelpin::render::Render;
use modelpin::render::discord::Discord;
use modelpin::view::{Names, View};
use serde_json::{Value, json};

use super::{NAMES, all_views, answers, everywhere, goldens, long_views, pressable};

/// The folder that has `node_modules`, or why there is none.
fn installed() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (pins, target) = (
        root.join("tests/validators/discord"),
        root.join("target/validators/discord"),
    );
    fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    // Tests run in many processes: one installs, and the others wait.
    let lock = File::create(target.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let wanted = fs::read(pins.join("package-lock.json")).map_err(|error| error.to_string())?;
    let mark = target.join("installed");
    if fs::read(&mark).is_ok_and(|had| had == wanted) {
        return Ok(target);
    }
    for file in ["package.json", "package-lock.json"] {
        fs::copy(pins.join(file), target.join(file)).map_err(|error| error.to_string())?;
    }
    let npm = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--fetch-timeout=60000"])
        .current_dir(&target)
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    if !npm.status.success() {
        return Err(String::from_utf8_lossy(&npm.stderr).into_owned());
    }
    fs::write(mark, wanted).map_err(|error| error.to_string())?;
    Ok(target)
}

/// What each of them says.
fn verdicts(modules: &Path, payloads: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validators/discord/validate.mjs");
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), payloads.to_string()).expect("written");
    let output = Command::new("node")
        .arg(script)
        .arg(file.path())
        .env("MODELPIN_VALIDATORS", modules)
        .output()
        .expect("node starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {errors}"))
}

fn named(name: &str, payload: Value) -> Value {
    json!({ "name": name, "payload": payload })
}

/// The messages of a golden file, which has those of several views.
fn of_golden(name: &str, golden: &Value) -> Vec<Value> {
    let views = golden.as_array().into_iter().flatten();
    let messages = views.flat_map(|view| view.as_array().cloned().unwrap_or_default());
    messages.map(|message| named(name, message)).collect()
}

fn rendered(view: &View) -> Vec<Value> {
    let messages = Discord.render(view);
    messages.iter().map(|message| json!(message)).collect()
}

/// The texts of hostile names, each beside the text of the same view with a harmless one.
fn alike() -> Vec<Value> {
    let harmless: Vec<View> = everywhere("harmless");
    let mut pairs = Vec::new();
    for name in NAMES.iter().filter(|name| !name.is_empty()) {
        for (view, like) in everywhere(name).iter().zip(&harmless) {
            for (view, like) in [(view.clone(), like.clone()), (pressable(view), pressable(like))] {
                for (message, like) in rendered(&view).iter().zip(rendered(&like)) {
                    pairs.push(
                        json!({ "name": name, "content": message["content"], "like": like["content"] }),
                    );
                }
            }
        }
    }
    pairs
}

/// What is offered while somebody types.
fn completions() -> Vec<Value> {
    let provider = modelpin::ProviderId::new("demo");
    let models = NAMES.iter().map(|name| ((*name).to_owned(), provider.clone()));
    let names = Names {
        models: models.collect(),
        profiles: vec![(modelpin::ProfileId::new("demo:work"), provider.clone())],
        ..Names::default()
    };
    let typed = ["", "s", "status", "li", "@", "@work", "x@", "👩"];
    let offered = typed.iter().map(|typed| (typed, Autocomplete::of(typed, &names)));
    offered
        .map(|(typed, offered)| named(typed, json!(offered)))
        .collect()
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the verdicts are for whoever reads the test's output"
)]
fn validators_that_others_wrote_take_our_payloads_and_refuse_broken_ones() {
    let modules = match installed() {
        Ok(modules) => modules,
        Err(why) => {
            eprintln!("Discord's validators could not be brought, so they were not asked: {why}");
            return;
        }
    };
    let read = |(name, text): (String, String)| (name, serde_json::from_str(&text).expect("JSON"));
    let goldens: Vec<(String, Value)> = goldens().into_iter().map(read).collect();
    let mut messages: Vec<Value> = goldens
        .iter()
        .filter(|(name, _)| name != "answers.json")
        .flat_map(|(name, golden)| of_golden(name, golden))
        .collect();
    for (view, number) in all_views().iter().zip(0..) {
        messages.extend(
            rendered(view)
                .into_iter()
                .map(|it| named(&format!("view {number}"), it)),
        );
    }
    for (view, number) in long_views().iter().zip(0..) {
        messages.extend(
            rendered(view)
                .into_iter()
                .map(|it| named(&format!("long view {number}"), it)),
        );
    }
    let answers = answers();
    let answers = answers.as_object().expect("answers by name").iter();
    let mut responses: Vec<Value> = answers
        .map(|(name, answer)| named(name, answer.get("response").unwrap_or(answer).clone()))
        .collect();
    responses.extend(completions());
    let good = verdicts(
        &modules,
        &json!({
            "messages": messages,
            "responses": responses,
            "commands": [named("/model", json!(ApplicationCommand::model()))],
            "alike": alike(),
        }),
    );
    for (validator, verdict) in good.as_object().expect("verdicts") {
        let refused = verdict["refused"].as_array().expect("a list");
        eprintln!(
            "{validator}: {} tried, {} refused",
            verdict["tried"],
            refused.len()
        );
        assert!(refused.is_empty(), "{validator}: {verdict:#}");
    }
    assert_broken_ones_are_refused(&modules, &goldens);
}

fn assert_broken_ones_are_refused(modules: &Path, goldens: &[(String, Value)]) {
    let (_, picker) = goldens
        .iter()
        .find(|(name, _)| name == "picker.buttons.json")
        .expect("there");
    let whole = &picker[0][0];
    let broken = |path: &str, value: Value| {
        let mut message = whole.clone();
        *message.pointer_mut(path).expect("there") = value;
        named(path, message)
    };
    let option = "/components/0/components/0/options/0";
    let options = whole["components"][0]["components"][0]["options"][0].clone();
    let by_builders = vec![
        broken(&format!("{option}/label"), json!("x".repeat(101))),
        broken(&format!("{option}/value"), json!("x".repeat(101))),
        broken(&format!("{option}/description"), json!("")),
        broken("/components/0/components/0/options", json!(vec![options; 26])),
        broken("/components/0/components/0/placeholder", json!("x".repeat(151))),
        broken("/components/0/components/0/custom_id", json!("x".repeat(101))),
    ];
    let by_types = vec![
        broken("/components/0/type", json!(99)),
        broken("/allowed_mentions/parse", json!(["nobody"])),
        broken("/content", json!(1)),
    ];
    let by_markdown = json!([
        { "name": "bold", "content": "**x**", "like": "x" },
        { "name": "everyone", "content": "@everyone", "like": "x" },
        { "name": "link", "content": "https://evil.example", "like": "x" },
    ]);
    let count = |wanted: &[Value]| wanted.len();
    let (builders, types) = (count(&by_builders), count(&by_types));
    let said = verdicts(modules, &json!({ "messages": by_builders, "alike": by_markdown }));
    let refused = |said: &Value, by: &str| {
        let refused = said[by]["refused"].as_array().expect("a list");
        let names: std::collections::BTreeSet<String> = refused.iter().map(|it| it[0].to_string()).collect();
        names.len()
    };
    assert_eq!(refused(&said, "builders"), builders, "{said:#}");
    assert_eq!(refused(&said, "markdown"), 3, "{said:#}");
    let said = verdicts(modules, &json!({ "messages": by_types }));
    assert_eq!(refused(&said, "types"), types, "{said:#}");
}
