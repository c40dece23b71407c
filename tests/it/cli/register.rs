//! `modelpin register`: what a platform is told, and how.

use serde_json::json;

use super::home::{Home, run};

fn home() -> Home {
    let models = json!({
        "anthropic/claude-opus-4-6": { "alias": "opus" },
        "openai/gpt-5": { "alias": "gpt-5" },
    });
    Home::with(
        &json!({ "agents": { "defaults": { "models": models } } }),
        &json!({ "version": 1, "profiles": {} }),
    )
}

#[test]
fn telegram_is_told_the_aliases_that_it_takes_and_people_what_was_left_out() {
    let home = home();
    let told = run(&mut home.modelpin(&["register", "telegram", "--json"]), b"").succeeded();
    let body = told.json();
    let names: Vec<&str> = body["commands"]
        .as_array()
        .expect("commands")
        .iter()
        .filter_map(|command| command["command"].as_str())
        .collect();
    assert_eq!(names, ["model", "models", "opus"]);
    let told = run(&mut home.modelpin(&["register", "telegram"]), b"").succeeded();
    assert!(
        told.out.contains("/opus") && told.out.contains("/gpt-5"),
        "{}",
        told.out
    );
    assert!(told.out.contains("setMyCommands"), "{}", told.out);
    let groups = [
        "register",
        "telegram",
        "--scope",
        "groups",
        "--ephemeral",
        "--language",
        "vi",
        "--json",
    ];
    let body = run(&mut home.modelpin(&groups), b"").succeeded().json();
    assert_eq!(
        (&body["scope"]["type"], &body["language_code"]),
        (&json!("all_group_chats"), &json!("vi"))
    );
    assert_eq!(body["commands"][0]["is_ephemeral"], true);
}

#[test]
fn discord_and_slack_are_told_one_command() {
    let home = home();
    let body = run(&mut home.modelpin(&["register", "discord", "--json"]), b"")
        .succeeded()
        .json();
    assert_eq!(
        (&body["name"], &body["options"][0]["autocomplete"]),
        (&json!("model"), &json!(true))
    );
    let manifest = [
        "register",
        "slack",
        "--name",
        "pinbot",
        "--url",
        "https://bot.example/s",
        "--json",
    ];
    let body = run(&mut home.modelpin(&manifest), b"").succeeded().json();
    assert_eq!(
        body["features"]["slash_commands"][0]["url"],
        "https://bot.example/s"
    );
    assert_eq!(body["settings"]["socket_mode_enabled"], false);
    for platform in ["telegram", "discord", "slack"] {
        let told = run(&mut home.modelpin(&["register", platform]), b"").succeeded();
        for line in told.out.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(told.out.contains("/model"), "{}", told.out);
    }
}

#[test]
fn what_cannot_be_told_is_wrong_usage() {
    let home = home();
    for wrong in [
        &["register"][..],
        &["register", "matrix"],
        &["register", "telegram", "--language", "english"],
        &["register", "telegram", "--ephemeral"],
        &["register", "slack", "--url", "http://bot.example"],
        &["register", "slack", "--name", "xoxb-EXAMPLE-CANARY-1234567890"],
    ] {
        let told = run(&mut home.modelpin(wrong), b"");
        assert_eq!(told.code, Some(64), "{wrong:?}: {}", told.err);
        assert!(!told.err.contains("CANARY"), "{}", told.err);
    }
}
