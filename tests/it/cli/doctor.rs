//! `modelpin doctor` and `modelpin import`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::home::{Home, Ran, STORE, run};
use super::leaks;
use super::provider::{Answer, Provider};

const KEY: &str = "sk-ant-api03-CANARYz9YxWv8UaaBbCcDd";
const REFRESH: &str = "ref-CANARYt7SrQp6OzzYyXxWwVv";
const ALL: [&str; 2] = [KEY, REFRESH];

fn doctor(home: &Home, args: &[&str]) -> Ran {
    leaks::modelpin(home, &[&["doctor", "--offline"], args].concat(), "", &ALL)
}

fn codes(told: &Ran) -> Vec<(String, String)> {
    let findings = told.json()["findings"].as_array().expect("a list").clone();
    let word = |finding: &Value, key: &str| finding[key].as_str().expect("a word").to_owned();
    findings
        .iter()
        .filter(|finding| finding["severity"] != "note")
        .map(|finding| (word(finding, "severity"), word(finding, "code")))
        .collect()
}

fn close(home: &Home) {
    for (path, mode) in [
        ("state", 0o700),
        ("state/openclaw.json", 0o600),
        (STORE, 0o600),
        ("state/agents/main/agent", 0o700),
    ] {
        let path = home.root().join(path);
        if path.exists() {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
        }
    }
}

fn healthy() -> Home {
    let config = json!({ "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } } });
    let home = Home::with(
        &config,
        &json!({ "version": 1, "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": KEY } } }),
    );
    close(&home);
    home
}

#[test]
fn a_healthy_place_has_no_findings_and_asking_changes_nothing() {
    let home = healthy();
    let before = home.listing();
    let told = doctor(&home, &["--json"]).succeeded();
    assert_eq!(codes(&told), []);
    let text = doctor(&home, &[]).succeeded().out;
    assert!(text.contains("Everything is as it should be."), "{text}");
    assert_eq!(home.listing(), before);
}

#[test]
fn every_trouble_is_found_and_mended_where_that_loses_nothing() {
    let home = healthy();
    let soon = i64::try_from(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("now")
            .as_millis(),
    )
    .expect("now")
        + 3_600_000;
    let oauth = json!({ "type": "oauth", "provider": "openai-codex", "access": KEY, "refresh": REFRESH, "expires": 5 });
    home.write(
        STORE,
        &json!({ "version": 1, "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": KEY },
        "anthropic:gone": { "type": "token", "provider": "anthropic", "token": KEY, "expires": 5 },
        "anthropic:soon": { "type": "token", "provider": "anthropic", "token": KEY, "expires": soon },
        "anthropic:never": { "type": "token", "provider": "anthropic", "token": KEY, "expires": -1 },
        "new": { "type": "passkey", "provider": "x" }, "codex:1": oauth, "codex:2": oauth } })
        .to_string(),
    );
    home.write("state/openclaw.json", &json!({
        "auth": { "ordr": {}, "order": { "anthropic": ["anthropic:a", "anthropic:none"] },
            "profiles": { "anthropic:a": { "provider": "anthropic", "mode": "oauth" } } },
        "models": { "providers": { "own": { "baseUrl": "http://127.0.0.1:9", "api": "anthropic-messages", "apiKey": KEY } } },
        "agents": { "defaults": { "model": "openai/gpt-5.2" } } }).to_string());
    // The configuration holds a key in clear here, so the leak test of files does not fit.
    let doctor = |args: &[&str]| {
        let told = run(
            &mut home.modelpin(&[&["doctor", "--offline", "-vvv"], args].concat()),
            b"",
        );
        super::home::assert_no_secret(&told.all(), &ALL);
        told
    };
    home.write(
        "state/agents/work/agent/auth-profiles.json",
        "{\n \"profiles\": {,\n",
    );
    home.write("state/agents/work/agent/auth-profiles.json.bak", &json!({ "version": 1, "profiles": { "w": { "type": "api_key", "provider": "anthropic", "key": KEY } } }).to_string());
    home.write(
        "state/agents/main/agent/auth-profiles.json.lock",
        r#"{"pid":4194303,"createdAt":"2020-01-01T00:00:00Z"}"#,
    );
    let left = home.write("state/agents/main/agent/.auth-profiles.json.Ab3dE6", KEY);
    let old = SystemTime::now() - Duration::from_secs(300);
    fs::File::options()
        .append(true)
        .open(&left)
        .expect("ours")
        .set_modified(old)
        .expect("aged");
    let before = home.listing();
    let told = doctor(&["--json"]).failed(1);
    assert_eq!(home.listing(), before, "without --fix nothing is changed");
    let found = codes(&told);
    for wanted in [
        ("error", "mode"),
        ("error", "store"),
        ("error", "expired"),
        ("error", "invalid-expires"),
        ("error", "duplicate-refresh"),
        ("error", "no-credential"),
        ("expiring", "expiring"),
        ("warning", "config-key"),
        ("warning", "order"),
        ("warning", "mismatch"),
        ("warning", "key-in-config"),
        ("warning", "profile"),
        ("warning", "lock"),
        ("warning", "left-over"),
    ] {
        assert!(
            found
                .iter()
                .any(|(severity, code)| (severity.as_str(), code.as_str()) == wanted),
            "{wanted:?}: {found:?}"
        );
    }
    let store = told.json()["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|finding| finding["code"] == "store")
        .expect("told")
        .clone();
    assert!(
        store["what"]
            .as_str()
            .expect("text")
            .contains("auth-profiles.json:2:"),
        "{store}"
    );
    let fixed = doctor(&["--fix"]).failed(1).out;
    assert!(
        fixed.contains("restored from its last good copy") && fixed.contains(".corrupt-2"),
        "{fixed}"
    );
    assert!(!left.exists());
    let after = codes(&doctor(&["--json"]).failed(1));
    for mended in ["mode", "store", "lock", "left-over"] {
        assert!(
            !after.iter().any(|(_, code)| code == mended),
            "{mended}: {after:?}"
        );
    }
    let again = doctor(&["--fix"]).failed(1).out;
    assert!(!again.contains("fixed:"), "{again}");
    let agent = home.root().join("state/agents/work/agent");
    let aside = fs::read_dir(agent)
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains(".corrupt-"));
    assert_eq!(
        fs::read_to_string(aside.into_iter().next().expect("set aside").path()).expect("there"),
        "{\n \"profiles\": {,\n"
    );
}

#[test]
fn a_configuration_that_cannot_be_read_is_told_and_the_rest_is_examined() {
    let home = healthy();
    home.write("state/openclaw.json", "{ auth: [ }");
    home.write(STORE, "torn");
    let told = doctor(&home, &["--json"]).failed(1);
    let found = codes(&told);
    assert!(
        found.contains(&("error".into(), "config".into()))
            && found.contains(&("error".into(), "store".into())),
        "{found:?}"
    );
}

#[test]
fn endpoints_are_tried_without_a_credential() {
    let server = Provider::start(|_| Answer::rate_limit());
    let home = Home::with(
        &json!({ "models": { "providers": {
            "up": { "baseUrl": server.url(""), "api": "anthropic-messages", "headers": { "x-secret": REFRESH } },
            "down": { "baseUrl": "http://127.0.0.1:9", "api": "anthropic-messages" } } },
            "agents": { "defaults": { "model": "up/m" } } }),
        &json!({ "version": 1, "profiles": { "up:a": { "type": "api_key", "provider": "up", "key": KEY } } }),
    );
    close(&home);
    let told = run(&mut home.modelpin(&["doctor"]), b"").succeeded();
    assert!(
        told.out.contains("the endpoint of down does not answer") && !told.out.contains("of up "),
        "{}",
        told.out
    );
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].line.starts_with("HEAD ") && asked[0].told().is_empty(),
        "{:?}",
        asked[0]
    );
}

/// A directory of OpenClaw below the home of the user.
fn openclaw() -> Home {
    let home = Home::new();
    home.write(
        "home/.openclaw/openclaw.json",
        "{\n  // theirs\n  agents: { defaults: { model: 'anthropic/claude-opus-4-5' } },\n}\n",
    );
    home.write("home/.openclaw/.env", "OPENAI_API_KEY=sk-EXAMPLE-not-a-canary\n");
    home.write("home/.openclaw/agents/main/agent/auth-profiles.json", &json!({ "version": 1, "profiles": {
        "anthropic:work": { "type": "token", "provider": "anthropic", "token": KEY, "expires": 9_770_724_800_000_i64, "theirs": { "kept": 1.5 } },
        "odd": { "type": "passkey", "blob": "x" },
        "openai-codex:me": { "type": "oauth", "provider": "openai-codex", "access": KEY, "refresh": REFRESH, "expires": 5 } },
        "order": { "anthropic": ["anthropic:work"] }, "usageStats": { "anthropic:work": { "lastUsed": 7 } } }).to_string());
    home.write(
        "home/.openclaw/agents/torn/agent/auth-profiles.json",
        "{ \"profiles\"",
    );
    home.write(
        "home/.openclaw/credentials/oauth.json",
        &json!({ "anthropic": { "access": KEY, "refresh": REFRESH, "expires": 9 } }).to_string(),
    );
    home
}

#[test]
fn import_copies_verifies_leaves_the_source_alone_and_can_be_run_again() {
    let home = openclaw();
    let theirs = |home: &Home| {
        let all = home.listing();
        all.into_iter()
            .filter(|(path, ..)| path.starts_with(home.root().join("home/.openclaw")))
            .collect::<Vec<_>>()
    };
    let before = theirs(&home);
    let import = |args: &[&str]| leaks::ran(&home, &mut home.bare([&["import"], args].concat()), "", &[]);
    let dry = import(&["--dry-run"]).failed(1);
    assert!(
        dry.out.contains("anthropic:work of agent main") && dry.out.contains("torn"),
        "{}",
        dry.out
    );
    assert!(!home.root().join("home/.modelpin").exists());
    let told = import(&["--json"]).failed(1);
    super::home::assert_no_secret(&told.all(), &ALL);
    let data = told.json();
    assert!(
        data["failed"][0]
            .as_str()
            .expect("text")
            .contains("auth-profiles.json:1:"),
        "{data}"
    );
    assert!(
        data["notes"][0].as_str().expect("text").contains("in two places"),
        "{data}"
    );
    assert_eq!(theirs(&home), before);
    let read = |path: &str| fs::read_to_string(home.root().join("home").join(path)).expect("there");
    let ours: Value =
        serde_json::from_str(&read(".modelpin/agents/main/agent/auth-profiles.json")).expect("JSON");
    assert_eq!(
        ours["profiles"]["anthropic:work"]["theirs"],
        json!({ "kept": 1.5 })
    );
    assert_eq!(ours["profiles"]["odd"], json!({ "type": "passkey", "blob": "x" }));
    assert_eq!(
        (&ours["order"]["anthropic"], &ours["usageStats"]["anthropic:work"]),
        (&json!(["anthropic:work"]), &json!({ "lastUsed": 7 }))
    );
    assert_eq!(
        ours["profiles"]["anthropic:default"]["refresh"],
        json!(REFRESH),
        "the old file of sign-ins is taken over too"
    );
    assert_eq!(read(".modelpin/modelpin.json"), read(".openclaw/openclaw.json"));
    assert_eq!(read(".modelpin/.env"), read(".openclaw/.env"));
    for path in [
        ".modelpin/modelpin.json",
        ".modelpin/.env",
        ".modelpin/agents/main/agent/auth-profiles.json",
    ] {
        let mode = fs::metadata(home.root().join("home").join(path))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
    let again = import(&[]).failed(1);
    assert!(again.out.contains("Nothing new"), "{}", again.out);
    // From now on ours is used.
    let status = run(&mut home.bare(["models", "status", "--json"]), b"")
        .succeeded()
        .json();
    assert!(
        status["modelpin"]["stateDir"]
            .as_str()
            .expect("a path")
            .ends_with(".modelpin")
    );
    // What differs stays ours, unless theirs is asked for.
    home.write(
        "home/.openclaw/agents/main/agent/auth-profiles.json",
        &json!({ "version": 1, "profiles": { "odd": { "type": "passkey", "blob": "y" } } }).to_string(),
    );
    assert!(
        import(&[])
            .failed(1)
            .out
            .contains("odd of agent main is another one here and stays")
    );
    import(&["--replace"]).failed(1);
    let ours: Value =
        serde_json::from_str(&read(".modelpin/agents/main/agent/auth-profiles.json")).expect("JSON");
    assert_eq!(ours["profiles"]["odd"]["blob"], "y");
}

#[test]
fn import_says_what_is_missing() {
    let home = Home::new();
    let import = |args: &[&str]| {
        run(&mut home.bare([&["import"], args].concat()), b"")
            .failed(1)
            .err
    };
    assert!(import(&[]).contains("there is no ~/.openclaw"));
    assert!(import(&["--from", "/nowhere/at/all"]).contains("/nowhere/at/all"));
    let state = home.root().join("work").display().to_string();
    assert!(import(&["--from", &state, "--state-dir", &state]).contains("is the state directory itself"));
}

#[test]
fn import_takes_the_files_along_that_a_configuration_includes() {
    let home = Home::new();
    let there = "home/.openclaw/openclaw.json";
    let text = "{ $include: './parts/agents.json5' } // theirs\n";
    home.write(there, text);
    home.write(
        "home/.openclaw/parts/agents.json5",
        "{ agents: { $include: '../models.json5' } }",
    );
    home.write(
        "home/.openclaw/models.json5",
        "{ defaults: { model: 'p/m' } } // more\n",
    );
    let ours = |path: &str| fs::read_to_string(home.root().join("home/.modelpin").join(path));
    let import = || run(&mut home.bare(["import"]), b"");
    // A file of ours that would say something else is not written over, and no configuration is made that cannot be read.
    let other = home.write("home/.modelpin/models.json5", "{}");
    let told = import().failed(1);
    assert!(
        told.all().contains("models.json5 is another one"),
        "{}",
        told.all()
    );
    assert!(ours("modelpin.json").is_err() && ours("parts/agents.json5").is_err());
    fs::remove_file(other).expect("gone");
    import().succeeded();
    assert_eq!(ours("modelpin.json").expect("there"), text);
    assert!(ours("models.json5").expect("there").ends_with("// more\n"));
    let plain = run(&mut home.bare(["models", "status", "--plain"]), b"");
    assert_eq!(plain.succeeded().out, "p/m\n");
    assert!(import().succeeded().out.contains("Nothing new"));
    // A path that is only right there.
    fs::remove_dir_all(home.root().join("home/.modelpin")).expect("gone");
    let fixed = home.root().join("home/.openclaw/models.json5");
    home.write(there, &json!({ "agents": { "$include": fixed } }).to_string());
    let told = import().failed(1);
    assert!(told.all().contains("absolute paths"), "{}", told.all());
    assert!(ours("modelpin.json").is_err());
}

#[test]
fn whether_a_gateway_answers_is_worth_knowing_and_no_fault() {
    let home = healthy();
    close(&home);
    let told = run(&mut home.modelpin(&["doctor", "--offline", "--json"]), b"").succeeded();
    assert!(!told.out.contains("\"gateway\""), "{}", told.out);

    let gateway = Provider::start(|_| Answer::error("200 OK", "", &json!({ "status": "ok" })));
    let bind = gateway.url("").replace("http://", "");
    let providers = json!({ "anthropic": { "baseUrl": gateway.url("") } });
    for (bind, severity, says) in [
        (bind.as_str(), "note", "the gateway answers at"),
        ("127.0.0.1:9", "warning", "the gateway does not answer"),
    ] {
        let config = json!({
            "agents": { "defaults": { "model": "anthropic/claude-opus-4-5" } },
            "models": { "providers": providers }, "gateway": { "bind": bind },
        });
        home.write("state/openclaw.json", &config.to_string());
        close(&home);
        let told = run(&mut home.modelpin(&["doctor", "--json"]), b"").succeeded();
        let findings = told.json()["findings"].as_array().expect("a list").clone();
        let found = findings.iter().find(|finding| {
            finding["what"]
                .as_str()
                .is_some_and(|what| what.contains("gateway"))
        });
        let found = found.unwrap_or_else(|| panic!("nothing is said of the gateway: {}", told.out));
        assert_eq!(found["severity"], severity, "{found}");
        assert!(found["what"].as_str().expect("words").contains(says), "{found}");
    }
}
