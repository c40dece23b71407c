//! Places and modes.

use std::fs;
use std::path::{Path, PathBuf};

use super::finding::{Finding, Severity};
use super::{Patient, stores};
use crate::credentials::wider_mode;
use crate::files::backup_of;
use crate::places::Surroundings;
#[cfg(feature = "sqlite")]
use crate::store::sqlite::{Look, SqlitePins, damage, set_aside};

/// Directories of other programs, and of ours.
const HOMES: [&str; 4] = [".modelpin", ".openclaw", ".clawdbot", ".moltbot"];
/// Files of older programs that are not read here.
const LEGACY: [&str; 3] = ["credentials/oauth.json", "auth.json", "agent/auth.json"];

pub(super) fn examine(patient: &Patient, found: &mut Vec<Finding>) {
    let path = patient.state.path.display();
    let why = &patient.state.reason;
    if patient.state.path.is_dir() {
        found.push(Finding::new(
            Severity::Note,
            "state-dir",
            format!("the state directory is {path}: {why}"),
            "nothing",
        ));
    } else {
        let remedy = "`modelpin onboard` sets it up";
        found.push(Finding::new(
            Severity::Warning,
            "no-state-dir",
            format!("there is no {path} yet"),
            remedy,
        ));
    }
    let others: Vec<PathBuf> = Surroundings::with_real(|around| {
        let home = around.home.into_iter();
        let all = home.flat_map(|home| HOMES.iter().map(|name| home.join(name)));
        all.filter(|other| other.is_dir() && *other != patient.state.path)
            .collect()
    });
    for other in others {
        let what = format!("{} is there too, and is not used", other.display());
        let remedy = format!(
            "`modelpin import --from {}` takes its credentials over",
            other.display()
        );
        found.push(Finding::new(Severity::Note, "other-state-dir", what, remedy));
    }
    for old in LEGACY
        .iter()
        .map(|name| patient.state.path.join(name))
        .filter(|old| old.exists())
    {
        let what = format!("{} is a file of an older program, and is not read", old.display());
        found.push(Finding::new(
            Severity::Warning,
            "legacy",
            what,
            "`modelpin import` takes its credentials over",
        ));
    }
    for (path, wanted) in private(patient) {
        if let Ok(Some(mode)) = wider_mode(&path) {
            let what = format!("{} can be used by others (mode {mode:04o})", path.display());
            let remedy = format!("chmod {wanted:o} {}", path.display());
            // A folder that others can look into, and a configuration, need not hold secrets themselves.
            let holds_none = path.is_dir() || path == patient.config.path;
            let severity = if holds_none {
                Severity::Warning
            } else {
                Severity::Error
            };
            found.push(Finding::new(severity, "mode", what, remedy).fixable());
        }
    }
    #[cfg(feature = "sqlite")]
    found.extend(database(patient));
    let built = env!("CARGO_PKG_VERSION");
    // 2026-01-01: before that, this program was not written.
    if patient.now.as_millis() < 1_767_225_600_000 {
        let what = format!("the clock says a time before modelpin {built} was made");
        found.push(Finding::new(
            Severity::Error,
            "clock",
            what,
            "set the clock: expiries are compared with it",
        ));
    }
}

#[cfg(feature = "sqlite")]
fn database(patient: &Patient) -> Option<Finding> {
    let broken = |what: String, remedy: &str| Finding::new(Severity::Error, "database", what, remedy);
    let path = patient.state.database();
    if let Some(damage) = damage(&path, Look::Thorough) {
        let what = format!("{}: the database is damaged: {damage}", path.display());
        let remedy =
            "put a copy that is whole in its place; --fix sets it aside, with the pins that can be read kept";
        return Some(broken(what, remedy).fixable());
    }
    let wrong = SqlitePins::new(path).check().err()?;
    let remedy = "`modelpin pins list` tells whether it can be read again";
    Some(broken(crate::echo::causes(&wrong), remedy))
}

/// Puts a damaged database out of the way. What was done, or why not.
#[cfg(feature = "sqlite")]
pub(super) fn mend_database(patient: &Patient) -> Vec<Result<String, String>> {
    match set_aside(&patient.state.database(), Look::Thorough, patient.now) {
        Ok(None) => Vec::new(),
        Ok(Some(done)) => vec![Ok(done.to_string())],
        Err(wrong) => vec![Err(wrong.to_string())],
    }
}

/// Closes what is open to others. What was done, or why not.
#[must_use]
pub fn mend_modes(patient: &Patient) -> Vec<Result<String, String>> {
    let mut done = Vec::new();
    for (path, wanted) in private(patient) {
        if matches!(wider_mode(&path), Ok(Some(_))) {
            let told = match close(&path, wanted) {
                Ok(()) => Ok(format!("{} is for its owner alone now", path.display())),
                Err(wrong) => Err(format!("cannot change the mode of {}: {wrong}", path.display())),
            };
            done.push(told);
        }
    }
    done
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn close(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

/// Whatever holds secrets and is there, with the mode that it should have.
fn private(patient: &Patient) -> Vec<(PathBuf, u32)> {
    let state = &patient.state;
    let mut files = vec![
        state.dotenv(),
        state.database(),
        patient.config.path.clone(),
        backup_of(&patient.config.path),
    ];
    let mut folders = vec![state.path.clone()];
    for (_, store) in &patient.stores {
        folders.extend(store.parent().map(Path::to_owned));
        files.extend(stores::copies(store));
    }
    let files = files
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| (path, 0o600));
    let folders = folders
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| (path, 0o700));
    files.chain(folders).collect()
}
