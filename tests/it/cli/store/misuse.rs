//! A wrong URL, a wrong password, foreign keys, two fleets, clocks that differ: told clearly, and nothing is overwritten.

use std::process::Command;

use serde_json::json;

use super::{FLEET, WORD, ask, config, doctored, home, member, ran, secret, store};
use crate::cli::home::{Home, not_tried};
use crate::fleet::server::Server;

/// Every command that needs the store says the same of it.
fn refused(home: &Home, says: &[&str]) {
    let status = store(home, &["status"]).failed(1).out;
    let pins = ran(&mut home.modelpin(&["pins", "list"])).failed(1).err;
    let doctor = ran(&mut home.modelpin(&["doctor"])).failed(1).out;
    let gateway = ran(&mut home.modelpin(&["gateway", "--bind", "127.0.0.1:0"]))
        .failed(1)
        .err;
    for told in [status, pins, doctor, gateway] {
        for say in says {
            assert!(told.contains(say), "{say} in\n{told}");
        }
    }
    let json = store(home, &["status", "--json"]).failed(1).json();
    assert_eq!((&json["ok"], &json["server"]), (&json!(false), &json!(null)));
}

#[test]
fn a_server_that_is_not_there_or_speaks_otherwise_is_told() {
    refused(
        &member("redis://127.0.0.1:1/0"),
        &["redis://127.0.0.1:1/0", "cannot be reached", "store.url"],
    );
    refused(&member("postgres://h/db"), &["redis://", "not `postgres://`"]);
    refused(&member("cache.example"), &["is no URL", "redis://HOST:PORT/0"]);
    // A server of another kind: it answers, and not what is asked.
    let web = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = web.local_addr().expect("an address");
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for mut visitor in web.incoming().flatten() {
            let _asked = visitor.read(&mut [0; 512]);
            let _said = visitor.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    refused(
        &member(&format!("redis://{at}/0")),
        &["the store redis://127.0.0.1"],
    );
}

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let Some(server) = Server::start_with(&["--requirepass", "EXAMPLE-right-word"]) else {
        return;
    };
    for user in ["", "bot"] {
        let url = format!("redis://{user}:{WORD}@{}/0", server.at());
        let home = member("x");
        let file = secret(&home, "s.url", &url);
        let key = home.root().join("fleet.key");
        let store = json!({ "kind": "redis", "url": { "source": "file", "id": file },
            "key": { "source": "file", "id": key } });
        home.write("state/openclaw.json", &json!({ "store": store }).to_string());
        refused(&home, &["does not let us in", "user and password in `store.url`"]);
    }
    refused(
        &member(&format!("redis://{}/0", server.at())),
        &["does not let us in", "user and password"],
    );
}

#[test]
fn another_fleet_foreign_keys_and_a_newer_form_are_left_alone() {
    let Some(server) = Server::start() else { return };
    for (mark, says) in [
        (
            r#"{"form":1,"fleet":"0123456789abcdef","made":"x"}"#,
            "another fleet has its pins and rests",
        ),
        (
            r#"{"form":9,"fleet":"0123456789abcdef","made":"x"}"#,
            "written by a newer modelpin (form 9",
        ),
        ("a counter of somebody", "was not written by modelpin"),
    ] {
        let _set: String = ask(&server, &["SET", "modelpin:main:fleet", mark]);
        let home = member(&server.url());
        refused(&home, &[says, "`modelpin:main:fleet`", "store.prefix"]);
        let (url, key) = (server.url(), home.root().join("fleet.key"));
        let new = super::home();
        let before = config(&new);
        let key = key.display().to_string();
        let told = store(
            &new,
            &["migrate", "--to", "redis", "--url", &url, "--key-file", &key],
        )
        .failed(1)
        .err;
        assert!(told.contains(says), "{told}");
        assert_eq!(config(&new), before);
        let still: String = ask(&server, &["GET", "modelpin:main:fleet"]);
        assert_eq!(still, mark);
        let count: u64 = ask(&server, &["DBSIZE"]);
        assert_eq!(count, 1, "nothing was written beside it");
    }
    let _set: u64 = ask(&server, &["DEL", "modelpin:main:fleet"]);
    let _list: u64 = ask(&server, &["RPUSH", "modelpin:main:fleet", "x"]);
    refused(&member(&server.url()), &["the store redis://"]);
}

#[test]
fn a_secret_in_the_configuration_is_pointed_at() {
    let home = home();
    let url = format!("redis://bot:{WORD}@127.0.0.1:1/0");
    let store = json!({ "kind": "redis", "url": url, "key": FLEET });
    home.write("state/openclaw.json", &json!({ "store": store }).to_string());
    let told = ran(&mut home.modelpin(&["doctor", "--offline"])).all();
    assert!(told.contains("store.url holds a password in clear"), "{told}");
    assert!(
        told.contains("store.key holds the key of the fleet in clear"),
        "{told}"
    );
    assert!(told.contains("source: \"file\""), "{told}");
    let short = super::member("redis://127.0.0.1:1/0");
    secret(&short, "fleet.key", "hunter2");
    refused(&short, &["has 7 characters", "openssl rand -hex 32"]);
}

/// A library that sets this process's clock wrong by so many seconds.
fn wrong_clock(home: &Home) -> Option<String> {
    let source = home.write(
        "clock.c",
        "#define _GNU_SOURCE\n#include <stdlib.h>\n#include <sys/syscall.h>\n#include <time.h>\n#include <unistd.h>\n\
         int clock_gettime(clockid_t c, struct timespec *t) {\n\
           int r = (int)syscall(SYS_clock_gettime, c, t);\n\
           const char *by = getenv(\"SKEW\");\n\
           if (c == CLOCK_REALTIME && by) t->tv_sec += atoi(by);\n  return r;\n}\n",
    );
    let library = home.root().join("clock.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(source)
        .status();
    match built {
        Ok(done) if done.success() => Some(library.display().to_string()),
        _ => {
            not_tried("passed over: there is no C compiler that sets a clock wrong");
            None
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn clocks_that_are_five_minutes_wrong_are_told_and_do_no_harm() {
    let Some(server) = Server::start() else { return };
    let homes = [member(&server.url()), member(&server.url())];
    let Some(clock) = wrong_clock(&homes[0]) else {
        return;
    };
    let skewed = |home: &Home, skew: &str, args: &[&str]| {
        let mut command = home.modelpin(args);
        command.env("LD_PRELOAD", &clock).env("SKEW", skew);
        command
    };
    for (home, skew, says) in [(&homes[0], "300", "ahead of"), (&homes[1], "-300", "behind")] {
        let told = ran(&mut skewed(home, skew, &["store", "status"])).succeeded().out;
        let about = |apart: u32| told.contains(&format!("the clock of this machine is {apart} s {says}"));
        assert!((298..=301).any(about), "{told}");
        assert!(told.contains("NTP"), "{told}");
    }
    // A pin for an hour of the machine that is ahead ends in an hour, whoever looks.
    let talk = "/model opus --for 1h\n";
    let mut command = skewed(&homes[0], "300", &["chat", "--session", "c", "--json"]);
    for (name, home) in [("one", &homes[0]), ("two", &homes[1])] {
        let profiles = json!({ "version": 1, "profiles": {
            "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE-one" } } });
        home.write(crate::cli::home::STORE, &profiles.to_string());
        let mut config: serde_json::Value = serde_json::from_str(&config(home)).expect("JSON");
        config["agents"] = json!({ "defaults": { "model": "anthropic/sonnet",
            "models": { "anthropic/opus": { "alias": "opus" } } } });
        home.write("state/openclaw.json", &config.to_string());
        assert!(!name.is_empty());
    }
    let told = crate::cli::home::run(&mut command, talk.as_bytes()).succeeded();
    assert!(
        told.out.contains("pinned") || told.out.contains("Pinned"),
        "{}",
        told.all()
    );
    let now: Vec<String> = ask(&server, &["TIME"]);
    let now: i64 = now[0].parse::<i64>().expect("seconds") * 1_000;
    let record: String = ask(&server, &["GET", "modelpin:main:pin:{session/main/c}"]);
    for (home, skew) in [(&homes[0], "300"), (&homes[1], "-300")] {
        let told = ran(&mut skewed(home, skew, &["pins", "list", "--json"]))
            .succeeded()
            .json();
        let until = told["pins"][0]["until"]
            .as_i64()
            .unwrap_or_else(|| panic!("{told} {record}"));
        let minutes = (until - now) / 60_000;
        assert!(
            (58..=60).contains(&minutes),
            "it ends in {minutes} minutes by the server's clock"
        );
    }
}

#[test]
fn an_emptied_and_an_evicting_server_are_seen_by_the_doctor() {
    let Some(server) = Server::start() else { return };
    let home = member(&server.url());
    assert_eq!(doctored(&home), []);
    let _set: String = ask(&server, &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let _set: String = ask(&server, &["CONFIG", "SET", "appendonly", "no"]);
    let found = doctored(&home);
    let word = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(
        found,
        [word("error", "store-eviction"), word("warning", "store-keeps")]
    );
    let told = store(&home, &["status"]).failed(1).out;
    assert!(told.contains("CONFIG SET maxmemory-policy noeviction"), "{told}");
    let count: u64 = ask(&server, &["DBSIZE"]);
    assert_eq!(count, 0, "who only looks leaves nothing");
}
