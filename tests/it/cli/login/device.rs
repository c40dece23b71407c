//! With a code that is typed on another machine.

use super::waiting::{Ended, Waiting};
use super::{home, login, nothing_leaked, profiles, provider};
use crate::oauth::provider::Provider;

/// Begins, and gives the code that is shown.
fn begun(home: &super::Home) -> (Waiting, String) {
    let mut waiting = Waiting::start(&mut login(home, &["--device-code"]));
    let line = waiting.line_with("and type the code ");
    let code = line.rsplit(' ').next().expect("a code").to_owned();
    (waiting, code)
}

fn typed(provider: &Provider, home: &super::Home) -> Ended {
    let (waiting, code) = begun(home);
    provider.type_code(&code);
    let ended = waiting.ends();
    nothing_leaked(home, &format!("{}{}", ended.out, ended.err), &[]);
    ended
}

#[test]
fn a_code_that_is_typed_elsewhere_becomes_a_profile() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    let ended = typed(&provider, &home);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains("Signed in: acme:ada@example.test"),
        "{}",
        ended.out
    );
    assert_eq!(profiles(&home)["acme:ada@example.test"]["accountId"], "ada");
}

#[test]
fn a_no_elsewhere_is_told_and_changes_nothing() {
    let Some(provider) = provider() else { return };
    let home = home(&provider.description());
    provider.account("nobody");
    let ended = typed(&provider, &home);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("the provider said no: access_denied; nothing was changed"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("CANARY"), "{}", ended.err);
    assert!(profiles(&home).is_null());
}

#[test]
fn a_code_that_nobody_types_ends() {
    let Some(provider) = Provider::start_with(&[("DEVICE_LIFETIME", "1")]) else {
        return;
    };
    let home = home(&provider.description());
    let ended = begun(&home).0.ends();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("nobody said yes in time; nothing was changed"),
        "{}",
        ended.err
    );
}
