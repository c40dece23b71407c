//! What the token endpoint does with codes and refresh tokens, and what of it is told.

use std::io::Read;
use std::net::TcpListener;

use modelpin::ProviderId;
use modelpin::config::Config;
use modelpin::oauth::{Authorization, Description, ExchangeError, Tokens, code, refresh};
use modelpin::secret::Secret;
use serde_json::json;

use super::browser::Browser;
use super::provider::Provider;

pub(super) fn described(oauth: &serde_json::Value) -> Description {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let text = json!({"oauth": {"acme": oauth}}).to_string();
    let (config, _) = Config::parse(&text, "modelpin.json").expect("a configuration");
    Description::of(&ProviderId::new("acme"), &config)
        .expect("it can be used")
        .expect("it is described")
}

pub(super) fn run<T>(work: impl Future<Output = T>) -> T {
    let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tasks.expect("a runtime").block_on(work)
}

/// Signs in; gives the request, the code and the tokens.
fn signed_in(at: &Description) -> (Authorization, Secret, Tokens) {
    let begun = Authorization::begin(at, 9).expect("begun");
    let back = Browser::new().say_yes(begun.url().as_str());
    let code = begun.answer(&back).expect("a code");
    let tokens = run(begun.exchange(at, &code)).expect("tokens");
    (begun, code, tokens)
}

#[test]
fn a_code_and_its_verifier_are_exchanged_for_an_account_that_is_told() {
    let Some(provider) = Provider::start() else { return };
    let (_, _, tokens) = signed_in(&described(&provider.description()));
    assert_eq!(tokens.account.as_deref(), Some("ada"));
    assert_eq!(tokens.email.as_deref(), Some("ada@example.test"));
    assert!(tokens.refresh.is_some() && tokens.expires.is_some());
}

#[test]
fn a_code_works_once_and_only_with_its_verifier() {
    let Some(provider) = Provider::start() else { return };
    let at = described(&provider.description());
    let begun = Authorization::begin(&at, 9).expect("begun");
    let back = Browser::new().say_yes(begun.url().as_str());
    let given = begun.answer(&back).expect("a code");
    let foreign = Secret::new("E".repeat(43));
    let refused = run(code(&at, &given, "http://127.0.0.1:9/auth/callback", &foreign));
    assert!(
        matches!(refused, Err(ExchangeError::Refused { permanent: true, .. })),
        "{refused:?}"
    );
    let (begun, given, _) = signed_in(&at);
    let replayed = run(begun.exchange(&at, &given));
    let said = ExchangeError::Refused {
        code: "invalid_grant".into(),
        permanent: true,
    };
    assert_eq!(replayed.err(), Some(said));
}

#[test]
fn a_refresh_token_is_renewed_once_and_a_second_use_ends_the_sign_in() {
    let Some(provider) = Provider::start() else { return };
    let at = described(&provider.description());
    let (_, _, tokens) = signed_in(&at);
    let old = tokens.refresh.expect("a refresh token");
    let renewed = run(refresh(&at, &old)).expect("renewed");
    let new = renewed.refresh.expect("it rotates");
    assert_ne!(new.expose(), old.expose());
    for ended in [&old, &new] {
        let refused = run(refresh(&at, ended)).err();
        assert!(
            matches!(&refused, Some(ExchangeError::Refused { code, permanent: true }) if code == "invalid_grant"),
            "{refused:?}"
        );
    }
    assert_eq!(provider.asked("refresh_token"), (3, 1));
}

#[test]
fn what_never_left_is_told_from_what_was_lost() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    let at = described(&json!({
        "tokenUrl": format!("http://{address}/token"),
        "deviceUrl": format!("http://{address}/device"),
        "clientId": "x",
    }));
    let token = Secret::new("CANARY-refresh-token-that-is-never-shown".to_owned());
    // Somebody takes the request and hangs up.
    let taken = std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().expect("a connection");
        let mut request = Vec::new();
        let mut bytes = [0; 4096];
        while !String::from_utf8_lossy(&request).contains("CANARY-refresh") {
            let read = stream.read(&mut bytes).expect("a request");
            request.extend_from_slice(&bytes[..read]);
        }
        drop(socket);
    });
    let lost = run(refresh(&at, &token)).expect_err("nobody answers");
    assert!(matches!(lost, ExchangeError::NoAnswer(_)), "{lost:?}");
    taken.join().expect("it was taken");
    // Now nobody listens there.
    let unsent = run(refresh(&at, &token)).expect_err("nobody listens");
    assert!(matches!(unsent, ExchangeError::NotSent(_)), "{unsent:?}");
    for wrong in [lost, unsent] {
        assert!(!format!("{wrong:?} {wrong}").contains("CANARY"));
    }
}
