//! The configuration.

use super::Patient;
use super::finding::{Finding, Severity};
use crate::config::{SecretInput, StoreConfig};
use crate::echo::causes;

pub(super) fn examine(patient: &Patient, found: &mut Vec<Finding>) {
    let path = patient.config.path.display();
    let snapshot = match &patient.snapshot {
        Ok(snapshot) => snapshot,
        Err(wrong) => {
            let remedy = "mend it with an editor; every command stops until then";
            found.push(Finding::new(Severity::Error, "config", causes(wrong), remedy));
            return;
        }
    };
    let why = &patient.config.reason;
    found.push(Finding::new(
        Severity::Note,
        "config-file",
        format!("the configuration is {path}: {why}"),
        "nothing",
    ));
    for warning in snapshot.warnings() {
        let remedy = "correct it or take it out";
        found.push(Finding::new(
            Severity::Warning,
            "config-key",
            format!("{path}: {warning}"),
            remedy,
        ));
    }
    store(patient, &snapshot.config().store, found);
    for (provider, entry) in &snapshot.config().providers {
        if matches!(&entry.api_key, Some(SecretInput::Plain(secret)) if !secret.is_blank()) {
            let what = format!("{path}: models.providers.{provider}.apiKey holds a key in clear");
            let remedy = format!(
                "`modelpin models auth paste-api-key --provider {provider}` keeps it; then take it out here, or write ${{NAME}}"
            );
            found.push(Finding::new(Severity::Warning, "key-in-config", what, remedy));
        }
    }
}

/// The secrets of a shared store: the key of the fleet, and the password in its address.
fn store(patient: &Patient, store: &StoreConfig, found: &mut Vec<Finding>) {
    let StoreConfig::Redis(shared) = store else {
        return;
    };
    let path = patient.config.path.display();
    let in_clear = |input: &SecretInput| matches!(input, SecretInput::Plain(secret) if !secret.is_blank());
    // What stands between `//` and `@` is a user, and behind a colon a password.
    let has_password = |input: &SecretInput| {
        let SecretInput::Plain(url) = input else {
            return false;
        };
        let authority = url.expose().split_once("//").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        user.split_once(':')
            .is_some_and(|(_, password)| !password.is_empty())
    };
    let mut clear = |key: &str, what: &str, remedy: &str| {
        let what = format!("{path}: store.{key} holds {what} in clear");
        found.push(Finding::new(Severity::Warning, "key-in-config", what, remedy));
    };
    if has_password(&shared.url) {
        let remedy =
            "keep the address in a file of mode 0600, and write `{ source: \"file\", id: PATH }`, or ${NAME}";
        clear("url", "a password", remedy);
    }
    let remedy = "keep it in a file of mode 0600, and write `{ source: \"file\", id: PATH }`, or ${NAME}";
    if in_clear(&shared.key) {
        clear("key", "the key of the fleet", remedy);
    }
    if shared.earlier_keys.iter().any(in_clear) {
        clear("earlierKeys", "a key of the fleet", remedy);
    }
}
