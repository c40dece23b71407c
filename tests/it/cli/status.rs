//! `modelpin models status`.

use std::process::Command;

use serde_json::{Value, json};

use super::home::{Home, Ran, assert_no_secret, run};

const FAR: i64 = 9_770_724_800_000;
const CANARIES: [&str; 8] = [
    "sk-ant-api03-EXAMPLE-kLm2Qx8Z",
    "sk-ant-oat01-EXAMPLE-7hTzR4vB",
    "acc-EXAMPLE-p9WnY3eC",
    "ref-EXAMPLE-u6JdF1sG",
    "sk-EXAMPLE-config-o5VbM0aH",
    "gem-EXAMPLE-env-i8XkE2rL",
    "sk-ant-api03-EXAMPLE-dotenv-t4NcU7yP",
    "header-EXAMPLE-w1SgI6qD",
];

/// A world with everything in it that the shape can show.
fn world() -> Home {
    let config = json!({
        "agents": { "defaults": {
            "model": { "primary": "anthropic/claude-opus-4-5", "fallbacks": ["gpt", "google/gemini-3-pro"] },
            "imageModel": { "primary": "mistral/pixtral", "fallbacks": ["openai/gpt-5.2"] },
            "models": {
                "anthropic/claude-opus-4-5": { "alias": "opus" },
                "openai/gpt-5.2": { "alias": "gpt" },
                "google/gemini-3-pro": {},
            },
        } },
        "models": { "providers": { "openai": {
            "baseUrl": "http://127.0.0.1:9/base/v1", "api": "openai-completions", "apiKey": CANARIES[4],
            "headers": { "x-gateway-key": CANARIES[7] },
        } } },
    });
    let store = json!({ "version": 1, "profiles": {
        "anthropic:key": { "type": "api_key", "provider": "anthropic", "key": CANARIES[0] },
        "anthropic:old": { "type": "token", "provider": "anthropic", "token": CANARIES[1], "expires": 1_000 },
        "anthropic:far": { "type": "token", "provider": "anthropic", "token": CANARIES[1], "expires": FAR },
        "anthropic:me": { "type": "oauth", "provider": "anthropic", "access": CANARIES[2], "refresh": CANARIES[3], "expires": 1_000 },
        "anthropic:busy": { "type": "api_key", "provider": "anthropic", "key": CANARIES[0] },
        "anthropic:unpaid": { "type": "api_key", "provider": "anthropic", "key": CANARIES[0] },
    }, "usageStats": {
        "anthropic:busy": { "cooldownUntil": FAR, "errorCount": 2 },
        "anthropic:unpaid": { "disabledUntil": FAR - 1, "disabledReason": "billing" },
    } });
    let home = Home::with(&config, &store);
    home.write("state/.env", &format!("ANTHROPIC_API_KEY={}\n", CANARIES[6]));
    home
}

fn command(home: &Home, args: &[&str]) -> Command {
    let mut command = home.modelpin(&[&["models", "status"], args].concat());
    command.env("GEMINI_API_KEY", CANARIES[5]);
    command
}

fn status(home: &Home, args: &[&str]) -> Ran {
    run(&mut command(home, args), b"").succeeded()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

fn find<'a>(list: &'a Value, key: &str, is: &str) -> &'a Value {
    let mut list = list.as_array().expect("a list").iter();
    list.find(|one| one[key] == is)
        .unwrap_or_else(|| panic!("no {is}"))
}

fn is_handle(value: &Value) -> bool {
    let hash = value.as_str().and_then(|text| text.strip_prefix("key:"));
    hash.is_some_and(|hash| hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[test]
fn the_shape_is_the_documented_one() {
    let home = world();
    let told = status(&home, &["--json"]).json();
    assert_eq!(
        keys(&told),
        [
            "agentDir",
            "agentId",
            "aliases",
            "allowed",
            "auth",
            "configPath",
            "defaultModel",
            "fallbacks",
            "imageFallbacks",
            "imageModel",
            "modelpin",
            "resolvedDefault",
        ]
    );
    let state = home.state();
    let agent_dir = state.join("agents/main/agent");
    let store = agent_dir.join("auth-profiles.json").display().to_string();
    assert_eq!(
        told["configPath"],
        state.join("openclaw.json").display().to_string()
    );
    assert_eq!(told["agentDir"], agent_dir.display().to_string());
    assert_eq!(told["agentId"], "main");
    assert_eq!(told["defaultModel"], "anthropic/claude-opus-4-5");
    assert_eq!(told["resolvedDefault"], "anthropic/claude-opus-4-5");
    assert_eq!(told["fallbacks"], json!(["gpt", "google/gemini-3-pro"]));
    assert_eq!(told["imageModel"], "mistral/pixtral");
    assert_eq!(told["imageFallbacks"], json!(["openai/gpt-5.2"]));
    assert_eq!(
        told["aliases"],
        json!({ "opus": "anthropic/claude-opus-4-5", "gpt": "openai/gpt-5.2" })
    );
    let allowed = [
        "anthropic/claude-opus-4-5",
        "google/gemini-3-pro",
        "openai/gpt-5.2",
    ];
    assert_eq!(told["allowed"], json!(allowed));

    let auth = &told["auth"];
    assert_eq!(
        keys(auth),
        [
            "missingProvidersInUse",
            "oauth",
            "providers",
            "providersWithOAuth",
            "shellEnvFallback",
            "storePath",
            "unusableProfiles"
        ]
    );
    assert_eq!(auth["storePath"], store);
    assert_eq!(
        auth["shellEnvFallback"],
        json!({ "enabled": false, "appliedKeys": [] })
    );
    assert_eq!(auth["providersWithOAuth"], json!(["anthropic (1)"]));
    assert_eq!(auth["missingProvidersInUse"], json!(["mistral"]));
}

#[test]
fn each_provider_says_where_its_credentials_come_from() {
    let home = world();
    let told = status(&home, &["--json"]).json();
    let providers = &told["auth"]["providers"];

    let anthropic = find(providers, "provider", "anthropic");
    assert_eq!(keys(anthropic), ["effective", "env", "profiles", "provider"]);
    assert_eq!(anthropic["effective"]["kind"], "profiles");
    assert_eq!(anthropic["effective"]["detail"], told["auth"]["storePath"]);
    assert_eq!(anthropic["env"]["source"], "env: ANTHROPIC_API_KEY");
    assert!(is_handle(&anthropic["env"]["value"]), "{anthropic}");
    let profiles = &anthropic["profiles"];
    assert_eq!(keys(profiles), ["apiKey", "count", "labels", "oauth", "token"]);
    let counts: Vec<&Value> = ["count", "oauth", "token", "apiKey"]
        .iter()
        .map(|key| &profiles[*key])
        .collect();
    assert_eq!(counts, [6, 1, 2, 3]);
    let labels = profiles["labels"].as_array().expect("a list");
    let label = |id: &str| {
        let begun = format!("{id}=key:");
        let label = labels
            .iter()
            .filter_map(Value::as_str)
            .find(|label| label.starts_with(&begun));
        label.unwrap_or_else(|| panic!("no {id}")).to_owned()
    };
    assert_eq!(label("anthropic:key").len(), "anthropic:key=key:12345678".len());
    assert!(label("anthropic:busy").contains(" [cooldown ") && label("anthropic:busy").ends_with("m]"));
    assert!(label("anthropic:unpaid").contains(" [disabled "));
    let handle = |id: &str| label(id).split(['=', ' ']).nth(1).expect("a handle").to_owned();
    assert_eq!(handle("anthropic:key"), handle("anthropic:busy"));
    assert_ne!(handle("anthropic:key"), handle("anthropic:far"));

    let openai = find(providers, "provider", "openai");
    assert_eq!(openai["effective"]["kind"], "models.json");
    assert!(is_handle(&openai["modelsJson"]["value"]));
    let google = find(providers, "provider", "google");
    assert_eq!(
        google["effective"],
        json!({ "kind": "env", "detail": "env: GEMINI_API_KEY" })
    );
}

#[test]
fn what_rests_and_what_ends_is_told_with_times() {
    let home = world();
    let told = status(&home, &["--json"]).json();
    let resting = told["auth"]["unusableProfiles"].as_array().expect("a list");
    let ids: Vec<&Value> = resting.iter().map(|rest| &rest["profileId"]).collect();
    assert_eq!(ids, ["anthropic:unpaid", "anthropic:busy"], "soonest first");
    for rest in resting {
        assert_eq!(
            keys(rest),
            ["kind", "profileId", "provider", "reason", "remainingMs", "until"]
        );
        assert!(rest["remainingMs"].as_i64().is_some_and(|left| left > 0) && rest["until"].is_i64());
    }
    assert_eq!(
        (&resting[0]["kind"], &resting[0]["reason"]),
        (&json!("disabled"), &json!("billing"))
    );
    assert_eq!(resting[1]["kind"], "cooldown");

    let oauth = &told["auth"]["oauth"];
    assert_eq!(keys(oauth), ["profiles", "providers", "warnAfterMs"]);
    assert_eq!(oauth["warnAfterMs"], 86_400_000);
    for (id, kind, state) in [
        ("anthropic:key", "api_key", "static"),
        ("anthropic:old", "token", "expired"),
        ("anthropic:far", "token", "ok"),
        ("anthropic:me", "oauth", "ok"),
    ] {
        let profile = find(&oauth["profiles"], "profileId", id);
        assert_eq!(
            (&profile["type"], &profile["status"]),
            (&json!(kind), &json!(state)),
            "{id}"
        );
        assert_eq!(
            (&profile["source"], &profile["provider"]),
            (&json!("store"), &json!("anthropic"))
        );
        assert!(profile["label"].is_string());
        assert_eq!(profile["expiresAt"].is_i64(), kind != "api_key", "{profile}");
        assert_eq!(profile["remainingMs"].is_i64(), kind != "api_key", "{profile}");
    }
    let provider = find(&oauth["providers"], "provider", "anthropic");
    assert_eq!(provider["status"], "expired");
    assert_eq!(provider["profiles"].as_array().map(Vec::len), Some(6));
}

#[test]
fn our_own_part_tells_what_the_resolver_would_do() {
    let home = world();
    let told = status(&home, &["--json"]).json();
    let ours = &told["modelpin"];
    assert_eq!(
        keys(ours),
        [
            "notes",
            "pins",
            "providers",
            "stateDir",
            "stateDirReason",
            "version"
        ]
    );
    assert_eq!(ours["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(ours["stateDir"], home.state().display().to_string());
    assert_eq!(ours["stateDirReason"], "--state-dir names it");
    assert_eq!(ours["pins"], json!({ "session": 0, "agent": 0, "global": 0 }));
    let openai = find(&ours["providers"], "provider", "openai");
    assert_eq!(
        keys(openai),
        ["api", "candidates", "chosen", "endpoint", "provider"]
    );
    assert_eq!(openai["endpoint"], "http://127.0.0.1:9/base/v1");
    assert_eq!(openai["api"], "openai-completions");
    assert_eq!(openai["chosen"], "config:openai");

    // Status asks the resolver: there is no second opinion.
    let anthropic = find(&ours["providers"], "provider", "anthropic");
    let mut explain = home.modelpin(&["explain", "--provider", "anthropic", "--json"]);
    let explained = run(explain.env("GEMINI_API_KEY", CANARIES[5]), b"")
        .succeeded()
        .json();
    assert_eq!(anthropic["chosen"], explained["chosen"]);
    assert_eq!(anthropic["candidates"], explained["candidates"]);
}

#[test]
fn plain_is_the_default_model_alone() {
    assert_eq!(status(&world(), &["--plain"]).out, "anthropic/claude-opus-4-5\n");
    assert_eq!(
        run(&mut Home::new().bare(["models", "status", "--plain"]), b"")
            .succeeded()
            .out,
        "anthropic/claude-opus-4-6\n",
        "without a configuration, the first of the built-in models"
    );
}

#[test]
fn the_text_names_places_endpoints_and_every_candidate() {
    let home = world();
    let text = status(&home, &[]).out;
    for part in [
        &*home.state().display().to_string(),
        "--state-dir names it",
        "opus (anthropic/claude-opus-4-5), the default",
        "openai · http://127.0.0.1:9/base/v1 · openai-completions",
        "anthropic:me",
        "anthropic:old · token · expired",
        "disabled: billing",
        "env: GEMINI_API_KEY",
        "key:",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    assert_eq!(
        run(home.modelpin(&["models"]).env("GEMINI_API_KEY", CANARIES[5]), b"")
            .succeeded()
            .out,
        text
    );
}

#[test]
fn both_variables_of_anthropic_are_told_with_the_one_that_wins() {
    let note = "ANTHROPIC_OAUTH_TOKEN and ANTHROPIC_API_KEY are both set; ANTHROPIC_OAUTH_TOKEN wins.";
    let home = world();
    let told = |args: &[&str]| {
        run(
            command(&home, args).env("ANTHROPIC_OAUTH_TOKEN", CANARIES[1]),
            b"",
        )
        .succeeded()
    };
    assert!(told(&[]).out.contains(note));
    assert_eq!(told(&["--json"]).json()["modelpin"]["notes"], json!([note]));
    assert!(!status(&home, &[]).out.contains("both set"));
}

#[test]
fn asking_writes_nothing_and_shows_no_part_of_a_secret() {
    let home = world();
    let before = home.listing();
    let mut told = String::new();
    for args in [
        &["-vvv"][..],
        &["--json", "-vvv"],
        &["--plain", "-vvv"],
        &["--log-format", "json", "-vvv"],
    ] {
        told += &status(&home, args).all();
        told += &run(command(&home, args).env("RUST_LOG", "trace"), b"")
            .succeeded()
            .all();
    }
    assert_no_secret(&told, &CANARIES);
    assert_eq!(home.listing(), before);
}

#[test]
fn an_unknown_key_of_our_own_is_a_warning_with_the_nearest_name() {
    let home = Home::with(
        &json!({ "auth": { "ordr": {} }, "somebody": { "elses": 1 } }),
        &json!({ "profiles": {} }),
    );
    for args in [&["models", "status"][..], &["chat"]] {
        let told = run(&mut home.modelpin(args), b"").succeeded();
        assert!(
            told.err.contains("ordr") && told.err.contains("order"),
            "{}",
            told.err
        );
        assert!(!told.err.contains("elses"), "{}", told.err);
        assert!(!told.out.contains("ordr"));
    }
}
