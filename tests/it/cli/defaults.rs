//! `models set`, `set-image`, `aliases`, `fallbacks`, `image-fallbacks`.

use std::fs;

use serde_json::json;

use super::home::{Home, Ran, assert_no_secret, run};

const TEXT: &str = "// ours\n{\n  agents: {\n    defaults: {\n      model: 'anthropic/claude-opus-4-5', // the default\n    },\n    list: [\n      { id: 'main', default: true },\n      { id: 'work', model: 'openai/gpt-5.2' },\n    ],\n  },\n}\n";

fn home(text: &str) -> Home {
    let home = Home::new();
    home.write("state/modelpin.json", text);
    home
}

fn models(home: &Home, args: &[&str]) -> Ran {
    run(&mut home.modelpin(&[&["models"], args].concat()), b"")
}

fn text(home: &Home) -> String {
    fs::read_to_string(home.state().join("modelpin.json")).expect("there")
}

/// The lines of one text that are not in the other.
fn changed(one: &str, other: &str) -> Vec<String> {
    let lines: Vec<&str> = other.lines().collect();
    one.lines()
        .filter(|line| !lines.contains(line))
        .map(str::to_owned)
        .collect()
}

#[test]
fn setting_the_default_changes_one_line_and_makes_no_allowlist() {
    let home = home(TEXT);
    models(&home, &["set", "OpenAI/gpt-5.2"]).succeeded();
    assert_eq!(
        changed(&text(&home), TEXT),
        ["      model: \"openai/gpt-5.2\", // the default"]
    );
    assert_eq!(
        models(&home, &["status", "--plain"]).succeeded().out,
        "openai/gpt-5.2\n"
    );
    models(&home, &["set", "sonnet", "--agent", "work"]).succeeded();
    assert!(
        text(&home).contains("{ id: 'work', model: \"anthropic/claude-sonnet-4-5\" }"),
        "{}",
        text(&home)
    );
    let before = text(&home);
    let told = models(&home, &["set", "sonet"]).failed(1);
    assert!(
        told.err.contains("did you mean") && told.err.contains("sonnet"),
        "{}",
        told.err
    );
    models(&home, &["set", "opus", "--agent", "nobody"]).failed(1);
    assert_eq!(text(&home), before);
}

#[test]
fn a_model_that_is_made_the_default_is_put_on_an_allowlist_that_is_there() {
    let home = home("{ agents: { defaults: { models: { 'anthropic/claude-opus-4-5': {} } } } }");
    let told = models(&home, &["set", "openai/gpt-5.2"]).succeeded().out;
    assert!(told.contains("was not on the allowlist, and is now"), "{told}");
    let status = models(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(
        status["allowed"],
        json!(["anthropic/claude-opus-4-5", "openai/gpt-5.2"])
    );
}

#[test]
fn fallbacks_are_added_listed_removed_and_cleared() {
    for (command, key) in [("fallbacks", "fallbacks"), ("image-fallbacks", "imageFallbacks")] {
        let home = home(TEXT);
        models(&home, &[command, "add", "gpt"]).succeeded();
        models(&home, &[command, "add", "anthropic/claude-haiku-4-5"]).succeeded();
        models(&home, &[command, "add", "openai/gpt-5.2"]).succeeded();
        let list = models(&home, &[command, "list", "--json"]).succeeded().json();
        assert_eq!(
            list,
            json!({ "fallbacks": ["openai/gpt-5.2", "anthropic/claude-haiku-4-5"] })
        );
        assert_eq!(
            models(&home, &["status", "--json"]).succeeded().json()[key],
            list["fallbacks"]
        );
        assert!(text(&home).contains("// the default") && text(&home).contains("// ours"));
        models(&home, &[command, "remove", "gpt"]).succeeded();
        assert_eq!(
            models(&home, &[command, "list", "--plain"]).succeeded().out,
            "anthropic/claude-haiku-4-5\n"
        );
        assert!(
            models(&home, &[command, "remove", "gpt"])
                .failed(1)
                .err
                .contains("is no fallback")
        );
        models(&home, &[command, "clear"]).succeeded();
        assert!(
            models(&home, &[command, "list"])
                .succeeded()
                .out
                .contains("There are no fallbacks")
        );
        models(&home, &["set-image", "opus"]).succeeded();
        assert_eq!(
            models(&home, &["status", "--json"]).succeeded().json()["imageModel"],
            "anthropic/claude-opus-4-6"
        );
    }
}

#[test]
fn an_alias_shuts_nobody_out_and_belongs_to_one_model() {
    let home = home(TEXT);
    let told = models(&home, &["aliases", "add", "fast", "anthropic/claude-haiku-4-5"])
        .succeeded()
        .out;
    assert!(told.contains("is the allowlist now"), "{told}");
    let status = models(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(status["aliases"], json!({ "fast": "anthropic/claude-haiku-4-5" }));
    assert_eq!(
        status["allowed"],
        json!(["anthropic/claude-haiku-4-5", "anthropic/claude-opus-4-5"])
    );
    assert!(
        models(&home, &["aliases", "add", "fast", "openai/gpt-5.2"])
            .failed(1)
            .err
            .contains("stands for anthropic/claude-haiku-4-5")
    );
    assert!(
        models(&home, &["aliases", "add", "a b", "openai/gpt-5.2"])
            .failed(1)
            .err
            .contains("an alias takes")
    );
    assert!(
        models(&home, &["aliases", "remove", "fats"])
            .failed(1)
            .err
            .contains("did you mean fast?")
    );
    models(&home, &["aliases", "remove", "fast"]).succeeded();
    assert!(
        models(&home, &["aliases", "list"])
            .succeeded()
            .out
            .contains("No model has a short name")
    );
}

#[test]
fn a_file_that_cannot_be_edited_is_told_and_left_alone() {
    for (wrong, says) in [
        ("{ agents: { defaults: 'x' } }", "modelpin.json:1:"),
        ("{ agents: ", "modelpin.json:1:"),
        ("{ agents/* so */: {} }", "cannot be edited in place"),
        (
            "{ agents: { defaults: { model: 'a/b' } }, agents: {} }",
            "more than once",
        ),
    ] {
        let home = home(wrong);
        let told = models(&home, &["set", "openai/gpt-5.2"]).failed(1);
        assert!(told.err.contains(says), "{wrong}: {}", told.err);
        assert_eq!(text(&home), wrong);
    }
}

#[test]
fn writers_of_the_configuration_lose_nothing_of_each_other() {
    let home = home("{}");
    let names: Vec<String> = (0..12).map(|at| format!("p/m{at}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            let home = &home;
            scope.spawn(move || models(home, &["fallbacks", "add", name]).succeeded());
        }
    });
    let mut list = models(&home, &["fallbacks", "list", "--plain"]).succeeded().out;
    let mut lines: Vec<&str> = list.trim_end().lines().collect();
    lines.sort_by_key(|line| line.len() * 100 + usize::from(line.as_bytes()[line.len() - 1]));
    list = lines.join(" ");
    assert_eq!(list, names.join(" "));
}

#[test]
fn included_files_are_read_and_stay_as_they_are() {
    let home = home(
        "{\n  // parts\n  $include: ['./models.json5'],\n  auth: { $include: './parts/auth.json5' },\n}\n",
    );
    home.write("state/models.json5", "{ agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-5', fallbacks: ['openai/gpt-5.2'] } } } }");
    home.write("state/parts/auth.json5", "{ fence: 'ask' }");
    assert_eq!(
        models(&home, &["status", "--plain"]).succeeded().out,
        "anthropic/claude-opus-4-5\n"
    );
    models(&home, &["set", "anthropic/claude-haiku-4-5"]).succeeded();
    let status = models(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(
        (&status["resolvedDefault"], &status["fallbacks"]),
        (&json!("anthropic/claude-haiku-4-5"), &json!(["openai/gpt-5.2"]))
    );
    assert!(text(&home).contains("// parts") && text(&home).contains("$include: ['./models.json5']"));
    assert!(
        fs::read_to_string(home.state().join("models.json5"))
            .expect("there")
            .contains("claude-opus-4-5'")
    );
    home.write("state/parts/auth.json5", "{\n  fence: 'sometimes' }");
    let told = models(&home, &["status"]).failed(1).err;
    assert!(
        told.contains("parts/auth.json5:2:") && told.contains("auth.fence"),
        "{told}"
    );
    home.write("outside.json5", "{}");
    home.write("state/modelpin.json", "{ $include: '../outside.json5' }");
    assert!(
        models(&home, &["status"])
            .failed(1)
            .err
            .contains("the folder of the configuration")
    );
}

/// The text of the configuration, after a command that has to fail and to change nothing.
#[track_caller]
fn refused(home: &Home, args: &[&str], says: &[&str]) {
    // A lock comes and goes: the time of the folder changes.
    let files = || {
        let mut all = home.listing();
        all.retain(|(path, ..)| path.is_file());
        all
    };
    let before = files();
    let told = models(home, args).failed(1);
    for part in says {
        assert!(told.err.contains(part), "{args:?}: {part}: {}", told.err);
    }
    assert_eq!(files(), before, "{args:?}");
}

#[test]
fn the_agent_that_is_named_is_changed_though_an_included_file_has_agents_too() {
    let home = home(
        "{ $include: './a.json5', agents: { list: [\n{ id: 'two', model: 'p/2' },\n{ id: 'three', model: 'p/3' }\n] } }",
    );
    home.write(
        "state/a.json5",
        "{ agents: { list: [{ id: 'one', model: 'p/1' }] } }",
    );
    models(&home, &["set", "p/new", "--agent", "two"]).succeeded();
    assert!(
        text(&home).contains("{ id: 'two', model: \"p/new\" },\n{ id: 'three', model: 'p/3' }"),
        "{}",
        text(&home)
    );
    refused(
        &home,
        &["set", "p/new", "--agent", "one"],
        &["agents.list[0]", "a.json5", "change it there"],
    );
}

#[test]
fn what_an_included_file_says_is_kept_or_named_and_never_hidden() {
    let home = home("{ $include: './a.json5' }\n");
    let models_of = |home: &Home| {
        let status = models(home, &["status", "--json"]).succeeded().json();
        (status["resolvedDefault"].clone(), status["fallbacks"].clone())
    };
    home.write("state/a.json5", "{ agents: { defaults: { model: 'p/one' } } }");
    models(&home, &["fallbacks", "add", "p/two"]).succeeded();
    assert_eq!(models_of(&home), (json!("p/one"), json!(["p/two"])));

    home.write("state/modelpin.json", "{ $include: './a.json5' }\n");
    home.write(
        "state/a.json5",
        "{ agents: { defaults: { model: { primary: 'p/one', fallbacks: ['p/x'] }, models: { 'p/one': { alias: 'uno' }, 'p/x': {} } } } }",
    );
    let elsewhere = ["a.json5", "change it there"];
    refused(&home, &["fallbacks", "remove", "p/x"], &elsewhere);
    refused(&home, &["fallbacks", "clear"], &elsewhere);
    refused(&home, &["aliases", "remove", "uno"], &elsewhere);
    models(&home, &["fallbacks", "add", "p/x"]).succeeded();
    assert_eq!(text(&home), "{ $include: './a.json5' }\n", "it is there already");
    models(&home, &["fallbacks", "add", "p/y"]).succeeded();
    assert_eq!(models_of(&home), (json!("p/one"), json!(["p/x", "p/y"])));
    models(&home, &["fallbacks", "remove", "p/y"]).succeeded();
    assert_eq!(models_of(&home), (json!("p/one"), json!(["p/x"])));
    // The allowlist of the included file is one: the new default is put on it.
    let told = models(&home, &["set", "p/new"]).succeeded().out;
    assert!(told.contains("was not on the allowlist, and is now"), "{told}");
    assert_eq!(models_of(&home), (json!("p/new"), json!(["p/x"])));
    let told = models(&home, &["aliases", "add", "neu", "p/new"]).succeeded().out;
    assert!(!told.contains("is the allowlist now"), "{told}");
    let status = models(&home, &["status", "--json"]).succeeded().json();
    assert_eq!(status["allowed"], json!(["p/one", "p/x", "p/y", "p/new"]));
    assert_eq!(status["aliases"], json!({ "uno": "p/one", "neu": "p/new" }));
}

#[test]
fn includes_that_cannot_be_read_are_told_without_what_was_written() {
    const CANARY: &str = "sk-ant-api03-EXAMPLE-CANARY-inc0q7Zt";
    let home = home(&format!(
        "{{\n  auth: {{ $include: ['./ok.json5', '{CANARY}'] }} }}"
    ));
    home.write("state/ok.json5", &format!("{{ fens: '{CANARY}' }}"));
    home.write("outside.json5", "{}");
    let all = |args: &[&str]| {
        let ran = models(&home, args);
        assert_no_secret(&ran.all(), &[CANARY]);
        ran
    };
    let told = all(&["status", "-vvv"]).failed(1).err;
    assert!(
        told.contains("modelpin.json:2:36: `auth.$include[1]`: there is no such file"),
        "{told}"
    );
    home.write("state/modelpin.json", "{ auth: { $include: './ok.json5' } }");
    let told = all(&["status", "-vvv"]).succeeded().err;
    assert!(
        told.contains("in ") && told.contains("ok.json5: `auth.fens`: unknown key"),
        "{told}"
    );
    home.write("state/modelpin.json", "{ $include: '../outside.json5' }");
    // Also where the configuration is named without its folder.
    let mut bare = home.bare(["models", "status", "--config", "modelpin.json"]);
    let told = run(bare.current_dir(home.state()), b"").failed(1).err;
    assert!(told.contains("is outside"), "{told}");
}

#[cfg(unix)]
#[test]
fn an_include_that_is_a_pipe_is_not_waited_for() {
    let home = home("{ $include: './pipe' }");
    let made = std::process::Command::new("mkfifo")
        .arg(home.state().join("pipe"))
        .status();
    assert!(made.expect("mkfifo").success());
    assert!(
        models(&home, &["status"])
            .failed(1)
            .err
            .contains("this is no file")
    );
}
