//! The configuration.

use super::Patient;
use super::finding::{Finding, Severity};
use crate::config::SecretInput;
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
