//! The stores: readable, unlocked, and without leftovers.

use std::fs;
use std::path::{Path, PathBuf};

use super::Patient;
use super::finding::{Finding, Severity};
use crate::credentials::{AuthStore, Problem, Rescued};
use crate::echo::causes;
use crate::files::{Lock, LockState, backup_of, left_over, lock_state};
use crate::places::{StateDir, Surroundings};
use crate::resolver::Snapshot;
use crate::session::AgentId;

/// The agents that the configuration names, and those that have a folder.
pub(super) fn all(state: &StateDir, snapshot: Option<&Snapshot>) -> Vec<(AgentId, PathBuf)> {
    let mut agents = snapshot.map_or_else(Vec::new, |snapshot| snapshot.config().agent_ids());
    let folders = fs::read_dir(state.path.join("agents"))
        .into_iter()
        .flatten()
        .flatten();
    let mut there: Vec<AgentId> = folders
        .filter_map(|entry| AgentId::new(entry.file_name().to_str()?).ok())
        .collect();
    there.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    agents.extend(
        there
            .into_iter()
            .filter(|agent| !agents.contains(agent))
            .collect::<Vec<_>>(),
    );
    let path = |agent: &AgentId| {
        let known = snapshot.and_then(|snapshot| snapshot.paths(agent).ok());
        let paths =
            known.unwrap_or_else(|| Surroundings::with_real(|around| state.agent(agent, None, around)));
        paths.auth_profiles()
    };
    agents.iter().map(|agent| (agent.clone(), path(agent))).collect()
}

/// A store and its copies: the backup, and what was set aside.
pub(super) fn copies(store: &Path) -> Vec<PathBuf> {
    let mut all = vec![store.to_owned(), backup_of(store)];
    let name = store
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let beside = store.parent().and_then(|folder| fs::read_dir(folder).ok());
    let aside = beside.into_iter().flatten().flatten().map(|entry| entry.path());
    all.extend(aside.filter(|path| {
        let is = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        is.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(".corrupt-"))
    }));
    all
}

pub(super) fn examine(patient: &Patient, found: &mut Vec<Finding>) {
    for (agent, path) in &patient.stores {
        match AuthStore::read(path) {
            Ok(None) => {}
            Ok(Some(store)) => {
                for (id, profile) in store.profiles() {
                    let what = match (&profile.problem, profile.kind) {
                        (Some(Problem::NoProvider), _) => format!("{id} of agent {agent} names no provider"),
                        (Some(problem), _) => format!("{id} of agent {agent} cannot be used: {problem}"),
                        (None, None) => {
                            format!("{id} of agent {agent} is of a type that modelpin does not know")
                        }
                        (None, Some(_)) => continue,
                    };
                    let remedy = "it is kept as it is, and never used";
                    found.push(Finding::new(Severity::Warning, "profile", what, remedy));
                }
            }
            Err(wrong) => {
                let remedy = "`modelpin doctor --fix` sets it aside and restores the last good copy";
                let finding = Finding::new(Severity::Error, "store", causes(&wrong), remedy);
                found.push(finding.fixable());
            }
        }
        locks(path, found);
    }
    locks(&patient.config.path, found);
}

fn locks(path: &Path, found: &mut Vec<Finding>) {
    match lock_state(path) {
        Ok(LockState::Left) => {
            let what = format!(
                "{}.lock was left behind by a process that is gone",
                path.display()
            );
            let remedy = "the next change takes it over";
            found.push(Finding::new(Severity::Warning, "lock", what, remedy).fixable());
        }
        Ok(LockState::Held(holder)) => {
            let what = format!("{}.lock is held by {holder}", path.display());
            let remedy = "changes wait until it is done, at most 10 s";
            found.push(Finding::new(Severity::Warning, "lock", what, remedy));
        }
        Ok(LockState::Free) | Err(_) => {}
    }
    for left in left_over(path).into_iter().chain(left_over(&backup_of(path))) {
        let what = format!("{} was left behind by a process that was killed", left.display());
        let remedy = "`modelpin doctor --fix` takes it away; it may hold secrets";
        found.push(Finding::new(Severity::Warning, "left-over", what, remedy).fixable());
    }
}

/// Sets broken stores aside, restores good copies, and takes away what killed processes left. What was done, or why not.
#[must_use]
pub fn mend_stores(patient: &Patient) -> Vec<Result<String, String>> {
    let time = jiff::Timestamp::from_millisecond(patient.now.as_millis()).unwrap_or_default();
    let time = time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut done = Vec::new();
    for (_, path) in &patient.stores {
        if AuthStore::read(path).is_err() {
            done.push(match AuthStore::rescue(path, &time) {
                Ok(Rescued::NothingToDo) => continue,
                Ok(Rescued::Restored { aside }) => Ok(format!(
                    "{} is restored from its last good copy; the broken file is {}",
                    path.display(),
                    aside.display()
                )),
                Ok(Rescued::SetAside { aside }) => Ok(format!(
                    "the broken file is {}; there was no good copy",
                    aside.display()
                )),
                Err(wrong) => Err(causes(&wrong)),
            });
        }
    }
    for path in patient
        .stores
        .iter()
        .map(|(_, path)| path)
        .chain([&patient.config.path])
    {
        if matches!(lock_state(path), Ok(LockState::Left)) {
            // Taking the lock takes over what was left; giving it back leaves nothing.
            done.push(match Lock::take(path) {
                Ok(lock) => {
                    drop(lock);
                    Ok(format!("{}.lock is gone", path.display()))
                }
                Err(wrong) => Err(causes(&wrong)),
            });
        }
        for left in left_over(path).into_iter().chain(left_over(&backup_of(path))) {
            done.push(match fs::remove_file(&left) {
                Ok(()) => Ok(format!("{} is gone", left.display())),
                Err(wrong) => Err(format!("cannot take {} away: {wrong}", left.display())),
            });
        }
    }
    done
}
