//! What is in `contrib/`: the hook that alerts, and the units that run it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::home::{Home, Ran, assert_no_secret, not_tried, run};
use super::provider::{Answer, Provider};

const TOKEN: &str = "sk-ant-oat01-EXAMPLE-CANARY-v8KqRm3Y";
const NTFY: &str = "tk_b6HsXd1NqWe5Zu";

fn contrib(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(path)
}

/// A state directory with one token, which ends this many seconds from now.
fn ending_in(seconds: i64) -> Home {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let expires = i64::try_from(now.as_millis()).expect("before 292 million") + seconds * 1_000;
    let token = json!({ "type": "token", "provider": "anthropic", "token": TOKEN, "expires": expires });
    Home::with(&json!({}), &json!({ "profiles": { "anthropic:work": token } }))
}

/// A program that keeps its arguments and its standard input in files of the home.
fn fake(home: &Home, name: &str) {
    let kept = home.root().join(name);
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{0}.args'\ncat >>'{0}.stdin'\n[ ! -e '{0}.fail' ]\n",
        kept.display()
    );
    let path = home.write(&format!("bin/{name}"), &script);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// What a fake program was given, which is forgotten then.
fn given(home: &Home, file: &str) -> String {
    let path = home.root().join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let _not_there = fs::remove_file(path);
    text
}

/// Runs the hook as systemd does: without arguments, with the exit code in a variable.
fn alert(home: &Home, code: &str, vars: &[(&str, &str)]) -> Ran {
    let path = home.root().join("bin");
    fs::create_dir_all(&path).expect("a folder");
    let mut command = Command::new("/bin/sh");
    command
        .arg(contrib("hooks/modelpin-alert"))
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
        .env("HOME", home.root().join("home"))
        .env("MODELPIN", env!("CARGO_BIN_EXE_modelpin"))
        .env("MODELPIN_STATE_DIR", home.state())
        .env("EXIT_STATUS", code)
        .envs(vars.iter().copied());
    let told = run(&mut command, b"");
    assert_no_secret(&told.all(), &[TOKEN, NTFY]);
    told
}

/// The exit code of the check, as the hook is given it.
fn check(home: &Home) -> String {
    let told = run(&mut home.modelpin(&["models", "status", "--check"]), b"");
    assert_no_secret(&told.all(), &[TOKEN]);
    told.code.expect("it ended by itself").to_string()
}

#[test]
fn an_expiring_credential_is_told_by_any_command_and_once_a_day() {
    let home = ending_in(3_600);
    assert_eq!(check(&home), "2");
    let out = home.root().join("told");
    let tell = format!(
        "{{ echo \"$MODELPIN_ALERT_CODE $MODELPIN_ALERT_TITLE\"; cat; }} >>'{}'",
        out.display()
    );
    let by_command = [("MODELPIN_ALERT", tell.as_str())];
    alert(&home, "2", &by_command).succeeded();
    let told = given(&home, "told");
    assert!(told.starts_with("2 modelpin on "), "{told}");
    assert!(
        told.contains("a credential expires soon") && told.contains("anthropic:work: expires 2"),
        "{told}"
    );
    assert_no_secret(&told, &[TOKEN]);

    alert(&home, "2", &by_command).succeeded();
    assert_eq!(given(&home, "told"), "", "the same is not told twice");
    alert(&home, "2", &[by_command[0], ("MODELPIN_ALERT_EVERY", "0")]).succeeded();
    assert!(
        !given(&home, "told").is_empty(),
        "it is told again when its time is over"
    );
    alert(&home, "0", &by_command).succeeded();
    assert_eq!(given(&home, "told"), "", "nothing is wrong");
    alert(&home, "2", &by_command).succeeded();
    assert!(!given(&home, "told").is_empty(), "a new alarm is told at once");
}

#[test]
fn an_expired_credential_is_told_as_such_and_other_codes_are_no_alarm() {
    let home = ending_in(-3_600);
    assert_eq!(check(&home), "1");
    let tell = format!("cat >>'{}'", home.root().join("told").display());
    alert(&home, "1", &[("MODELPIN_ALERT", &tell)]).succeeded();
    let told = given(&home, "told");
    assert!(
        told.contains("missing or has expired") && told.contains("anthropic:work: expired"),
        "{told}"
    );
    for other in ["0", "64", "130", "KILL", ""] {
        alert(&home, other, &[("MODELPIN_ALERT", &tell)]).succeeded();
        assert_eq!(given(&home, "told"), "", "{other}");
    }
}

#[test]
fn what_could_not_be_sent_is_tried_again() {
    let home = ending_in(-3_600);
    alert(&home, "1", &[("MODELPIN_ALERT", "exit 7")]).failed(1);
    let tell = format!("cat >>'{}'", home.root().join("told").display());
    alert(&home, "1", &[("MODELPIN_ALERT", &tell)]).succeeded();
    assert!(!given(&home, "told").is_empty());
    let told = alert(&ending_in(-3_600), "1", &[]).failed(64);
    assert!(told.err.contains("set MODELPIN_ALERT"), "{}", told.err);
}

#[test]
fn neither_topic_nor_token_stands_in_an_argument() {
    let home = ending_in(-3_600);
    fake(&home, "curl");
    let token = home.write("ntfy-token", &format!("{NTFY}\n"));
    let token = token.display().to_string();
    let url = "https://ntfy.example/topic-\"quoted\\";
    alert(
        &home,
        "1",
        &[("MODELPIN_NTFY_URL", url), ("MODELPIN_NTFY_TOKEN_FILE", &token)],
    )
    .succeeded();
    let arguments = given(&home, "curl.args");
    assert!(arguments.contains("--config\n-\n"), "{arguments}");
    assert!(!arguments.contains("topic"));
    assert_no_secret(&arguments, &[NTFY, TOKEN]);
    let config = given(&home, "curl.stdin");
    assert!(
        config.contains("url = \"https://ntfy.example/topic-\\\"quoted\\\\\"\n"),
        "{config}"
    );
    assert!(
        config.contains(&format!("header = \"Authorization: Bearer {NTFY}\"\n")),
        "{config}"
    );
    assert!(config.contains("anthropic:work: expired"), "{config}");
    assert!(
        config.lines().all(|line| line.ends_with('"')),
        "a line break is written out: {config}"
    );
    assert_no_secret(&config, &[TOKEN]);

    fs::write(home.root().join("curl.fail"), "").expect("written");
    alert(
        &home,
        "1",
        &[("MODELPIN_NTFY_URL", url), ("MODELPIN_ALERT_EVERY", "0")],
    )
    .failed(1);
}

#[test]
fn the_real_curl_sends_it_to_ntfy() {
    if Command::new("curl").arg("--version").output().is_err() {
        not_tried("curl is not installed, so nothing is sent");
        return;
    }
    let ntfy = Provider::start(|_| Answer::error("200 OK", "", &json!({})));
    let home = ending_in(-3_600);
    let token = home.write("ntfy-token", &format!("{NTFY}\n"));
    let token = token.display().to_string();
    alert(
        &home,
        "1",
        &[
            ("MODELPIN_NTFY_URL", &ntfy.url("/topic")),
            ("MODELPIN_NTFY_TOKEN_FILE", &token),
        ],
    )
    .succeeded();
    let asked = ntfy.asked();
    assert_eq!(asked[0].line, "POST /topic HTTP/1.1");
    assert_eq!(asked[0].header("authorization"), [format!("Bearer {NTFY}")]);
    assert!(asked[0].header("title")[0].starts_with("modelpin on "));
}

#[test]
fn a_mail_is_sent_by_mail() {
    let home = ending_in(-3_600);
    fake(&home, "mail");
    alert(&home, "1", &[("MODELPIN_MAIL_TO", "me@example.org")]).succeeded();
    let arguments = given(&home, "mail.args");
    assert!(
        arguments.starts_with("-s\nmodelpin on ") && arguments.ends_with("\nme@example.org\n"),
        "{arguments}"
    );
    assert!(given(&home, "mail.stdin").contains("anthropic:work: expired"));
    assert_no_secret(&arguments, &[TOKEN]);
}

#[test]
fn every_shell_reads_the_hook() {
    for shell in [
        &["/bin/sh"][..],
        &["bash", "--posix"],
        &["dash"],
        &["busybox", "sh"],
    ] {
        let mut command = Command::new(shell[0]);
        let command = command
            .args(&shell[1..])
            .arg("-n")
            .arg(contrib("hooks/modelpin-alert"));
        match command.output() {
            Ok(told) => assert!(
                told.status.success(),
                "{shell:?}: {}",
                String::from_utf8_lossy(&told.stderr)
            ),
            Err(_) => not_tried(&format!("{shell:?} is not installed")),
        }
    }
}

/// The units with our binary and our hook in the place of those that will be installed.
fn units(home: &Home, folder: &str, installed: &str) -> Vec<PathBuf> {
    let bin = home.root().join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    symlink(env!("CARGO_BIN_EXE_modelpin"), bin.join("modelpin")).expect("a link");
    symlink(contrib("hooks/modelpin-alert"), bin.join("modelpin-alert")).expect("a link");
    let entries = fs::read_dir(contrib(folder)).expect("a folder").flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    let written = files.map(|path| {
        let text = fs::read_to_string(&path).expect("read");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        home.write(
            &format!("units/{name}"),
            &text.replace(installed, &bin.display().to_string()),
        )
    });
    written.collect()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        not_tried("systemd-analyze is not installed, so the units are not verified");
        return;
    }
    for (folder, installed, manager) in [
        ("systemd", "/usr/local/bin", "--system"),
        ("systemd/user", "%h/.local/bin", "--user"),
    ] {
        let home = Home::new();
        let units = units(&home, folder, installed);
        assert_eq!(units.len(), 3);
        let mut verify = Command::new("systemd-analyze");
        verify.args(["--man=no", manager, "verify"]).args(&units);
        let told = run(verify.env("XDG_RUNTIME_DIR", home.root()), b"").succeeded();
        assert_eq!(told.all(), "", "{folder}");
        for unit in units
            .iter()
            .filter(|unit| folder == "systemd" && unit.extension().is_some_and(|of| of == "service"))
        {
            let mut security = Command::new("systemd-analyze");
            // In tenths: 2.0 of 10 is what systemd calls "OK".
            security
                .args(["--no-pager", "security", "--offline=yes", "--threshold=20"])
                .arg(unit);
            run(&mut security, b"").succeeded();
        }
    }
}

#[test]
fn the_check_unit_runs_what_there_is() {
    let unit = fs::read_to_string(contrib("systemd/modelpin-check.service")).expect("read");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/modelpin "));
    let arguments: Vec<&str> = start.expect("it starts modelpin").split(' ').collect();
    for (home, code) in [
        (ending_in(90 * 86_400), 0),
        (ending_in(-1), 1),
        (ending_in(3_600), 2),
    ] {
        run(&mut home.modelpin(&arguments), b"").failed(code);
    }
}

#[test]
fn the_property_lists_are_property_lists() {
    for name in ["dev.modelpin.gateway", "dev.modelpin.check"] {
        let path = contrib(&format!("launchd/{name}.plist"));
        let text = fs::read_to_string(&path).expect("read");
        assert!(text.contains(&format!("<key>Label</key><string>{name}</string>")));
        let read =
            "import plistlib, sys; print(plistlib.load(open(sys.argv[1], 'rb'))['ProgramArguments'][2])";
        let told = match Command::new("plutil").arg("-lint").arg(&path).output() {
            Ok(told) => told,
            Err(_) => match Command::new("python3").args(["-c", read]).arg(&path).output() {
                Ok(told) => told,
                Err(_) => {
                    not_tried("neither plutil nor python3 is installed, so the property lists are not read");
                    return;
                }
            },
        };
        assert!(
            told.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&told.stderr)
        );
        assert!(String::from_utf8_lossy(&told.stdout).contains("modelpin") || !told.stdout.is_empty());
    }
}

/// What a unit starts, with our program and files in the place of those that will be installed.
fn started(home: &Home, line: &str) -> Vec<String> {
    let token = home.write("gateway-token", "EXAMPLE-token-of-the-unit-0123456789\n");
    let path = |path: PathBuf| path.display().to_string();
    let words = line
        .split_whitespace()
        .skip_while(|word| !word.ends_with("bin/modelpin"));
    let words = words.skip(1).take_while(|word| !word.starts_with("2&gt;"));
    words
        .map(|word| match word {
            "/var/lib/modelpin" => path(home.state()),
            "%d/gateway-token" => path(token.clone()),
            "127.0.0.1:4141" => "127.0.0.1:0".to_owned(),
            word => word.to_owned(),
        })
        .collect()
}

#[test]
fn the_gateway_units_start_a_gateway_that_stops_when_told() {
    for (unit, begins) in [
        ("systemd/modelpin-gateway.service", "ExecStart="),
        ("systemd/user/modelpin-gateway.service", "ExecStart="),
        ("launchd/dev.modelpin.gateway.plist", "<string>exec "),
    ] {
        let text = fs::read_to_string(contrib(unit)).expect("read");
        let line = text.lines().map(str::trim).find(|line| line.starts_with(begins));
        let home = Home::new();
        let arguments = started(&home, line.expect("it starts something"));
        assert!(arguments.contains(&"gateway".to_owned()), "{unit}: {arguments:?}");
        let mut child = home
            .bare(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut told = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        out.read_line(&mut told).expect("read");
        assert!(
            told.starts_with("modelpin listens on http://127.0.0.1:"),
            "{unit}: {told}"
        );
        let stopped = Command::new("kill").arg(child.id().to_string()).status();
        assert!(stopped.expect("kill runs").success());
        assert!(child.wait().expect("it ends").success(), "{unit}");
    }
}
