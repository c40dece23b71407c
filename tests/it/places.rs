//! Where the files are: which directory wins, and why.

use std::ffi::OsString;
use std::path::Path;

use modelpin::places::{NoStateDir, StateDir, Surroundings, config_file, state_dir};
use modelpin::session::AgentId;

/// Asks with these variables set and these paths existing, at home in `/h`.
fn around<T>(vars: &[(&str, &str)], there: &[&str], ask: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    ask(&Surroundings {
        home: Some(Path::new("/h")),
        variable: &|name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        },
        exists: &|path| there.iter().any(|one| Path::new(one) == path),
    })
}

fn chosen(flag: Option<&str>, vars: &[(&str, &str)], there: &[&str]) -> (String, String) {
    let state =
        around(vars, there, |around| state_dir(flag.map(Path::new), around)).expect("there is a home");
    (state.path.display().to_string(), state.reason.to_string())
}

#[test]
fn the_first_state_directory_that_applies_is_taken() {
    let own = ("MODELPIN_STATE_DIR", "~/own");
    let claw = ("OPENCLAW_STATE_DIR", "/claw");
    let old = ("CLAWDBOT_STATE_DIR", "/old");
    let all = ["/h/.modelpin", "/h/.openclaw", "/h/.clawdbot", "/h/.moltbot"];
    for (flag, vars, there, path, why) in [
        (
            Some("/flag"),
            &[own, claw, old][..],
            &all[..],
            "/flag",
            "--state-dir",
        ),
        (None, &[own, claw, old], &all, "/h/own", "MODELPIN_STATE_DIR"),
        (None, &[claw, old], &all, "/h/.modelpin", "it exists"),
        (None, &[claw, old], &all[1..], "/claw", "OPENCLAW_STATE_DIR"),
        (None, &[old], &all[1..], "/old", "CLAWDBOT_STATE_DIR"),
        (
            None,
            &[("OPENCLAW_STATE_DIR", " ")],
            &all[1..],
            "/h/.openclaw",
            "in place",
        ),
        (None, &[], &all[2..], "/h/.clawdbot", "in place"),
        (None, &[], &all[3..], "/h/.moltbot", "in place"),
        (None, &[], &[], "/h/.modelpin", "will be created"),
    ] {
        let (found, reason) = chosen(flag, vars, there);
        assert_eq!(found, path);
        assert!(reason.contains(why), "{reason}");
    }
}

#[test]
fn without_a_home_something_must_name_the_directory() {
    let nowhere = Surroundings {
        home: None,
        variable: &|_| None,
        exists: &|_| true,
    };
    assert_eq!(state_dir(None, &nowhere), Err(NoStateDir));
    assert!(state_dir(Some(Path::new("x")), &nowhere).is_ok());
}

fn at(path: &str) -> StateDir {
    StateDir {
        path: path.into(),
        reason: modelpin::places::Reason::Flag,
    }
}

#[test]
fn the_first_configuration_that_exists_is_taken() {
    for (flag, vars, there, path) in [
        (
            Some("c.json"),
            &[("MODELPIN_CONFIG", "/x.json")][..],
            &["/s/modelpin.json"][..],
            "c.json",
        ),
        (
            None,
            &[("MODELPIN_CONFIG", "~/x.json")],
            &["/s/modelpin.json"],
            "/h/x.json",
        ),
        (
            None,
            &[],
            &["/s/openclaw.json", "/s/modelpin.json"],
            "/s/modelpin.json",
        ),
        (
            None,
            &[],
            &["/s/moltbot.json", "/s/clawdbot.json"],
            "/s/clawdbot.json",
        ),
        (None, &[], &["/s/moltbot.json"], "/s/moltbot.json"),
        (None, &[], &[], "/s/modelpin.json"),
    ] {
        let found = around(vars, there, |around| {
            config_file(flag.map(Path::new), &at("/s"), around)
        });
        assert_eq!(found.path, Path::new(path));
    }
}

#[test]
fn an_agent_has_its_folder_unless_the_configuration_names_another() {
    let path = |dir| {
        let paths = around(&[], &[], |around| at("/s").agent(&AgentId::main(), dir, around));
        paths.auth_profiles().display().to_string()
    };
    assert_eq!(path(None), "/s/agents/main/agent/auth-profiles.json");
    assert_eq!(path(Some("~/a")), "/h/a/auth-profiles.json");
    assert_eq!(path(Some("/a")), "/a/auth-profiles.json");
    assert_eq!(path(Some("a")), "/s/a/auth-profiles.json");
}
