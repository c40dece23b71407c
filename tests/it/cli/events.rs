//! `modelpin events test`: a real program and a real server get the event, and the answer says what became of it.

use std::fs;

use serde_json::{Value, json};

use super::home::Home;
use super::leaks::{modelpin, ran};
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-eVt4kRn8Wd";
/// URLs of webhooks hold tokens.
const TOKEN: &str = "EXAMPLE-CANARY-h00kX7pQz1";
/// Stands in the configuration, where arguments and addresses do, and is told nowhere else.
const WRITTEN: &str = "w7Gx2nLq9Zr4";

fn home(events: &Value) -> Home {
    let store = json!({ "version": 1, "profiles": {
        "anthropic:work": { "type": "api_key", "provider": "anthropic", "key": KEY },
    } });
    Home::with(&json!({ "events": events }), &store)
}

#[test]
fn where_nothing_is_set_it_says_that_events_go_to_the_log_alone() {
    let home = home(&json!({}));
    let told = modelpin(&home, &["events", "test"], "", &[KEY]).failed(1);
    assert!(
        told.err
            .contains("neither events.command nor events.webhook is set"),
        "{}",
        told.err
    );
}

#[test]
fn the_event_arrives_at_both_and_no_credential_goes_along() {
    let server = Provider::start(|_| Answer::anthropic("thanks"));
    let home = Home::new();
    let folder = home.root().join("told");
    fs::create_dir(&folder).expect("a folder");
    let script = format!("cat > {0}/in; env > {0}/env", folder.display());
    home.write(
        "state/openclaw.json",
        &json!({ "events": {
            "command": ["/bin/sh", "-c", script],
            "webhook": format!("{}/${{HOOK_TOKEN}}", server.url("")),
        } })
        .to_string(),
    );
    let mut command = home.modelpin(&["events", "test", "--json"]);
    command.env("HOOK_TOKEN", TOKEN).env("ANTHROPIC_API_KEY", KEY);
    let told = ran(&home, &mut command, "", &[KEY, TOKEN]).succeeded();
    assert_eq!(
        told.json(),
        json!({ "ok": true, "deliveries": [
            { "target": "command", "ok": true, "error": null },
            { "target": "webhook", "ok": true, "error": null },
        ] })
    );
    let input: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("in")).expect("written")).expect("JSON");
    assert_eq!(input["event"], "test");
    let environment = fs::read_to_string(folder.join("env")).expect("written");
    assert!(environment.contains("MODELPIN_EVENT=test"), "{environment}");
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].body, input, "both are told the same");
    assert!(
        asked[0].line.starts_with(&format!("POST /{TOKEN} ")),
        "{}",
        asked[0].line
    );
}

#[test]
fn what_fails_is_told_with_its_cause_and_without_arguments_and_addresses() {
    let server = Provider::start(|_| Answer::error("404 Not Found", "", &json!({})));
    let home = home(&json!({
        "command": ["/bin/sh", "-c", format!("exit 3 # {WRITTEN}")],
        "webhook": format!("{}/{WRITTEN}", server.url("")),
    }));
    let told = modelpin(&home, &["events", "test"], "", &[KEY]).failed(1);
    assert_eq!(
        told.out,
        "events.command: failed: /bin/sh ended with exit code 3\n\
         events.webhook: failed: the webhook answered with status 404 (tries: 1)\n"
    );
    assert!(!told.all().contains(WRITTEN), "{}", told.all());
}

#[test]
fn a_target_that_cannot_be_is_told_with_its_place() {
    let home = home(&json!({ "command": ["notify"] }));
    let told = modelpin(&home, &["events", "test"], "", &[KEY]).failed(1);
    assert!(told.err.contains("events.command[0]"), "{}", told.err);
    let home = self::home(&json!({ "webhook": "${NO_SUCH_HOOK}" }));
    let told = modelpin(&home, &["events", "test"], "", &[KEY]).failed(1);
    assert!(told.err.contains("NO_SUCH_HOOK is not set"), "{}", told.err);
}
