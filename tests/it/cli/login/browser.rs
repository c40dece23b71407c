//! In a browser, and with the address pasted that it ends at.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::super::home::{Home, STORE};
use super::super::typed::Typed;
use super::waiting::{Ended, Waiting};
use super::{code_of, home, login, nothing_leaked, profiles, provider, unreachable};
use crate::oauth::browser::Browser;

/// Goes through a sign-in in a browser that is new.
fn sign_in(home: &Home, more: &[&str]) -> Ended {
    let mut waiting = Waiting::start(&mut login(home, more));
    let address = waiting.line_with("/auth?");
    let mut browser = Browser::new();
    let back = browser.say_yes(&address);
    let page = browser.get(&back);
    assert_eq!(page.status, 200, "{}", page.text);
    let ended = waiting.ends();
    nothing_leaked(
        home,
        &format!("{}{}{}", ended.out, ended.err, page.text),
        &[&code_of(&back)],
    );
    ended
}

#[test]
fn a_yes_in_the_browser_becomes_a_profile_named_after_the_account() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    let ended = sign_in(&home, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended
            .out
            .contains("Signed in: acme:ada@example.test (oauth, key:"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("then renewed"), "{}", ended.out);
    let profile = &profiles(&home)["acme:ada@example.test"];
    assert_eq!(profile["type"], "oauth");
    assert_eq!(profile["accountId"], "ada");
    assert_eq!(profile["email"], "ada@example.test");
    assert_eq!(profile["clientId"], crate::oauth::provider::CLIENT);
    assert!(profile["expires"].as_i64().is_some());
    let mode = fs::metadata(home.root().join(STORE))
        .expect("a store")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let config = fs::read_to_string(home.state().join("openclaw.json")).expect("a configuration");
    assert!(config.contains("acme:ada@example.test"), "{config}");
    assert_eq!(provider.asked("authorization_code"), (1, 1));
}

#[test]
fn signing_in_again_as_the_same_account_brings_its_profile_up_to_date() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    sign_in(&home, &["--profile-id", "acme:work"]);
    let before = profiles(&home)["acme:work"]["refresh"].clone();
    for more in [&[][..], &["--profile-id", "acme:other"]] {
        let ended = sign_in(&home, more);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.out.contains("Signed in again: acme:work"), "{}", ended.out);
        assert_eq!(
            ended.err.contains("This account is kept as acme:work already"),
            !more.is_empty()
        );
    }
    let after = profiles(&home);
    assert_eq!(
        after.as_object().map(serde_json::Map::len),
        Some(1),
        "one account, one profile"
    );
    assert_ne!(after["acme:work"]["refresh"], before);
}

#[test]
fn another_account_is_refused_under_an_id_that_is_taken_unless_it_is_to_be_replaced() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    sign_in(&home, &["--profile-id", "acme:work"]);
    let before = profiles(&home);
    provider.account("bob");
    let refused = sign_in(&home, &["--profile-id", "acme:work"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("acme:work is of another account"),
        "{}",
        refused.err
    );
    assert_eq!(profiles(&home), before);
    let replaced = sign_in(&home, &["--profile-id", "acme:work", "--replace"]);
    assert_eq!(replaced.code, Some(0), "{}", replaced.err);
    assert_eq!(profiles(&home)["acme:work"]["accountId"], "bob");
    // Without an id, another account gets a profile of its own.
    provider.account("eve");
    sign_in(&home, &[]);
    assert_eq!(profiles(&home)["acme:eve@example.test"]["accountId"], "eve");
    assert_eq!(profiles(&home)["acme:work"]["accountId"], "bob");
}

#[test]
fn json_tells_what_was_kept_and_for_which_agent() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    home.write(
        "state/openclaw.json",
        &serde_json::json!({
            "oauth": {"acme": provider.description()},
            "agents": {"list": [{"id": "main"}, {"id": "ops"}]},
        })
        .to_string(),
    );
    let ended = sign_in(&home, &["--json", "--agent", "ops"]);
    let told: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(told["profileId"], "acme:ada@example.test");
    assert_eq!(told["agentId"], "ops");
    assert_eq!(told["done"], "added");
    assert_eq!(told["renewable"], true);
    assert!(profiles(&home).is_null(), "the main agent has none");
}

#[test]
fn an_address_that_is_pasted_at_the_terminal_is_as_good_and_is_not_shown() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    let mut typed = Typed::start(&home, &["models", "auth", "login", "--provider", "acme"]);
    typed.until("in a browser:\r\n\r\n  ");
    let from = typed.shown.len();
    typed.until("\r\n");
    let address = typed.shown[from..].trim().to_owned();
    typed.until("press Enter.").until("\u{1b}[?2004h");
    typed
        .press("https://example.test/\r")
        .until("That is not it")
        .until("\u{1b}[?2004h");
    let back = Browser::new().say_yes(&address);
    typed
        .press(&back)
        .press("\r")
        .until("Signed in: acme:ada@example.test");
    let shown = typed.ends(&home, 0);
    nothing_leaked(&home, &shown, &[&code_of(&back)]);
}

#[test]
fn a_browser_that_is_first_leaves_the_terminal_as_it_was() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    let mut typed = Typed::start(&home, &["models", "auth", "login", "--provider", "acme"]);
    typed.until("in a browser:\r\n\r\n  ");
    let from = typed.shown.len();
    typed.until("\r\n");
    let address = typed.shown[from..].trim().to_owned();
    typed.until("\u{1b}[?2004h").press("half an addr");
    assert_eq!(Browser::new().sign_in(&address).status, 200);
    typed.until("Signed in: acme:ada@example.test");
    typed.ends(&home, 0);
}

#[test]
fn ctrl_c_ends_the_waiting_and_changes_nothing() {
    let home = home(&unreachable());
    let mut typed = Typed::start(&home, &["models", "auth", "login", "--provider", "acme"]);
    typed
        .until("\u{1b}[?2004h")
        .press("half")
        .control('c')
        .until("interrupted; nothing was changed");
    typed.ends(&home, 130);
    let mut waiting = Waiting::start(&mut login(&home, &[]));
    waiting.line_with("Waiting for the browser");
    let killed = Command::new("kill")
        .args(["-INT", &waiting.id().to_string()])
        .status();
    assert!(killed.is_ok_and(|status| status.success()));
    assert_eq!(waiting.ends().code, Some(130));
    assert!(profiles(&home).is_null());
}

#[test]
fn where_there_is_a_screen_the_address_is_opened() {
    let home = home(&unreachable());
    let opened = home.root().join("opened");
    assert!(
        Command::new("mkfifo")
            .arg(&opened)
            .status()
            .is_ok_and(|status| status.success())
    );
    let program = home.write(
        "bin/xdg-open",
        &format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display()),
    );
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be run");
    let mut command = login(&home, &[]);
    command.env("DISPLAY", ":0").env(
        "PATH",
        format!("{}:/usr/bin:/bin", home.root().join("bin").display()),
    );
    let mut waiting = Waiting::start(&mut command);
    let address = waiting.line_with("/auth?");
    let told = fs::read_to_string(&opened).expect("it was opened");
    assert_eq!(told.trim(), address);
    let _ = Command::new("kill")
        .args(["-INT", &waiting.id().to_string()])
        .status();
    assert_eq!(waiting.ends().code, Some(130));
}
