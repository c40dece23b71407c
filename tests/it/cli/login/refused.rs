//! What must not become a sign-in.

use std::net::TcpListener;

use reqwest::Method;
use serde_json::{Value, json};

use super::super::home::{Home, run};
use super::waiting::Waiting;
use super::{home, login, nothing_leaked, parameter, profiles, provider, unreachable};
use crate::oauth::browser::Browser;

const CODE: &str = "CANARY8hJkLmNpQrStUvWx";

#[test]
fn an_answer_with_a_foreign_state_is_refused_and_ends_it() {
    for state in ["&state=foreign", "", "&state="] {
        let home = home(&unreachable());
        let mut waiting = Waiting::start(&mut login(&home, &[]));
        let redirect = parameter(&waiting.line_with("/auth?"), "redirect_uri");
        let page = Browser::new().get(&format!("{redirect}?code={CODE}{state}"));
        assert_eq!(page.status, 400);
        let ended = waiting.ends();
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains("its `state` is another one"), "{}", ended.err);
        nothing_leaked(
            &home,
            &format!("{}{}{}", ended.out, ended.err, page.text),
            &[CODE],
        );
        assert!(profiles(&home).is_null());
    }
}

#[test]
fn only_a_get_of_the_right_path_is_an_answer() {
    let home = home(&unreachable());
    let mut waiting = Waiting::start(&mut login(&home, &[]));
    let address = waiting.line_with("/auth?");
    let (redirect, state) = (parameter(&address, "redirect_uri"), parameter(&address, "state"));
    let answer = format!("{redirect}?code={CODE}&state={state}");
    let mut browser = Browser::new();
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
        assert_eq!(browser.ask(method, &answer).status, 404);
    }
    assert_eq!(
        browser
            .get(&answer.replace("/auth/callback", "/favicon.ico"))
            .status,
        404
    );
    assert_eq!(
        browser.get(&redirect).status,
        400,
        "no answer in it, so the waiting goes on"
    );
    let page = browser.get(&answer);
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["cache-control"], "no-store");
    // The code is ours; that the provider cannot be reached is told, and nothing is kept.
    let ended = waiting.ends();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("the provider was not asked: no connection"),
        "{}",
        ended.err
    );
    nothing_leaked(&home, &format!("{}{}", ended.out, ended.err), &[CODE]);
}

#[test]
fn a_no_in_the_browser_is_told_and_changes_nothing() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    provider.account("nobody");
    let mut waiting = Waiting::start(&mut login(&home, &[]));
    let address = waiting.line_with("/auth?");
    let page = Browser::new().sign_in(&address);
    assert!(
        page.text.contains("said no") && !page.address.is_empty(),
        "{}",
        page.text
    );
    let ended = waiting.ends();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("the provider said no: access_denied; nothing was changed"),
        "{}",
        ended.err
    );
    assert!(
        !ended.err.contains("CANARY"),
        "a sentence of the provider: {}",
        ended.err
    );
    assert!(profiles(&home).is_null());
    assert_eq!(provider.asked("authorization_code"), (0, 0));
}

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let mut description = unreachable();
    description["redirectPort"] = json!(port);
    let home = home(&description);
    let ended = run(&mut login(&home, &[]), b"").failed(1);
    assert!(
        ended
            .err
            .contains(&format!("port {port} of this machine is taken")),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("--device-code"));
}

#[test]
fn a_provider_without_a_description_is_told_with_what_to_do() {
    let home = Home::new();
    for (provider, hint) in [
        ("anthropic", "setup-token"),
        ("openai", "paste-token --provider openai"),
    ] {
        let mut command = home.modelpin(&["models", "auth", "login", "--provider", provider]);
        let told = run(&mut command, b"").failed(1);
        assert!(
            told.err.contains(&format!("`oauth.{provider}`")) && told.err.contains(hint),
            "{}",
            told.err
        );
    }
    let mut command = home.modelpin(&[
        "models",
        "auth",
        "login",
        "--provider",
        "openai-codex",
        "--device-code",
    ]);
    assert!(run(&mut command, b"").failed(1).err.contains("no device codes"));
    let mut command = home.modelpin(&["models", "auth", "login"]);
    run(&mut command, b"").failed(64);
    assert!(!home.state().exists());
}

#[test]
fn a_wrong_description_is_told_with_its_line_before_anything_is_done() {
    let mut description: Value = unreachable();
    description["tokenUrl"] = json!("http://example.test/token");
    let home = home(&description);
    let told = run(&mut login(&home, &[]), b"").failed(1);
    assert!(
        told.err.contains("openclaw.json:1:") && told.err.contains("`oauth.acme.tokenUrl`"),
        "{}",
        told.err
    );
}
