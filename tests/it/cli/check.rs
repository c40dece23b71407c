//! `models status --check`, `--probe`, `--schema`, and `models list`.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::home::{Home, Ran, STORE, assert_no_secret, run};
use super::leaks;
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-CANARYk8JhGf5DzzYyXxWwVv";
const TOKEN: &str = "sk-ant-oat01-CANARYm3NbVc7XaaBbCcDdEe";
const ALL: [&str; 2] = [KEY, TOKEN];
const HOUR: i64 = 3_600_000;

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the end of time")
}

/// A home whose default model is Anthropic's, with these profiles and this stored order.
fn home(profiles: &Value, order: &Value) -> Home {
    let config = json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } } });
    Home::with(
        &config,
        &json!({ "version": 1, "profiles": profiles, "order": order }),
    )
}

fn token(expires: &Value) -> Value {
    let mut token = json!({ "type": "token", "provider": "anthropic", "token": TOKEN });
    if !expires.is_null() {
        token["expires"] = expires.clone();
    }
    token
}

fn key() -> Value {
    json!({ "type": "api_key", "provider": "anthropic", "key": KEY })
}

fn check(home: &Home, args: &[&str]) -> Ran {
    let before = home.listing();
    let told = run(
        &mut home.modelpin(&[&["models", "status", "--check"], args].concat()),
        b"",
    );
    assert_eq!(home.listing(), before, "a check writes nothing");
    assert_no_secret(&told.all(), &ALL);
    told
}

#[test]
fn the_exit_code_tells_what_an_operator_has_to_do() {
    let oauth = |expires: i64, refresh: bool| {
        let mut oauth =
            json!({ "type": "oauth", "provider": "anthropic", "access": TOKEN, "expires": expires });
        if refresh {
            oauth["refresh"] = json!(TOKEN);
        }
        oauth
    };
    let (past, soon, far) = (now() - HOUR, now() + 2 * HOUR, now() + 100 * HOUR);
    let none = json!({});
    for (profiles, order, code, says) in [
        (json!({ "a": key() }), &none, 0, "ok"),
        (json!({ "a": token(&Value::Null) }), &none, 0, "ok"),
        (json!({ "a": token(&json!(far)) }), &none, 0, "ok"),
        (json!({ "a": token(&json!(soon)) }), &none, 2, "a: expires"),
        (
            json!({ "a": token(&json!(past)), "b": key() }),
            &none,
            1,
            "a: expired",
        ),
        (
            json!({ "a": token(&json!(soon)), "b": token(&json!(past)) }),
            &none,
            1,
            "b: expired",
        ),
        (
            json!({ "a": token(&json!("soon")), "b": key() }),
            &none,
            1,
            "a: expired",
        ),
        (json!({ "a": oauth(past, true), "b": key() }), &none, 0, "ok"),
        (
            json!({ "a": oauth(past, false), "b": key() }),
            &none,
            1,
            "a: expired",
        ),
        (
            json!({ "a": { "type": "oauth", "provider": "anthropic", "access": TOKEN, "refresh": TOKEN } }),
            &none,
            1,
            "a: missing",
        ),
        (
            none.clone(),
            &none,
            1,
            "anthropic: in use, and there is no credential",
        ),
        // What no order would use does not count.
        (
            json!({ "a": token(&json!(past)), "b": key() }),
            &json!({ "anthropic": ["b"] }),
            0,
            "ok",
        ),
        (
            json!({ "a": token(&json!(past)), "b": key() }),
            &json!({ "anthropic": ["b", "a"] }),
            1,
            "a: expired",
        ),
    ] {
        let told = check(&home(&profiles, order), &[]).failed(code);
        assert!(told.out.contains(says), "{says}: {}", told.out);
        assert_eq!(
            told.out.lines().count() > 1,
            code != 0,
            "every finding has its remedy: {}",
            told.out
        );
    }
}

#[test]
fn how_soon_soon_is_can_be_said() {
    let home = home(&json!({ "a": token(&json!(now() + 48 * HOUR)) }), &json!({}));
    check(&home, &[]).succeeded();
    check(&home, &["--warn-within", "3d"]).failed(2);
    let told = check(&home, &["--json", "--warn-within", "3d"]).failed(2).json();
    assert_eq!(told["auth"]["oauth"]["profiles"][0]["status"], "expiring");
    assert_eq!(told["auth"]["oauth"]["warnAfterMs"], 72 * HOUR);
    assert!(
        check(&home, &["--warn-within", "soon"])
            .failed(64)
            .err
            .contains("length of time")
    );
}

#[test]
fn a_change_is_seen_at_once_and_other_agents_stores_are_not_read() {
    let home = home(&json!({ "a": token(&json!(now() - HOUR)) }), &json!({}));
    for agent in 0..20 {
        home.write(
            &format!("state/agents/other{agent}/agent/auth-profiles.json"),
            "{ torn",
        );
    }
    check(&home, &[]).failed(1);
    let paste = [
        "models",
        "auth",
        "paste-token",
        "--provider",
        "anthropic",
        "--profile-id",
        "a",
        "--expires-in",
        "9d",
    ];
    leaks::modelpin(&home, &paste, TOKEN, &ALL).succeeded();
    check(&home, &[]).succeeded();
}

/// Holds what `--json` prints to the schema that is committed.
fn held_to_schema(status: &Value) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/models-status.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).expect("a schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> = validator
        .iter_errors(status)
        .map(|wrong| wrong.to_string())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_committed_schema_is_the_one_that_is_generated_and_status_keeps_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/models-status.schema.json");
    let printed = run(&mut Home::new().bare(["models", "status", "--schema"]), b"")
        .succeeded()
        .out;
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(path, &printed).expect("written");
    }
    assert_eq!(
        fs::read_to_string(path).expect("a schema"),
        printed,
        "UPDATE_FIXTURES=1 writes it anew"
    );
    let home = home(
        &json!({ "a": token(&json!(now() + HOUR)), "b": key(), "c": { "type": "new", "provider": "x" } }),
        &json!({}),
    );
    let mut status = check(&home, &["--json"]).failed(2).json();
    held_to_schema(&status);
    held_to_schema(
        &run(&mut Home::new().bare(["models", "status", "--json"]), b"")
            .succeeded()
            .json(),
    );
    status["auth"]["secret"] = json!(1);
    let validator = serde_json::from_str(&printed)
        .map(|schema: Value| jsonschema::validator_for(&schema).expect("a schema"));
    assert!(!validator.expect("JSON").is_valid(&status), "it can fail");
}

#[test]
fn a_probe_asks_once_with_each_credential_and_tells_ten_answers_apart() {
    let error = |status: &'static str, kind: &'static str| {
        let body =
            json!({ "type": "error", "error": { "type": kind, "message": "acct-CANARY-0815 did it" } });
        move || Answer::error(status, "", &body)
    };
    type Way = Box<dyn Fn() -> Answer + Send>;
    let ways: Vec<(&str, &str, Way)> = vec![
        ("p0", "ok", Box::new(|| Answer::anthropic("OK"))),
        (
            "p1",
            "auth",
            Box::new(error("401 Unauthorized", "authentication_error")),
        ),
        ("p2", "auth", Box::new(error("403 Forbidden", "permission_error"))),
        (
            "p3",
            "rate_limit",
            Box::new(error("429 Too Many Requests", "rate_limit_error")),
        ),
        (
            "p4",
            "billing",
            Box::new(error("402 Payment Required", "billing_error")),
        ),
        (
            "p5",
            "format",
            Box::new(error("400 Bad Request", "invalid_request_error")),
        ),
        (
            "p6",
            "no_model",
            Box::new(|| {
                let body = json!({ "type": "error", "error": { "type": "not_found_error", "message": "model: m not found" } });
                Answer::error("404 Not Found", "", &body)
            }),
        ),
        (
            "p7",
            "unknown",
            Box::new(error("500 Internal Server Error", "api_error")),
        ),
        (
            "p8",
            "timeout",
            Box::new(|| {
                std::thread::sleep(Duration::from_secs(20));
                Answer::anthropic("too late")
            }),
        ),
        ("p9", "unknown", Box::new(|| Answer::completions("another API"))),
    ];
    let mut providers = Map::new();
    let mut profiles = Map::new();
    let mut servers = Vec::new();
    for (name, wanted, answer) in ways {
        let server = Provider::start(move |_| answer());
        providers.insert(
            name.to_owned(),
            json!({ "baseUrl": server.url(""), "api": "anthropic-messages", "models": ["m"] }),
        );
        profiles.insert(
            format!("{name}:default"),
            json!({ "type": "api_key", "provider": name, "key": KEY }),
        );
        servers.push((name, wanted, server));
    }
    let home = Home::with(
        &json!({ "models": { "providers": providers } }),
        &json!({ "version": 1, "profiles": profiles }),
    );
    let before = home.listing();
    let args = [
        "models",
        "status",
        "--json",
        "--probe",
        "--probe-timeout",
        "1500",
        "--probe-concurrency",
        "10",
    ];
    let told = run(&mut home.modelpin(&args), b"").succeeded();
    assert_eq!(home.listing(), before, "a probe writes nothing");
    assert_no_secret(&told.all(), &[KEY, "acct-CANARY-0815"]);
    let status = told.json();
    held_to_schema(&status);
    let results = status["auth"]["probes"]["results"].as_array().expect("results");
    assert_eq!(results.len(), 10);
    for (name, wanted, server) in &servers {
        let result = results
            .iter()
            .find(|result| result["provider"] == *name)
            .expect("one each");
        assert_eq!(result["status"], *wanted, "{result}");
        if *wanted == "timeout" {
            continue;
        }
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "{name} was asked once");
        assert_eq!(asked[0].header("x-api-key"), [KEY]);
        assert_eq!(asked[0].body["max_tokens"], 8);
    }
    let one = [
        "models",
        "status",
        "--probe",
        "--probe-provider",
        "p3",
        "--probe-profile",
        "p3:default",
    ];
    let text = run(&mut home.modelpin(&one), b"").succeeded().out;
    assert!(
        text.contains("p3:default") && text.contains("rate_limit") && !text.contains("p4"),
        "{text}"
    );
    assert!(
        run(
            &mut home.modelpin(&["models", "status", "--probe-timeout", "5"]),
            b""
        )
        .failed(64)
        .err
        .contains("--probe")
    );
}

#[test]
fn where_each_profile_comes_from_is_told_for_an_agent() {
    let home = Home::with(
        &json!({ "auth": { "inherit": true }, "agents": { "list": [{ "id": "main", "default": true }, { "id": "work" }] } }),
        &json!({ "version": 1, "profiles": { "anthropic:main": key() } }),
    );
    home.write(
        "state/agents/work/agent/auth-profiles.json",
        &json!({ "version": 1, "profiles": { "anthropic:own": key() } }).to_string(),
    );
    let told = run(
        &mut home.modelpin(&["models", "status", "--json", "--agent", "work"]),
        b"",
    )
    .succeeded()
    .json();
    let sources: Vec<_> = told["auth"]["oauth"]["profiles"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["profileId"], &one["source"]))
        .collect();
    assert_eq!(
        sources,
        [
            (&json!("anthropic:own"), &json!("store")),
            (&json!("anthropic:main"), &json!("inherited"))
        ]
    );
    let text = run(
        &mut home.modelpin(&["models", "auth", "list", "--agent", "work"]),
        b"",
    )
    .succeeded()
    .out;
    assert!(
        text.contains("anthropic:main") && text.contains("inherited"),
        "{text}"
    );
    let store = fs::read_to_string(home.root().join(STORE)).expect("there");
    assert!(store.contains("anthropic:main"), "nothing is copied or moved");
}

#[test]
fn models_are_listed_with_what_they_are_for() {
    let config = json!({ "agents": { "defaults": {
        "model": { "primary": "opus", "fallbacks": ["openai/gpt-5.2"] },
        "models": { "anthropic/claude-opus-4-5": { "alias": "opus" }, "openai/gpt-5.2": {} } } } });
    let home = Home::with(&config, &json!({ "version": 1, "profiles": { "a": key() } }));
    let list =
        |args: &[&str]| run(&mut home.modelpin(&[&["models", "list"], args].concat()), b"").succeeded();
    let models = list(&["--json"]).json();
    assert_eq!(models["count"], 2);
    let opus = &models["models"][0];
    assert_eq!(
        (&opus["key"], &opus["name"], &opus["available"], &opus["tags"]),
        (
            &json!("anthropic/claude-opus-4-5"),
            &json!("opus"),
            &json!(true),
            &json!(["default"])
        )
    );
    assert_eq!(models["models"][1]["tags"], json!(["fallback#1"]));
    assert_eq!(list(&["--plain", "--provider", "OpenAI"]).out, "openai/gpt-5.2\n");
    assert!(list(&["--all", "--json"]).json()["count"].as_u64() > Some(2));
}
