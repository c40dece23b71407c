//! Taking over what another program keeps: copied, compared, and left alone there.

mod legacy;
mod parts;
mod store;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::{Config, ConfigError};
use crate::credentials::Replace;
use crate::echo::causes;
use crate::files::{Previous, Reach, WriteError, replace};
use crate::places::{StateDir, Surroundings};
use crate::session::AgentId;

use super::config_file::{Written, change_config};
use super::mentions::{declare, names_some_of};
use super::place::Place;
use store::Taken;

/// Directories of other programs, the newest first.
const SOURCES: [&str; 3] = [".openclaw", ".clawdbot", ".moltbot"];
/// Their configuration files.
const CONFIGS: [&str; 4] = ["modelpin.json", "openclaw.json", "clawdbot.json", "moltbot.json"];

/// From where to where.
#[derive(Debug, Clone)]
pub struct Import {
    /// The other program's state directory; nothing in it is changed.
    pub from: PathBuf,
    /// Ours.
    pub to: PathBuf,
    /// What becomes of a profile that both have with another secret.
    pub replace: Replace,
    /// Whether to write.
    pub run: Run,
}

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Only say what would be done.
    Dry,
    /// Do it.
    Real,
}

/// What was done, or would be.
#[derive(Debug, Default)]
pub struct Imported {
    /// What is taken over.
    pub taken: Vec<String>,
    /// What is different there and was left as it is here.
    pub kept: Vec<String>,
    /// What could not be taken over, and why.
    pub failed: Vec<String>,
    /// What an operator has to know.
    pub notes: Vec<String>,
}

/// Why nothing could be taken over.
#[derive(Debug, Error)]
pub enum ImportError {
    /// There is no such directory.
    #[error("there is no directory {}", .0.display())]
    NoSource(PathBuf),
    /// There is no directory of another program.
    #[error("there is no ~/.openclaw, ~/.clawdbot or ~/.moltbot; name a directory with --from")]
    NothingFound,
    /// Both are the same directory.
    #[error("{} is the state directory itself: it is used in place, and nothing has to be taken over", .0.display())]
    Same(PathBuf),
    /// The configuration there cannot be read.
    #[error("the configuration there is not taken over")]
    Config(#[from] ConfigError),
    /// Something could not be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The directory that would be imported if none is named.
#[must_use]
pub fn found_source(ours: &Path) -> Option<PathBuf> {
    Surroundings::with_real(|around| {
        let home = around.home?;
        let mut all = SOURCES.iter().map(|name| home.join(name));
        all.find(|path| path.is_dir() && path != ours)
    })
}

/// Copies configuration, `.env`, and every agent's profiles, order and state, compares what was written with what was
/// read, and can be run again: what is there already is not written twice. Blocks its thread.
///
/// # Errors
/// [`ImportError`]. What goes wrong with a single store is told in [`Imported::failed`], and the others are taken over.
pub fn import(import: &Import) -> Result<Imported, ImportError> {
    if !import.from.is_dir() {
        return Err(ImportError::NoSource(import.from.clone()));
    }
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(&import.from) == real(&import.to) {
        return Err(ImportError::Same(import.from.clone()));
    }
    let mut done = Imported::default();
    config(import, &mut done)?;
    whole_file(import, ".env", &mut done)?;
    let agents = agents(&import.from);
    let mut taken = Vec::new();
    for agent in &agents {
        let path = |dir: &Path| {
            let state = StateDir {
                path: dir.to_owned(),
                reason: crate::places::Reason::Flag,
            };
            Surroundings::with_real(|around| state.agent(agent, None, around)).auth_profiles()
        };
        match store::store(import, agent, &path(&import.from), &path(&import.to), &mut done) {
            Ok(new) => taken.extend(new),
            Err(wrong) => done.failed.push(format!("agent {agent}: {wrong}")),
        }
    }
    name_in_config(import, &taken, &mut done);
    legacy::legacy(import, &mut done);
    Ok(done)
}

/// Names what was taken over in our own configuration, where that names others of the provider: what it does not name
/// would have no turn.
fn name_in_config(import: &Import, taken: &[Taken], done: &mut Imported) {
    if import.run == Run::Dry || taken.is_empty() || !import.to.join(CONFIGS[0]).is_file() {
        return;
    }
    let place = match Place::find(Some(&import.to), Some(&import.to.join(CONFIGS[0])), None) {
        Ok(place) => place,
        Err(wrong) => return done.failed.push(causes(&wrong)),
    };
    let named = change_config(&place, |edit| {
        for Taken { id, provider, kind } in taken {
            if names_some_of(edit, provider) {
                declare(edit, id, provider, *kind)?;
            }
        }
        Ok(())
    });
    match named {
        Ok(((), Written::Changed)) => {
            let file = import.to.join(CONFIGS[0]);
            done.notes.push(format!(
                "{} names the profiles that were taken over",
                file.display()
            ));
        }
        Ok(((), Written::AsItWas)) => {}
        Err(wrong) => done
            .failed
            .push(format!("the profiles are not named: {}", causes(&wrong))),
    }
}

fn agents(from: &Path) -> Vec<AgentId> {
    let folders = fs::read_dir(from.join("agents")).into_iter().flatten().flatten();
    let mut agents: Vec<AgentId> = folders
        .filter_map(|entry| AgentId::new(entry.file_name().to_str()?).ok())
        .collect();
    agents.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    agents
}

/// The configuration, with its comments, if there is none here.
fn config(import: &Import, done: &mut Imported) -> Result<(), ImportError> {
    let there = CONFIGS
        .iter()
        .map(|name| import.from.join(name))
        .find(|path| path.is_file());
    let Some(there) = there else {
        return Ok(());
    };
    let here = import.to.join(CONFIGS[0]);
    let text = read(&there)?;
    let mut parts = parts::Parts::of(&there);
    let (config, _) = Config::parse_with(
        &String::from_utf8_lossy(&text),
        &there.display().to_string(),
        &mut |written, from| parts.load(written, from),
    )?;
    let is_same = fs::read(&here).is_ok_and(|mine| mine == text);
    if here.is_file() && !is_same {
        done.kept.push(format!(
            "{} stays as it is; {} was not merged into it",
            here.display(),
            there.display()
        ));
        return Ok(());
    }
    // The included files first: without them the configuration cannot be read.
    if let Some(why) = parts.hindrance(&import.to) {
        done.failed
            .push(format!("{} is not taken over: {why}", there.display()));
        return Ok(());
    }
    for (part, text) in &parts.files {
        let here = import.to.join(part);
        if !here.exists() {
            copy(import, &here, text.as_bytes())?;
            done.taken.push(import.from.join(part).display().to_string());
        }
    }
    if !is_same {
        for (agent, entry) in &config.agent_list {
            if let Some(dir) = entry.agent_dir.as_deref() {
                done.notes.push(format!(
                    "agents.list says that agent {agent} lives in {dir}: change agentDir in {} unless that is meant",
                    here.display()
                ));
            }
        }
        copy(import, &here, &text)?;
        done.taken
            .push(format!("{} as {}", there.display(), here.display()));
    }
    Ok(())
}

fn whole_file(import: &Import, name: &str, done: &mut Imported) -> Result<(), ImportError> {
    let (there, here) = (import.from.join(name), import.to.join(name));
    if !there.is_file() {
        return Ok(());
    }
    let text = read(&there)?;
    if fs::read(&here).is_ok_and(|mine| mine == text) {
        return Ok(());
    }
    if here.exists() {
        done.kept.push(format!(
            "{} stays as it is; {} differs",
            here.display(),
            there.display()
        ));
        return Ok(());
    }
    copy(import, &here, &text)?;
    done.taken.push(there.display().to_string());
    Ok(())
}

fn copy(import: &Import, here: &Path, text: &[u8]) -> Result<(), ImportError> {
    if import.run == Run::Real {
        replace(here, text, Previous::Kept, Reach::Owner)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    fs::read(path).map_err(|source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    })
}
