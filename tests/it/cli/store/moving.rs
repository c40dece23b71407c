//! Moving house.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use modelpin::outcome::FailureClass;
use modelpin::pin::{End, Record};
use modelpin::session::{Actor, SessionKey};
use modelpin::store::{LedgerStore, PinStore};
use serde_json::json;

use super::{
    FLEET, WORD, ask, chat, config, database, home, listed, member, pin, pinned, secret, store, waits,
};
use crate::cli::home::Home;
use crate::fleet::server::Server;

fn to_redis(home: &Home, server: &Server) -> Vec<String> {
    let key = home.root().join("fleet.key").display().to_string();
    let words = [
        "migrate",
        "--to",
        "redis",
        "--url",
        &server.url(),
        "--key-file",
        &key,
    ];
    words.map(str::to_owned).to_vec()
}

fn run(home: &Home, words: &[String], more: &[&str]) -> crate::cli::home::Ran {
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    store(home, &words)
}

fn keys(server: &Server) -> Vec<String> {
    let mut keys: Vec<String> = ask(server, &["KEYS", "*"]);
    keys.sort();
    keys
}

#[test]
fn pins_move_there_and_back_and_nothing_is_taken_away() {
    let Some(server) = Server::start() else { return };
    let home = home();
    waits(pin(&home, "a", "opus", End::Never));
    waits(pin(&home, "a", "sonnet", End::Never));
    waits(pin(&home, "b", "haiku", End::NextRequest));
    let here = listed(&home);
    assert_eq!(here.len(), 2);
    let (words, before) = (to_redis(&home, &server), config(&home));

    let told = run(&home, &words, &["--dry-run"]).succeeded().out;
    assert!(told.contains("Would copy to redis: pins 2,"), "{told}");
    assert_eq!(
        (config(&home), keys(&server)),
        (before.clone(), Vec::new()),
        "nothing was changed"
    );

    let told = run(&home, &words, &[]).succeeded().out;
    assert!(told.contains("Copied to redis: pins 2,"), "{told}");
    assert!(told.contains("names the new store now"), "{told}");
    assert!(
        told.lines()
            .all(|line| line.contains('/') || line.chars().count() <= 80),
        "{told}"
    );
    let after = config(&home);
    assert!(
        after.contains("// who answers") && after.contains(r#""kind": "redis""#),
        "{after}"
    );
    assert!(!after.contains(FLEET));
    assert_eq!(listed(&home), here, "the server's pins are those of before");
    let kept = waits(database(&home).pins().load_all()).expect("it is read");
    assert_eq!(kept.len(), 2, "where they were they still are");

    let told = run(&home, &words, &["--from", "sqlite"]).succeeded().out;
    assert!(told.contains("Nothing new: redis has all"), "{told}");
    let told = store(&home, &["migrate", "--to", "redis"]).succeeded().out;
    assert!(told.contains("Nothing new"), "{told}");

    // What was changed in the old store meanwhile is fetched.
    waits(pin(&home, "late", "opus", End::Never));
    let told = store(&home, &["migrate", "--to", "redis", "--from", "sqlite"])
        .succeeded()
        .out;
    assert!(
        told.contains("pins 1,") && told.contains("2 are there already"),
        "{told}"
    );

    let told = store(&home, &["migrate", "--to", "sqlite", "--json"])
        .succeeded()
        .json();
    assert_eq!(
        (&told["pins"]["same"], &told["switched"]),
        (&json!(3), &json!(true)),
        "{told}"
    );
    assert!(config(&home).contains(r#""kind": "sqlite""#));
    let told = super::ran(&mut home.modelpin(&["doctor", "--offline"]));
    assert!(
        !told.all().contains("store.url"),
        "what stays for the way back is no wrong key: {}",
        told.all()
    );
    // The way back there needs no options.
    store(&home, &["migrate", "--to", "redis"]).succeeded();
    assert_eq!(listed(&home).len(), 3);
}

#[test]
fn a_rest_is_known_where_its_secret_has_another_number() {
    let Some(server) = Server::start() else { return };
    let home = home();
    let profiles = json!({ "version": 1, "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-one" } } });
    home.write(crate::cli::home::STORE, &profiles.to_string());
    let resting = |state: &Path| {
        waits(async {
            let modelpin = modelpin::ModelPin::builder()
                .state_dir(state)
                .without_environment()
                .build();
            let modelpin = modelpin.await.expect("it is set up");
            modelpin.resolve(&SessionKey::new("c"), &Actor::operator()).await
        })
    };
    resting(&home.state())
        .expect("it is free")
        .failed(FailureClass::AuthPermanent, None);
    waits(async {
        // It is written down off the request's way.
        let ledger = database(&home).ledger();
        while ledger.load_all().await.expect("it is read").is_empty() {
            tokio::task::yield_now().await;
        }
    });
    assert!(resting(&home.state()).is_err(), "it rests");
    let told = run(&home, &to_redis(&home, &server), &[]).succeeded().out;
    assert!(told.contains("failures 1"), "{told}");
    let refused = resting(&home.state())
        .expect_err("it rests there, too")
        .to_string();
    assert!(!refused.contains("store"), "{refused}");
}

#[test]
fn other_pins_that_are_there_are_told_and_nothing_is_overwritten_unasked() {
    let Some(server) = Server::start() else { return };
    let (one, two) = (home(), home());
    waits(pin(&one, "same", "opus", End::Never));
    waits(pin(&one, "mine", "opus", End::Never));
    waits(pin(&two, "same", "haiku", End::Never));
    waits(pin(&two, "yours", "haiku", End::Never));
    run(&one, &to_redis(&one, &server), &[]).succeeded();
    let (words, before, there) = (to_redis(&two, &server), config(&two), listed(&one));

    let told = run(&two, &words, &[]).failed(1).err;
    assert!(
        told.contains("other pins are there already: chat same of agent main"),
        "{told}"
    );
    assert!(told.contains("--replace") && told.contains("--keep"), "{told}");
    assert_eq!((config(&two), listed(&one)), (before, there), "nothing was moved");

    let model = |home: &Home, chat: &str| {
        let all = listed(home);
        all.into_iter()
            .find(|(name, _)| name == chat)
            .map(|(_, model)| model)
    };
    run(&two, &words, &["--keep"]).succeeded();
    assert_eq!(model(&one, "same").as_deref(), Some("anthropic/opus"));
    assert_eq!(model(&one, "yours").as_deref(), Some("anthropic/haiku"));
    run(&two, &words, &["--from", "sqlite", "--replace"]).succeeded();
    assert_eq!(model(&one, "same").as_deref(), Some("anthropic/haiku"));
    let record: String = ask(&server, &["GET", "modelpin:main:pin:{session/main/same}"]);
    assert!(
        record.starts_with("2 "),
        "its version went on, for those who have it in memory: {record}"
    );
    assert_eq!(model(&one, "mine").as_deref(), Some("anthropic/opus"));
}

#[test]
fn a_break_in_the_middle_leaves_the_source_and_the_configuration() {
    let Some(server) = Server::start() else { return };
    let home = home();
    for name in ["a", "b", "c"] {
        waits(pin(&home, name, "opus", End::Never));
    }
    let (words, before) = (to_redis(&home, &server), config(&home));
    let _mark: String = ask(&server, &["SET", "x", "y"]);
    // Room for the mark of the fleet is there; then it is full.
    let joined = waits(server.try_join("modelpin", FLEET));
    drop(joined.expect("it lets us in"));
    let _full: String = ask(&server, &["CONFIG", "SET", "maxmemory", "1"]);
    let told = run(&home, &words, &[]).failed(1).err;
    assert!(told.contains("the configuration is as it was"), "{told}");
    assert_eq!(config(&home), before);
    assert_eq!(listed(&home).len(), 3);
    let _room: String = ask(&server, &["CONFIG", "SET", "maxmemory", "0"]);
    run(&home, &words, &[]).succeeded();
    assert_eq!(listed(&home).len(), 3);
}

#[test]
fn what_is_missing_or_in_the_wrong_place_is_told() {
    let home = home();
    let key = home.root().join("fleet.key").display().to_string();
    let told = store(&home, &["migrate", "--to", "redis"]).failed(64).err;
    assert!(told.contains("MODELPIN_STORE_URL"), "{told}");
    let told = store(
        &home,
        &["migrate", "--to", "redis", "--url", "redis://127.0.0.1:1/0"],
    )
    .failed(64)
    .err;
    assert!(told.contains("openssl rand -hex 32"), "{told}");
    let url = format!("redis://bot:{WORD}@127.0.0.1:1/0");
    let told = store(
        &home,
        &["migrate", "--to", "redis", "--url", &url, "--key-file", &key],
    )
    .failed(64)
    .err;
    assert!(told.contains("--url-file"), "{told}");
    let told = store(
        &home,
        &[
            "migrate",
            "--to",
            "redis",
            "--url",
            "http://h",
            "--key-file",
            &key,
        ],
    )
    .failed(1)
    .err;
    assert!(told.contains("not `http://`"), "{told}");
    let told = store(&home, &["migrate", "--to", "sqlite", "--url", "redis://h"])
        .failed(64)
        .err;
    assert!(told.contains("are for `--to redis`"), "{told}");
    let told = store(
        &home,
        &[
            "migrate",
            "--to",
            "redis",
            "--url",
            "redis://127.0.0.1:1/0",
            "--key-file",
            &key,
        ],
    )
    .failed(1)
    .err;
    assert!(
        told.contains("cannot be reached") && told.contains("as it was"),
        "{told}"
    );
    assert!(!config(&home).contains("store"));
    let file = secret(&home, "s.url", &url);
    store(
        &home,
        &[
            "migrate",
            "--to",
            "redis",
            "--url-file",
            &file,
            "--key-file",
            &key,
        ],
    )
    .failed(1);
    let away = member("redis://127.0.0.1:1/0");
    let before = config(&away);
    store(&away, &["migrate", "--to", "sqlite"]).failed(1);
    assert_eq!(config(&away), before);
}

#[test]
fn a_process_that_runs_goes_on_with_the_store_of_its_start() {
    let home = home();
    let profiles = json!({ "version": 1, "profiles": {
        "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-one" } } });
    home.write(crate::cli::home::STORE, &profiles.to_string());
    waits(async {
        let modelpin = modelpin::ModelPin::builder()
            .state_dir(home.state())
            .without_environment()
            .build();
        let modelpin = modelpin.await.expect("it is set up");
        let (session, actor) = (SessionKey::new("c"), Actor::operator());
        let lease = modelpin.resolve(&session, &actor).await.expect("it is free");
        lease.failed(FailureClass::AuthPermanent, None);
        modelpin.resolve(&session, &actor).await.expect_err("it rests");
        let store = json!({ "kind": "redis", "url": "redis://127.0.0.1:1/0", "key": FLEET });
        let mut after: serde_json::Value = json!({ "agents": { "defaults": { "model": "anthropic/opus" } } });
        after["store"] = store;
        home.write("state/openclaw.json", &after.to_string());
        modelpin.reload().expect("it is read");
        modelpin
            .resolve(&session, &actor)
            .await
            .expect_err("it still rests");
    });
}

/// More pins than are copied at once.
async fn many(home: &Home) {
    let pins = Arc::new(database(home).pins());
    let mut saving = tokio::task::JoinSet::new();
    let empty = Record::default();
    let record = pinned(&empty, "opus", End::Never);
    for number in 0..MANY {
        let (pins, empty, record) = (Arc::clone(&pins), empty.clone(), record.clone());
        saving.spawn(async move { pins.save(&chat(&format!("c{number}")), &empty, &record).await });
    }
    while let Some(saved) = saving.join_next().await {
        saved.expect("it ends").expect("it is kept");
    }
}

const MANY: usize = 2_000;

/// Begins to move, and comes back when the first are there.
fn begun(home: &Home, server: &Server) -> std::process::Child {
    let words = to_redis(home, server);
    let words: Vec<&str> = ["store"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .collect();
    let mut command = home.modelpin(&words);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("it starts");
    while ask::<usize>(server, &["DBSIZE"]) < 20 {
        std::thread::yield_now();
    }
    child
}

#[test]
fn whoever_is_killed_in_the_middle_has_changed_nothing_and_goes_on_when_run_again() {
    let Some(server) = Server::start() else { return };
    let home = home();
    waits(many(&home));
    let before = config(&home);
    let mut child = begun(&home, &server);
    child.kill().expect("it is killed");
    child.wait().expect("it ended");
    assert_eq!(config(&home), before);
    assert_eq!(listed(&home).len(), MANY, "where they were they still are");
    let there: usize = ask(&server, &["DBSIZE"]);
    assert!(there < MANY, "it was in the middle: {there}");
    let told = run(&home, &to_redis(&home, &server), &[]).succeeded().out;
    assert!(told.contains("are there already"), "{told}");
    assert_eq!(listed(&home).len(), MANY);
}

#[test]
fn a_server_that_stops_for_a_moment_is_waited_for() {
    let Some(server) = Server::start() else { return };
    let home = home();
    waits(many(&home));
    let child = begun(&home, &server);
    server.freeze();
    // Longer than an answer may take, so that what was under way is in doubt.
    std::thread::sleep(Duration::from_millis(400));
    server.thaw();
    let told = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
    assert!(told.status.success(), "{said}");
    assert_eq!(listed(&home).len(), MANY, "{said}");
}
