//! `models auth paste-token`, `paste-api-key`, `order`, `rename`, `remove`, through pipes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::home::{Home, Ran, STORE};
use super::leaks;

const TOKEN: &str =
    "sk-ant-oat01-CANARYq7LmXw2ZaaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz0123456789abcdefgh";
const KEY: &str = "sk-ant-api03-CANARYh3RtVb9KzzYyXxWwVv";
const OTHER: &str = "sk-proj-CANARYd8GyNc4PqqRrSsTtUuVv";
const ALL: [&str; 3] = [TOKEN, KEY, OTHER];

fn auth(home: &Home, args: &[&str], input: &str) -> Ran {
    leaks::modelpin(home, &[&["models", "auth"], args].concat(), input, &ALL)
}

fn stored(home: &Home) -> Value {
    serde_json::from_str(&fs::read_to_string(home.root().join(STORE)).expect("a store")).expect("JSON")
}

fn config(home: &Home) -> String {
    fs::read_to_string(home.root().join("state/modelpin.json")).expect("a configuration")
}

#[test]
fn a_token_is_kept_and_known_on_a_bare_machine() {
    let home = Home::new();
    let told = auth(
        &home,
        &["paste-token", "--provider", "Anthropic", "--expires-in", "365d"],
        &format!(" {TOKEN}\r\n"),
    );
    assert!(
        told.succeeded()
            .out
            .contains("Kept anthropic:manual (token, key:")
    );
    let profile = &stored(&home)["profiles"]["anthropic:manual"];
    assert_eq!(
        (&profile["type"], &profile["provider"], &profile["token"]),
        (&json!("token"), &json!("anthropic"), &json!(TOKEN))
    );
    assert!(profile["expires"].as_i64().expect("an end") > 1_800_000_000_000);
    assert!(config(&home).contains(
        "\"anthropic:manual\": {\n        \"provider\": \"anthropic\",\n        \"mode\": \"token\""
    ));
    for (path, mode) in [
        ("state", 0o700),
        ("state/modelpin.json", 0o600),
        (STORE, 0o600),
        ("state/agents/main/agent", 0o700),
    ] {
        let is = fs::metadata(home.root().join(path))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(is & 0o777, mode, "{path}");
    }
    let again = auth(&home, &["paste-token", "--provider", "anthropic"], TOKEN);
    assert!(
        again.succeeded().out.contains("Updated anthropic:manual"),
        "without an end now"
    );
    let same = auth(&home, &["paste-token", "--provider", "anthropic"], TOKEN);
    assert!(same.succeeded().out.contains("Already there: anthropic:manual"));
}

#[test]
fn what_is_no_credential_is_refused_and_nothing_is_made() {
    let home = Home::new();
    for (args, input, code, says) in [
        (
            &["paste-token", "--provider", "anthropic"][..],
            "",
            1,
            "the input ended",
        ),
        (
            &["paste-token", "--provider", "anthropic"],
            "\n",
            1,
            "nothing was given",
        ),
        (
            &["paste-token", "--provider", "openai"],
            "two words\n",
            1,
            "blanks within",
        ),
        (
            &["paste-api-key", "--provider", "openai"],
            "k\u{e9}y-with-more\n",
            1,
            "characters",
        ),
        (
            &["paste-token", "--provider", "openai", "--expires-in", "soon"],
            OTHER,
            64,
            "length of time",
        ),
        (
            &["paste-token", "--provider", "not a provider"],
            OTHER,
            64,
            "--provider takes",
        ),
        (&["paste-token"], OTHER, 64, "--provider"),
        (&["setup-token"], TOKEN, 1, "needs a terminal"),
        (
            &["setup-token", "--provider", "openai"],
            TOKEN,
            64,
            "only anthropic",
        ),
        (
            &[
                "paste-token",
                "--provider",
                "openai",
                "--profile-id",
                "a",
                "--name",
                "b",
            ],
            OTHER,
            64,
            "cannot be used with",
        ),
    ] {
        let told = auth(&home, args, input).failed(code);
        assert!(told.err.contains(says), "{args:?}: {}", told.err);
    }
    let junk = "x".repeat(1 << 20);
    assert!(
        auth(&home, &["paste-api-key", "--provider", "openai"], &junk)
            .failed(1)
            .err
            .contains("over 64 KiB")
    );
    assert!(!home.state().join("agents").exists() && !home.state().join("modelpin.json").exists());
}

#[test]
fn an_api_key_in_the_place_of_a_token_is_told() {
    let home = Home::new();
    let told = auth(&home, &["paste-token", "--provider", "anthropic"], KEY).succeeded();
    assert!(
        told.err.contains("API key of Anthropic") && told.err.contains("paste-api-key"),
        "{}",
        told.err
    );
    let short = auth(
        &home,
        &["paste-token", "--provider", "anthropic", "--name", "short"],
        &TOKEN[..60],
    )
    .succeeded();
    assert!(
        short.err.contains("cut off") && short.err.contains("60"),
        "{}",
        short.err
    );
    let near = auth(&home, &["paste-api-key", "--provider", "opanai"], OTHER).succeeded();
    assert!(near.err.contains("did you mean openai"), "{}", near.err);
}

#[test]
fn a_new_profile_goes_first_in_orders_that_are_there() {
    let home = Home::new();
    home.write(
        "state/openclaw.json",
        "{\n  // mine\n  auth: { order: { Anthropic: ['anthropic:old'] } },\n}\n",
    );
    home.write(STORE, &json!({ "version": 1, "theirs": { "x": 1 }, "profiles": {
        "anthropic:old": { "type": "api_key", "provider": "anthropic", "key": KEY, "metadata": { "a": [1] } } },
        "order": { "anthropic": ["anthropic:old"] } }).to_string());
    let told = auth(
        &home,
        &["paste-token", "--provider", "anthropic", "--name", "My Work"],
        TOKEN,
    )
    .succeeded();
    assert!(
        told.out
            .contains("first in the order of the agent and in auth.order"),
        "{}",
        told.out
    );
    let text = fs::read_to_string(home.root().join("state/openclaw.json")).expect("there");
    assert!(
        text.contains("// mine") && text.contains("['anthropic:old']")
            || text.contains("[\"anthropic:my-work\", 'anthropic:old']"),
        "{text}"
    );
    assert!(
        text.contains("[\"anthropic:my-work\", 'anthropic:old']"),
        "{text}"
    );
    let store = stored(&home);
    assert_eq!(
        store["order"]["anthropic"],
        json!(["anthropic:my-work", "anthropic:old"])
    );
    assert_eq!(
        (&store["theirs"], &store["profiles"]["anthropic:old"]["metadata"]),
        (&json!({ "x": 1 }), &json!({ "a": [1] }))
    );
    assert!(home.root().join(STORE).with_extension("json.bak").exists());
}

fn two() -> Home {
    let home = Home::new();
    home.write(STORE, &json!({ "version": 1, "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": KEY, "email": "me@x.org" },
        "anthropic:b": { "type": "token", "provider": "anthropic", "token": TOKEN },
        "openai:c": { "type": "api_key", "provider": "openai", "key": OTHER } },
        "usageStats": { "anthropic:a": { "lastUsed": 5, "cooldownUntil": 99999999999999_i64, "errorCount": 3 } } }).to_string());
    home
}

#[test]
fn an_order_takes_only_ids_that_are_there_and_fit() {
    let home = two();
    let before = fs::read(home.root().join(STORE)).expect("there");
    let set = |ids: &[&str]| {
        auth(
            &home,
            &[&["order", "set", "--provider", "anthropic"], ids].concat(),
            "",
        )
    };
    assert!(
        set(&["anthropic:a", "anthropic:bb"])
            .failed(1)
            .err
            .contains("did you mean anthropic:b?")
    );
    assert!(
        set(&["openai:c"])
            .failed(1)
            .err
            .contains("is a profile of openai")
    );
    assert!(
        set(&["anthropic:a", "anthropic:a"])
            .failed(1)
            .err
            .contains("named twice")
    );
    assert_eq!(fs::read(home.root().join(STORE)).expect("there"), before);
    let get = || {
        auth(&home, &["order", "get", "--provider", "anthropic", "--json"], "")
            .succeeded()
            .json()
    };
    assert_eq!(get()["order"], Value::Null);
    set(&["anthropic:b", "anthropic:a"]).succeeded();
    let told = get();
    assert_eq!(told["order"], json!(["anthropic:b", "anthropic:a"]));
    let keys: Vec<&String> = told.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        ["agentDir", "agentId", "authStorePath", "order", "provider"]
    );
    auth(&home, &["order", "clear", "--provider", "anthropic"], "").succeeded();
    assert_eq!(get()["order"], Value::Null);
    let again = auth(&home, &["order", "clear", "--provider", "anthropic"], "").succeeded();
    assert!(again.out.contains("nothing was changed"));
}

#[test]
fn rests_are_forgotten_and_the_rest_of_the_statistics_stays() {
    let home = two();
    let told = auth(&home, &["clear-cooldown", "anthropic:a"], "").succeeded();
    assert!(told.out.contains("rests no more"));
    assert_eq!(
        stored(&home)["usageStats"]["anthropic:a"],
        json!({ "lastUsed": 5 })
    );
    assert!(
        auth(&home, &["clear-cooldown", "anthropic:x"], "")
            .failed(1)
            .err
            .contains("did you mean anthropic:")
    );
}

#[test]
fn a_profile_is_renamed_logged_out_and_removed_with_all_that_names_it() {
    let home = two();
    home.write("state/modelpin.json", r#"{ auth: { order: { anthropic: ["anthropic:a", "anthropic:b"] }, profiles: { "anthropic:a": { provider: "anthropic" } } },
  agents: { defaults: { models: { "anthropic/claude-opus-4-5": { alias: "opus", authProfile: "anthropic:a" } } } } }"#);
    let pin = leaks::ran(
        &home,
        home.modelpin(&["chat", "--session", "c1"]).arg("--json"),
        "/model opus@a --strict\n",
        &ALL,
    );
    assert!(pin.out.contains("anthropic:a"), "{}", pin.all());
    let before = (fs::read(home.root().join(STORE)).expect("there"), config(&home));
    let dry = auth(&home, &["rename", "anthropic:a", "anthropic:z", "--dry-run"], "").succeeded();
    for named in [
        "auth.profiles[\"anthropic:a\"]",
        "auth.order.anthropic",
        "authProfile",
        "chat c1 of agent main",
    ] {
        assert!(dry.out.contains(named), "{named}: {}", dry.out);
    }
    assert_eq!(
        (fs::read(home.root().join(STORE)).expect("there"), config(&home)),
        before
    );
    auth(&home, &["rename", "anthropic:a", "anthropic:z"], "").succeeded();
    assert!(!config(&home).contains("anthropic:a") && config(&home).matches("anthropic:z").count() == 3);
    let pins = leaks::modelpin(&home, &["pins", "list", "--json"], "", &ALL)
        .succeeded()
        .json();
    assert_eq!(pins["pins"][0]["profiles"][0]["profile"], "anthropic:z");
    assert!(
        auth(&home, &["rename", "anthropic:z", "anthropic:b"], "")
            .failed(1)
            .err
            .contains("already")
    );
    assert!(
        auth(&home, &["rename", "anthropic:q", "anthropic:y"], "")
            .failed(1)
            .err
            .contains("did you mean")
    );
    auth(&home, &["logout", "anthropic:z"], "").succeeded();
    assert!(stored(&home)["profiles"].get("anthropic:z").is_none() && config(&home).contains("anthropic:z"));
    let dry = auth(&home, &["remove", "anthropic:z", "--dry-run"], "").succeeded();
    assert!(
        dry.out.contains("These pins would break:\n  chat c1"),
        "{}",
        dry.out
    );
    auth(&home, &["remove", "anthropic:z"], "").succeeded();
    assert!(!config(&home).contains("anthropic:z"));
    let check = leaks::modelpin(&home, &["pins", "check"], "", &ALL).failed(1);
    assert!(check.out.contains("chat c1 of agent main: "), "{}", check.out);
}

#[test]
fn a_torn_store_stops_whatever_would_write_it() {
    let home = Home::new();
    home.write(STORE, "{\n  \"version\": 1, \"profiles\": {");
    for args in [
        &["paste-api-key", "--provider", "openai"][..],
        &["remove", "x"],
        &["order", "clear", "--provider", "openai"],
    ] {
        let told = auth(&home, args, OTHER).failed(1);
        assert!(told.err.contains("auth-profiles.json:2:"), "{}", told.err);
    }
    assert_eq!(
        fs::read_to_string(home.root().join(STORE)).expect("there"),
        "{\n  \"version\": 1, \"profiles\": {"
    );
}

#[test]
fn profiles_are_listed_without_their_secrets() {
    let home = two();
    let told = auth(&home, &["list"], "").succeeded();
    assert!(
        told.out.contains("me@x.org") && told.out.contains("resting until"),
        "{}",
        told.out
    );
    assert!(
        told.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        told.out
    );
    let data = auth(&home, &["list", "--provider", "openai", "--json"], "")
        .succeeded()
        .json();
    assert_eq!(data["profiles"].as_array().expect("a list").len(), 1);
    assert_eq!(data["profiles"][0]["cost"], "metered");
}

#[test]
fn what_a_chat_learned_of_a_profile_is_seen_and_forgotten_on_the_command_line() {
    let provider = super::provider::Provider::start(|_| super::provider::Answer::rate_limit());
    let config = serde_json::json!({
        "agents": { "defaults": { "model": "anthropic/claude-opus-4-5", "models": { "anthropic/claude-opus-4-5": {} } } },
        "models": { "providers": { "anthropic": { "baseUrl": provider.url("") } } },
    });
    let key = |name: &str| serde_json::json!({ "type": "api_key", "provider": "anthropic", "key": format!("sk-ant-api03-EXAMPLE-{name}") });
    let store =
        serde_json::json!({ "version": 1, "profiles": { "anthropic:a": key("a"), "anthropic:b": key("b") } });
    let home = Home::with(&config, &store);
    let explained = || {
        let args = [
            "explain",
            "--provider",
            "anthropic",
            "--model",
            "claude-opus-4-5",
            "--json",
        ];
        let told = super::home::run(&mut home.modelpin(&args), b"")
            .succeeded()
            .json();
        let candidates = told["candidates"].as_array().expect("a list").clone();
        let resting = candidates.into_iter().filter(|one| one["reason"] == "cooldown");
        resting.map(|one| one["profile"].clone()).collect::<Vec<_>>()
    };
    assert!(explained().is_empty());
    super::home::run(&mut home.modelpin(&["chat", "--json"]), b"hello\n").failed(1);
    assert_eq!(
        explained().len(),
        2,
        "both have failed, and another process knows it"
    );
    let clear = ["models", "auth", "clear-cooldown", "anthropic:a"];
    let told = super::home::run(&mut home.modelpin(&clear), b"").succeeded();
    assert!(told.out.contains("rests no more"), "{}", told.out);
    assert_eq!(explained(), ["anthropic:b"]);
    let again = super::home::run(&mut home.modelpin(&clear), b"").succeeded();
    assert!(again.out.contains("nothing was changed"), "{}", again.out);
    let why = super::home::run(&mut home.modelpin(&["why", "--last", "5", "--json"]), b"").succeeded();
    assert!(why.out.contains("cooldown-cleared"), "{}", why.out);
}
