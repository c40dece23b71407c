//! `env.shellEnv`: what a login shell gives, and what it cannot do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::home::{Home, Ran, assert_no_secret, not_tried, run};

const KEY: &str = "sk-ant-api03-EXAMPLE-CANARY-q7LmXw2Z";
const OTHER: &str = "sk-EXAMPLE-CANARY-h3RtVb9K";
const STRANGER: &str = "tok-EXAMPLE-CANARY-d8GyNc4P";
const ALL: [&str; 3] = [KEY, OTHER, STRANGER];

/// A home whose configuration asks the login shell, and gives it this long.
fn asking(timeout_ms: u32) -> Home {
    let config = json!({ "env": { "shellEnv": { "enabled": true, "timeoutMs": timeout_ms } } });
    Home::with(&config, &json!({ "profiles": {} }))
}

/// `$SHELL` as a script: it does `before`, then what a shell does.
fn fake_shell(home: &Home, before: &str) -> String {
    let path = home.write(
        "fake-shell",
        &format!("#!/bin/sh\n{before}\nshift\nexec /bin/sh \"$@\"\n"),
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    path.display().to_string()
}

fn status(home: &Home, shell: &str) -> Ran {
    ran(
        home,
        home.modelpin(&["models", "status", "--json"]).env("SHELL", shell),
    )
}

/// Runs it twice, the second time at trace level: no canary shows, and none is in a file but in those that the test wrote.
fn ran(home: &Home, command: &mut Command) -> Ran {
    let told = run(command, b"");
    let loud = run(command.arg("-vvv"), b"");
    assert_no_secret(&told.all(), &ALL);
    assert_no_secret(&loud.all(), &ALL);
    for (path, _, _) in home.listing() {
        let ours = path.starts_with(home.root().join("home")) || path.ends_with("fake-shell");
        if path.is_file() && !ours {
            assert_no_secret(&String::from_utf8_lossy(&fs::read(&path).expect("read")), &ALL);
        }
    }
    told
}

fn applied(told: &Ran) -> Value {
    told.json()["auth"]["shellEnvFallback"]["appliedKeys"].clone()
}

#[test]
fn real_shells_give_what_their_profiles_export() {
    let export = format!("echo Welcome\nexport ANTHROPIC_API_KEY='{KEY}' OTHER_TOKEN={STRANGER}\n");
    for (shell, profile, text) in [
        ("/bin/sh", ".profile", export.clone()),
        ("/bin/bash", ".bash_profile", export.clone()),
        ("/usr/bin/zsh", ".zprofile", export.clone()),
        (
            "/usr/bin/fish",
            ".config/fish/config.fish",
            format!("echo Welcome; set -x ANTHROPIC_API_KEY {KEY}\n"),
        ),
    ] {
        if !Path::new(shell).exists() {
            not_tried(&format!("{shell} is not installed, so it is not tried"));
            continue;
        }
        let home = asking(15_000);
        home.write(&format!("home/{profile}"), &text);
        let told = status(&home, shell).succeeded();
        assert_eq!(
            applied(&told),
            json!(["ANTHROPIC_API_KEY"]),
            "{shell}: {}",
            told.all()
        );
        let anthropic = &told.json()["modelpin"]["providers"][0];
        assert_eq!(anthropic["chosen"], "env:ANTHROPIC_API_KEY", "{shell}");
        assert!(told.err.is_empty(), "{shell}: {}", told.err);
    }
}

#[test]
fn values_are_sanitised_and_other_names_forgotten() {
    let home = asking(15_000);
    let shell = fake_shell(
        &home,
        &format!(
            "ANTHROPIC_API_KEY=\"$(printf ' {KEY}\\r\\n\\342\\200\\250 ')\" ANTHROPIC_API_KEY_OLD={STRANGER}\n\
             OPENAI_KEY={STRANGER} XAI_API_KEY= export ANTHROPIC_API_KEY ANTHROPIC_API_KEY_OLD OPENAI_KEY XAI_API_KEY"
        ),
    );
    let told = status(&home, &shell).succeeded();
    assert_eq!(applied(&told), json!(["ANTHROPIC_API_KEY"]));
    let from_shell = told.json()["auth"]["providers"][0]["env"].clone();

    // The same key without anything around it has the same handle.
    let mut plain = home.modelpin(&["models", "status", "--json"]);
    let plain = run(plain.env("ANTHROPIC_API_KEY", KEY), b"").succeeded();
    assert_eq!(applied(&plain), json!([]));
    assert_eq!(
        plain.json()["auth"]["providers"][0]["env"]["value"],
        from_shell["value"]
    );
    assert!(from_shell["value"].is_string(), "{from_shell}");
}

#[test]
fn it_is_asked_only_if_wanted_and_no_key_is_set_elsewhere() {
    let marks = |home: &Home| home.root().join("asked").exists();
    let shell_of = |home: &Home| {
        let touch = format!(
            "touch '{}'; export ANTHROPIC_API_KEY={KEY}",
            home.root().join("asked").display()
        );
        fake_shell(home, &touch)
    };
    let off = Home::with(
        &json!({ "env": { "shellEnv": { "enabled": false } } }),
        &json!({ "profiles": {} }),
    );
    status(&off, &shell_of(&off)).succeeded();
    assert!(!marks(&off), "it is asked though nobody wants it");

    let in_process = asking(15_000);
    let mut command = in_process.modelpin(&["models", "status", "--json"]);
    let told = ran(
        &in_process,
        command
            .env("SHELL", shell_of(&in_process))
            .env("GROQ_API_KEY", OTHER),
    );
    assert_eq!(applied(&told.succeeded()), json!([]));
    assert!(!marks(&in_process), "a key of the process is enough");

    let in_dotenv = asking(15_000);
    in_dotenv.write("state/.env", "OPENAI_API_KEY=of-the-file\n");
    status(&in_dotenv, &shell_of(&in_dotenv)).succeeded();
    assert!(!marks(&in_dotenv), "a key of `.env` is enough");

    for needs_none in [
        &["parse", "/model"][..],
        &["help"],
        &["completions", "bash"],
        &["man"],
    ] {
        let home = asking(15_000);
        run(home.modelpin(needs_none).env("SHELL", shell_of(&home)), b"").succeeded();
        assert!(!marks(&home), "{needs_none:?} needs no credential");
    }

    // It asks, and what it asks runs modelpin in turn: that one does not ask again.
    let wanted = asking(15_000);
    let again = format!(
        "{} --state-dir '{}' models status >/dev/null 2>&1; {}",
        env!("CARGO_BIN_EXE_modelpin"),
        wanted.state().display(),
        format_args!(
            "echo x >> '{}'; export ANTHROPIC_API_KEY={KEY}",
            wanted.root().join("asked").display()
        )
    );
    let shell = fake_shell(&wanted, &again);
    let told = run(
        wanted
            .modelpin(&["models", "status", "--json"])
            .env("SHELL", shell),
        b"",
    );
    assert_eq!(applied(&told.succeeded()), json!(["ANTHROPIC_API_KEY"]));
    let asked = fs::read_to_string(wanted.root().join("asked")).expect("it was asked");
    assert_eq!(asked, "x\n");
}

#[test]
fn a_shell_that_hangs_floods_or_fails_is_a_warning_and_leaves_nothing_behind() {
    let print = format!("echo {STRANGER}; echo {STRANGER} >&2; export ANTHROPIC_API_KEY={KEY}");
    for (does, timeout, told_as) in [
        ("exec sleep 1000", 300, "did not answer within 300 ms"),
        ("sleep 1000; exit 1", 300, "did not answer within 300 ms"),
        ("cat </dev/tty; sleep 1000", 300, "did not answer within 300 ms"),
        ("cat /dev/zero", 15_000, "printed over 2097152 bytes"),
        ("yes", 15_000, "printed over 2097152 bytes"),
        ("exit 3", 15_000, "ended before it had answered (exit code 3)"),
        (
            "sleep 1000 & exit 3",
            15_000,
            "ended before it had answered (exit code 3)",
        ),
        (
            "kill -9 $$",
            15_000,
            "ended before it had answered (it was killed)",
        ),
        ("exec >&-", 15_000, "ended before it had answered"),
    ] {
        let home = asking(timeout);
        let pid = home.root().join("pid");
        let shell = fake_shell(&home, &format!("echo $$ > '{}'\n{print}\n{does}", pid.display()));
        let begin = Instant::now();
        let told = run(
            home.modelpin(&["models", "status", "--json"])
                .env("SHELL", &shell),
            b"",
        );
        let told = told.succeeded();
        assert!(begin.elapsed() < Duration::from_secs(10), "{does} held it up");
        assert_eq!(applied(&told), json!([]), "{does}");
        assert!(
            told.err.contains("WARN") && told.err.contains(told_as),
            "{does}: {}",
            told.err
        );
        assert_no_secret(&told.all(), &ALL);
        let group = fs::read_to_string(&pid).expect("it ran");
        // A process that was killed is gone in its own time.
        let patience = Instant::now() + Duration::from_secs(10);
        while !nobody_in(group.trim()) {
            assert!(Instant::now() < patience, "{does} left somebody behind");
        }
    }
}

#[test]
fn a_background_child_that_holds_the_output_does_not_hold_the_answer() {
    let home = asking(15_000);
    let shell = fake_shell(&home, &format!("sleep 1000 &\nexport ANTHROPIC_API_KEY={KEY}"));
    let begin = Instant::now();
    let told = run(
        home.modelpin(&["models", "status", "--json"])
            .env("SHELL", &shell),
        b"",
    );
    assert_eq!(applied(&told.succeeded()), json!(["ANTHROPIC_API_KEY"]));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_shell_that_is_not_a_program_by_absolute_path_is_not_run() {
    let home = asking(15_000);
    home.write("home/.profile", &format!("export ANTHROPIC_API_KEY={KEY}\n"));
    let trap = format!("#!/bin/sh\ntouch '{}'\n", home.root().join("trapped").display());
    let path = home.write("work/bash", &trap);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    home.write("work/plain-file", "echo no\n");
    let plain_file = home.root().join("work/plain-file").display().to_string();
    let folder = home.root().display().to_string();
    for not_it in ["bash", "./bash", &plain_file, &folder, "/nowhere/sh"] {
        let told = status(&home, not_it).succeeded();
        assert!(
            told.err.contains("SHELL is not the absolute path of a program"),
            "{}",
            told.err
        );
        assert_eq!(
            applied(&told),
            json!(["ANTHROPIC_API_KEY"]),
            "{not_it}: the system's sh is asked"
        );
    }
    assert!(!home.root().join("trapped").exists());
}

#[test]
fn neither_our_path_nor_variables_that_steer_shells_reach_it() {
    let home = asking(15_000);
    let trapped = home.root().join("trapped");
    for name in ["env", "printf", "sh", "bash"] {
        let path = home.write(
            &format!("trap/{name}"),
            &format!("#!/bin/sh\ntouch '{}'\n", trapped.display()),
        );
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    let steer = home.write("steer.sh", &format!("touch '{}'\n", trapped.display()));
    let seen = home.root().join("seen");
    home.write(
        "home/.profile",
        &format!("env > '{}'; export ANTHROPIC_API_KEY={KEY}\n", seen.display()),
    );
    let mut command = home.modelpin(&["models", "status", "--json"]);
    command
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", home.root().join("trap").display()),
        )
        .env("SHELL", "/bin/sh")
        .env("ENV", &steer)
        .env("BASH_ENV", &steer)
        .env("ZDOTDIR", home.root().join("trap"))
        .env("SOME_SECRET", STRANGER)
        .env("LD_LIBRARY_PATH", "/nowhere");
    let told = run(&mut command, b"").succeeded();
    assert_eq!(applied(&told), json!(["ANTHROPIC_API_KEY"]));
    assert!(!trapped.exists(), "a folder in PATH chose what runs");
    let seen = fs::read_to_string(seen).expect("the profile ran");
    let names: Vec<&str> = seen
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .collect();
    for name in &names {
        let expected = [
            "HOME",
            "LANG",
            "LOGNAME",
            "MODELPIN_ASKING_SHELL",
            "OLDPWD",
            "PATH",
            "PWD",
            "SHELL",
            "SHLVL",
            "TERM",
            "USER",
            "_",
        ];
        assert!(expected.contains(name), "{name} came along: {names:?}");
    }
    assert!(
        seen.contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"),
        "{seen}"
    );
}

/// Whether no process of this group runs any more.
fn nobody_in(group: &str) -> bool {
    let told = Command::new("/bin/ps")
        .args(["-eo", "pgid=,stat="])
        .output()
        .expect("ps runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let mut rows = told
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    !rows.any(|row| row.first() == Some(&group) && !row.get(1).is_some_and(|stat| stat.starts_with('Z')))
}
